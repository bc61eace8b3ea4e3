-- Which account at a provider a user is expected to come back with, where an operator has pinned it.
-- It outlives the connection that it was taken from: `connection` is its id and no reference.

CREATE TABLE expected_account (
    account TEXT NOT NULL,
    "user" BLOB NOT NULL,
    provider BLOB NOT NULL,
    connection BLOB NOT NULL,
    identity BLOB NOT NULL, -- sealed: user
    pinned_at INTEGER NOT NULL,
    PRIMARY KEY (account, "user", provider),
    FOREIGN KEY (account, "user") REFERENCES "user" (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, provider) REFERENCES credential_provider (account, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX expected_account_by_provider ON expected_account (account, provider);
CREATE INDEX expected_account_by_connection ON expected_account (account, connection);
