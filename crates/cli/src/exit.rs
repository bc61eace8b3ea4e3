//! Exit codes: 0 yes, 1 no or failed, 2 usage, 75 busy, 78 configuration or key.

use std::fmt;
use std::process::ExitCode;

use procura_app::start::StartError;

/// Wrong arguments.
pub(crate) const USAGE_CODE: u8 = 2;
/// Something else holds what is needed (`EX_TEMPFAIL` of sysexits).
pub(crate) const BUSY_CODE: u8 = 75;
/// The configuration or the root key is wrong (`EX_CONFIG` of sysexits).
pub(crate) const CONFIGURATION_CODE: u8 = 78;

/// An error that ends the process with a code of its own.
#[derive(Debug)]
pub(crate) struct Exit {
    code: u8,
    text: String,
}

impl Exit {
    /// Something else holds what is needed.
    pub(crate) fn busy(text: String) -> Self {
        Self {
            code: BUSY_CODE,
            text,
        }
    }

    /// The arguments do not go together.
    pub(crate) fn usage(text: String) -> Self {
        Self {
            code: USAGE_CODE,
            text,
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Exit {}

/// Says what went wrong, on stderr, and gives the code for it.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    crate::print::error(error);
    if let Some(exit) = error.downcast_ref::<Exit>() {
        return ExitCode::from(exit.code);
    }
    match error.downcast_ref::<StartError>() {
        Some(
            StartError::RootKey(_)
            | StartError::OtherRootKey { .. }
            | StartError::Policies(_)
            | StartError::Checkpoints(_)
            | StartError::DataDir { .. }
            | StartError::Store(_),
        ) => ExitCode::from(CONFIGURATION_CODE),
        _ => ExitCode::FAILURE,
    }
}
