-- What a user has said of a consent since it was given: not now, until then, or less; how often it was
-- changed; and a digest of the owner and of the return URLs that the agent had when the user consented.
-- Of consents that were there before that is not known, and it is not compared.
ALTER TABLE connection ADD COLUMN consent_state TEXT NOT NULL DEFAULT 'active';
ALTER TABLE connection ADD COLUMN consent_ends_at INTEGER;
ALTER TABLE connection ADD COLUMN narrowed_at INTEGER;
ALTER TABLE connection ADD COLUMN agent_face BLOB;
ALTER TABLE connection ADD COLUMN consent_version INTEGER NOT NULL DEFAULT 1;
