//! The engine as its callers see it; `slicing` also looks inside.

mod failure;
mod fixture;
mod matrix;
mod questions;
mod slicing;
