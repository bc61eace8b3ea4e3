//! OAuth 2.0 as a client speaks it: what we ask an authorization server, and what it answered.
//!
//! In the order of a call: [`vendor_table`] or [`metadata`] say where the endpoints are,
//! [`token_request`] writes the request, [`token_reply`] reads the answer. Where a user is asked
//! first, [`authorization_request`] says where to send the browser ([`pkce`] binds the code to us)
//! and [`authorization_response`] reads what it comes back with. [`revocation`] takes tokens back.
//! `procura_core::scope`,
//! [`endpoint_url`], [`issuer`] and [`authentication_method`] are the words they share.
//!
//! Nothing here opens a connection. Whether an endpoint may be called, and for how long, is decided
//! where the call is made; what came back is bytes to these functions, and hostile until read.

pub mod authentication_method;
pub mod authorization_request;
pub mod authorization_response;
pub mod client_assertion;
pub mod endpoint_url;
pub mod endpoints;
#[doc(hidden)]
pub mod fuzzing;
pub mod issuer;
pub mod metadata;
mod parameter;
pub mod pkce;
pub mod redaction;
pub mod revocation;
pub mod token_reply;
pub mod token_request;
pub mod vendor_table;
