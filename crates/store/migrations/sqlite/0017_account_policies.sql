-- What operators wrote for one account, beside the rules that are compiled in.
CREATE TABLE account_policy (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    mode TEXT NOT NULL,
    document TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (account, id)
) STRICT;

-- How they were before: kept, also of those that were deleted (without mode and document).
CREATE TABLE account_policy_version (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    mode TEXT,
    document TEXT,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (account, id, version)
) STRICT;

-- Which policies an account has now: another tag with every change.
CREATE TABLE account_policy_set (
    account TEXT NOT NULL PRIMARY KEY,
    tag BLOB NOT NULL
) STRICT;
