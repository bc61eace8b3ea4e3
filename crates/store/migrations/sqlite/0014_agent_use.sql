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
