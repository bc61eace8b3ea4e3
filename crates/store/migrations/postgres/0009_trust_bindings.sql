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

-- What somebody signs with for a while: as an agent by a binding, or with a role that was put on with
-- an access key or by a token of an issuer. It ends with each of these. Of its session token there is
-- a hash.
CREATE TABLE temporary_key (
    account TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    agent BYTEA,
    binding BYTEA,
    role BYTEA,
    access_key TEXT COLLATE "C",
    issuer TEXT COLLATE "C",
    name TEXT COLLATE "C" NOT NULL,
    token_hash BYTEA NOT NULL,
    secret BYTEA NOT NULL, -- sealed: account
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, binding) REFERENCES trust_binding (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, role) REFERENCES iam_role (account, id) ON DELETE CASCADE
);

CREATE INDEX temporary_key_by_binding ON temporary_key (account, binding);
CREATE INDEX temporary_key_by_role ON temporary_key (account, role);
CREATE INDEX temporary_key_by_end ON temporary_key (expires_at);
