-- Clients of authorization servers, what they got, what they sign with; issuers and proved users.

CREATE TABLE oauth2_client (
    account TEXT NOT NULL,
    provider BLOB NOT NULL,
    callback BLOB NOT NULL UNIQUE,
    vendor TEXT NOT NULL,
    configuration TEXT NOT NULL,
    PRIMARY KEY (account, provider),
    FOREIGN KEY (account, provider) REFERENCES credential_provider (account, id) ON DELETE CASCADE
) STRICT;

-- A token is good only for the provider's secret that it was got with.
CREATE TABLE machine_token (
    account TEXT NOT NULL,
    provider BLOB NOT NULL,
    asked BLOB NOT NULL,
    secret_version INTEGER NOT NULL,
    token BLOB NOT NULL, -- sealed: account
    scopes TEXT NOT NULL,
    fetched_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (account, provider, asked),
    FOREIGN KEY (account, provider) REFERENCES credential_provider (account, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX machine_token_by_expiry ON machine_token (expires_at);

CREATE TABLE signing_key (
    account TEXT NOT NULL REFERENCES account (id),
    id BLOB NOT NULL,
    algorithm TEXT NOT NULL,
    private_key BLOB NOT NULL, -- sealed: account
    public_jwk TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account, id)
) STRICT;

CREATE TABLE issuer (
    account TEXT NOT NULL REFERENCES account (id),
    issuer TEXT NOT NULL,
    policy TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (account, issuer)
) STRICT;

CREATE TABLE subject_token (
    account TEXT NOT NULL,
    id BLOB NOT NULL,
    "user" BLOB NOT NULL,
    token_hash BLOB NOT NULL,
    token BLOB NOT NULL, -- sealed: user
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (account, id),
    UNIQUE (account, "user", token_hash),
    FOREIGN KEY (account, "user") REFERENCES "user" (account, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX subject_token_by_expiry ON subject_token (expires_at);

-- Null: whatever the provider lets its client have.
ALTER TABLE administrator_grant ADD COLUMN scopes TEXT;
