//! The engine as its callers see it; `slicing` also looks inside.

mod account_policies;
mod chains;
mod failure;
pub(crate) mod fixture;
mod inline;
mod matrix;
mod questions;
mod slicing;
