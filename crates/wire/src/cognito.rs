//! User pools: the shapes of Amazon Cognito's identity provider API.
//!
//! The protocol is JSON 1.1: `POST /`, a header [`TARGET`] that names the operation, and everything
//! else in the body. Start at [`route`], then [`parse`] and [`render`].

#[expect(
    clippy::too_many_lines,
    reason = "a statement for each member, of which some inputs have near thirty"
)]
pub mod generated;

use crate::input::{self, Input, InputError, Request};
use crate::output::Output;
use crate::route::Labels;

pub use generated::operation::Operation;

/// The header that names the operation, in lower case.
pub const TARGET: &str = "x-amz-target";

/// What stands before the name of the operation in it.
const TARGET_PREFIX: &str = "AWSCognitoIdentityProviderService.";

/// What bodies are, both ways.
pub const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// What a target names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// An operation that we have.
    Found(Operation),
    /// An operation of the service that we do not have.
    Absent {
        /// Its name in the model.
        name: &'static str,
        /// Why we do not have it, for people.
        reason: &'static str,
    },
    /// The service has no such operation.
    Unknown,
    /// It is of another service.
    Foreign,
}

/// Names the operation of a request by the value of its [`TARGET`].
pub fn route(target: &str) -> Route {
    let Some(name) = target.strip_prefix(TARGET_PREFIX) else {
        return Route::Foreign;
    };
    let absent = || generated::absent::ABSENT.iter().find(|a| a.name == name);
    match (Operation::from_name(name), absent()) {
        (Some(operation), _) => Route::Found(operation),
        (None, Some(absent)) => Route::Absent {
            name: absent.name,
            reason: absent.reason,
        },
        (None, None) => Route::Unknown,
    }
}

/// Reads and checks the input of an operation, as [`crate::parse`] does.
pub fn parse<I: Input<Operation>>(body: &[u8]) -> Result<I, InputError> {
    input::read(&Request {
        labels: &Labels::default(),
        query: "",
        header: &|_| None,
        body,
    })
}

/// The body of a success, whose status is 200.
pub fn render<O: Output<Operation>>(output: &O) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(output)
}

/// The status of an exception that some operation declares: 500 where it is our fault, else 400.
pub fn exception_status(name: &str) -> Option<u16> {
    let mut statuses = generated::exceptions::STATUSES.iter();
    let found = statuses.find(|(exception, _)| *exception == name);
    found.map(|(_, status)| *status)
}

/// An operation of the model that we do not have.
pub(crate) struct Absent {
    pub(crate) name: &'static str,
    pub(crate) reason: &'static str,
}

/// One row of the operation table; the rows are in the files of the operations.
pub(crate) struct Spec {
    pub(crate) name: &'static str,
    pub(crate) is_signed: bool,
    pub(crate) errors: &'static [&'static str],
    pub(crate) body_bytes_max: usize,
    pub(crate) is_read_only: bool,
}

impl Operation {
    /// The name in the model, which is also the name of the IAM action.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// The operation of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|operation| operation.name() == name)
    }

    /// The value of [`TARGET`] that names it.
    pub fn target(self) -> String {
        format!("{TARGET_PREFIX}{}", self.name())
    }

    /// Whether an access key signs it; what nobody signs, a user's password or token allows.
    pub fn is_signed(self) -> bool {
        self.spec().is_signed
    }

    /// The exceptions that it declares.
    pub fn errors(self) -> &'static [&'static str] {
        self.spec().errors
    }

    /// The largest body that is worth reading: as that of [`crate::Operation`], but 64 KiB at most
    /// where nobody signs.
    pub fn body_bytes_max(self) -> usize {
        self.spec().body_bytes_max
    }

    /// Whether it neither changes anything nor reveals a credential. The model does not say; the
    /// generator has a table.
    pub fn is_read_only(self) -> bool {
        self.spec().is_read_only
    }
}

#[cfg(test)]
mod tests;
