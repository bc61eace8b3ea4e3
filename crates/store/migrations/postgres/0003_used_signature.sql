-- Signatures of state-changing requests that were used, so that none is used twice.

CREATE TABLE used_signature (
    fingerprint BYTEA NOT NULL PRIMARY KEY,
    used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX used_signature_by_end ON used_signature (expires_at);
