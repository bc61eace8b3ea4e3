//! What tests need and products do not: real small servers, each started for one run.
//!
//! Nothing here may be a mock, and nothing of it may be reached from a product crate: a test talks
//! to the same kind of server as an operator does.
//!
//! Start with [`postgres`], which is what the store's contract suite runs on.

pub mod postgres;
