-- Which workloads of which issuer are an agent, without a secret of ours.

CREATE TABLE trust_binding (
    account TEXT NOT NULL,
    id BLOB NOT NULL,
    agent BLOB NOT NULL,
    workload TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, agent) REFERENCES workload_identity (account, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX trust_binding_by_agent ON trust_binding (account, agent, id);

-- What somebody signs with for a while; it ends with the reason why its holder was believed. Of its
-- session token there is a hash.
CREATE TABLE temporary_key (
    account TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    agent BLOB NOT NULL,
    binding BLOB NOT NULL,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    secret BLOB NOT NULL, -- sealed: account
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, binding) REFERENCES trust_binding (account, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX temporary_key_by_binding ON temporary_key (account, binding);
CREATE INDEX temporary_key_by_end ON temporary_key (expires_at);
