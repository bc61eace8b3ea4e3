-- Groups of the users of a pool. Their names stand in the tokens of who is in them.

CREATE TABLE pool_group (
    account TEXT NOT NULL,
    pool TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    precedence INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (account, pool, name),
    FOREIGN KEY (account, pool) REFERENCES user_pool (account, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE pool_group_member (
    account TEXT NOT NULL,
    pool TEXT NOT NULL,
    name TEXT NOT NULL,
    pool_user BLOB NOT NULL,
    PRIMARY KEY (account, pool, name, pool_user),
    FOREIGN KEY (account, pool, name) REFERENCES pool_group (account, pool, name)
        ON DELETE CASCADE,
    FOREIGN KEY (account, pool_user) REFERENCES pool_user (account, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX pool_group_member_by_user ON pool_group_member (account, pool_user);
