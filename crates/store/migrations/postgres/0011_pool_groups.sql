-- Groups of the users of a pool. Their names stand in the tokens of who is in them.

CREATE TABLE pool_group (
    account TEXT COLLATE "C" NOT NULL,
    pool TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C",
    precedence BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, pool, name),
    FOREIGN KEY (account, pool) REFERENCES user_pool (account, id) ON DELETE CASCADE
);

CREATE TABLE pool_group_member (
    account TEXT COLLATE "C" NOT NULL,
    pool TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    pool_user BYTEA NOT NULL,
    PRIMARY KEY (account, pool, name, pool_user),
    FOREIGN KEY (account, pool, name) REFERENCES pool_group (account, pool, name)
        ON DELETE CASCADE,
    FOREIGN KEY (account, pool_user) REFERENCES pool_user (account, id) ON DELETE CASCADE
);

CREATE INDEX pool_group_member_by_user ON pool_group_member (account, pool_user);
