//! Seeded defects: the positive control of every `cargo xtask prove`.
//!
//! With the feature `sabotage`, the environment variable `PROCURA_SABOTAGE` names one defect to
//! commit, so that a proof can show that it would have noticed. Without the feature, which is how
//! every release is built, [`defect`] is the constant `false`; `cargo xtask tidy` proves that the
//! release graph lacks the feature.

/// Whether the named defect is to be committed.
#[cfg(feature = "sabotage")]
#[expect(
    clippy::disallowed_methods,
    reason = "chosen at run time, in sabotage builds only"
)]
pub fn defect(name: &str) -> bool {
    static CHOSEN: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    CHOSEN
        .get_or_init(|| std::env::var("PROCURA_SABOTAGE").ok())
        .as_deref()
        == Some(name)
}

/// Always false: this build has no defects to choose from.
#[cfg(not(feature = "sabotage"))]
pub const fn defect(_name: &str) -> bool {
    false
}
