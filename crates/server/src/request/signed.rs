//! The way of every signed request: claim, read, prove, admit, dispatch, answer.

use std::time::Duration;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::HeaderMap;
use hyper::http::request::Parts;
use procura_app::authentication::{Proved, SignedApi, Unauthenticated};
use procura_app::operation::OpCx;
use procura_core::digest::sha256;
use procura_core::time::Timestamp;
use procura_protocol::sigv4::{self, RequestHead};
use procura_wire::Labels;

use super::{Job, parts_of};
use crate::body;
use crate::called::{Called, Work};
use crate::error::aws::Exception;
use crate::nature::Nature;
use crate::ops::{Asked, Failure};
use crate::response::Answer;

/// How old the look at an access key may be when its request is proved, in milliseconds. A
/// revocation reaches every node within a second.
const CLAIM_MS_MAX: i64 = 250;

impl Job<'_> {
    /// Answers what a caller signs for.
    pub(super) async fn signed(
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
        let (api, bytes_max) = (called.api(), called.body_bytes_max());
        let proof = self.prove(api, bytes_max, &presented, body).await?;
        self.perform(called, parts, &presented, proof).await
    }

    /// Does what a proved caller asks, and answers.
    pub(super) async fn perform(
        &self,
        called: &Called<'_>,
        parts: &Parts,
        presented: &sigv4::Presented<'_>,
        (proved, whole, now): (Proved, Bytes, Timestamp),
    ) -> Result<Answer, Exception> {
        let Work { action, nature } = called.work()?;
        let peer = self.peer.0.to_string();
        let mut cx = OpCx::new(now, self.id, action, proved, peer).traced(self.trace);
        self.service.admit(&cx, nature.class())?;
        self.use_up(nature, &cx, presented).await?;
        let query = parts.uri.query().unwrap_or_default();
        let none = Labels::default();
        let asked = Asked {
            labels: match called {
                Called::Aws(_, labels) => labels,
                Called::UserPools(_)
                | Called::AccessManagement(_)
                | Called::SecurityTokens(_)
                | Called::Native(_) => &none,
            },
            query,
            headers: &parts.headers,
            body: &whole,
        };
        let done = match called.check(&whole) {
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
                Ok(called.answer(done, self.id))
            }
            Err(failure) => Err(self.fail(&cx, called, failure).await),
        }
    }

    /// Who signed, the body, and the time of the operation: when all of it was there.
    pub(super) async fn prove(
        &self,
        api: SignedApi,
        body_bytes_max: usize,
        presented: &sigv4::Presented<'_>,
        body: Incoming,
    ) -> Result<(Proved, Bytes, Timestamp), Exception> {
        let turn_away = |error: Unauthenticated| refused(&error);
        // SECURITY: what needs no database is asked first, and a key that does not exist is refused
        // before a byte of the body is held.
        self.app
            .check_scope(presented, api, self.now)
            .map_err(turn_away)?;
        let claimed = self.app.claimed_key(presented, self.now).await;
        let mut claimed = claimed.map_err(turn_away)?;
        let held = body::read(
            body,
            body_bytes_max,
            &self.service.budget,
            self.service.limits.body_timeout,
        )
        .await
        .map_err(|error| Exception::of_unread(&error))?;
        let now = self.app.now();
        // SECURITY: a key may be revoked while its body trickles in; it is looked at again.
        if now.millis_since(self.now) > CLAIM_MS_MAX {
            let again = self.app.claimed_key(presented, now).await;
            claimed = again.map_err(turn_away)?;
        }
        let hash = sha256(&[&held.bytes]);
        let proved = self
            .app
            .prove_caller(claimed, presented, api, hash, now)
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
        nature: Nature,
        cx: &OpCx,
        presented: &sigv4::Presented<'_>,
    ) -> Result<(), Exception> {
        if !nature.is_once() {
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
        let (input, name, error) = parts_of(failure);
        let kind = error.kind();
        let recorded = self.app.record_refusal(cx, error).await;
        if let Some(cause) = recorded.cause() {
            tracing::error!(request = %self.id, operation = called.name(), ?cause, "failed");
        }
        // A record that could not be written is another failure, of ours.
        let is_it = recorded.kind() == kind;
        match input.filter(|_| is_it) {
            Some(input) => called.exception_of_input(&input, recorded.record()),
            None => called.exception(&recorded, name.filter(|_| is_it)),
        }
    }
}

pub(super) fn refused(error: &Unauthenticated) -> Exception {
    if let Unauthenticated::Failed(error) = error {
        tracing::error!(cause = ?error.cause(), "authentication failed on our side");
    }
    Exception::of_unauthenticated(error)
}

pub(super) fn flat(headers: &HeaderMap) -> Vec<(&str, &[u8])> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect()
}
