//! Seeded defects: the positive control of every `cargo xtask prove`.
//!
//! With the feature `sabotage`, the environment variable `PROCURA_SABOTAGE` names the defects to
//! commit, with commas between them, so that a proof can show that it would have noticed. Without the
//! feature, which is how every release is built, [`defect`] is the constant `false` and [`dies_at`]
//! does nothing; `cargo xtask tidy` proves that the release graph lacks the feature.

/// Whether the named defect is to be committed.
#[cfg(feature = "sabotage")]
#[expect(
    clippy::disallowed_methods,
    reason = "chosen at run time, in sabotage builds only"
)]
pub fn defect(name: &str) -> bool {
    static CHOSEN: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    let chosen = CHOSEN.get_or_init(|| std::env::var("PROCURA_SABOTAGE").ok());
    chosen
        .iter()
        .flat_map(|chosen| chosen.split(','))
        .any(|chosen| chosen == name)
}

/// Ends the process here and now, with nothing flushed, if this point is among the defects.
#[cfg(feature = "sabotage")]
pub fn dies_at(name: &str) {
    if defect(name) {
        std::process::abort();
    }
}

/// Always false: this build has no defects to choose from.
#[cfg(not(feature = "sabotage"))]
pub const fn defect(_name: &str) -> bool {
    false
}

/// Nothing: this build dies nowhere.
#[cfg(not(feature = "sabotage"))]
pub const fn dies_at(_name: &str) {}
