//! HTTP in: the listener, the AWS operations, those of user pools, the local native API.
//!
//! Handlers translate and nothing else: bytes to a command, one call of `procura-app`, the result
//! to bytes. No SQL, no policy. Every operation goes through one pipeline ([`request`]), so that
//! none can forget to authenticate, to limit, or to record.
//!
//! Start with [`ops`] and [`cognito`], the tables of contents, then [`request`].

mod body;
mod browser;
mod called;
mod cognito;
mod connections;
mod container_credentials;
mod error;
mod iam;
pub mod listener;
mod metrics;
pub mod native;
mod nature;
mod ops;
mod own_consents;
mod pool_document;
mod pool_domain;
mod pool_openid;
mod request;
mod response;
mod service;
pub mod session_binding;
mod sts;

pub use crate::listener::{Limits, Listener};
