-- Who answers for an agent, until when it may act, and why it has its state. Of agents that were there
-- before nothing of it is known, and they have no end.
ALTER TABLE workload_identity ADD COLUMN owner TEXT;
ALTER TABLE workload_identity ADD COLUMN expires_at INTEGER;
ALTER TABLE workload_identity ADD COLUMN state_reason TEXT;

-- When an agent got a token or a credential last. A table of its own, so that a use does not write the
-- agent: what is under way would be decided on anew.
CREATE TABLE agent_use (
    account TEXT NOT NULL,
    agent BLOB NOT NULL,
    used_at INTEGER NOT NULL,
    PRIMARY KEY (account, agent),
    FOREIGN KEY (account, agent) REFERENCES workload_identity (account, id) ON DELETE CASCADE
) STRICT;

-- How many temporary keys of an agent, or of a role, are good is counted before each new one.
CREATE INDEX temporary_key_by_agent ON temporary_key (account, agent, expires_at);
DROP INDEX temporary_key_by_role;
CREATE INDEX temporary_key_by_role ON temporary_key (account, role, expires_at);
