-- What users let agents do: flows under way, what came of them, and what is being exchanged.

-- Tokens are good only at the place that they were got from: `destination`. Of what opens a session (its URI, the state that the provider sends back, the cookie of the
-- browser) only hashes are here.
CREATE TABLE authorization_session (
    account TEXT NOT NULL,
    id BLOB NOT NULL,
    uri_hash BLOB NOT NULL UNIQUE,
    agent BLOB NOT NULL,
    "user" BLOB NOT NULL,
    user_kind TEXT NOT NULL,
    provider BLOB NOT NULL,
    destination BLOB NOT NULL,
    scopes TEXT NOT NULL,
    return_url TEXT NOT NULL,
    flow BLOB NOT NULL, -- sealed: user
    state TEXT NOT NULL,
    openings INTEGER NOT NULL,
    code_verifier BLOB, -- sealed: user
    state_hash BLOB UNIQUE,
    cookie_hash BLOB,
    code BLOB, -- sealed: user
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, agent) REFERENCES workload_identity (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, "user") REFERENCES "user" (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, provider) REFERENCES credential_provider (account, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX authorization_session_by_end ON authorization_session (expires_at);
CREATE INDEX authorization_session_by_user ON authorization_session (account, "user");
CREATE INDEX authorization_session_by_agent ON authorization_session (account, agent);
CREATE INDEX authorization_session_by_provider ON authorization_session (account, provider);

CREATE TABLE connection (
    account TEXT NOT NULL,
    id BLOB NOT NULL,
    agent BLOB NOT NULL,
    "user" BLOB NOT NULL,
    provider BLOB NOT NULL,
    consent BLOB NOT NULL,
    consented TEXT NOT NULL,
    granted TEXT NOT NULL,
    generation INTEGER NOT NULL,
    destination BLOB NOT NULL,
    health TEXT NOT NULL,
    access_token BLOB NOT NULL, -- sealed: user
    refresh_token BLOB, -- sealed: user
    refresh_version INTEGER NOT NULL,
    provider_account BLOB, -- sealed: user
    fetched_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    consented_at INTEGER NOT NULL,
    lease_node BLOB,
    lease_until INTEGER,
    failures INTEGER NOT NULL,
    retry_at INTEGER NOT NULL,
    PRIMARY KEY (account, agent, "user", provider),
    UNIQUE (account, id),
    FOREIGN KEY (account, agent) REFERENCES workload_identity (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, "user") REFERENCES "user" (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, provider) REFERENCES credential_provider (account, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX connection_by_user ON connection (account, "user");
CREATE INDEX connection_by_provider ON connection (account, provider);

-- What was sent to a token endpoint and cannot be sent twice: written before, and the answer as it
-- came before anything is made of it.
CREATE TABLE token_exchange (
    account TEXT NOT NULL,
    id BLOB NOT NULL,
    session BLOB,
    agent BLOB NOT NULL,
    "user" BLOB NOT NULL,
    provider BLOB NOT NULL,
    generation INTEGER NOT NULL,
    secret_version INTEGER NOT NULL,
    node BLOB NOT NULL,
    started_at INTEGER NOT NULL,
    reply BLOB, -- sealed: user
    replied_at INTEGER,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, agent) REFERENCES workload_identity (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, "user") REFERENCES "user" (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, provider) REFERENCES credential_provider (account, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX token_exchange_by_start ON token_exchange (started_at);
CREATE INDEX token_exchange_by_agent ON token_exchange (account, agent);
CREATE INDEX token_exchange_by_user ON token_exchange (account, "user");
CREATE INDEX token_exchange_by_provider ON token_exchange (account, provider);
