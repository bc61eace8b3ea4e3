-- Which account at a provider a user is expected to come back with, where an operator has pinned it.
-- It outlives the connection that it was taken from: `connection` is its id and no reference.

CREATE TABLE expected_account (
    account TEXT COLLATE "C" NOT NULL,
    "user" BYTEA NOT NULL,
    provider BYTEA NOT NULL,
    connection BYTEA NOT NULL,
    identity BYTEA NOT NULL, -- sealed: user
    pinned_at BIGINT NOT NULL,
    PRIMARY KEY (account, "user", provider),
    FOREIGN KEY (account, "user") REFERENCES "user" (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, provider) REFERENCES credential_provider (account, id) ON DELETE CASCADE
);

CREATE INDEX expected_account_by_provider ON expected_account (account, provider);
CREATE INDEX expected_account_by_connection ON expected_account (account, connection);
