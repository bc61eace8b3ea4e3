//! The demo providers: a small real authorization server and a small real API, offline.
//!
//! `dev` serves them beside the service for newcomers, and the integration tests call them in the
//! place of the outside world. They must never be part of a production path: their secrets are
//! constants, their state is in memory and bounded, and a restart forgets it.
//!
//! Start with [`DemoProvider`]; `routes` is the table of contents. A grant is a file below
//! `token_endpoint`; how a test has the server misbehave is [`Misbehaviour`].

mod api;
mod front_page;
mod issued;
mod key_ring;
mod line;
mod metadata;
mod misbehaviour;
mod provider;
mod routes;
mod settings;
mod token_endpoint;
mod user;

pub use self::api::DEMO_API_KEY;
pub use self::misbehaviour::Misbehaviour;
pub use self::provider::DemoProvider;
pub use self::settings::{DEMO_CLIENT, DEMO_SECRET, DemoAuthentication, DemoClient, Settings};
pub use self::token_endpoint::TokenRequestSeen;
pub use self::user::{DEMO_APP, DEMO_USERS};
