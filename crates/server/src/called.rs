//! What a signed request calls: an operation of one of the AWS APIs, or one of our own.

use procura_app::App;
use procura_app::authentication::SignedApi;
use procura_app::operation::OpCx;
use procura_core::action::Action;
use procura_core::error::Error;
use procura_core::id::{RecordId, RequestId};
use procura_wire::{
    InputError, Labels, Operation, cognito as wire, iam as roles, query, sts as tokens,
};

use crate::cognito::{self, Asker};
use crate::error::aws::Exception;
use crate::error::cognito::Name;
use crate::error::query::Dialect;
use crate::iam;
use crate::native::signed::SignedOperation;
use crate::nature::Nature;
use crate::ops::{self, Asked, Failure, Rendered};
use crate::request::strict;
use crate::response::{self, Answer};
use crate::sts;

/// What a signed request calls.
#[derive(Debug)]
pub(crate) enum Called<'a> {
    /// An operation of the identity API, and what its path says.
    Aws(Operation, Labels<'a>),
    /// An operation of user pools.
    UserPools(wire::Operation),
    /// An operation of roles.
    AccessManagement(roles::Operation),
    /// An operation of putting them on.
    SecurityTokens(tokens::Operation),
    /// An operation of ours.
    Native(SignedOperation),
}

/// What an operation is, once it is known who asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Work {
    /// For the policies.
    pub(crate) action: Action,
    /// What kind of thing it is.
    pub(crate) nature: Nature,
}

impl Called<'_> {
    /// Its name, in logs, records and metrics.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Aws(operation, _) => ops::action_of(*operation).name(),
            Self::UserPools(operation) => operation.name(),
            Self::AccessManagement(operation) => operation.name(),
            Self::SecurityTokens(operation) => operation.name(),
            Self::Native(operation) => operation.name(),
        }
    }

    /// The API that it is signed for.
    pub(crate) const fn api(&self) -> SignedApi {
        match self {
            Self::Aws(..) | Self::Native(_) => SignedApi::Identity,
            Self::UserPools(_) => SignedApi::UserPools,
            Self::AccessManagement(_) => SignedApi::AccessManagement,
            Self::SecurityTokens(_) => SignedApi::SecurityTokens,
        }
    }

    /// What it is; refused if we do not have it yet.
    pub(crate) fn work(&self) -> Result<Work, Exception> {
        let (action, nature) = match self {
            Self::Aws(operation, _) => (ops::action_of(*operation), ops::nature_of(*operation)),
            Self::Native(operation) => (operation.action(), operation.nature()),
            Self::AccessManagement(operation) => {
                (iam::action_of(*operation), iam::nature_of(*operation))
            }
            Self::SecurityTokens(operation) => match sts::asker_of(*operation) {
                Asker::Caller(action, nature) => (action, nature),
                Asker::Anybody => return Err(sts::not_signed(*operation)),
            },
            Self::UserPools(operation) => match cognito::asker_of(*operation) {
                Asker::Caller(action, nature) => (action, nature),
                Asker::Anybody => return Err(cognito::another_way(*operation)),
            },
        };
        Ok(Work { action, nature })
    }

    /// The longest body, in bytes.
    pub(crate) fn body_bytes_max(&self) -> usize {
        match self {
            Self::Aws(operation, _) => operation.body_bytes_max(),
            Self::UserPools(operation) => operation.body_bytes_max(),
            Self::AccessManagement(_) | Self::SecurityTokens(_) => query::FORM_BYTES_MAX,
            Self::Native(operation) => operation.body_bytes_max(),
        }
    }

    /// An answer that is no refusal.
    pub(crate) fn answer(&self, done: Rendered, request: RequestId) -> Answer {
        let Rendered { body, record } = done;
        match self {
            Self::Aws(operation, _) => response::json(operation.status(), body, request, record),
            Self::UserPools(_) => response::json_1_1(200, body, request, record),
            Self::AccessManagement(operation) => iam::answer(*operation, &body, request, record),
            Self::SecurityTokens(operation) => sts::answer(*operation, &body, request, record),
            Self::Native(_) => response::json(200, body, request, record),
        }
    }

    /// Whether a body reads in one way only. That of a form was asked when it was taken apart.
    pub(crate) fn check(&self, body: &[u8]) -> Result<(), InputError> {
        match self {
            Self::Aws(..) | Self::UserPools(_) | Self::Native(_) => strict(body),
            Self::AccessManagement(_) | Self::SecurityTokens(_) => Ok(()),
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
            Self::UserPools(operation) => cognito::dispatch(app, cx, *operation, asked.body).await,
            Self::AccessManagement(operation) => {
                iam::dispatch(app, cx, *operation, asked.body).await
            }
            Self::SecurityTokens(operation) => sts::dispatch(app, cx, *operation, asked.body).await,
            Self::Native(operation) => Ok(operation.dispatch(app, cx, asked.body).await?),
        }
    }

    /// What `error` is for a client of it; `name` is what its handler calls it.
    pub(crate) fn exception(&self, error: &Error, name: Option<Name>) -> Exception {
        match self {
            Self::Aws(operation, _) => Exception::of(error, *operation),
            Self::UserPools(operation) => Exception::of_user_pools(error, *operation, name),
            Self::AccessManagement(operation) => Exception::of_roles(error, *operation),
            Self::SecurityTokens(_) => Exception::of_tokens(error),
            Self::Native(_) => Exception::native(error),
        }
    }

    /// What an input that cannot be taken is for a client of it.
    pub(crate) fn exception_of_input(
        &self,
        error: &InputError,
        record: Option<RecordId>,
    ) -> Exception {
        match self {
            Self::Aws(..) | Self::Native(_) => Exception::of_input(error, record),
            Self::UserPools(_) => Exception::of_user_pools_input(error, record),
            Self::AccessManagement(_) => {
                Exception::of_form(error, record, Dialect::AccessManagement)
            }
            Self::SecurityTokens(_) => Exception::of_form(error, record, Dialect::SecurityTokens),
        }
    }
}
