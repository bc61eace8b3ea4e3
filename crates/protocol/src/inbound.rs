//! Inbound authorizers: which tokens of which issuer may pass a door of somebody else's making, an
//! agent or a gateway that a user or an application calls.
//!
//! Nothing is verified here: the foundation does that ([`crate::jose::jwt`]), and what stands here
//! judges what it verified. In order:
//!
//! 1. [`authorizer::JwtAuthorizer::expectation`] says whether the issuer that a token *claims* is one
//!    of the authorizer's, and what the verifier is to demand;
//! 2. [`authorizer::JwtAuthorizer::discovery_url`] says where the document is that leads to its keys;
//! 3. [`authorizer::JwtAuthorizer::admit`] judges the verified claims, or says what they lack;
//! 4. [`challenge::Challenge`] is what a client is told.
//!
//! What differs from vendor to vendor (where the client is, where the scopes are, what tells an access
//! token from an ID token) is data: [`issuer_profile::IssuerProfile`].

pub mod authorizer;
pub mod challenge;
#[doc(hidden)]
pub mod fuzzing;
pub mod issuer_profile;
mod trusted_issuer;

#[cfg(test)]
mod tests;
