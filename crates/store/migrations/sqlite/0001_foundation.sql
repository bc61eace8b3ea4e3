-- The foundation: deployment, keys, tenants, agents, providers, grants, users, audit.
-- A column of sealed bytes says whose key seals it; docs/data-model.md lists the same columns.

CREATE TABLE meta (
    singleton INTEGER NOT NULL PRIMARY KEY CHECK (singleton = 1),
    deployment BLOB NOT NULL,
    restore_epoch INTEGER NOT NULL,
    root_key BLOB NOT NULL,
    key_check BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE revocation (
    epoch INTEGER NOT NULL CONSTRAINT revocation_epoch PRIMARY KEY,
    kind TEXT NOT NULL,
    subject BLOB NOT NULL,
    cut_at INTEGER NOT NULL
) STRICT;

CREATE TABLE encryption_key (
    id BLOB NOT NULL,
    version INTEGER NOT NULL,
    account TEXT NOT NULL,
    purpose TEXT NOT NULL,
    subject BLOB NOT NULL,
    wrapped BLOB NOT NULL, -- sealed: deployment
    created_at INTEGER NOT NULL,
    PRIMARY KEY (id, version),
    UNIQUE (account, purpose, subject, version)
) STRICT;

CREATE TABLE deployment_secret (
    name TEXT NOT NULL PRIMARY KEY,
    secret BLOB NOT NULL, -- sealed: deployment
    version INTEGER NOT NULL
) STRICT;

CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE access_key (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    roles TEXT NOT NULL,
    secret BLOB NOT NULL, -- sealed: account
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    version INTEGER NOT NULL
) STRICT;

CREATE INDEX access_key_by_account ON access_key (account, id);

CREATE TABLE workload_identity (
    account TEXT NOT NULL REFERENCES account (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    return_urls TEXT NOT NULL,
    tags TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (account, id),
    UNIQUE (account, name)
) STRICT;

CREATE TABLE credential_provider (
    account TEXT NOT NULL REFERENCES account (id),
    id BLOB NOT NULL,
    vault TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    secret_suffix TEXT NOT NULL,
    tags TEXT NOT NULL,
    secret BLOB NOT NULL, -- sealed: account
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    secret_version INTEGER NOT NULL,
    PRIMARY KEY (account, id),
    UNIQUE (account, vault, kind, name)
) STRICT;

-- A grant falls with the agent or the provider that it names, and never crosses accounts.
CREATE TABLE administrator_grant (
    account TEXT NOT NULL,
    id BLOB NOT NULL,
    agent BLOB,
    provider BLOB NOT NULL,
    with_user TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, agent) REFERENCES workload_identity (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, provider) REFERENCES credential_provider (account, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX administrator_grant_by_provider ON administrator_grant (account, provider);
CREATE INDEX administrator_grant_by_agent ON administrator_grant (account, agent);

CREATE TABLE "user" (
    account TEXT NOT NULL REFERENCES account (id),
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    identity_index BLOB NOT NULL,
    identity BLOB NOT NULL, -- sealed: user
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (account, id),
    UNIQUE (account, kind, identity_index)
) STRICT;

CREATE TABLE audit_chain (
    id BLOB NOT NULL PRIMARY KEY,
    node BLOB NOT NULL,
    opened_at INTEGER NOT NULL,
    frontier_head BLOB NOT NULL,
    frontier_tree BLOB NOT NULL,
    closed_size INTEGER,
    closed_root BLOB,
    closed_head BLOB
) STRICT;

CREATE TABLE audit_record (
    chain BLOB NOT NULL,
    seq INTEGER NOT NULL,
    id BLOB NOT NULL,
    account TEXT,
    at INTEGER NOT NULL,
    line BLOB NOT NULL,
    CONSTRAINT audit_record_place PRIMARY KEY (chain, seq),
    CONSTRAINT audit_record_id UNIQUE (id)
) STRICT;

CREATE INDEX audit_record_by_account ON audit_record (account, id);
