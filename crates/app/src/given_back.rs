//! What a provider granted and nobody keeps goes back to it (RFC 7009): a grant that is wider than
//! what its user was asked, that is of another account than the expected one, or whose session ended
//! meanwhile. It is tried once and is on record; whoever waits is not told.

use procura_core::account::AccountId;
use procura_core::audit::record::{Entry, Verdict};
use procura_core::digest::Sha256;
use procura_core::error::Error;
use procura_core::id::{ProviderId, RecordId};
use procura_protocol::oauth::revocation::Revocable;
use procura_protocol::oauth::token_reply::TokenReply;
use procura_store::{Outcome, RevealedClientSecret, Tx};

use crate::App;
use crate::authorize::permit_to_give_back;
use crate::revocation::{AtProvider, NO_REFRESH_TOKENS, Told, Way, way_to};

/// What nobody keeps, and from where it came.
pub(crate) struct Unkept<'a> {
    pub(crate) account: AccountId,
    pub(crate) provider: ProviderId,
    /// The server that granted it, as the session names it.
    pub(crate) destination: Sha256,
    pub(crate) reply: &'a TokenReply,
    /// What its record begins with. It is another one than that of the refusal.
    pub(crate) entry: Entry,
}

impl App {
    /// Gives it back with the secret with which it was got.
    pub(crate) async fn give_back(&self, unkept: Unkept<'_>, secret: &RevealedClientSecret) {
        let said = match way_to(&secret.client) {
            Way::No(why) => why,
            Way::Ask(parameter) => match self.give_back_at(&unkept, secret, parameter).await {
                Ok(Told::Said(said)) => said,
                Ok(Told::UnsupportedType) => AtProvider::Unsupported(NO_REFRESH_TOKENS),
                Err(error) => AtProvider::Failed(error.public().to_owned()),
            },
        };
        self.record_given_back(unkept.entry, &said).await;
    }

    /// Gives back what a node left behind that is gone: with the secret that the client has now, on
    /// record, if it is a client of the same server still.
    pub(crate) async fn give_back_left(&self, unkept: Unkept<'_>) {
        match self.client_to_give_back(&unkept).await {
            Ok(Ok(secret)) => self.give_back(unkept, &secret).await,
            Ok(Err(said)) => self.record_given_back(unkept.entry, &said).await,
            Err(error) => {
                let said = AtProvider::Failed(error.public().to_owned());
                self.record_given_back(unkept.entry, &said).await;
            }
        }
    }

    async fn client_to_give_back(
        &self,
        unkept: &Unkept<'_>,
    ) -> Result<Result<RevealedClientSecret, AtProvider>, Error> {
        let (account, provider) = (unkept.account, unkept.provider);
        let read = move |tx: &mut Tx<'_>| {
            let mut own = tx.account(account);
            Ok((
                own.credential_provider_by_id(provider)?,
                own.oauth2_client(provider)?,
            ))
        };
        let found = self.store.run_read("client_to_give_back", read).await?;
        let (Some(row), Some((client, _))) = found else {
            return Ok(Err(AtProvider::NotAsked("it was deleted here meanwhile")));
        };
        if let Way::No(why) = way_to(&client) {
            return Ok(Err(why));
        }
        let permit = permit_to_give_back(&row);
        let destination = unkept.destination;
        let entry = self.anew(&unkept.entry);
        let committed = self
            .store
            .run_tx("use_client_secret", move |tx| {
                let revealed = tx.account(account).reveal_client_secret(&permit)?;
                // SECURITY: a token goes back to the server that it came from and to no other. Held
                // by `what_a_recovery_refuses_goes_to_no_other_server`.
                let revealed = revealed
                    .filter(|found| found.client.configuration.destination() == destination);
                let Some(revealed) = revealed else {
                    return Ok(Outcome::Unrecorded(None));
                };
                let (version, print) = (revealed.secret_version, revealed.sealed.fingerprint());
                let mut entry = entry.clone();
                let used = format!("client secret {version} ({print}) used to give back");
                entry.reason.to_mut().push_str(&used);
                Ok(Outcome::Done(Some(revealed), entry))
            })
            .await?;
        let moved = "its configuration changed, and the token is of the server before";
        Ok(committed.value.ok_or(AtProvider::NotAsked(moved)))
    }

    async fn give_back_at(
        &self,
        unkept: &Unkept<'_>,
        secret: &RevealedClientSecret,
        parameter: &'static str,
    ) -> Result<Told, Error> {
        let (account, provider, reply) = (unkept.account, unkept.provider, unkept.reply);
        let client = self.client_of(account, provider, secret).await?;
        let token = match &reply.refresh_token {
            Some(token) => Revocable::RefreshToken(token),
            None => Revocable::AccessToken(&reply.access_token),
        };
        self.ask_to_revoke(&client, parameter, token).await
    }

    async fn record_given_back(&self, mut entry: Entry, said: &AtProvider) {
        entry.verdict = match said {
            AtProvider::Revoked => Verdict::Allow,
            _ => Verdict::Deny,
        };
        let text = format!("what was granted is given back: {}", said.said());
        entry.reason.to_mut().push_str(&text);
        let recorded = self
            .store
            .run_tx("record_given_back", move |_| {
                Ok(Outcome::Done((), entry.clone()))
            })
            .await;
        if let Err(error) = recorded {
            tracing::error!(cause = ?error.cause(), "what was given back is not on record");
        }
    }

    /// The beginning of another record of the same.
    pub(crate) fn anew(&self, entry: &Entry) -> Entry {
        let id = self.with_rng(|rng| RecordId::generate(entry.at, rng));
        Entry {
            id,
            ..entry.clone()
        }
    }
}
