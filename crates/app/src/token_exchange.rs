//! What was sent to a token endpoint and cannot be sent twice: the answer is kept as it came, and
//! what a node left behind that died on the way is brought to its end.

use std::sync::Arc;

use procura_core::account::AccountId;
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::Error;
use procura_core::id::{DeploymentId, ExchangeId, UserId};
use procura_core::sabotage::defect;
use procura_core::sealing::{self, Location, SealingKey, Subject};
use procura_core::secret::{Plain, kind::RawTokenReply};
use procura_core::time::Timestamp;

use crate::App;
use crate::outbound::Reply;
use crate::spool::Spooled;

/// Where an answer lies.
pub(crate) fn place(
    deployment: DeploymentId,
    account: AccountId,
    user: UserId,
    id: &ExchangeId,
) -> Location<'_> {
    Location {
        deployment,
        account: Some(account),
        subject: Subject::User(user),
        table: "token_exchange",
        column: "reply",
        row: id.as_bytes(),
        row_version: 1,
        destination: None,
    }
}

/// An answer, as it is kept: the status and the body.
fn kept(reply: &Reply) -> Plain<RawTokenReply> {
    let mut bytes = reply.status.to_be_bytes().to_vec();
    bytes.extend_from_slice(&reply.body);
    Plain::new(bytes)
}

/// An answer that is waited for, and all that is needed to keep it: the database may be gone when it
/// comes.
pub(crate) struct Awaited {
    account: AccountId,
    exchange: ExchangeId,
    user: UserId,
    key: Arc<SealingKey>,
}

impl App {
    /// Gets ready for the answer to what the journal says under `exchange` is sent for `user`.
    pub(crate) async fn await_token_reply(
        &self,
        account: AccountId,
        exchange: ExchangeId,
        user: UserId,
    ) -> Result<Awaited, Error> {
        let purpose = KeyPurpose::Subject(Subject::User(user));
        Ok(Awaited {
            account,
            exchange,
            user,
            key: self.newest_key(Some(account), purpose).await?,
        })
    }

    /// Keeps an answer: in the database, or beside it. Where neither can be, whoever has it in hand
    /// goes on with it: the answer is worth more than its copy.
    pub(crate) async fn keep_token_reply(&self, awaited: Awaited, reply: &Reply, at: Timestamp) {
        if defect("reply-not-kept") {
            return;
        }
        let exchange = awaited.exchange;
        let place = place(self.deployment, awaited.account, awaited.user, &exchange);
        let sealed = self.with_rng(|rng| sealing::seal(rng, &awaited.key, &place, &kept(reply)));
        let spooled = match sealed {
            Ok(reply) => Spooled {
                account: awaited.account,
                exchange,
                at,
                reply,
            },
            Err(error) => {
                tracing::error!(%exchange, cause = ?error, "an answer could not be sealed");
                return;
            }
        };
        let Err(error) = self.replay(spooled.clone()).await else {
            return;
        };
        let cause = error.cause();
        match tokio::task::block_in_place(|| self.spool.keep(&spooled)) {
            Ok(()) => tracing::warn!(%exchange, ?cause, "an answer waits beside the database"),
            Err(lost) => {
                tracing::error!(%exchange, ?cause, %lost, "an answer could not be written down");
            }
        }
    }
}
