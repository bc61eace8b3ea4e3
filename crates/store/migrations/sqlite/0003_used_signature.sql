-- Signatures of state-changing requests that were used, so that none is used twice.

CREATE TABLE used_signature (
    fingerprint BLOB NOT NULL PRIMARY KEY,
    used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX used_signature_by_end ON used_signature (expires_at);
