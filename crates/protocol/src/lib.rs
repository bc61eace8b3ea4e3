//! Protocols as bytes ⇄ types: what arrives on a wire, checked, and nothing else.
//!
//! Everything here is synchronous, does no I/O, reads no clock and takes no randomness of its own,
//! so that each function can be tested against published vectors and fuzzed as it stands.
//!
//! This crate must never: decide what a caller may do (that is `procura-authority`), keep a secret
//! longer than one call, put what it read into an error text, or panic on any input.
//!
//! One part takes randomness all the same: [`jose::signing`], because the library under it does.
//!
//! Start with [`sigv4`] (who signed this request?), [`jose`] (who issued this token, and for what?),
//! [`inbound`] (which of these tokens open this door?), [`oauth`] (what is asked of an authorization
//! server?), [`egress`] (may this address be reached?) and [`strict_json`] (is this body
//! unambiguous?).

pub mod egress;
#[doc(hidden)]
pub mod fuzzing;
pub mod inbound;
pub mod jose;
pub mod oauth;
pub mod sigv4;
pub mod strict_json;
#[doc(hidden)]
pub mod testing;
