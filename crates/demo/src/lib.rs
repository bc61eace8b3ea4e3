//! The demo providers: a small real authorization server and a small real API, offline.
//!
//! `dev` serves them beside the service for newcomers, and the integration tests call them in the
//! place of the outside world. They must never be part of a production path: their secrets are
//! constants, their state is in memory and bounded, and a restart forgets it.
//!
//! Start with [`DemoProvider`]; `routes` is the table of contents. A user's way begins in
//! `authorization_endpoint`; a grant is a file below `token_endpoint`; what a test sees is in
//! `observation`, and how it has the server misbehave is [`Misbehaviour`].

mod api;
mod authorization_endpoint;
mod authorization_request;
mod authorization_response;
mod consent;
mod counter;
mod front_page;
mod issued;
mod key_ring;
mod line;
mod login;
mod memory;
mod metadata;
mod misbehaviour;
mod observation;
mod page;
mod provider;
mod repository;
mod revocation;
mod routes;
mod session;
mod settings;
mod token_endpoint;
mod user;
mod visits;

pub use self::api::DEMO_API_KEY;
pub use self::authorization_request::AuthorizationRequestSeen;
pub use self::misbehaviour::{Answer, Endpoint, Misbehaviour};
pub use self::provider::DemoProvider;
pub use self::settings::{
    DEMO_APP_SECRET, DEMO_CLIENT, DEMO_SECRET, DemoAuthentication, DemoClient, Profile,
    RefreshPolicy, RefreshWhen, Settings,
};
pub use self::token_endpoint::TokenRequestSeen;
pub use self::user::{DEMO_APP, DEMO_PASSWORD, DEMO_USERS};
