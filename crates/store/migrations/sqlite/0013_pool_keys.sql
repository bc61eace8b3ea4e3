-- Keys of pools take turns: one is published before it signs, and after it signed. And the keys that
-- sign what an account's callers prove to others.

-- A key of a pool that was made before signs since then.
ALTER TABLE user_pool_key ADD COLUMN signs_from INTEGER NOT NULL DEFAULT 0;
-- Set when another takes over.
ALTER TABLE user_pool_key ADD COLUMN published_until INTEGER;

CREATE TABLE identity_token_key (
    account TEXT NOT NULL REFERENCES account (id),
    algorithm TEXT NOT NULL,
    id BLOB NOT NULL,
    private_key BLOB NOT NULL, -- sealed: account
    public_jwk TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account, algorithm)
) STRICT;
