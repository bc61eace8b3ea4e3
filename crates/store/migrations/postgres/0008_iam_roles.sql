-- Roles of the access management: what a caller may put on for a while, and who may.

CREATE TABLE iam_role (
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    id BYTEA NOT NULL,
    folded_name TEXT COLLATE "C" NOT NULL, -- without regard to case
    name TEXT COLLATE "C" NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    trust_document TEXT COLLATE "C" NOT NULL,
    trust_cedar TEXT COLLATE "C" NOT NULL,
    managed_policies TEXT COLLATE "C" NOT NULL,
    inline_policies TEXT COLLATE "C" NOT NULL,
    max_session_s BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    UNIQUE (account, folded_name)
);
