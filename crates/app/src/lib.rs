//! The use cases of Procura: authorize, read, decide, write, audit, in this order.
//!
//! An [`App`] owns the store, the keys, the policies, the clock and the randomness of one node.
//! Each module is one noun and reads as prose. Nothing here knows HTTP; nothing here may return a
//! secret before its record is durable.
//!
//! Start with [`resource_api_key`]: the whole path of one credential.

pub mod access_key;
pub mod account;
pub mod account_policy;
pub mod agent_register;
pub mod agent_state;
pub mod agent_use;
pub mod answers;
pub mod api_key_provider;
pub mod audit;
pub mod authentication;
pub mod authorization_session;
pub mod authorize;
pub mod backup;
pub mod basis;
pub mod caller_identity;
pub mod checkpoint;
pub mod clock_skew;
pub mod code_exchange;
pub mod connection;
pub mod connection_tokens;
pub mod connections;
pub mod counters;
pub mod credential_provider;
pub mod cut_off;
pub mod delegation;
pub mod durable_file;
pub mod exchange_recovery;
pub mod expected_account;
pub mod given_back;
pub mod grant;
pub mod iam_role;
pub mod identity_token;
pub mod in_flight;
pub mod inline_policy;
pub mod issuer;
pub mod issuer_keys;
pub mod key_rotation;
pub mod keyring;
pub mod machine_token;
pub mod notes;
pub mod oauth2_configuration;
pub mod oauth2_provider;
pub mod on_behalf_of;
pub mod operation;
pub mod outbound;
pub mod own_consents;
mod own_signer;
pub mod page_token;
pub mod password;
pub mod pool_domain;
pub mod pool_group;
pub mod pool_key;
pub mod pool_openid;
pub mod pool_sign_in;
pub mod pool_token;
pub mod pool_user;
pub mod provider_circuit;
pub mod rate_limit;
pub mod reach;
pub mod record_search;
pub mod refresh;
pub mod resource_api_key;
pub mod resource_server;
pub mod restore;
pub mod revocation;
pub mod role_session;
pub mod root_key;
pub mod session_binding;
pub mod session_description;
pub mod session_secret;
pub mod signing_key;
pub mod single_flight;
pub mod spool;
pub mod start;
pub mod sweep;
pub mod tag;
pub mod task;
pub mod temporary_key;
mod through;
pub mod token_endpoint;
pub mod token_exchange;
pub mod token_vault;
pub mod trust_binding;
pub mod unauthorized_report;
pub mod used_signature;
pub mod user;
pub mod user_pool;
pub mod user_pool_client;
pub mod user_proof;
pub mod vault_keys;
pub mod web_identity;
pub mod workload_access_token;
pub mod workload_identity;
pub mod workload_token;

#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use procura_authority::Authority;
use procura_core::error::Error;
use procura_core::id::{CallbackId, DeploymentId, NodeId, RequestId};
use procura_core::name::Region;
use procura_core::time::{Clock, Timestamp};
use procura_core::trace::Trace;
use procura_store::{Engine, Store};
use rand_core::CryptoRng;

use crate::account_policy::HeldPolicies;
use crate::agent_use::AgentUses;
use crate::authentication::SigningKeys;
use crate::counters::NoteCounters;
use crate::in_flight::InFlight;
use crate::inline_policy::InlinePolicies;
use crate::issuer_keys::IssuerKeys;
use crate::keyring::Keyring;
use crate::machine_token::FlightKey;
use crate::notes::Notes;
use crate::outbound::Outbound;
use crate::own_signer::OwnSigners;
use crate::password::Passwords;
use crate::provider_circuit::Circuits;
use crate::refresh::RenewalKey;
use crate::single_flight::SingleFlight;
use crate::spool::Spool;
use crate::user_proof::VerifiedTokens;

/// One node of the service.
pub struct App {
    store: Store,
    authority: Arc<Authority>,
    held_policies: HeldPolicies,
    /// Held while the policies of an account are read.
    reading_policies: tokio::sync::Mutex<()>,
    keyring: Keyring,
    signing_keys: SigningKeys,
    /// What is written into roles, as it is asked.
    inline_policies: InlinePolicies,
    agent_uses: AgentUses,
    outbound: Outbound,
    /// Tokens of providers' clients that are on their way.
    machine_tokens: SingleFlight<FlightKey, u64>,
    /// Tokens of users that are being renewed.
    renewals: SingleFlight<RenewalKey, u64>,
    /// Providers that do not answer.
    circuits: Circuits,
    /// What was sent to providers and must be carried through.
    in_flight: InFlight,
    /// What the database did not take.
    spool: Spool,
    issuers: IssuerKeys,
    verified_tokens: VerifiedTokens,
    passwords: Passwords,
    own_signers: OwnSigners,
    notes: tokio::sync::Mutex<Notes>,
    /// Whether the last note could not be written.
    checkpoints_fail: AtomicBool,
    note_counters: NoteCounters,
    /// Held while keys are wrapped anew, and told when there are some to wrap.
    rotating: tokio::sync::Mutex<()>,
    rotations: tokio::sync::Notify,
    /// Whether the last try to go on with them failed.
    rotations_fail: AtomicBool,
    clock: Arc<dyn Clock>,
    entropy: Mutex<Box<dyn CryptoRng + Send>>,
    deployment: DeploymentId,
    node: NodeId,
    region: Region,
    /// Where clients and browsers reach this service, without a slash at the end.
    endpoint: String,
    /// Where users come back to whose application names no other place.
    binding_page: Option<String>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "App({} on {})", self.deployment, self.node)
    }
}

impl App {
    /// The present moment; read once per operation, into its context.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The installation that this node is of.
    pub fn deployment(&self) -> DeploymentId {
        self.deployment
    }

    /// The region that stands in ARNs and in the scope of signatures.
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// Where an authorization server sends a user back to.
    pub fn callback_url(&self, callback: CallbackId) -> String {
        format!("{}{}", self.callbacks(), callback.as_uuid_text())
    }

    /// What every callback URL begins with.
    pub fn callbacks(&self) -> String {
        format!("{}/identities/oauth2/callback/", self.endpoint)
    }

    /// The database, for what stands beside the use cases (tests, later backups).
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The word for the database engine.
    pub fn engine_name(&self) -> &'static str {
        match self.store.engine() {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgres",
        }
    }

    /// The version of the policies in force.
    pub fn policy_version(&self) -> &str {
        self.authority.version()
    }

    /// A new request id.
    pub fn new_request_id(&self, now: Timestamp) -> RequestId {
        self.with_rng(|rng| RequestId::generate(now, rng))
    }

    /// The trace of a request: the one that its `traceparent` names, or a new one.
    pub fn new_trace(&self, traceparent: Option<&[u8]>) -> Trace {
        self.with_rng(|rng| Trace::of(traceparent, rng))
    }

    /// Whether the service can do its work now: the store answers and is ours, and what is done can
    /// be signed.
    pub async fn ready(&self) -> Result<(), Error> {
        if self.checkpoints_fail.load(Ordering::Relaxed) {
            return Err(Error::internal("the last checkpoint could not be written"));
        }
        let expected = self.deployment;
        let meta = self.store.run_read("ready", |tx| tx.meta()).await?;
        match meta {
            Some(meta) if meta.deployment == expected => Ok(()),
            _ => Err(Error::internal(
                "the database is not the one that this node started on",
            )),
        }
    }

    /// Lends the node's randomness to `use_it`.
    fn with_rng<T>(&self, use_it: impl FnOnce(&mut dyn CryptoRng) -> T) -> T {
        // A panic of another holder leaves a generator that is still good.
        let mut rng = self.entropy.lock().unwrap_or_else(PoisonError::into_inner);
        use_it(&mut **rng)
    }
}
