//! What tests need and products do not: the whole service in this process, and real small servers.
//!
//! Start with [`TestApp`]: the real `App` behind the real `Listener`, on a database and a clock of
//! its own, with clients that sign. Whatever cannot be set up fails the test that wanted it. No
//! product may depend on this crate, and nothing here may stand in for a part of a product.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test that cannot be set up has failed, and this is where it is seen"
)]

mod app;
mod audit;
mod browser;
mod client;
mod clock;
mod connection;
mod database;
mod message;
mod response;
mod setup;
mod signer;

pub use procura_authority as authority;
pub use procura_demo as demo;
pub use procura_server::session_binding::AssertedUsers;
pub use procura_store::Engine;

pub use crate::app::TestApp;
pub use crate::browser::{Browser, Cookie, Form, Page};
pub use crate::client::Client;
pub use crate::clock::TestClock;
pub use crate::connection::Connection;
pub use crate::message::{Message, Request, chunked};
pub use crate::response::Response;
pub use crate::setup::{ACCOUNT, BINDING_CLIENT, OTHER_ACCOUNT, REGION, Setup, run};
pub use crate::signer::Signer;
