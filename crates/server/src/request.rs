//! The way of every signed request, of the AWS API and of ours: route, claim, read, prove, admit,
//! dispatch, answer.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::HeaderMap;
use hyper::http::request::Parts;
use hyper::{Method, Request, StatusCode};
use procura_app::App;
use procura_app::authentication::{Proved, Unauthenticated};
use procura_app::authorization_session::Visit;
use procura_app::operation::OpCx;
use procura_core::digest::sha256;
use procura_core::error::{Error, Kind};
use procura_core::id::RequestId;
use procura_core::time::Timestamp;
use procura_core::trace::Trace;
use procura_protocol::sigv4::{self, RequestHead};
use procura_protocol::strict_json;
use procura_wire::{InputError, Labels, Route, route};
use tracing::Instrument as _;

use crate::body;
use crate::browser::{self, Place};
use crate::called::Called;
use crate::error::aws::Exception;
use crate::metrics::{Outcome, UNKNOWN};
use crate::native::signed::SignedOperation;
use crate::ops::{Asked, Failure};
use crate::pool_document::Document;
use crate::response::{self, Answer};
use crate::service::{Peer, Service};

/// How old the look at an access key may be when its request is proved, in milliseconds. A
/// revocation reaches every node within a second.
const CLAIM_MS_MAX: i64 = 250;

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
        let answered = if parts.method != Method::GET {
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

    async fn run(
        &self,
        parts: &Parts,
        body: Incoming,
    ) -> (&'static str, Result<Answer, Exception>) {
        let (method, path) = (parts.method.as_str(), parts.uri.path());
        if let Some(native) = SignedOperation::of(method, path) {
            let called = Called::Native(native);
            let answered = self.operation(&called, parts, body).await;
            return (called.name(), answered.map_err(Exception::into_problem));
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
        (called.name(), self.operation(&called, parts, body).await)
    }

    async fn operation(
        &self,
        called: &Called<'_>,
        parts: &Parts,
        body: Incoming,
    ) -> Result<Answer, Exception> {
        // SECURITY: before anything is spent on an address that failed too often.
        self.service.check_address(self.peer, self.now)?;
        let headers = flat(&parts.headers);
        let head = RequestHead {
            method: parts.method.as_str(),
            path: parts.uri.path().as_bytes(),
            query: parts.uri.query().unwrap_or_default().as_bytes(),
            headers: &headers,
        };
        let presented =
            sigv4::parse(&head).map_err(|error| refused(&Unauthenticated::Signature(error)))?;
        let (proved, whole, now) = self.prove(called, &presented, body).await?;
        let action = called.action();
        let peer = self.peer.0.to_string();
        let mut cx = OpCx::new(now, self.id, action, proved, peer).traced(self.trace);
        self.service.admit(&cx, called.nature().class())?;
        self.use_up(called, &cx, &presented).await?;
        let query = parts.uri.query().unwrap_or_default();
        let none = Labels::default();
        let asked = Asked {
            labels: match called {
                Called::Aws(_, labels) => labels,
                Called::Native(_) => &none,
            },
            query,
            headers: &parts.headers,
            body: &whole,
        };
        let done = match strict(&whole) {
            Ok(()) => called.dispatch(self.app, &mut cx, &asked).await,
            Err(error) => Err(Failure::Input(error)),
        };
        match done {
            Ok(done) => {
                if done.record.is_none() {
                    // The access log: what was read and leaves no record.
                    let (operation, key) = (called.name(), cx.caller_name());
                    tracing::info!(request = %self.id, operation, caller = key, "read");
                }
                Ok(response::json(
                    called.status(),
                    done.body,
                    self.id,
                    done.record,
                ))
            }
            Err(failure) => Err(self.fail(&cx, called, failure).await),
        }
    }

    /// Who signed, the body, and the time of the operation: when all of it was there.
    async fn prove(
        &self,
        called: &Called<'_>,
        presented: &sigv4::Presented<'_>,
        body: Incoming,
    ) -> Result<(Proved, Bytes, Timestamp), Exception> {
        let turn_away = |error: Unauthenticated| refused(&error);
        // SECURITY: what needs no database is asked first, and a key that does not exist is refused
        // before a byte of the body is held.
        self.app
            .check_scope(presented, self.now)
            .map_err(turn_away)?;
        let mut claimed = self.app.claimed_key(presented).await.map_err(turn_away)?;
        let held = body::read(
            body,
            called.body_bytes_max(),
            &self.service.budget,
            self.service.limits.body_timeout,
        )
        .await
        .map_err(|error| Exception::of_unread(&error))?;
        let now = self.app.now();
        // SECURITY: a key may be revoked while its body trickles in; it is looked at again.
        if now.millis_since(self.now) > CLAIM_MS_MAX {
            claimed = self.app.claimed_key(presented).await.map_err(turn_away)?;
        }
        let hash = sha256(&[&held.bytes]);
        let proved = self
            .app
            .prove_caller(claimed, presented, hash, now)
            .await
            .map_err(turn_away)?;
        // The body is a proved caller's now, and no stranger's.
        drop(held.place);
        Ok((proved, held.bytes, now))
    }

    /// SECURITY: what changes something is done once per signature, so that whoever has seen the
    /// request cannot have it done again (tests: replay).
    async fn use_up(
        &self,
        called: &Called<'_>,
        cx: &OpCx,
        presented: &sigv4::Presented<'_>,
    ) -> Result<(), Exception> {
        if !called.nature().is_once() {
            return Ok(());
        }
        let used = self.app.use_signature(cx, presented).await;
        if matches!(used, Err(Unauthenticated::Repeated)) {
            // A client that signs by the second and tries again at once would sign the same again;
            // some give up after two or three. It is answered when its next try signs anew.
            let into_second = self.app.now().millis().rem_euclid(1000);
            let rest = u64::try_from(1000 - into_second).unwrap_or(1000);
            tokio::time::sleep(Duration::from_millis(rest)).await;
        }
        used.map_err(|error| refused(&error))
    }

    /// Every refusal of an authenticated caller is recorded before it is told.
    async fn fail(&self, cx: &OpCx, called: &Called<'_>, failure: Failure) -> Exception {
        let (input, error) = match failure {
            Failure::Domain(error) => (None, error),
            Failure::Input(input) => {
                let error = Error::new(Kind::Caller, input.to_string());
                (Some(input), error)
            }
        };
        let recorded = self.app.record_refusal(cx, error).await;
        if let Some(cause) = recorded.cause() {
            tracing::error!(request = %self.id, operation = called.name(), ?cause, "failed");
        }
        match input {
            Some(input) if recorded.kind() == Kind::Caller => {
                Exception::of_input(&input, recorded.record())
            }
            _ => called.exception(&recorded),
        }
    }
}

fn refused(error: &Unauthenticated) -> Exception {
    if let Unauthenticated::Failed(error) = error {
        tracing::error!(cause = ?error.cause(), "authentication failed on our side");
    }
    Exception::of_unauthenticated(error)
}

/// A body, if there is one, is one JSON object without duplicate keys, within limits.
fn strict(body: &[u8]) -> Result<(), InputError> {
    if body.is_empty() {
        return Ok(());
    }
    strict_json::check(body, &strict_json::Limits::default())
        .map_err(|error| InputError::Malformed(error.to_string()))
}

fn flat(headers: &HeaderMap) -> Vec<(&str, &[u8])> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect()
}
