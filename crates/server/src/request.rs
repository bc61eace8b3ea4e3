//! The way of every request: probes, browsers, operations. [`signed`] is that of nearly all
//! operations, of the AWS APIs and of ours; [`unsigned`] that of the few that nobody signs.

mod domain;
mod openid;
mod own_consents;
mod query;
mod signed;
mod unsigned;

use std::convert::Infallible;

use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, HeaderMap};
use hyper::http::request::Parts;
use hyper::{Method, Request, StatusCode};
use procura_app::App;
use procura_app::authorization_session::Visit;
use procura_core::error::{Error, Kind};
use procura_core::id::RequestId;
use procura_core::time::Timestamp;
use procura_core::trace::Trace;
use procura_protocol::strict_json;
use procura_wire::{InputError, Route, cognito, route};
use tracing::Instrument as _;

use crate::browser::{self, Place};
use crate::called::Called;
use crate::container_credentials::{self, ContainerCredentials};
use crate::error::aws::Exception;
use crate::error::cognito::Name;
use crate::error::query::is_untrusted;
use crate::metrics::{Outcome, UNKNOWN};
use crate::native::signed::SignedOperation;
use crate::ops::Failure;
use crate::own_consents::{NAME as OWN_CONSENTS, OwnConsents};
use crate::pool_document::Document;
use crate::pool_domain::DomainPath;
use crate::pool_openid;
use crate::response::{self, Answer};
use crate::service::{Peer, Service};

/// Answers a request of a client.
pub(crate) async fn answer(
    service: &Service,
    peer: Peer,
    request: Request<Incoming>,
) -> Result<Answer, Infallible> {
    let (parts, body) = request.into_parts();
    let app = &*service.app;
    if parts.method == Method::GET {
        match parts.uri.path() {
            "/healthz" => return Ok(response::text(StatusCode::OK, "ok\n")),
            "/readyz" => return Ok(readiness(app).await),
            _ => {}
        }
    }
    let now = app.now();
    let id = app.new_request_id(now);
    let trace = app.new_trace(traceparent(&parts.headers));
    let job = Job {
        service,
        app,
        peer,
        now,
        id,
        trace,
    };
    // At the level of errors, so that whatever is logged of the request has it.
    let span = tracing::error_span!("request", trace = %trace.id, span = %trace.span);
    Ok(job.answer(&parts, body).instrument(span).await)
}

/// A header that stands twice names no trace.
fn traceparent(headers: &HeaderMap) -> Option<&[u8]> {
    let mut values = headers.get_all("traceparent").iter();
    let value = values.next()?;
    values.next().is_none().then_some(value.as_bytes())
}

async fn readiness(app: &App) -> Answer {
    match app.ready().await {
        Ok(()) => response::text(StatusCode::OK, "ready\n"),
        Err(_) => response::text(StatusCode::SERVICE_UNAVAILABLE, "not ready\n"),
    }
}

/// One request on its way.
struct Job<'a> {
    service: &'a Service,
    app: &'a App,
    peer: Peer,
    now: Timestamp,
    id: RequestId,
    trace: Trace,
}

impl Job<'_> {
    /// Runs, counts and logs.
    async fn answer(&self, parts: &Parts, body: Incoming) -> Answer {
        let in_flight = self.service.metrics.begin();
        if let Some(place) = Place::of(parts.uri.path()) {
            let (outcome, answer) = self.browser(place, parts).await;
            in_flight.answered(place.name(), outcome);
            return answer;
        }
        if let Some(document) = Document::of(parts.uri.path()) {
            let (outcome, answer) = self.document(&document, parts).await;
            in_flight.answered(document.name(), outcome);
            return answer;
        }
        if let Some(asked) = ContainerCredentials::of(parts.uri.path()) {
            let (outcome, answer) = self.container_credentials(&asked, parts).await;
            in_flight.answered(container_credentials::NAME, outcome);
            return answer;
        }
        if let Some(place) = OwnConsents::of(parts.uri.path()) {
            let (outcome, answer) = self.own_consents(&place, parts, body).await;
            in_flight.answered(OWN_CONSENTS, outcome);
            return answer;
        }
        if let Some(place) = pool_openid::Place::of(parts.uri.path()) {
            let (outcome, answer) = self.openid(&place, parts, body).await;
            in_flight.answered(place.endpoint.name(), outcome);
            return answer;
        }
        if let Some(path) = DomainPath::of(parts.uri.path()) {
            let (name, outcome, answer) = self.domain(&path, parts, body).await;
            in_flight.answered(name, outcome);
            return answer;
        }
        let (operation, answered) = self.run(parts, body).await;
        let (id, peer) = (self.id, self.peer.0);
        let (outcome, answer) = match answered {
            Ok(answer) => (Outcome::Done, answer),
            Err(exception) => {
                self.service.count_refusal(&exception, self.peer);
                // What strangers send is not logged at the level of operation: it would be their
                // log.
                let name = exception.name();
                if exception.is_recorded() {
                    tracing::info!(request = %id, operation, exception = name, %peer, "refused");
                } else {
                    tracing::debug!(request = %id, operation, exception = name, %peer, "turned away");
                }
                (exception.outcome(), exception.answer(id))
            }
        };
        in_flight.answered(operation, outcome);
        tracing::debug!(
            request = %id, operation, status = answer.status().as_u16(),
            duration_ms = self.app.now().millis_since(self.now), "answered"
        );
        answer
    }

    /// Answers a browser. What strangers open is not logged at the level of operation.
    async fn browser(&self, place: Place<'_>, parts: &Parts) -> (Outcome, Answer) {
        let visit = Visit {
            now: self.now,
            request: self.id,
            peer: self.peer.0.to_string(),
        };
        match browser::answer(self.service, self.peer, place, parts, &visit).await {
            Ok(answer) => (Outcome::Done, answer),
            Err(error) => {
                let (id, page, peer) = (self.id, place.name(), self.peer.0);
                if let Some(cause) = error.cause() {
                    tracing::error!(request = %id, page, ?cause, "failed");
                } else {
                    tracing::debug!(request = %id, page, %peer, "turned away");
                }
                (Outcome::Failed(error.kind()), browser::failed(&error))
            }
        }
    }

    /// Answers a verifier.
    async fn document(&self, document: &Document, parts: &Parts) -> (Outcome, Answer) {
        let is_read = parts.method == Method::GET || parts.method == Method::HEAD;
        let answered = if !is_read {
            Err(Error::not_found("documents are read"))
        } else if self.service.check_address(self.peer, self.now).is_err() {
            Err(Error::new(Kind::Throttled, "this address failed too often"))
        } else {
            document.answer(self.app).await
        };
        match answered {
            Ok(answer) => (Outcome::Done, answer),
            Err(error) => {
                if error.kind() == Kind::NotFound {
                    self.service.count_stranger(self.peer);
                }
                (Outcome::Failed(error.kind()), Document::failed(&error))
            }
        }
    }

    /// Answers an SDK in a container.
    async fn container_credentials(
        &self,
        asked: &ContainerCredentials,
        parts: &Parts,
    ) -> (Outcome, Answer) {
        let visit = Visit {
            now: self.now,
            request: self.id,
            peer: self.peer.0.to_string(),
        };
        // SECURITY: what succeeds is limited too, it makes keys and writes records.
        let admitted = self
            .service
            .check_address(self.peer, self.now)
            .and_then(|()| self.service.admit_unsigned(self.peer, self.now));
        let answered = if parts.method != Method::GET {
            Err(Error::new(Kind::Caller, "credentials are read with GET"))
        } else if admitted.is_err() {
            Err(Error::new(Kind::Throttled, "this address asks too often"))
        } else {
            asked.answer(self.app, &visit, &parts.headers).await
        };
        match answered {
            Ok(answer) => (Outcome::Done, answer),
            Err(error) => {
                if let Some(cause) = error.cause() {
                    tracing::error!(request = %self.id, ?cause, "failed");
                }
                // SECURITY: without a token nobody tried one, and a page of somebody else's could have
                // its visitors' browsers ask, until their address is shut. Held by
                // `what_pages_of_others_send_does_not_count`.
                if is_untrusted(&error) && parts.headers.contains_key(AUTHORIZATION) {
                    self.service.count_untrusted(self.peer);
                }
                let outcome = Outcome::Failed(error.kind());
                (outcome, ContainerCredentials::failed(&error, &visit))
            }
        }
    }

    async fn run(
        &self,
        parts: &Parts,
        body: Incoming,
    ) -> (&'static str, Result<Answer, Exception>) {
        let (method, path) = (parts.method.as_str(), parts.uri.path());
        if let Some(native) = SignedOperation::of(method, path) {
            let called = Called::Native(native);
            let answered = self.signed(&called, parts, body).await;
            return (called.name(), answered.map_err(Exception::into_problem));
        }
        if query::is_form(parts) {
            return self.query(parts, body).await;
        }
        if let Some(target) = target(parts) {
            let (name, answered) = self.user_pools(target, parts, body).await;
            return (name, answered.map_err(Exception::into_json_1_1));
        }
        let called = match route(method, path) {
            Route::Found { operation, labels } => Called::Aws(operation, labels),
            Route::Absent { name, reason } => {
                let text = format!("Procura does not have the operation {name}: {reason}");
                return (name, Err(Exception::unknown(&text)));
            }
            Route::WrongMethod { name } => {
                let text = format!("the operation {name} has another HTTP method");
                return (name, Err(Exception::unknown(&text)));
            }
            Route::Unknown => {
                let text = "no operation of bedrock-agentcore or bedrock-agentcore-control has \
                            this path; is the endpoint of another service set to Procura?";
                return (UNKNOWN, Err(Exception::unknown(text)));
            }
        };
        (called.name(), self.signed(&called, parts, body).await)
    }

    /// Answers a request of JSON 1.1. The names of what is absent are not told to the metrics: the
    /// identity API has some of them.
    async fn user_pools(
        &self,
        target: &str,
        parts: &Parts,
        body: Incoming,
    ) -> (&'static str, Result<Answer, Exception>) {
        let text = match cognito::route(target) {
            cognito::Route::Found(operation) if operation.is_signed() => {
                let called = Called::UserPools(operation);
                return (called.name(), self.signed(&called, parts, body).await);
            }
            cognito::Route::Found(operation) => {
                return (operation.name(), self.unsigned(operation, body).await);
            }
            cognito::Route::Absent { name, reason } => {
                format!("Procura does not have the operation {name}: {reason}")
            }
            cognito::Route::Unknown => "cognito-idp has no operation of this name".to_owned(),
            cognito::Route::Foreign => "this is no operation of cognito-idp; is the endpoint of \
                                        another service set to Procura?"
                .to_owned(),
        };
        (UNKNOWN, Err(Exception::unknown(&text)))
    }
}

/// What names the operation of a request of JSON 1.1. A header that stands twice, or is no text,
/// names none.
fn target(parts: &Parts) -> Option<&str> {
    if parts.method != Method::POST || parts.uri.path() != "/" {
        return None;
    }
    let mut values = parts.headers.get_all(cognito::TARGET).iter();
    let value = values.next()?.to_str().unwrap_or_default();
    Some(if values.next().is_none() { value } else { "" })
}

/// What was wrong with the input, what the handler calls the failure, and the failure.
fn parts_of(failure: Failure) -> (Option<InputError>, Option<Name>, Error) {
    match failure {
        Failure::Domain(error) => (None, None, error),
        Failure::Named(name, error) => (None, Some(name), error),
        Failure::Input(input) => {
            let error = Error::new(Kind::Caller, input.to_string());
            (Some(input), None, error)
        }
    }
}

/// A body, if there is one, is one JSON object without duplicate keys, within limits.
pub(crate) fn strict(body: &[u8]) -> Result<(), InputError> {
    if body.is_empty() {
        return Ok(());
    }
    strict_json::check(body, &strict_json::Limits::default())
        .map_err(|error| InputError::Malformed(error.to_string()))
}
