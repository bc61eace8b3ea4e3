//! The way of what nobody signs: read, dispatch, answer. What is in the body says who asks.

use hyper::body::Incoming;
use procura_app::authorization_session::Visit;
use procura_wire::cognito::Operation;

use super::{Job, parts_of, strict};
use crate::body;
use crate::cognito::{self, Asker};
use crate::error::aws::Exception;
use crate::ops::Failure;
use crate::response::{self, Answer};

impl Job<'_> {
    /// Answers an operation of user pools that nobody signs.
    pub(super) async fn unsigned(
        &self,
        operation: Operation,
        body: Incoming,
    ) -> Result<Answer, Exception> {
        // SECURITY: before anything is spent on an address that failed too often.
        self.service.check_address(self.peer, self.now)?;
        // SECURITY: what succeeds is limited too, it signs tokens and writes records (test:
        // `a_good_refresh_token_is_not_used_without_end`).
        self.service.admit_unsigned(self.peer, self.now)?;
        let held = body::read(
            body,
            operation.body_bytes_max(),
            &self.service.budget,
            self.service.limits.body_timeout,
        )
        .await
        .map_err(|error| Exception::of_unread(&error).of_anybody())?;
        let visit = Visit {
            now: self.app.now(),
            request: self.id,
            peer: self.peer.0.to_string(),
        };
        let done = match (strict(&held.bytes), cognito::asker_of(operation)) {
            (Err(error), _) => Err(Failure::Input(error)),
            (Ok(()), Asker::Anybody) => {
                cognito::dispatch_unsigned(self.app, &visit, operation, &held.bytes).await
            }
            (Ok(()), Asker::Caller(..)) => return Err(cognito::another_way(operation)),
        };
        // The body is a stranger's to the end.
        drop(held.place);
        match done {
            Ok(done) => {
                if done.record.is_none() {
                    // The access log: what was read and leaves no record.
                    let (operation, peer) = (operation.name(), self.peer.0);
                    tracing::info!(request = %self.id, operation, %peer, "read");
                }
                Ok(response::json_1_1(200, done.body, self.id, done.record))
            }
            Err(failure) => Err(self.fail_unsigned(operation, failure)),
        }
    }

    /// Who asked is not known: what there is to record, the use case has recorded.
    fn fail_unsigned(&self, operation: Operation, failure: Failure) -> Exception {
        let (input, name, error) = parts_of(failure);
        if let Some(cause) = error.cause() {
            tracing::error!(request = %self.id, operation = operation.name(), ?cause, "failed");
        }
        let exception = match input {
            Some(input) => Exception::of_user_pools_input(&input, None),
            None => Exception::of_user_pools(&error, operation, name),
        };
        exception.of_anybody()
    }
}
