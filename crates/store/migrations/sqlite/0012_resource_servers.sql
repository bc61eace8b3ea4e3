-- Resource servers of user pools, with the scopes that each of them has; and domains, by which a pool
-- is found at another address, one in the whole deployment.

CREATE TABLE resource_server (
    account TEXT NOT NULL,
    pool TEXT NOT NULL,
    identifier TEXT NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (account, pool, identifier),
    FOREIGN KEY (account, pool) REFERENCES user_pool (account, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE pool_domain (
    account TEXT NOT NULL,
    prefix TEXT NOT NULL UNIQUE,
    pool TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account, prefix),
    UNIQUE (account, pool),
    FOREIGN KEY (account, pool) REFERENCES user_pool (account, id) ON DELETE CASCADE
) STRICT;
