//! The use cases of Procura: authorize, read, decide, write, audit, in this order.
//!
//! An [`App`] owns the store, the keys, the policies, the clock and the randomness of one node.
//! Each module is one noun and reads as prose. Nothing here knows HTTP; nothing here may return a
//! secret before its record is durable.
//!
//! Start with [`resource_api_key`]: the whole path of one credential.

pub mod access_key;
pub mod account;
pub mod api_key_provider;
pub mod audit;
pub mod authentication;
pub mod authorize;
pub mod checkpoint;
pub mod clock_skew;
pub mod durable_file;
pub mod keyring;
pub mod notes;
pub mod operation;
pub mod page_token;
pub mod resource_api_key;
pub mod root_key;
pub mod start;
pub mod tag;
pub mod task;
pub mod token_vault;
pub mod user;
pub mod workload_access_token;
pub mod workload_identity;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use procura_authority::Authority;
use procura_core::error::Error;
use procura_core::id::{DeploymentId, NodeId, RequestId};
use procura_core::name::Region;
use procura_core::time::{Clock, Timestamp};
use procura_store::{Engine, Store};
use rand_core::CryptoRng;

use crate::authentication::SigningKeys;
use crate::keyring::Keyring;
use crate::notes::Notes;

/// One node of the service.
pub struct App {
    store: Store,
    authority: Authority,
    keyring: Keyring,
    signing_keys: SigningKeys,
    notes: tokio::sync::Mutex<Notes>,
    /// Whether the last note could not be written.
    checkpoints_fail: AtomicBool,
    clock: Arc<dyn Clock>,
    entropy: Mutex<Box<dyn CryptoRng + Send>>,
    deployment: DeploymentId,
    node: NodeId,
    region: Region,
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
