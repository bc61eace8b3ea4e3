-- Roles of the access management: what a caller may put on for a while, and who may.

CREATE TABLE iam_role (
    account TEXT NOT NULL REFERENCES account (id),
    id BLOB NOT NULL,
    folded_name TEXT NOT NULL, -- without regard to case
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    description TEXT NOT NULL,
    trust_document TEXT NOT NULL,
    trust_cedar TEXT NOT NULL,
    managed_policies TEXT NOT NULL,
    inline_policies TEXT NOT NULL,
    max_session_s INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (account, id),
    UNIQUE (account, folded_name)
) STRICT;
