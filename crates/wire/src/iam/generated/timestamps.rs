//! The members of outputs that are times.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

pub(crate) const TIMESTAMPS: &[&str] = &["CreateDate", "LastUsedDate"];
