//! One step of the run: a program, what of it is shown, and what makes it fail.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{setup, workspace};

/// What a step runs.
#[derive(Debug)]
pub(super) enum Program {
    /// Cargo.
    Cargo,
    /// This program itself.
    Xtask,
    /// The Python that has the clients.
    Python(PathBuf),
}

/// What of a step that passed is on the console, besides its own line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    Nothing,
    Everything,
    /// The last line, which must be `figure: …`.
    Figure,
    /// The summary lines of the test runner.
    Tests,
}

/// A step.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) program: Program,
    pub(super) arguments: Vec<OsString>,
    /// Whether a line says that it has begun.
    pub(super) is_long: bool,
    pub(super) show: Show,
}

impl Step {
    /// A step whose command line has no word with a space in it.
    pub(super) fn cargo(name: impl Into<String>, line: &str) -> Self {
        Self::new(name, Program::Cargo, line.split(' '))
    }

    pub(super) fn xtask(name: impl Into<String>, line: &str) -> Self {
        Self::new(name, Program::Xtask, line.split(' '))
    }

    pub(super) fn python(name: impl Into<String>, script: &Path) -> anyhow::Result<Self> {
        let interpreter = Program::Python(setup::interpreter()?);
        Ok(Self::new(
            name,
            interpreter,
            [OsStr::new("-B"), script.as_os_str()],
        ))
    }

    fn new(
        name: impl Into<String>,
        program: Program,
        arguments: impl IntoIterator<Item: Into<OsString>>,
    ) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        Self {
            name: name.into(),
            program,
            arguments,
            is_long: false,
            show: Show::Nothing,
        }
    }

    pub(super) fn long(self) -> Self {
        Self {
            is_long: true,
            ..self
        }
    }

    pub(super) fn show_all(self) -> Self {
        Self {
            show: Show::Everything,
            ..self
        }
    }

    pub(super) fn figure(self) -> Self {
        Self {
            show: Show::Figure,
            ..self
        }
    }

    pub(super) fn tests(self) -> Self {
        Self {
            show: Show::Tests,
            is_long: true,
            ..self
        }
    }

    /// Why this log is a failure although the program said nothing of the kind.
    pub(super) fn objection(&self, log: &str) -> Option<String> {
        // A test or a client that lacks what it needs says so, and here nothing may be lacking.
        // `tidy` prints `advisories: not checked`, which is another thing.
        if let Some(line) = log.lines().find(|line| line.contains("not run:")) {
            return Some(format!(
                "it says `{}`, and here nothing may be lacking",
                line.trim()
            ));
        }
        let proof = self
            .name
            .strip_prefix("prove-")
            .filter(|_| self.show == Show::Figure)?;
        let last = last_line(log);
        let is_figure = last.starts_with(&format!("figure: {proof} "));
        (!is_figure).then(|| format!("its last line is not `figure: {proof} k=v …` but `{last}`"))
    }
}

/// The last line that is not empty.
pub(super) fn last_line(log: &str) -> &str {
    log.lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default()
}

impl Program {
    pub(super) fn command(&self, own: &Path) -> Command {
        match self {
            Self::Cargo => workspace::cargo(),
            Self::Xtask => Command::new(own),
            Self::Python(interpreter) => Command::new(interpreter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Step;

    #[test]
    fn a_step_that_left_something_out_fails() {
        let step = Step::cargo("tests", "").tests();
        assert!(
            step.objection("a ... ok\nnot run: vectors absent\n")
                .is_some()
        );
        assert_eq!(step.objection("advisories: not checked\n"), None);
    }

    #[test]
    fn a_proof_ends_in_its_own_figure() {
        let step = Step::xtask("prove-seal", "").figure();
        assert_eq!(step.objection("x\nfigure: seal flips=8\n\n"), None);
        assert!(step.objection("figure: seal flips=8\nbye\n").is_some());
        assert!(step.objection("figure: kill9 kills=8\n").is_some());
        assert!(step.objection("").is_some());
    }
}
