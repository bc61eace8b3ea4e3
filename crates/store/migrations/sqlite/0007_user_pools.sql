-- User pools: directories of users who sign in here, and the issuer that each of them is.

CREATE TABLE user_pool (
    account TEXT NOT NULL REFERENCES account (id),
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    settings TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (account, id)
) STRICT;

CREATE TABLE user_pool_key (
    account TEXT NOT NULL,
    id BLOB NOT NULL,
    pool TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    private_key BLOB NOT NULL, -- sealed: account
    public_jwk TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, pool) REFERENCES user_pool (account, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX user_pool_key_by_pool ON user_pool_key (account, pool, id);

CREATE TABLE user_pool_client (
    account TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    pool TEXT NOT NULL,
    name TEXT NOT NULL,
    secret BLOB, -- sealed: account
    settings TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, pool) REFERENCES user_pool (account, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX user_pool_client_by_pool ON user_pool_client (account, pool, id);

-- Names are found by a keyed index; what is known of a user is sealed, a password is hashed.
CREATE TABLE pool_user (
    account TEXT NOT NULL,
    id BLOB NOT NULL,
    pool TEXT NOT NULL,
    name_index BLOB NOT NULL,
    "user" BLOB NOT NULL,
    profile BLOB NOT NULL, -- sealed: user
    profile_version INTEGER NOT NULL,
    password TEXT NOT NULL,
    password_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    is_enabled INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    closed_until INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (account, id),
    UNIQUE (account, pool, name_index),
    FOREIGN KEY (account, pool) REFERENCES user_pool (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, "user") REFERENCES "user" (account, id)
) STRICT;

CREATE INDEX pool_user_by_user ON pool_user (account, "user");

-- What a refresh token of ours continues; of the token itself only a hash.
CREATE TABLE pool_sign_in (
    account TEXT NOT NULL,
    id BLOB NOT NULL,
    pool_user BLOB NOT NULL,
    client TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    authenticated_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (account, id),
    UNIQUE (account, token_hash),
    FOREIGN KEY (account, pool_user) REFERENCES pool_user (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, client) REFERENCES user_pool_client (account, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX pool_sign_in_by_user ON pool_sign_in (account, pool_user);
CREATE INDEX pool_sign_in_by_client ON pool_sign_in (account, client);
CREATE INDEX pool_sign_in_by_end ON pool_sign_in (expires_at);

-- What was proved of a user is compared with the cuts of that user at each use.
CREATE INDEX revocation_by_subject ON revocation (kind, subject, epoch);
