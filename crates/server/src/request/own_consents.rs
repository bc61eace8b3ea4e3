//! The way of what users ask about their own consents: admitted as what nobody signs, proved by the
//! user's own token, answered.

use hyper::HeaderMap;
use hyper::body::Incoming;
use hyper::header::AUTHORIZATION;
use hyper::http::request::Parts;
use procura_app::authorization_session::Visit;
use procura_core::error::{Error, Kind};

use super::{Job, strict};
use crate::body;
use crate::error::aws::Exception;
use crate::error::query::is_untrusted;
use crate::metrics::Outcome;
use crate::own_consents::{Asked, BODY_BYTES_MAX, OwnConsents};
use crate::response::Answer;

impl Job<'_> {
    /// Answers a user.
    pub(super) async fn own_consents(
        &self,
        place: &OwnConsents,
        parts: &Parts,
        body: Incoming,
    ) -> (Outcome, Answer) {
        // SECURITY: what succeeds is limited too, it writes records and cuts.
        let admitted = self
            .service
            .check_address(self.peer, self.now)
            .and_then(|()| self.service.admit_unsigned(self.peer, self.now));
        if let Err(exception) = admitted {
            self.service.count_refusal(&exception, self.peer);
            let answer = exception.into_problem();
            return (answer.outcome(), answer.answer(self.id));
        }
        let held = body::read(
            body,
            BODY_BYTES_MAX,
            &self.service.budget,
            self.service.limits.body_timeout,
        );
        let held = match held.await {
            Ok(held) => held,
            Err(error) => {
                let exception = Exception::of_unread(&error).of_anybody().into_problem();
                self.service.count_refusal(&exception, self.peer);
                return (exception.outcome(), exception.answer(self.id));
            }
        };
        match self.own_consents_of(place, parts, &held.bytes).await {
            Ok(answer) => (Outcome::Done, answer),
            Err(error) => {
                if let Some(cause) = error.cause() {
                    tracing::error!(request = %self.id, ?cause, "failed");
                }
                let outcome = Outcome::Failed(error.kind());
                (outcome, OwnConsents::failed(&error, self.id))
            }
        }
    }

    async fn own_consents_of(
        &self,
        place: &OwnConsents,
        parts: &Parts,
        body: &[u8],
    ) -> Result<Answer, Error> {
        if !place.has_method(&parts.method) {
            return Err(Error::not_found("this is not asked of consents here"));
        }
        let token = bearer(&parts.headers)?;
        let visit = Visit {
            now: self.app.now(),
            request: self.id,
            peer: self.peer.0.to_string(),
        };
        let own = self.app.own_user(&visit, place.account, token).await;
        let own = own.inspect_err(|error| {
            // A token stands in the place of a signature; a page of somebody else's cannot have one
            // sent.
            if is_untrusted(error) {
                self.service.count_untrusted(self.peer);
            }
        })?;
        strict(body).map_err(|error| Error::new(Kind::Caller, error.to_string()))?;
        let asked = Asked {
            method: &parts.method,
            query: parts.uri.query().unwrap_or_default(),
            headers: &parts.headers,
            body,
            request: self.id,
        };
        place.answer(self.app, &own, &asked).await
    }
}

/// The token of who asks (RFC 6750 §2.1). SECURITY: a cookie, a form or a query is none: a browser sends
/// those for others.
fn bearer(headers: &HeaderMap) -> Result<&str, Error> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().and_then(|value| value.to_str().ok());
    let token = value.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        let is_bearer = scheme.eq_ignore_ascii_case("bearer");
        is_bearer.then(|| token.trim())
    });
    token.filter(|_| values.next().is_none()).ok_or_else(|| {
        let text = "send a token of your own in Authorization: Bearer, once";
        Error::new(Kind::Unproved, text)
    })
}
