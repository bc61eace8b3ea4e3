//! The demo provider as its clients see it: over a real socket.

mod api;
mod authorization;
mod browser;
mod client;
mod client_assertion;
mod code;
mod code_misbehaviour;
mod consent;
mod key_set;
mod login;
mod metadata;
mod misbehaviour;
mod profile;
mod refresh;
mod revocation;
mod server;
mod token;
mod user_token;
