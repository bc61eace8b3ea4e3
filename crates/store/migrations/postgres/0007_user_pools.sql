-- User pools: directories of users who sign in here, and the issuer that each of them is.

CREATE TABLE user_pool (
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    settings TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, id)
);

CREATE TABLE user_pool_key (
    account TEXT COLLATE "C" NOT NULL,
    id BYTEA NOT NULL,
    pool TEXT COLLATE "C" NOT NULL,
    algorithm TEXT COLLATE "C" NOT NULL,
    private_key BYTEA NOT NULL, -- sealed: account
    public_jwk TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, pool) REFERENCES user_pool (account, id) ON DELETE CASCADE
);

CREATE INDEX user_pool_key_by_pool ON user_pool_key (account, pool, id);

CREATE TABLE user_pool_client (
    account TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    pool TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    secret BYTEA, -- sealed: account
    settings TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, pool) REFERENCES user_pool (account, id) ON DELETE CASCADE
);

CREATE INDEX user_pool_client_by_pool ON user_pool_client (account, pool, id);

-- Names are found by a keyed index; what is known of a user is sealed, a password is hashed.
CREATE TABLE pool_user (
    account TEXT COLLATE "C" NOT NULL,
    id BYTEA NOT NULL,
    pool TEXT COLLATE "C" NOT NULL,
    name_index BYTEA NOT NULL,
    "user" BYTEA NOT NULL,
    profile BYTEA NOT NULL, -- sealed: user
    profile_version BIGINT NOT NULL,
    password TEXT COLLATE "C" NOT NULL,
    password_at BIGINT NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    is_enabled BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    closed_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    UNIQUE (account, pool, name_index),
    FOREIGN KEY (account, pool) REFERENCES user_pool (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, "user") REFERENCES "user" (account, id)
);

CREATE INDEX pool_user_by_user ON pool_user (account, "user");

-- What a refresh token of ours continues; of the token itself only a hash.
CREATE TABLE pool_sign_in (
    account TEXT COLLATE "C" NOT NULL,
    id BYTEA NOT NULL,
    pool_user BYTEA NOT NULL,
    client TEXT COLLATE "C" NOT NULL,
    token_hash BYTEA NOT NULL,
    authenticated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    UNIQUE (account, token_hash),
    FOREIGN KEY (account, pool_user) REFERENCES pool_user (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, client) REFERENCES user_pool_client (account, id) ON DELETE CASCADE
);

CREATE INDEX pool_sign_in_by_user ON pool_sign_in (account, pool_user);
CREATE INDEX pool_sign_in_by_client ON pool_sign_in (account, client);
CREATE INDEX pool_sign_in_by_end ON pool_sign_in (expires_at);

-- What was proved of a user is compared with the cuts of that user at each use.
CREATE INDEX revocation_by_subject ON revocation (kind, subject, epoch);
