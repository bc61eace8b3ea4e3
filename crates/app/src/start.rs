//! How a node comes up: keys checked, database ours, chains open; and how it goes down.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use procura_authority::{Authority, Rules};
use procura_core::audit::note::{Signer, VerifierKey};
use procura_core::encryption_key::KeyPurpose;
use procura_core::entropy::{OsEntropy, random_bytes};
use procura_core::error::Error;
use procura_core::id::{DeploymentId, KeyId, NodeId};
use procura_core::name::Region;
use procura_core::sealing::{self, Location, SealingKey, Subject};
use procura_core::secret::{Plain, kind::CheckpointSeed};
use procura_core::time::Clock;
use procura_store::{Meta, Outcome, Store};

use crate::App;
use crate::account_policy::HeldPolicies;
use crate::agent_use::AgentUses;
use crate::authentication::SigningKeys;
use crate::counters::NoteCounters;
use crate::durable_file;
use crate::in_flight::InFlight;
use crate::inline_policy::InlinePolicies;
use crate::issuer_keys::IssuerKeys;
use crate::keyring::Keyring;
use crate::notes::{CheckpointError, Notes, key_path};
use crate::outbound::{Outbound, OutboundConfig};
use crate::own_signer::OwnSigners;
use crate::password::Passwords;
use crate::provider_circuit::Circuits;
use crate::restore::{self, Expected};
use crate::root_key::{self, RootKeyError, files};
use crate::single_flight::SingleFlight;
use crate::spool::Spool;
use crate::task::{Stop, Tasks};
use crate::user_proof::VerifiedTokens;

/// How often new records are checkpointed.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);

/// What a node is started with.
#[derive(Debug)]
pub struct StartConfig {
    /// Where the root key and the checkpoints are.
    pub data_dir: PathBuf,
    /// The database.
    pub store: procura_store::Config,
    /// The region of ARNs and signatures.
    pub region: Region,
    /// The policies.
    pub rules: Rules,
    /// Where clients and browsers reach this service: `https://procura.example`, without a slash at
    /// the end. It is part of every callback URL, so that it should not change.
    pub endpoint: String,
    /// The page of a session-binding service of ours: where users come back to whose application
    /// names no other place.
    pub binding_page: Option<String>,
    /// What may be called, and how.
    pub outbound: OutboundConfig,
}

/// Why a node does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] procura_store::OpenError),
    /// The root key cannot be used.
    #[error(transparent)]
    RootKey(#[from] RootKeyError),
    /// The database is sealed under a key that is not here.
    #[error(
        "the database is sealed under root key {expected}, and {found}; put the file that holds it \
         into the data directory (root.key, or root.key.next while the root key is rotated)"
    )]
    OtherRootKey {
        /// The key that the database names.
        expected: KeyId,
        /// What is in the data directory instead.
        found: String,
    },
    /// A file of the data directory cannot be used.
    #[error("{path}: {source}")]
    DataDir {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: std::io::Error,
    },
    /// The checkpoints that are there are not of this database, or this database not of them.
    #[error(transparent)]
    Checkpoints(#[from] CheckpointError),
    /// The compiled-in policies do not fit each other.
    #[error("the policies are not valid: {0}")]
    Policies(String),
    /// The store failed while the node came up.
    #[error("the node could not start: {0}")]
    Failed(#[from] Error),
}

impl App {
    /// Starts a node: migrates the database, checks that it and the root key are of one
    /// deployment (making both when neither exists), opens the audit chains.
    pub async fn start(
        config: StartConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, StartError> {
        let data_dir = config.data_dir;
        // Connecting and migrating block; nothing else runs yet.
        let (node, store) = tokio::task::block_in_place(|| {
            let node = read_or_create_node(&data_dir, &*clock)?;
            procura_store::Store::migrate(&config.store)?;
            Ok::<_, StartError>((node, Store::open(config.store)?))
        })?;
        let (deployment, keyring) = keyring_of(&store, &data_dir, &*clock).await?;
        store.start(node, Arc::clone(&clock))?;
        let authority = Authority::new(config.rules)
            .map_err(|error| StartError::Policies(error.to_string()))?;
        let checkpoints = data_dir.join("checkpoints");
        let seed = checkpoint_seed(&store, &keyring, deployment, node).await?;
        let signer = Signer::from_seed(deployment.to_string(), &seed)
            .ok_or_else(|| Error::internal("the checkpoint key is not a seed"))?;
        keep_key(&checkpoints, node, &signer.verifier_key())?;
        let engine = store.engine();
        let mut notes = Notes::open(&checkpoints, deployment, node, engine, signer)?;
        let restore_epoch = store.run_read("meta", |tx| tx.meta()).await?;
        let expected = Expected {
            deployment,
            node,
            restore_epoch: restore_epoch.map_or(0, |meta| meta.restore_epoch),
            after: notes.last_hash(),
        };
        let restored = restore::stated(&checkpoints, &keyring.root(), &expected)
            .map_err(CheckpointError::Io)?;
        if let Some(restored) = restored {
            notes.accept(restored);
        }
        let outbound = Outbound::new(config.outbound)?;
        let spool = Spool::open(&data_dir).map_err(|source| StartError::DataDir {
            path: data_dir.join("spool"),
            source,
        })?;
        let app = Arc::new_cyclic(|app| Self {
            in_flight: InFlight::new(Weak::clone(app)),
            store,
            spool,
            authority: Arc::new(authority),
            held_policies: HeldPolicies::default(),
            reading_policies: tokio::sync::Mutex::default(),
            keyring,
            signing_keys: SigningKeys::default(),
            inline_policies: InlinePolicies::default(),
            agent_uses: AgentUses::default(),
            outbound,
            machine_tokens: SingleFlight::default(),
            renewals: SingleFlight::default(),
            circuits: Circuits::default(),
            issuers: IssuerKeys::default(),
            verified_tokens: VerifiedTokens::default(),
            passwords: Passwords::default(),
            own_signers: OwnSigners::default(),
            notes: tokio::sync::Mutex::new(notes),
            checkpoints_fail: AtomicBool::new(false),
            note_counters: NoteCounters::new(clock.now()),
            rotating: tokio::sync::Mutex::new(()),
            rotations: tokio::sync::Notify::new(),
            rotations_fail: AtomicBool::new(false),
            clock,
            entropy: Mutex::new(Box::new(OsEntropy)),
            deployment,
            node,
            region: config.region,
            endpoint: config.endpoint,
            binding_page: config.binding_page,
        });
        // The keys that every request needs are made now, not under the first requests.
        app.newest_key(None, KeyPurpose::Token).await?;
        app.recover_own_exchanges().await;
        if let Some(restored) = restored {
            app.record_restore(restored).await?;
        }
        app.first_checkpoint().await?;
        if let Some(restored) = restored {
            Self::keep_statement(&checkpoints, node, restored.epoch)
                .map_err(CheckpointError::Io)?;
        }
        Ok(app)
    }

    /// Starts what runs beside requests.
    pub fn spawn_tasks(self: &Arc<Self>, tasks: &mut Tasks) {
        let app = Arc::clone(self);
        tasks.spawn(move |stop| async move { app.checkpoint_regularly(stop).await });
        let app = Arc::clone(self);
        tasks.spawn(move |stop| async move { app.watch_clock(stop).await });
        let app = Arc::clone(self);
        tasks.spawn(move |stop| async move { app.sweep_regularly(stop).await });
        let app = Arc::clone(self);
        tasks.spawn(move |stop| async move { app.write_agent_uses_regularly(stop).await });
        let app = Arc::clone(self);
        tasks.spawn(move |stop| async move { app.keep_alive_regularly(stop).await });
        let app = Arc::clone(self);
        tasks.spawn(move |stop| async move { app.rotate_when_told(stop).await });
    }

    async fn checkpoint_regularly(&self, mut stop: Stop) {
        let mut tick = tokio::time::interval(CHECKPOINT_EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while !stop.is_requested() {
            tokio::select! {
                _ = tick.tick() => {}
                () = stop.requested() => return,
            }
            if let Err(error) = self.write_checkpoint().await {
                tracing::error!(cause = ?error.cause(), "no checkpoint could be written");
            }
        }
    }

    /// Ends the node's chains and signs their end. Requests are finished before this is called.
    pub async fn close(&self) -> Result<(), Error> {
        self.finish_in_flight().await;
        self.store.close_chains().await?;
        self.sign_checkpoint().await?;
        self.store.close().await
    }
}

/// The deployment of the database and the root keys that unwrap it.
///
/// What counts is the database: of the root keys in the data directory, the one that it names is
/// taken, and those that it has rows under besides, which is so while the root key is rotated. The
/// files are put right after that, for a rotation may have ended before they were.
async fn keyring_of(
    store: &Store,
    data_dir: &Path,
    clock: &dyn Clock,
) -> Result<(DeploymentId, Keyring), StartError> {
    let found = files::all(data_dir)?;
    let (meta, has_rows, in_use) = store
        .run_read("meta", |tx| {
            Ok((tx.meta()?, tx.has_rows_sealed()?, tx.root_keys_in_use()?))
        })
        .await?;
    let Some(meta) = meta else {
        if has_rows {
            let lost = Error::internal("the database has keys but no meta row");
            return Err(StartError::Failed(lost));
        }
        let path = files::current_path(data_dir);
        let own = found.into_iter().find(|file| file.path == path);
        let own = own.map(|file| file.key);
        let (deployment, root) = initialise(store, &path, own, clock).await?;
        return Ok((deployment, Keyring::new(data_dir, root, Vec::new())));
    };
    let other = |expected| StartError::OtherRootKey {
        expected,
        found: in_words(&found),
    };
    let is_current = |file: &files::Found| file.key.check_value() == meta.key_check;
    let needed = in_use.iter().map(|(id, _)| *id);
    for id in needed.clone().filter(|id| *id != meta.root_key) {
        if found.iter().all(|file| file.key.id() != id) {
            return Err(other(id));
        }
    }
    if !found.iter().any(is_current) {
        return Err(other(meta.root_key));
    }
    let needed: Vec<KeyId> = needed.collect();
    let next = files::next_path(data_dir);
    let (mut current, mut others) = (None, Vec::new());
    for file in found {
        if is_current(&file) {
            current = Some(file.key);
        } else if file.path == next || needed.contains(&file.key.id()) {
            others.push(file.key);
        }
    }
    let current = current.ok_or_else(|| Error::internal("a root key vanished"))?;
    files::settle(data_dir, meta.root_key)?;
    Ok((meta.deployment, Keyring::new(data_dir, current, others)))
}

/// What is in the data directory, for whoever looks for another key.
pub(crate) fn in_words(found: &[files::Found]) -> String {
    if found.is_empty() {
        return "there is no root.key".to_owned();
    }
    let each = found.iter().map(|file| {
        let name = file.path.file_name().unwrap_or_default().to_string_lossy();
        let name = name.split('-').next().unwrap_or_default();
        format!("{name} holds {}", file.key.id())
    });
    each.collect::<Vec<_>>().join(", ")
}

/// A new deployment. The key file is written first: a crash between the two leaves a key without
/// a database, which the next start takes up.
async fn initialise(
    store: &Store,
    path: &Path,
    found: Option<SealingKey>,
    clock: &dyn Clock,
) -> Result<(DeploymentId, SealingKey), StartError> {
    let (now, mut rng) = (clock.now(), OsEntropy);
    let key = match found {
        Some(key) => key,
        None => root_key::create(path, KeyId::generate(now, &mut rng), &mut rng)?,
    };
    let meta = Meta {
        deployment: DeploymentId::generate(now, &mut rng),
        restore_epoch: 0,
        root_key: key.id(),
        key_check: key.check_value(),
        created_at: now,
    };
    let committed = store
        .run_tx("initialise", move |tx| {
            tx.insert_meta(&meta)?;
            tx.meta().map(Outcome::Unrecorded)
        })
        .await?;
    match committed.value {
        Some(meta) if meta.key_check == key.check_value() => Ok((meta.deployment, key)),
        // Another node initialised the same database first, under its own key.
        Some(meta) => {
            let found = format!("root.key holds {}", key.id());
            Err(StartError::OtherRootKey {
                expected: meta.root_key,
                found,
            })
        }
        None => Err(StartError::Failed(Error::internal("the meta row vanished"))),
    }
}

/// The id of this node: made with its data directory.
pub(crate) fn read_or_create_node(
    data_dir: &Path,
    clock: &dyn Clock,
) -> Result<NodeId, StartError> {
    let path = data_dir.join("node");
    let failed = |source| StartError::DataDir {
        path: data_dir.join("node"),
        source,
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => text.trim().parse().map_err(|_| {
            failed(std::io::Error::new(
                std::io::ErrorKind::InvalidData,
                "not the id of a node",
            ))
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let node = NodeId::generate(clock.now(), &mut OsEntropy);
            durable_file::create(&path, format!("{node}\n").as_bytes()).map_err(failed)?;
            Ok(node)
        }
        Err(error) => Err(failed(error)),
    }
}

/// The seed of the node's checkpoint key, from the database or new; sealed under the root key.
async fn checkpoint_seed(
    store: &Store,
    keyring: &Keyring,
    deployment: DeploymentId,
    node: NodeId,
) -> Result<Plain<CheckpointSeed>, StartError> {
    let name = format!("checkpoint-key/{node}");
    let place = Location {
        deployment,
        account: None,
        subject: Subject::Deployment,
        table: "deployment_secret",
        column: "secret",
        row: name.as_bytes(),
        row_version: 1,
        destination: None,
    };
    let fresh = Plain::<CheckpointSeed>::new(random_bytes::<32>(&mut OsEntropy).to_vec());
    let root = keyring.root();
    let sealed =
        sealing::seal(&mut OsEntropy, &root, &place, &fresh).map_err(Error::internal_source)?;
    let root = root.id();
    let wanted = name.clone();
    let committed = store
        .run_tx("checkpoint_seed", move |tx| {
            if tx.deployment_secret::<CheckpointSeed>(&wanted)?.is_none() {
                // A rotation elsewhere that ends now would leave this one behind.
                if tx.meta()?.is_none_or(|meta| meta.root_key != root) {
                    return Ok(Outcome::Unrecorded(None));
                }
                tx.insert_deployment_secret(&wanted, &sealed, 1)?;
            }
            tx.deployment_secret(&wanted).map(Outcome::Unrecorded)
        })
        .await?;
    let (stored, _) = committed
        .value
        .ok_or_else(|| Error::internal("the root key was rotated meanwhile; start again"))?;
    let (under, _) = stored.key().map_err(Error::internal_source)?;
    let seed = sealing::open(&*keyring.root_of(under)?, &place, &stored)
        .map_err(Error::internal_source)?;
    Ok(seed)
}

/// Puts the key that verifies the notes beside them.
fn keep_key(directory: &Path, node: NodeId, key: &VerifierKey) -> Result<(), StartError> {
    let failed = |source| StartError::DataDir {
        path: directory.to_owned(),
        source,
    };
    std::fs::create_dir_all(directory).map_err(failed)?;
    let (path, text) = (key_path(directory, node), format!("{key}\n"));
    match std::fs::read_to_string(&path) {
        // SECURITY: the key that verifies what is there is evidence, too; it is never replaced.
        Ok(known) if known != text => Err(CheckpointError::OtherKey { node })?,
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            durable_file::create(&path, text.as_bytes()).map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}
