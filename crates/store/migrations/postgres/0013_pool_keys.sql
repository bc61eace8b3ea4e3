-- Keys of pools take turns: one is published before it signs, and after it signed. And the keys that
-- sign what an account's callers prove to others.

-- A key of a pool that was made before signs since then.
ALTER TABLE user_pool_key ADD COLUMN signs_from BIGINT NOT NULL DEFAULT 0;
-- Set when another takes over.
ALTER TABLE user_pool_key ADD COLUMN published_until BIGINT;

CREATE TABLE identity_token_key (
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    algorithm TEXT COLLATE "C" NOT NULL,
    id BYTEA NOT NULL,
    private_key BYTEA NOT NULL, -- sealed: account
    public_jwk TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, algorithm)
);
