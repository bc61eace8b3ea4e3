//! AWS exceptions: the name and status that clients match on, and our own words.

use hyper::header::{HeaderValue, RETRY_AFTER};
use procura_app::authentication::Unauthenticated;
use procura_app::rate_limit::{Bucket, Throttled};
use procura_core::error::{Error, Kind};
use procura_core::id::{RecordId, RequestId};
use procura_protocol::sigv4::{self, SigV4Error};
use procura_wire::query;
use procura_wire::{InputError, Operation, exception_status};
use serde_json::json;

use crate::body::Unread;
use crate::error::problem;
use crate::error::query::Dialect;
use crate::metrics::{Outcome, Reason};
use crate::response::{self, Answer, ERROR_TYPE};

/// An exception, ready to be sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Exception {
    pub(super) name: &'static str,
    pub(super) status: u16,
    pub(super) body: serde_json::Value,
    pub(super) record: Option<RecordId>,
    /// Whose fault it is.
    pub(super) blame: Kind,
    /// Why nobody is authenticated, where that is so.
    pub(super) reason: Option<Reason>,
    /// Which bucket is empty, where that is so.
    pub(super) bucket: Option<Bucket>,
    /// When to come again, in seconds, where that is known; told in any case where the status is 429.
    pub(super) retry_after_s: Option<u32>,
    pub(super) form: Form,
}

/// How an exception is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The name in a header.
    RestJson,
    /// The name in the body, too.
    Json11,
    /// As RFC 9457 has it.
    Problem,
    /// In XML.
    Query(Dialect),
}

impl Exception {
    pub(super) fn new(blame: Kind, name: &'static str, status: u16, message: &str) -> Self {
        Self {
            name,
            status,
            body: json!({ "message": message }),
            record: None,
            blame,
            reason: None,
            bucket: None,
            retry_after_s: None,
            form: Form::RestJson,
        }
    }

    /// What `error` is for a client of the native API.
    pub(crate) fn native(error: &Error) -> Self {
        let (status, title) = problem::status_and_title(error.kind());
        Self {
            record: error.record(),
            retry_after_s: error.retry_after_s(),
            form: Form::Problem,
            ..Self::new(error.kind(), title, status, error.public())
        }
    }

    /// The same, told as the native API tells it.
    pub(crate) fn into_problem(self) -> Self {
        Self {
            form: Form::Problem,
            ..self
        }
    }

    /// Somebody of whom nothing is proved.
    fn stranger(reason: Reason, name: &'static str, status: u16, message: &str) -> Self {
        Self {
            reason: Some(reason),
            ..Self::new(Kind::Unproved, name, status, message)
        }
    }

    /// Whose fault it is, for the metrics.
    pub(crate) fn outcome(&self) -> Outcome {
        Outcome::Failed(self.blame)
    }

    /// Why nobody is authenticated, if nobody is.
    pub(crate) fn reason(&self) -> Option<Reason> {
        self.reason
    }

    /// Which bucket is empty, if one is.
    pub(crate) fn bucket(&self) -> Option<Bucket> {
        self.bucket
    }

    /// The exception's name, for logs.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether the refusal has an audit record: the caller was authenticated.
    pub(crate) fn is_recorded(&self) -> bool {
        self.record.is_some()
    }

    /// The response.
    pub(crate) fn answer(&self, request: RequestId) -> Answer {
        let mut answer = match self.form {
            Form::Problem => {
                let (_, title) = problem::status_and_title(self.blame);
                let message = self.body.get("message");
                let detail = message.and_then(|text| text.as_str()).unwrap_or_default();
                problem::render(self.status, title, detail, request, self.record)
            }
            Form::Query(dialect) => {
                let message = self.body.get("message");
                let message = message.and_then(|text| text.as_str()).unwrap_or_default();
                let is_callers = self.status < 500;
                let id = request.as_uuid_text();
                let body = query::error(dialect.service(), is_callers, self.name, message, &id);
                response::xml(self.status, body, request, self.record)
            }
            Form::RestJson => {
                let body = self.body.to_string().into_bytes();
                self.named(response::json(self.status, body, request, self.record))
            }
            Form::Json11 => {
                let mut body = self.body.clone();
                if let Some(members) = body.as_object_mut() {
                    members.insert("__type".to_owned(), self.name.into());
                }
                let body = body.to_string().into_bytes();
                self.named(response::json_1_1(self.status, body, request, self.record))
            }
        };
        let headers = answer.headers_mut();
        let at_once = (self.status == 429).then_some(1);
        if let Some(seconds) = self.retry_after_s.or(at_once) {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer
    }

    fn named(&self, mut answer: Answer) -> Answer {
        let name = HeaderValue::from_static(self.name);
        answer.headers_mut().insert(ERROR_TYPE, name);
        answer
    }

    /// What `error` is for a client of `operation`.
    pub(crate) fn of(error: &Error, operation: Operation) -> Self {
        let name = match error.kind() {
            Kind::Caller => "ValidationException",
            Kind::Unproved => "UnauthorizedException",
            Kind::Denied => "AccessDeniedException",
            Kind::NotFound => "ResourceNotFoundException",
            Kind::Conflict => "ConflictException",
            Kind::Throttled | Kind::Upstream => "ThrottlingException",
            Kind::Internal => "InternalServerException",
        };
        let declared = operation.errors().contains(&name);
        let (name, status) = match exception_status(name) {
            Some(status) if declared => (name, status),
            // Where the operation has no name for a conflict, the client must try again, or
            // change its request; ValidationException is what it declares for the latter.
            _ if error.kind() == Kind::Conflict => ("ValidationException", 400),
            _ if error.kind() == Kind::Unproved => ("AccessDeniedException", 403),
            _ => {
                debug_assert!(declared, "{} does not declare {name}", operation.name());
                ("InternalServerException", 500)
            }
        };
        let mut exception = Self::new(error.kind(), name, status, error.public());
        if name == "ValidationException" {
            let mut body = json!({
                "message": error.public(),
                "reason": if error.kind() == Kind::Conflict { "ResourceConflict" }
                    else { "FieldValidationFailed" },
            });
            if let (Some(field), Some(members)) = (error.at_field(), body.as_object_mut()) {
                let list = json!([{ "name": field, "message": error.public() }]);
                members.insert("fieldList".to_owned(), list);
            }
            exception.body = body;
        }
        exception.record = error.record();
        exception.retry_after_s = error.retry_after_s();
        exception
    }

    /// An input that cannot be taken.
    pub(crate) fn of_input(error: &InputError, record: Option<RecordId>) -> Self {
        Self {
            body: serde_json::to_value(error.exception()).unwrap_or_default(),
            record,
            ..Self::new(Kind::Caller, "ValidationException", 400, "")
        }
    }

    /// A request that is not authenticated.
    pub(crate) fn of_unauthenticated(error: &Unauthenticated) -> Self {
        match error {
            Unauthenticated::Signature(error) => {
                let name = match error.kind() {
                    sigv4::Kind::MissingAuthenticationToken => {
                        "MissingAuthenticationTokenException"
                    }
                    sigv4::Kind::IncompleteSignature => "IncompleteSignatureException",
                    sigv4::Kind::InvalidSignature => "InvalidSignatureException",
                };
                Self::stranger(reason_of(error), name, 403, &error.to_string())
            }
            Unauthenticated::UnknownKey => Self::unrecognized(Reason::UnknownKey),
            Unauthenticated::SessionToken => Self::unrecognized(Reason::SessionToken),
            // Clients get new ones after this exception.
            Unauthenticated::ExpiredKey => Self::stranger(
                Reason::ExpiredKey,
                "ExpiredTokenException",
                403,
                "The security token included in the request is expired",
            ),
            // An honest client that asks the same twice within a second cannot sign it otherwise;
            // clients come again after this exception, and sign anew.
            Unauthenticated::Repeated => Self::stranger(
                Reason::Repeated,
                "ThrottlingException",
                429,
                "the signature was used a moment ago; sign the request again in a second",
            ),
            Unauthenticated::Replayed => Self::stranger(
                Reason::Replayed,
                "InvalidSignatureException",
                403,
                "the signature was used before; sign the request again",
            ),
            Unauthenticated::Failed(error) if error.kind() == Kind::Throttled => {
                Self::new(error.kind(), "ThrottlingException", 429, error.public())
            }
            Unauthenticated::Failed(error) => {
                Self::new(error.kind(), "InternalServerException", 500, error.public())
            }
        }
    }

    fn unrecognized(reason: Reason) -> Self {
        let text = "The security token included in the request is invalid.";
        Self::stranger(reason, "UnrecognizedClientException", 403, text)
    }

    /// A request too many.
    pub(crate) fn throttled(throttled: Throttled) -> Self {
        let text = match throttled.bucket {
            Bucket::Address => {
                "too many requests of this address failed to authenticate; check the access key \
                 and try again later"
            }
            Bucket::Unsigned => {
                "this address asks too often for what nobody signs; slow down and try again later"
            }
            Bucket::Principal(_) => "this access key asks too often; slow down and try again later",
            Bucket::Account => "this account asks too often; slow down and try again later",
        };
        Self {
            bucket: Some(throttled.bucket),
            retry_after_s: Some(throttled.retry_after_s),
            ..Self::new(Kind::Throttled, "ThrottlingException", 429, text)
        }
    }

    /// A body that was not read.
    pub(crate) fn of_unread(error: &Unread) -> Self {
        match error {
            Unread::TooLarge(bytes_max) => Self::stranger(
                Reason::Body,
                "RequestEntityTooLargeException",
                413,
                &format!("the body of this operation has at most {bytes_max} bytes"),
            ),
            Unread::Busy => Self::new(
                Kind::Throttled,
                "ThrottlingException",
                429,
                "the service is busy; try again",
            ),
            Unread::Slow => Self::stranger(
                Reason::Body,
                "RequestTimeoutException",
                408,
                "the body did not arrive in time",
            ),
            Unread::Broken => Self::stranger(
                Reason::Body,
                "SerializationException",
                400,
                "the body is incomplete",
            ),
        }
    }

    /// A path that is no operation of ours.
    pub(crate) fn unknown(message: &str) -> Self {
        Self::new(Kind::NotFound, "UnknownOperationException", 404, message)
    }
}

fn reason_of(error: &SigV4Error) -> Reason {
    match error.kind() {
        sigv4::Kind::MissingAuthenticationToken => Reason::Missing,
        sigv4::Kind::IncompleteSignature => Reason::Incomplete,
        sigv4::Kind::InvalidSignature => match error {
            SigV4Error::Expired { .. } | SigV4Error::NotYetCurrent { .. } => Reason::Time,
            _ => Reason::Invalid,
        },
    }
}
