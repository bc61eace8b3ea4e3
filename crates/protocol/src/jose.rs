//! JSON Object Signing: the one verifier for every token that arrives here, and the signer of ours.
//!
//! Sync and without I/O. Who fetches the keys of an issuer reads the token twice:
//! [`jwt::Unverified`] says who *claims* to have issued it, the caller finds that issuer's
//! [`jwk::KeySet`], and only [`jwt::Unverified::verify`] gives claims away.
//!
//! ```
//! # use procura_core::time::Timestamp;
//! # use procura_protocol::jose::{Algorithm, JoseError, jwk, jwt};
//! # fn f(token: &str, jwks: &[u8], audiences: &[String], now: Timestamp)
//! #     -> Result<jwt::Verified, Box<dyn std::error::Error>> {
//! let token = jwt::Unverified::parse(token, jwt::USER_TOKEN_BYTES_MAX)?;
//! assert_eq!(token.claimed_issuer(), "https://id.example.com");
//! let keys = jwk::KeySet::parse(jwks)?;
//! let expectation = jwt::Expectation {
//!     purpose: jwt::Purpose::UserToken,
//!     issuer: "https://id.example.com",
//!     algorithms: &[Algorithm::Es256, Algorithm::Rs256],
//!     audience: jwt::AudiencePolicy::Registered { audiences, clients: &[] },
//! };
//! Ok(token.verify(&keys, &expectation, now)?)
//! # }
//! ```
//!
//! **Invariants.** The algorithm of a signature is one that the caller allows *and* that the key is
//! for; the token only names it (RFC 8725 §3.1). Keys come from the caller; `jwk`, `jku`, `x5u`,
//! `x5c` and `x5t` in a header are not looked at (§3.10). A claim of another type than its own is a
//! refusal, never an absence. What a token may be used for is a row of one table
//! ([`jwt::Purpose`], §3.11). Header, claims and key sets are read by [`crate::strict_json`].
//!
//! RFC 7515 (JWS), 7517 (JWK), 7518 (JWA), 7519 (JWT), 7638 (thumbprints), 8037 (Ed25519), 8725
//! (practice), 9068 (access tokens), 9864 (`Ed25519` as a name).

mod algorithm;
pub(crate) mod base64url;
mod error;
pub mod jwk;
pub mod jws;
pub mod jwt;
pub mod signing;
#[cfg(test)]
mod tests;

pub use self::algorithm::{Algorithm, UnknownAlgorithm};
pub use self::error::{JoseError, Malformed, Part};
