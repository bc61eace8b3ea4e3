//! All SQL of Procura: migrations, transactions, and one file of statements per noun.
//!
//! A [`Store`] is SQLite or PostgreSQL; whoever uses it cannot tell. [`Store::run_tx`] is the only
//! way to write: a synchronous closure that may run more than once, with no network and no clock in
//! it, whose audit record is appended as the last statement of its own transaction.
//!
//! Two things must never happen here: a caller hears "done" before the commit is durable, and a row
//! of one account is reached from another (every such row is behind [`Tx::account`]).
//!
//! Start with `tx.rs` (what a closure sees), then `driver.rs` (the one place where the engines
//! differ in SQL), then `engine/` (who runs closures, and what happens when something fails).

mod access_key;
mod account;
mod account_policy;
mod agent_use;
mod audit;
mod authorization_session;
mod backup;
mod chain;
mod checkpoint;
mod config;
mod connection;
mod counters;
mod credential_provider;
mod cut_off;
mod deployment_secret;
mod driver;
mod encryption_key;
mod engine;
mod expected_account;
mod grant;
mod iam_role;
mod identity_token;
mod issuer;
mod job;
mod machine_token;
mod meta;
mod migration;
mod oauth2_client;
mod pool_authorization;
mod pool_domain;
mod pool_group;
mod pool_sign_in;
mod pool_user;
mod queue;
mod resource_server;
mod revocation;
mod rotation;
mod row;
mod signing_key;
mod store;
mod subject_token;
mod task_use;
mod temporary_key;
mod token_exchange;
mod trust_binding;
mod tx;
mod used_signature;
mod user;
mod user_pool;
mod user_pool_client;
mod workload_identity;

#[cfg(test)]
mod contract;

pub use crate::account_policy::{PolicySetTag, PolicyVersion, policies_in_cuts};
pub use crate::agent_use::{AgentFilter, ListedAgent};
pub use crate::audit::{ChainRow, RecordSpan};
pub use crate::authorization_session::{Opening, SealedSession};
pub use crate::backup::{BackupTable, Manifest, ManifestKey};
pub use crate::checkpoint::CheckpointView;
pub use crate::config::{Config, OpenError, PostgresConfig, SqliteConfig};
pub use crate::connection::{
    AfterRenewal, ConnectionFilter, ConnectionKey, IdleConnection, IdleFilter, ListedConnection,
    NewTokens, Renewable, RevealedConnection, RevokedConnection, SealedConnection, consent_subject,
};
pub use crate::counters::{Ended, StoreCounts, TransactionCounts};
pub use crate::credential_provider::Revealed;
pub use crate::cut_off::CutOff;
pub use crate::encryption_key::Inserted;
pub use crate::expected_account::ExpectedAccount;
pub use crate::machine_token::{MachineTokenFound, NewMachineToken, RevealedMachineToken};
pub use crate::meta::Meta;
pub use crate::migration::Migrated;
pub use crate::oauth2_client::RevealedClientSecret;
pub use crate::pool_authorization::{OpenIdSignIn, PoolBrowserSession, RefreshTokenFound};
pub use crate::pool_sign_in::PoolSignIn;
pub use crate::pool_user::StoredPoolUser;
pub use crate::revocation::Cut;
pub use crate::rotation::WrappedUnder;
pub use crate::store::{Engine, Store};
pub use crate::subject_token::{RevealedSubjectToken, SubjectTokenFound};
pub use crate::temporary_key::StoredTemporaryKey;
pub use crate::token_exchange::{LeftBehind, TokenExchange};
pub use crate::tx::{AccountTx, Outcome, Tx};
pub use crate::user_pool_client::SealedPoolClient;
