//! Errors on the wire: one exhaustive mapping for each wire.

pub(crate) mod aws;
pub(crate) mod cognito;
pub(crate) mod oauth;
pub(crate) mod problem;
pub(crate) mod query;
