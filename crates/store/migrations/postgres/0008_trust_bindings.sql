-- Which workloads of which issuer are an agent, without a secret of ours.

CREATE TABLE trust_binding (
    account TEXT COLLATE "C" NOT NULL,
    id BYTEA NOT NULL,
    agent BYTEA NOT NULL,
    workload TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, agent) REFERENCES workload_identity (account, id) ON DELETE CASCADE
);

CREATE INDEX trust_binding_by_agent ON trust_binding (account, agent, id);

-- What somebody signs with for a while; it ends with the reason why its holder was believed. Of its
-- session token there is a hash.
CREATE TABLE temporary_key (
    account TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    agent BYTEA NOT NULL,
    binding BYTEA NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    token_hash BYTEA NOT NULL,
    secret BYTEA NOT NULL, -- sealed: account
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, binding) REFERENCES trust_binding (account, id) ON DELETE CASCADE
);

CREATE INDEX temporary_key_by_binding ON temporary_key (account, binding);
CREATE INDEX temporary_key_by_end ON temporary_key (expires_at);
