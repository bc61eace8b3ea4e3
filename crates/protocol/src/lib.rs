//! Protocols as bytes ⇄ types: what arrives on a wire, checked, and nothing else.
//!
//! Everything here is synchronous, does no I/O, reads no clock and takes no randomness of its own,
//! so that each function can be tested against published vectors and fuzzed as it stands.
//!
//! This crate must never: decide what a caller may do (that is `procura-authority`), keep a secret
//! longer than one call, put what it read into an error text, or panic on any input.
//!
//! Start with [`sigv4`] (who signed this request?) and [`strict_json`] (is this body unambiguous?).

pub mod sigv4;
pub mod strict_json;
#[doc(hidden)]
pub mod testing;
