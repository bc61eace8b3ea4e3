-- When a connection was used last, to a day, by which access key and with which workload access token
-- (its claims, as JSON); nothing of those that were not used since. What keeps its refresh token alive
-- is decided as if that were asked again.
ALTER TABLE connection ADD COLUMN used_at BIGINT;
ALTER TABLE connection ADD COLUMN used_by TEXT COLLATE "C";
ALTER TABLE connection ADD COLUMN used_with TEXT COLLATE "C";

-- How often in a row a renewal was refused without a word, of which generation and with which version
-- of the client's secret: of others it says nothing, so that nobody has to reset it.
ALTER TABLE connection ADD COLUMN refusals BIGINT NOT NULL DEFAULT 0;
ALTER TABLE connection ADD COLUMN refusals_generation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE connection ADD COLUMN refusals_secret BIGINT NOT NULL DEFAULT 0;
