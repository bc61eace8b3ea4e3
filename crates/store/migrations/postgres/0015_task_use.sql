-- How many uses are left of a workload access token that is good for so many. Its children take from the
-- same row. It goes with the token's end.
CREATE TABLE task_use (
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    id BYTEA NOT NULL,
    uses_left BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account, id)
);

CREATE INDEX task_use_by_end ON task_use (expires_at);
