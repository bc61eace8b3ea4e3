-- The OpenID endpoints of user pools: codes, refresh tokens and the login sessions of browsers. Of
-- everything that is presented here only a hash is kept.

CREATE TABLE pool_browser_session (
    account TEXT NOT NULL,
    value_hash BLOB NOT NULL,
    pool_user BLOB NOT NULL,
    authenticated_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (account, value_hash),
    FOREIGN KEY (account, pool_user) REFERENCES pool_user (account, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX pool_browser_session_by_user ON pool_browser_session (account, pool_user);
CREATE INDEX pool_browser_session_by_end ON pool_browser_session (expires_at);

-- A code that was redeemed stays a while, with the sign-in that it gave: the second use ends it.
CREATE TABLE pool_authorization_code (
    account TEXT NOT NULL,
    code_hash BLOB NOT NULL,
    pool_user BLOB NOT NULL,
    client TEXT NOT NULL,
    redirect_uri TEXT,
    challenge TEXT NOT NULL,
    scope TEXT NOT NULL,
    nonce TEXT,
    resource TEXT,
    authenticated_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    sign_in BLOB,
    PRIMARY KEY (account, code_hash),
    FOREIGN KEY (account, pool_user) REFERENCES pool_user (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, client) REFERENCES user_pool_client (account, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX pool_authorization_code_by_user ON pool_authorization_code (account, pool_user);
CREATE INDEX pool_authorization_code_by_client ON pool_authorization_code (account, client);
CREATE INDEX pool_authorization_code_by_end ON pool_authorization_code (expires_at);

-- What a sign-in at the OpenID endpoints was asked for, and which generation of its refresh tokens
-- is the newest.
CREATE TABLE pool_openid_sign_in (
    account TEXT NOT NULL,
    sign_in BLOB NOT NULL,
    scope TEXT NOT NULL,
    resource TEXT,
    generation INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    PRIMARY KEY (account, sign_in),
    FOREIGN KEY (account, sign_in) REFERENCES pool_sign_in (account, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE pool_refresh_token (
    account TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    sign_in BLOB NOT NULL,
    generation INTEGER NOT NULL,
    PRIMARY KEY (account, token_hash),
    FOREIGN KEY (account, sign_in) REFERENCES pool_sign_in (account, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX pool_refresh_token_by_sign_in ON pool_refresh_token (account, sign_in, generation);
