//! The way of a form: who signs it names the service, the form names the operation.

use hyper::Method;
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, ORIGIN};
use hyper::http::request::Parts;
use procura_app::authentication::{SignedApi, Unauthenticated};
use procura_app::authorization_session::Visit;
use procura_core::error::Error;
use procura_protocol::sigv4::{self, RequestHead};
use procura_wire::query::{self, FORM_BYTES_MAX, Form, Route};
use procura_wire::{cognito, iam as roles, sts as tokens};

use super::signed::{flat, refused};
use super::{Job, parts_of};
use crate::body;
use crate::called::Called;
use crate::error::aws::Exception;
use crate::error::query::Dialect;
use crate::metrics::UNKNOWN;
use crate::response::Answer;
use crate::sts;

/// Whether it is one. Where a header names the operation, the body is none.
pub(super) fn is_form(parts: &Parts) -> bool {
    let mut types = parts.headers.get_all(CONTENT_TYPE).iter();
    let first = types.next().and_then(|value| value.to_str().ok());
    let essence = first.and_then(|value| value.split(';').next());
    parts.method == Method::POST
        && parts.uri.path() == "/"
        && !parts.headers.contains_key(cognito::TARGET)
        && essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case(query::FORM))
        && types.next().is_none()
}

impl Job<'_> {
    /// Answers a form. What is wrong before the service is known is told as that of tokens tells it.
    pub(super) async fn query(
        &self,
        parts: &Parts,
        body: Incoming,
    ) -> (&'static str, Result<Answer, Exception>) {
        let mut name = UNKNOWN;
        let mut dialect = Dialect::SecurityTokens;
        let answered = if parts.headers.contains_key(AUTHORIZATION) {
            self.signed_form(parts, body, &mut name, &mut dialect).await
        } else {
            self.unsigned_form(parts, body, &mut name).await
        };
        let told = answered.map_err(|exception| exception.into_query(dialect));
        (name, told)
    }

    async fn signed_form(
        &self,
        parts: &Parts,
        body: Incoming,
        name: &mut &'static str,
        dialect: &mut Dialect,
    ) -> Result<Answer, Exception> {
        // SECURITY: before anything is spent on an address that failed too often.
        self.service.check_address(self.peer, self.now)?;
        let headers = flat(&parts.headers);
        let presented = sigv4::parse(&head(parts, &headers))
            .map_err(|error| refused(&Unauthenticated::Signature(error)))?;
        let Some(api) = SignedApi::of_forms(presented.scope().service) else {
            let text = "the request is signed for another service; forms go to iam and sts";
            return Err(Exception::unknown(text));
        };
        *dialect = dialect_of(api);
        // The operation is in the body, and the body of a stranger is not looked at.
        let proof = self.prove(api, FORM_BYTES_MAX, &presented, body).await?;
        let (_, whole, _) = &proof;
        let form =
            Form::parse(whole).map_err(|error| Exception::of_form(&error, None, *dialect))?;
        let called = called(api, &form)?;
        *name = called.name();
        self.perform(&called, parts, &presented, proof).await
    }

    async fn unsigned_form(
        &self,
        parts: &Parts,
        body: Incoming,
        name: &mut &'static str,
    ) -> Result<Answer, Exception> {
        self.service.check_address(self.peer, self.now)?;
        self.service.admit_unsigned(self.peer, self.now)?;
        // SECURITY: what a page of somebody else's has its visitors' browsers send is not looked at, so
        // that it does not count against their address. Held by
        // `what_pages_of_others_send_does_not_count`.
        if parts.headers.contains_key(ORIGIN) {
            let error = Error::denied("pages in browsers cannot ask for this; SDKs send no Origin");
            return Err(Exception::of_tokens(&error).of_anybody());
        }
        let (budget, timeout) = (&self.service.budget, self.service.limits.body_timeout);
        let held = body::read(body, FORM_BYTES_MAX, budget, timeout)
            .await
            .map_err(|error| Exception::of_unread(&error).of_anybody())?;
        let dialect = Dialect::SecurityTokens;
        let form = Form::parse(&held.bytes)
            .map_err(|error| Exception::of_form(&error, None, dialect).of_anybody())?;
        let operation = match tokens::route(&form) {
            Route::Found(operation) if !operation.is_signed() => operation,
            // Whoever asks for something else has forgotten to sign.
            Route::Found(_) | Route::Absent { .. } | Route::Unknown => {
                let headers = flat(&parts.headers);
                return Err(match sigv4::parse(&head(parts, &headers)) {
                    Err(error) => refused(&Unauthenticated::Signature(error)),
                    Ok(_) => sts::signed_in_query(),
                });
            }
        };
        *name = operation.name();
        let visit = Visit {
            now: self.app.now(),
            request: self.id,
            peer: self.peer.0.to_string(),
        };
        let done = sts::dispatch_unsigned(self.app, &visit, operation, form).await;
        // The body is a stranger's to the end.
        drop(held.place);
        match done {
            Ok(done) => Ok(sts::answer(operation, &done.body, self.id, done.record)),
            Err(failure) => {
                let (input, _, error) = parts_of(failure);
                if let Some(cause) = error.cause() {
                    tracing::error!(request = %self.id, operation = *name, ?cause, "failed");
                }
                Err(match input {
                    Some(input) => Exception::of_form(&input, None, dialect).of_anybody(),
                    None => Exception::of_bearer(&error),
                })
            }
        }
    }
}

fn head<'a>(parts: &'a Parts, headers: &'a [(&'a str, &'a [u8])]) -> RequestHead<'a> {
    RequestHead {
        method: parts.method.as_str(),
        path: parts.uri.path().as_bytes(),
        query: parts.uri.query().unwrap_or_default().as_bytes(),
        headers,
    }
}

const fn dialect_of(api: SignedApi) -> Dialect {
    match api {
        SignedApi::AccessManagement => Dialect::AccessManagement,
        SignedApi::SecurityTokens | SignedApi::Identity | SignedApi::UserPools => {
            Dialect::SecurityTokens
        }
    }
}

/// What a form of this API calls.
fn called(api: SignedApi, form: &Form) -> Result<Called<'static>, Exception> {
    let called = match api {
        SignedApi::AccessManagement => found(roles::route(form))?.map(Called::AccessManagement),
        SignedApi::SecurityTokens => found(tokens::route(form))?.map(Called::SecurityTokens),
        SignedApi::Identity | SignedApi::UserPools => None,
    };
    called.ok_or_else(|| {
        let text = format!(
            "{} has no operation of this name and version",
            api.signing_name()
        );
        Exception::unknown(&text)
    })
}

fn found<O>(route: Route<O>) -> Result<Option<O>, Exception> {
    match route {
        Route::Found(operation) => Ok(Some(operation)),
        Route::Unknown => Ok(None),
        Route::Absent { name, reason } => {
            let text = format!("Procura does not have the operation {name}: {reason}");
            Err(Exception::unknown(&text))
        }
    }
}
