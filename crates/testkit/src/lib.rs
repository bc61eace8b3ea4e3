//! What tests need and products do not: real small servers, started for one run.

pub mod postgres;
