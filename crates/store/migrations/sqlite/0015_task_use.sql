-- How many uses are left of a workload access token that is good for so many. Its children take from the
-- same row. It goes with the token's end.
CREATE TABLE task_use (
    account TEXT NOT NULL REFERENCES account (id),
    id BLOB NOT NULL,
    uses_left INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (account, id)
) STRICT;

CREATE INDEX task_use_by_end ON task_use (expires_at);
