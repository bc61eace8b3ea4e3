-- What users let agents do: flows under way, what came of them, and what is being exchanged.

-- Tokens are good only at the place that they were got from: `destination`. Of what opens a session (its URI, the state that the provider sends back, the cookie of the
-- browser) only hashes are here.
CREATE TABLE authorization_session (
    account TEXT COLLATE "C" NOT NULL,
    id BYTEA NOT NULL,
    uri_hash BYTEA NOT NULL UNIQUE,
    agent BYTEA NOT NULL,
    "user" BYTEA NOT NULL,
    user_kind TEXT COLLATE "C" NOT NULL,
    provider BYTEA NOT NULL,
    destination BYTEA NOT NULL,
    scopes TEXT COLLATE "C" NOT NULL,
    return_url TEXT COLLATE "C" NOT NULL,
    flow BYTEA NOT NULL, -- sealed: user
    state TEXT COLLATE "C" NOT NULL,
    openings BIGINT NOT NULL,
    code_verifier BYTEA, -- sealed: user
    state_hash BYTEA UNIQUE,
    cookie_hash BYTEA,
    code BYTEA, -- sealed: user
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, agent) REFERENCES workload_identity (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, "user") REFERENCES "user" (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, provider) REFERENCES credential_provider (account, id) ON DELETE CASCADE
);

CREATE INDEX authorization_session_by_end ON authorization_session (expires_at);
CREATE INDEX authorization_session_by_user ON authorization_session (account, "user");
CREATE INDEX authorization_session_by_agent ON authorization_session (account, agent);
CREATE INDEX authorization_session_by_provider ON authorization_session (account, provider);

CREATE TABLE connection (
    account TEXT COLLATE "C" NOT NULL,
    id BYTEA NOT NULL,
    agent BYTEA NOT NULL,
    "user" BYTEA NOT NULL,
    provider BYTEA NOT NULL,
    consent BYTEA NOT NULL,
    consented TEXT COLLATE "C" NOT NULL,
    granted TEXT COLLATE "C" NOT NULL,
    generation BIGINT NOT NULL,
    destination BYTEA NOT NULL,
    health TEXT COLLATE "C" NOT NULL,
    access_token BYTEA NOT NULL, -- sealed: user
    refresh_token BYTEA, -- sealed: user
    refresh_version BIGINT NOT NULL,
    provider_account BYTEA, -- sealed: user
    fetched_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    consented_at BIGINT NOT NULL,
    lease_node BYTEA,
    lease_until BIGINT,
    failures BIGINT NOT NULL,
    retry_at BIGINT NOT NULL,
    PRIMARY KEY (account, agent, "user", provider),
    UNIQUE (account, id),
    FOREIGN KEY (account, agent) REFERENCES workload_identity (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, "user") REFERENCES "user" (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, provider) REFERENCES credential_provider (account, id) ON DELETE CASCADE
);

CREATE INDEX connection_by_user ON connection (account, "user");
CREATE INDEX connection_by_provider ON connection (account, provider);

-- What was sent to a token endpoint and cannot be sent twice: written before, and the answer as it
-- came before anything is made of it.
CREATE TABLE token_exchange (
    account TEXT COLLATE "C" NOT NULL,
    id BYTEA NOT NULL,
    session BYTEA,
    agent BYTEA NOT NULL,
    "user" BYTEA NOT NULL,
    provider BYTEA NOT NULL,
    generation BIGINT NOT NULL,
    secret_version BIGINT NOT NULL,
    node BYTEA NOT NULL,
    started_at BIGINT NOT NULL,
    reply BYTEA, -- sealed: user
    replied_at BIGINT,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, agent) REFERENCES workload_identity (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, "user") REFERENCES "user" (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, provider) REFERENCES credential_provider (account, id) ON DELETE CASCADE
);

CREATE INDEX token_exchange_by_start ON token_exchange (started_at);
CREATE INDEX token_exchange_by_agent ON token_exchange (account, agent);
CREATE INDEX token_exchange_by_user ON token_exchange (account, "user");
CREATE INDEX token_exchange_by_provider ON token_exchange (account, provider);
