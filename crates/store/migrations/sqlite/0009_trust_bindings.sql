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

-- What somebody signs with for a while: as an agent by a binding, or with a role that was put on with
-- an access key or by a token of an issuer. It ends with each of these. Of its session token there is
-- a hash.
CREATE TABLE temporary_key (
    account TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    agent BLOB,
    binding BLOB,
    role BLOB,
    access_key TEXT,
    issuer TEXT,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    secret BLOB NOT NULL, -- sealed: account
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, binding) REFERENCES trust_binding (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, role) REFERENCES iam_role (account, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX temporary_key_by_binding ON temporary_key (account, binding);
CREATE INDEX temporary_key_by_role ON temporary_key (account, role);
CREATE INDEX temporary_key_by_end ON temporary_key (expires_at);
