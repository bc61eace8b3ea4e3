-- The foundation: deployment, keys, tenants, agents, providers, grants, users, audit.
-- A column of sealed bytes says whose key seals it; docs/data-model.md lists the same columns.

CREATE TABLE meta (
    singleton BIGINT NOT NULL PRIMARY KEY CHECK (singleton = 1),
    deployment BYTEA NOT NULL,
    restore_epoch BIGINT NOT NULL,
    root_key BYTEA NOT NULL,
    key_check BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE revocation (
    epoch BIGINT NOT NULL CONSTRAINT revocation_epoch PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    subject BYTEA NOT NULL,
    cut_at BIGINT NOT NULL
);

CREATE TABLE encryption_key (
    id BYTEA NOT NULL,
    version BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    subject BYTEA NOT NULL,
    wrapped BYTEA NOT NULL, -- sealed: deployment
    created_at BIGINT NOT NULL,
    PRIMARY KEY (id, version),
    UNIQUE (account, purpose, subject, version)
);

CREATE TABLE deployment_secret (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    secret BYTEA NOT NULL, -- sealed: deployment
    version BIGINT NOT NULL
);

CREATE TABLE account (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE access_key (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    roles TEXT COLLATE "C" NOT NULL,
    secret BYTEA NOT NULL, -- sealed: account
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    version BIGINT NOT NULL
);

CREATE INDEX access_key_by_account ON access_key (account, id);

CREATE TABLE workload_identity (
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    id BYTEA NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    return_urls TEXT COLLATE "C" NOT NULL,
    tags TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    UNIQUE (account, name)
);

CREATE TABLE credential_provider (
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    id BYTEA NOT NULL,
    vault TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    secret_suffix TEXT COLLATE "C" NOT NULL,
    tags TEXT COLLATE "C" NOT NULL,
    secret BYTEA NOT NULL, -- sealed: account
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    secret_version BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    UNIQUE (account, vault, kind, name)
);

-- A grant falls with the agent or the provider that it names, and never crosses accounts.
CREATE TABLE administrator_grant (
    account TEXT COLLATE "C" NOT NULL,
    id BYTEA NOT NULL,
    agent BYTEA,
    provider BYTEA NOT NULL,
    with_user TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, agent) REFERENCES workload_identity (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, provider) REFERENCES credential_provider (account, id) ON DELETE CASCADE
);

CREATE INDEX administrator_grant_by_provider ON administrator_grant (account, provider);
CREATE INDEX administrator_grant_by_agent ON administrator_grant (account, agent);

CREATE TABLE "user" (
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    id BYTEA NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    identity_index BYTEA NOT NULL,
    identity BYTEA NOT NULL, -- sealed: user
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    UNIQUE (account, kind, identity_index)
);

CREATE TABLE audit_chain (
    id BYTEA NOT NULL PRIMARY KEY,
    node BYTEA NOT NULL,
    opened_at BIGINT NOT NULL,
    frontier_head BYTEA NOT NULL,
    frontier_tree BYTEA NOT NULL,
    closed_size BIGINT,
    closed_root BYTEA,
    closed_head BYTEA
);

CREATE TABLE audit_record (
    chain BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    id BYTEA NOT NULL,
    account TEXT COLLATE "C",
    at BIGINT NOT NULL,
    line BYTEA NOT NULL,
    CONSTRAINT audit_record_place PRIMARY KEY (chain, seq),
    CONSTRAINT audit_record_id UNIQUE (id)
);

CREATE INDEX audit_record_by_account ON audit_record (account, id);
