//! Shapes and tables generated from the public service model.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

pub(crate) mod absent;
pub(crate) mod exceptions;
pub(crate) mod operation;
pub(crate) mod readers;
pub(crate) mod timestamps;

pub mod shapes;

pub mod assume_role;
pub mod assume_role_with_web_identity;
pub mod get_caller_identity;
pub mod get_web_identity_token;
