//! The policy engine: may this caller, may this agent, may this user?
//!
//! One engine ([Cedar](https://www.cedarpolicy.com)), one schema, one compiled-in baseline and a
//! strict set, all to be read in `policies/`. An [`Authority`] is an immutable snapshot of them;
//! it answers [`Authority::may_call`] for API calls and [`Authority::may_release`] for the
//! use of a provider's own credential.
//!
//! It must never answer yes by default, by mistake or by omission: nothing is permitted unless a
//! policy permits it, a `forbid` wins, **any evaluation error is a no**, and a request that the
//! schema does not know is not evaluated at all. It does no I/O, reads no clock, and keeps nothing
//! between two calls.
//!
//! Start with `policies/roles.cedar`, then [`row`] (the same as a table), then [`Authority`].

mod account_policies;
mod advice;
mod attributes;
mod authority;
mod buckets;
mod decision;
pub mod document;
mod entities;
mod explanation;
mod inline;
mod policies;
mod request;
mod rules;
mod scope;
mod slices;
mod table;
pub mod testing;
mod verdict;
mod written;

#[cfg(test)]
mod tests;

pub use account_policies::AccountPolicies;
pub use authority::Authority;
pub use decision::Decision;
pub use inline::Inline;
pub use policies::{InvalidPolicies, PolicyInForce};
pub use request::{AgentOf, Caller, Credential, ProviderOf, Target, Through, Use, Whom};
pub use rules::{Rules, SCHEMA, STRUCTURE};
pub use table::{Group, Row, Who, row};
pub use verdict::{Denial, Question, Reasons, Verdict};
pub use written::RefusedPolicy;
