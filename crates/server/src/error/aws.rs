//! AWS exceptions: the name and status that clients match on, and our own words.

use hyper::header::{HeaderValue, RETRY_AFTER};
use procura_app::authentication::Unauthenticated;
use procura_core::error::{Error, Kind};
use procura_core::id::{RecordId, RequestId};
use procura_protocol::sigv4;
use procura_wire::{InputError, Operation, exception_status};
use serde_json::json;

use crate::body::Unread;
use crate::response::{self, Answer, ERROR_TYPE};

/// An exception, ready to be sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Exception {
    name: &'static str,
    status: u16,
    body: serde_json::Value,
    record: Option<RecordId>,
}

impl Exception {
    fn new(name: &'static str, status: u16, message: &str) -> Self {
        Self {
            name,
            status,
            body: json!({ "message": message }),
            record: None,
        }
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
        let body = self.body.to_string().into_bytes();
        let mut answer = response::json(self.status, body, request, self.record);
        let headers = answer.headers_mut();
        headers.insert(ERROR_TYPE, HeaderValue::from_static(self.name));
        if self.status == 429 {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
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
        let mut exception = Self::new(name, status, error.public());
        if name == "ValidationException" {
            exception.body = json!({
                "message": error.public(),
                "reason": if error.kind() == Kind::Conflict { "ResourceConflict" }
                    else { "FieldValidationFailed" },
                "fieldList": error.at_field().map(|field| {
                    json!([{ "name": field, "message": error.public() }])
                }),
            });
        }
        exception.record = error.record();
        exception
    }

    /// An input that cannot be taken.
    pub(crate) fn of_input(error: &InputError, record: Option<RecordId>) -> Self {
        let body = serde_json::to_value(error.exception()).unwrap_or_default();
        Self {
            name: "ValidationException",
            status: 400,
            body,
            record,
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
                Self::new(name, 403, &error.to_string())
            }
            Unauthenticated::UnknownKey | Unauthenticated::SessionToken => {
                let text = "The security token included in the request is invalid.";
                Self::new("UnrecognizedClientException", 403, text)
            }
            Unauthenticated::Failed(error) if error.kind() == Kind::Throttled => {
                Self::new("ThrottlingException", 429, error.public())
            }
            Unauthenticated::Failed(error) => {
                Self::new("InternalServerException", 500, error.public())
            }
        }
    }

    /// A body that was not read.
    pub(crate) fn of_unread(error: &Unread) -> Self {
        match error {
            Unread::TooLarge(bytes_max) => Self::new(
                "RequestEntityTooLargeException",
                413,
                &format!("the body of this operation has at most {bytes_max} bytes"),
            ),
            Unread::Busy => Self::new("ThrottlingException", 429, "the service is busy; try again"),
            Unread::Slow => Self::new(
                "RequestTimeoutException",
                408,
                "the body did not arrive in time",
            ),
            Unread::Broken => Self::new("SerializationException", 400, "the body is incomplete"),
        }
    }

    /// A path that is no operation of ours.
    pub(crate) fn unknown(message: &str) -> Self {
        Self::new("UnknownOperationException", 404, message)
    }
}
