-- Clients of authorization servers, what they got, what they sign with; issuers and proved users.

CREATE TABLE oauth2_client (
    account TEXT COLLATE "C" NOT NULL,
    provider BYTEA NOT NULL,
    callback BYTEA NOT NULL UNIQUE,
    vendor TEXT COLLATE "C" NOT NULL,
    configuration TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account, provider),
    FOREIGN KEY (account, provider) REFERENCES credential_provider (account, id) ON DELETE CASCADE
);

-- A token is good only for the provider's secret that it was got with.
CREATE TABLE machine_token (
    account TEXT COLLATE "C" NOT NULL,
    provider BYTEA NOT NULL,
    asked BYTEA NOT NULL,
    secret_version BIGINT NOT NULL,
    token BYTEA NOT NULL, -- sealed: account
    scopes TEXT COLLATE "C" NOT NULL,
    fetched_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, provider, asked),
    FOREIGN KEY (account, provider) REFERENCES credential_provider (account, id) ON DELETE CASCADE
);

CREATE INDEX machine_token_by_expiry ON machine_token (expires_at);

CREATE TABLE signing_key (
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    id BYTEA NOT NULL,
    algorithm TEXT COLLATE "C" NOT NULL,
    private_key BYTEA NOT NULL, -- sealed: account
    public_jwk TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, id)
);

CREATE TABLE issuer (
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    issuer TEXT COLLATE "C" NOT NULL,
    policy TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, issuer)
);

CREATE TABLE subject_token (
    account TEXT COLLATE "C" NOT NULL,
    id BYTEA NOT NULL,
    "user" BYTEA NOT NULL,
    token_hash BYTEA NOT NULL,
    token BYTEA NOT NULL, -- sealed: user
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    UNIQUE (account, "user", token_hash),
    FOREIGN KEY (account, "user") REFERENCES "user" (account, id) ON DELETE CASCADE
);

CREATE INDEX subject_token_by_expiry ON subject_token (expires_at);

-- Null: whatever the provider lets its client have.
ALTER TABLE administrator_grant ADD COLUMN scopes TEXT COLLATE "C";
