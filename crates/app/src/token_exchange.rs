//! What was sent to a token endpoint and cannot be sent twice: the answer is kept as it came, and
//! what a node left behind that died on the way is brought to its end.

use procura_core::account::AccountId;
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::Error;
use procura_core::id::{DeploymentId, ExchangeId, UserId};
use procura_core::sabotage::defect;
use procura_core::sealing::{self, Location, Subject};
use procura_core::secret::{Plain, kind::RawTokenReply};
use procura_core::time::Timestamp;
use procura_store::Outcome;

use crate::App;
use crate::outbound::Reply;

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

impl App {
    /// Keeps the answer to what the journal says under `exchange` was sent, for `user`. Where that cannot be, whoever has it in hand
    /// goes on with it: the answer is worth more than its copy.
    pub(crate) async fn keep_token_reply(
        &self,
        account: AccountId,
        exchange: ExchangeId,
        user: UserId,
        reply: &Reply,
        at: Timestamp,
    ) {
        if let Err(error) = self
            .copy_token_reply(account, exchange, user, reply, at)
            .await
        {
            tracing::warn!(%exchange, cause = ?error.cause(), "an answer could not be written down");
        }
    }

    async fn copy_token_reply(
        &self,
        account: AccountId,
        exchange: ExchangeId,
        user: UserId,
        reply: &Reply,
        at: Timestamp,
    ) -> Result<(), Error> {
        if defect("reply-not-kept") {
            return Ok(());
        }
        let purpose = KeyPurpose::Subject(Subject::User(user));
        let key = self.newest_key(Some(account), purpose).await?;
        let place = place(self.deployment, account, user, &exchange);
        let sealed = self
            .with_rng(|rng| sealing::seal(rng, &key, &place, &kept(reply)))
            .map_err(Error::internal_source)?;
        self.store
            .run_tx("keep_token_reply", move |tx| {
                tx.account(account)
                    .keep_token_reply(exchange, &sealed, at)
                    .map(Outcome::Unrecorded)
            })
            .await?;
        Ok(())
    }
}
