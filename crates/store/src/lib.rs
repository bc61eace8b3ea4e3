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
mod audit;
mod chain;
mod checkpoint;
mod config;
mod credential_provider;
mod deployment_secret;
mod driver;
mod encryption_key;
mod engine;
mod grant;
mod job;
mod meta;
mod migration;
mod queue;
mod revocation;
mod row;
mod store;
mod tx;
mod user;
mod workload_identity;

#[cfg(test)]
mod contract;

pub use crate::audit::ChainRow;
pub use crate::checkpoint::CheckpointView;
pub use crate::config::{Config, OpenError, PostgresConfig, SqliteConfig};
pub use crate::credential_provider::Revealed;
pub use crate::meta::Meta;
pub use crate::migration::Migrated;
pub use crate::revocation::Cut;
pub use crate::store::{Engine, Store};
pub use crate::tx::{AccountTx, Outcome, Tx};
