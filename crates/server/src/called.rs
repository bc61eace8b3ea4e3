//! What a signed request calls: an operation of the AWS API, or one of our own.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::action::Action;
use procura_core::error::Error;
use procura_wire::{Labels, Operation};

use crate::error::aws::Exception;
use crate::native::signed::SignedOperation;
use crate::nature::Nature;
use crate::ops::{self, Asked, Failure, Rendered};

/// What a signed request calls.
#[derive(Debug)]
pub(crate) enum Called<'a> {
    /// An operation of the AWS API, and what its path says.
    Aws(Operation, Labels<'a>),
    /// An operation of ours.
    Native(SignedOperation),
}

impl Called<'_> {
    /// Its name, in logs, records and metrics.
    pub(crate) const fn name(&self) -> &'static str {
        self.action().name()
    }

    /// What it is for the policies.
    pub(crate) const fn action(&self) -> Action {
        match self {
            Self::Aws(operation, _) => ops::action_of(*operation),
            Self::Native(operation) => operation.action(),
        }
    }

    /// What kind of thing it is.
    pub(crate) const fn nature(&self) -> Nature {
        match self {
            Self::Aws(operation, _) => ops::nature_of(*operation),
            Self::Native(operation) => operation.nature(),
        }
    }

    /// The longest body, in bytes.
    pub(crate) fn body_bytes_max(&self) -> usize {
        match self {
            Self::Aws(operation, _) => operation.body_bytes_max(),
            Self::Native(operation) => operation.body_bytes_max(),
        }
    }

    /// The status of an answer that is no refusal.
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Aws(operation, _) => operation.status(),
            Self::Native(_) => 200,
        }
    }

    /// Reads the input, does it, writes the output.
    pub(crate) async fn dispatch(
        &self,
        app: &App,
        cx: &mut OpCx,
        asked: &Asked<'_>,
    ) -> Result<Rendered, Failure> {
        match self {
            Self::Aws(operation, _) => ops::dispatch(app, cx, *operation, asked).await,
            Self::Native(operation) => Ok(operation.dispatch(app, cx, asked.body).await?),
        }
    }

    /// What `error` is for a client of it.
    pub(crate) fn exception(&self, error: &Error) -> Exception {
        match self {
            Self::Aws(operation, _) => Exception::of(error, *operation),
            Self::Native(_) => Exception::native(error),
        }
    }
}
