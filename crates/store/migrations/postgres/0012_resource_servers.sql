-- Resource servers of user pools, with the scopes that each of them has; and domains, by which a pool
-- is found at another address, one in the whole deployment.

CREATE TABLE resource_server (
    account TEXT COLLATE "C" NOT NULL,
    pool TEXT COLLATE "C" NOT NULL,
    identifier TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    scopes TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, pool, identifier),
    FOREIGN KEY (account, pool) REFERENCES user_pool (account, id) ON DELETE CASCADE
);

CREATE TABLE pool_domain (
    account TEXT COLLATE "C" NOT NULL,
    prefix TEXT COLLATE "C" NOT NULL UNIQUE,
    pool TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, prefix),
    UNIQUE (account, pool),
    FOREIGN KEY (account, pool) REFERENCES user_pool (account, id) ON DELETE CASCADE
);
