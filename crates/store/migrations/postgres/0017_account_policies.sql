-- What operators wrote for one account, beside the rules that are compiled in.
CREATE TABLE account_policy (
    account TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    mode TEXT COLLATE "C" NOT NULL,
    document TEXT COLLATE "C" NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account, id)
);

-- How they were before: kept, also of those that were deleted (without mode and document).
CREATE TABLE account_policy_version (
    account TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    mode TEXT COLLATE "C",
    document TEXT COLLATE "C",
    updated_at BIGINT NOT NULL,
    updated_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account, id, version)
);

-- Which policies an account has now: another tag with every change.
CREATE TABLE account_policy_set (
    account TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    tag BYTEA NOT NULL
);
