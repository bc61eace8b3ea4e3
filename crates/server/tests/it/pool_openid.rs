//! The OpenID endpoints of user pools: applications that sign users in with a browser, and who tries
//! to be let in otherwise.

mod client;
mod codes;
mod domains;
mod ends;
mod flow;
mod keys;
mod requests;
mod resource_servers;
mod rotation;
mod updates;
