//! The domain of Procura: ids, names, time, secrets, sealing, the audit chain, permits, errors.
//!
//! Everything here is synchronous and does no I/O, so that a rule can be read, tested and fuzzed as
//! a function of its arguments. Nothing here may know a database, a socket or a clock: time comes in
//! as [`time::Timestamp`], randomness as `&mut dyn CryptoRng`.
//!
//! Start with [`sealing`] (how a secret rests), [`audit`] (how a use is proved) and [`permit`] (how
//! a yes is carried to the store).

pub mod access_key;
pub mod account;
pub mod account_policy;
pub mod action;
pub mod arn;
pub mod audit;
pub mod authorization_session;
pub mod connection;
pub mod consent;
pub mod credential_provider;
pub mod digest;
pub mod encryption_key;
pub mod entropy;
pub mod error;
#[doc(hidden)]
pub mod fuzzing;
pub mod grant;
pub mod iam_role;
pub mod id;
pub mod identity_token;
pub mod issuer;
pub mod machine_token;
pub mod measure;
pub mod name;
pub mod oauth2_client;
pub mod peer;
pub mod permit;
pub mod pool_authorization;
pub mod pool_domain;
pub mod pool_group;
pub mod pool_key;
pub mod pool_user;
pub mod rate;
pub mod redirect_uri;
pub mod resource_server;
pub mod sabotage;
pub mod scope;
pub mod sealing;
pub mod secret;
pub mod signing_key;
pub mod stated_reason;
pub mod tag;
pub mod task;
pub mod temporary_key;
pub mod time;
pub mod trace;
pub mod trust_binding;
pub mod user;
pub mod user_pool;
pub mod user_pool_client;
pub mod vendor;
pub mod workload_access_token;
pub mod workload_identity;
