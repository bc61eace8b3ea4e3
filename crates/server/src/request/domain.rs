//! The way of the domains of user pools: find the pool, and go its own way.

use hyper::body::Incoming;
use hyper::http::request::Parts;
use procura_core::error::{Error, Kind};

use super::Job;
use crate::metrics::Outcome;
use crate::pool_document::Document;
use crate::pool_domain::{self, Behind, DomainPath, NAME};
use crate::response::Answer;

impl Job<'_> {
    /// Answers below a domain: what it is called, how it ended, and the answer.
    pub(super) async fn domain(
        &self,
        path: &DomainPath<'_>,
        parts: &Parts,
        body: Incoming,
    ) -> (&'static str, Outcome, Answer) {
        // SECURITY: who asks for many that are not there is not answered; each costs a look.
        let admitted = self.service.check_address(self.peer, self.now);
        let found = match admitted {
            Ok(()) => self.app.pool_of_domain(&path.prefix).await,
            Err(_) => Err(Error::new(Kind::Throttled, "this address failed too often")),
        };
        let pool = match found {
            Ok(pool) => pool,
            Err(error) if error.kind() == Kind::NotFound => return self.nothing_there(),
            Err(error) => {
                if let Some(cause) = error.cause() {
                    tracing::error!(request = %self.id, ?cause, "failed");
                }
                return (
                    NAME,
                    Outcome::Failed(error.kind()),
                    Document::failed(&error),
                );
            }
        };
        match path.behind(&pool) {
            None => self.nothing_there(),
            Some(Behind::Document(document)) => {
                let (outcome, answer) = self.document(&document, parts).await;
                (document.name(), outcome, answer)
            }
            Some(Behind::Place(place)) => {
                let name = place.endpoint.name();
                match pool_domain::sent_on(&place, parts) {
                    Some(Ok(answer)) => (name, Outcome::Done, answer),
                    Some(Err(error)) => {
                        let outcome = Outcome::Failed(error.kind());
                        (name, outcome, Document::failed(&error))
                    }
                    None => {
                        let (outcome, answer) = self.openid(&place, parts, body).await;
                        (name, outcome, answer)
                    }
                }
            }
        }
    }

    fn nothing_there(&self) -> (&'static str, Outcome, Answer) {
        self.service.count_stranger(self.peer);
        let outcome = Outcome::Failed(Kind::NotFound);
        (NAME, outcome, pool_domain::nothing())
    }
}
