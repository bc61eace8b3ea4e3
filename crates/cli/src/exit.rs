//! Exit codes: 0 yes, 1 no or failed, 2 usage, 75 busy, 78 configuration or key.

use std::fmt;
use std::process::ExitCode;

use procura_app::backup::BackupError;
use procura_app::start::StartError;
use procura_core::error::Error;

/// It was tried and failed.
const FAILURE_CODE: u8 = 1;
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

    /// What is found on this machine is not to be used.
    pub(crate) fn configuration(text: String) -> Self {
        Self {
            code: CONFIGURATION_CODE,
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
    for cause in causes(error) {
        crate::print::remark(&format!("caused by: {cause}"));
    }
    ExitCode::from(code_of(error))
}

/// What the errors of ours in the chain keep from callers: whoever runs the process may read it,
/// and there is no log of a node that did not come up.
fn causes(error: &anyhow::Error) -> Vec<String> {
    error
        .chain()
        .filter_map(|link| link.downcast_ref::<Error>()?.cause())
        .map(|cause| format!("{cause:?}"))
        .collect()
}

/// The code that the process ends with.
pub(crate) fn code_of(error: &anyhow::Error) -> u8 {
    if let Some(exit) = error.downcast_ref::<Exit>() {
        return exit.code;
    }
    if let Some(
        BackupError::OtherRootKey { .. }
        | BackupError::RootKey(_)
        | BackupError::Store(_)
        | BackupError::DataDir(_),
    ) = error.downcast_ref::<BackupError>()
    {
        return CONFIGURATION_CODE;
    }
    match error.downcast_ref::<StartError>() {
        Some(
            StartError::RootKey(_)
            | StartError::OtherRootKey { .. }
            | StartError::Policies(_)
            | StartError::Checkpoints(_)
            | StartError::DataDir { .. }
            | StartError::Store(_),
        ) => CONFIGURATION_CODE,
        _ => FAILURE_CODE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_of_an_error_of_ours_is_told_wherever_it_stands() {
        let error = StartError::Failed(Error::internal("the disk is full"));
        let error = anyhow::Error::from(error).context("while starting");
        let causes = causes(&error);
        assert_eq!(causes.len(), 1);
        assert!(causes[0].contains("the disk is full"), "{causes:?}");
        assert_eq!(code_of(&error), FAILURE_CODE);
    }
}
