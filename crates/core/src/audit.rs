//! Proof of what was done: records in chains, each chain a Merkle tree, heads signed outside.
//!
//! A record is a line of JSON ([`record`]). Each writer incarnation has one [`chain`]: a record
//! carries the hash of the one before it, and the records are the leaves of an RFC 6962 tree
//! ([`tree`]). Once a second the sizes, roots and heads of all open chains are signed as a
//! [`note`] that goes outside of the database, so that a database that was cut, rewritten or put
//! back no longer agrees with it. [`export`] is the file that an auditor verifies offline.

pub mod account_export;
pub mod chain;
pub mod export;
pub mod filter;
pub mod note;
pub mod proof;
pub mod record;
pub mod tree;
