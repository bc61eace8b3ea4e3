//! What may be reached over HTTP, as values: the target, the addresses, the operator's word, the
//! verdict. No socket is opened here; `procura-app` resolves, asks, and connects to what was judged.
//!
//! An administrator, a discovery document or a client names a URL, and this service would call it
//! from inside of the operator's network, with credentials. So a URL is read once and strictly
//! ([`OutboundUrl`]), each address that its name resolves to is put into one class
//! ([`Reach`]), and [`Rules`] says yes or no. Public addresses are reached over https; private ones and
//! loopback where `[outbound] allow` says so ([`Allowance`]); metadata services and link-local
//! never, whatever is allowed.
//!
//! Attacks 72, 74, 75 and 77 of the catalogue; RFC 9728 §7.7, RFC 8414 §6.2.

mod allowance;
#[doc(hidden)]
pub mod fuzzing;
mod reach;
mod rules;
mod target;

pub use allowance::{Allowance, InvalidAllowance, Network};
pub use reach::Reach;
pub use rules::{Refused, Rule, Rules};
pub use target::{InvalidUrl, OutboundUrl, Scheme};

#[cfg(test)]
mod tests;
