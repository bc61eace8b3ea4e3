-- The OpenID endpoints of user pools: codes, refresh tokens and the login sessions of browsers. Of
-- everything that is presented here only a hash is kept.

CREATE TABLE pool_browser_session (
    account TEXT COLLATE "C" NOT NULL,
    value_hash BYTEA NOT NULL,
    pool_user BYTEA NOT NULL,
    authenticated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account, value_hash),
    FOREIGN KEY (account, pool_user) REFERENCES pool_user (account, id) ON DELETE CASCADE
);

CREATE INDEX pool_browser_session_by_user ON pool_browser_session (account, pool_user);
CREATE INDEX pool_browser_session_by_end ON pool_browser_session (expires_at);

-- A code that was redeemed stays a while, with the sign-in that it gave: the second use ends it.
CREATE TABLE pool_authorization_code (
    account TEXT COLLATE "C" NOT NULL,
    code_hash BYTEA NOT NULL,
    pool_user BYTEA NOT NULL,
    client TEXT COLLATE "C" NOT NULL,
    redirect_uri TEXT COLLATE "C",
    challenge TEXT COLLATE "C" NOT NULL,
    scope TEXT COLLATE "C" NOT NULL,
    nonce TEXT COLLATE "C",
    resource TEXT COLLATE "C",
    authenticated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    sign_in BYTEA,
    PRIMARY KEY (account, code_hash),
    FOREIGN KEY (account, pool_user) REFERENCES pool_user (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, client) REFERENCES user_pool_client (account, id) ON DELETE CASCADE
);

CREATE INDEX pool_authorization_code_by_user ON pool_authorization_code (account, pool_user);
CREATE INDEX pool_authorization_code_by_client ON pool_authorization_code (account, client);
CREATE INDEX pool_authorization_code_by_end ON pool_authorization_code (expires_at);

-- What a sign-in at the OpenID endpoints was asked for, and which generation of its refresh tokens
-- is the newest.
CREATE TABLE pool_openid_sign_in (
    account TEXT COLLATE "C" NOT NULL,
    sign_in BYTEA NOT NULL,
    scope TEXT COLLATE "C" NOT NULL,
    resource TEXT COLLATE "C",
    generation BIGINT NOT NULL,
    began_at BIGINT NOT NULL,
    PRIMARY KEY (account, sign_in),
    FOREIGN KEY (account, sign_in) REFERENCES pool_sign_in (account, id) ON DELETE CASCADE
);

CREATE TABLE pool_refresh_token (
    account TEXT COLLATE "C" NOT NULL,
    token_hash BYTEA NOT NULL,
    sign_in BYTEA NOT NULL,
    generation BIGINT NOT NULL,
    PRIMARY KEY (account, token_hash),
    FOREIGN KEY (account, sign_in) REFERENCES pool_sign_in (account, id) ON DELETE CASCADE
);

CREATE INDEX pool_refresh_token_by_sign_in ON pool_refresh_token (account, sign_in, generation);
