//! The demo provider as its clients see it: over a real socket.

mod api;
mod browser;
mod client;
mod client_assertion;
mod code;
mod key_set;
mod metadata;
mod misbehaviour;
mod server;
mod token;
mod user_token;
