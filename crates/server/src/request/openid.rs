//! The way of the OpenID endpoints of user pools: admit, read, ask, tell.

use hyper::body::Incoming;
use hyper::header::{ALLOW, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use procura_app::authorization_session::Visit;
use procura_app::pool_openid::OpenIdError;
use procura_core::error::{Error, Kind};
use procura_core::pool_authorization::ErrorCode;

use super::Job;
use crate::error::aws::Exception;
use crate::error::oauth::{self, Scheme};
use crate::metrics::Outcome;
use crate::pool_openid::{self, NotAnswered, Place};
use crate::response::Answer;

impl Job<'_> {
    /// Answers at an OpenID endpoint. What strangers send is not logged at the level of operation.
    pub(super) async fn openid(
        &self,
        place: &Place,
        parts: &Parts,
        body: Incoming,
    ) -> (Outcome, Answer) {
        // SECURITY: before anything is spent on an address that failed or asks too often.
        let admitted = self
            .service
            .check_address(self.peer, self.now)
            .and_then(|()| self.service.admit_unsigned(self.peer, self.now));
        if let Err(exception) = admitted {
            return self.openid_unread(place, &exception);
        }
        if !place.endpoint.takes(&parts.method) {
            return self.openid_method(place, &parts.method);
        }
        let visit = Visit {
            now: self.app.now(),
            request: self.id,
            peer: self.peer.0.to_string(),
        };
        let asked = (parts, body);
        if place.endpoint.is_for_browsers() {
            let answered = pool_openid::visited(self.service, place, asked, &visit).await;
            return match answered {
                Ok(answer) => (Outcome::Done, answer),
                Err(error) => {
                    self.note_openid(place, &error);
                    let outcome = Outcome::Failed(oauth::blame(&error));
                    (outcome, pool_openid::failed(&error))
                }
            };
        }
        match pool_openid::asked(self.service, place, asked, &visit).await {
            Ok(answer) => (Outcome::Done, answer),
            Err(NotAnswered::OpenId(error, scheme)) => self.openid_refused(place, &error, scheme),
            Err(NotAnswered::Unread(exception)) => self.openid_unread(place, &exception),
        }
    }

    fn openid_refused(
        &self,
        place: &Place,
        error: &OpenIdError,
        scheme: Scheme,
    ) -> (Outcome, Answer) {
        self.note_openid(place, error);
        let answer = oauth::answer(error, scheme, place.pool.as_str(), self.id);
        (Outcome::Failed(oauth::blame(error)), answer)
    }

    fn openid_method(&self, place: &Place, method: &Method) -> (Outcome, Answer) {
        let error = pool_openid::another_method(method);
        let (outcome, mut answer) = self.openid_refused(place, &error, Scheme::None);
        *answer.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        let allowed = if place.endpoint.takes(&Method::GET) {
            "GET, POST"
        } else {
            "POST"
        };
        let allowed = HeaderValue::from_static(allowed);
        answer.headers_mut().insert(ALLOW, allowed);
        (outcome, answer)
    }

    /// What was not looked at.
    fn openid_unread(&self, place: &Place, exception: &Exception) -> (Outcome, Answer) {
        self.service.count_refusal(exception, self.peer);
        let answer = if place.endpoint.is_for_browsers() {
            let error = Error::new(Kind::Throttled, "this address asks too often");
            pool_openid::failed(&error.into())
        } else {
            oauth::of_exception(exception, self.id)
        };
        (exception.outcome(), answer)
    }

    fn note_openid(&self, place: &Place, error: &OpenIdError) {
        let (id, endpoint, peer) = (self.id, place.endpoint.name(), self.peer.0);
        match error {
            OpenIdError::Failed(error) if error.cause().is_some() => {
                let cause = error.cause();
                tracing::error!(request = %id, endpoint, ?cause, "failed");
            }
            OpenIdError::Failed(_) => {
                tracing::debug!(request = %id, endpoint, %peer, "turned away");
            }
            OpenIdError::Refused(refusal) => {
                if refusal.code == ErrorCode::InvalidClient {
                    self.service.count_untrusted(self.peer);
                }
                let error = refusal.code.as_str();
                tracing::debug!(request = %id, endpoint, error, %peer, "turned away");
            }
        }
    }
}
