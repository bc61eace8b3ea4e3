//! What a provider granted, as it is kept.

use procura_core::account::AccountId;
use procura_core::authorization_session::AuthorizationSession;
use procura_core::connection::{Connection, Consent, Health, UNSTATED_LIFETIME_S, agreed};
use procura_core::consent::Terms;
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::Error;
use procura_core::id::{ConnectionId, GrantId};
use procura_core::sealing::{self, Location, Sealed, SealingKey, Subject};
use procura_core::secret::{Plain, kind::UserIdentity};
use procura_core::time::Timestamp;
use procura_protocol::oauth::token_reply::{ProviderAccount, TokenReply};
use procura_store::{ConnectionKey, NewTokens, Tx};

use crate::App;
use crate::code_exchange::granted::GrantedToUser;
use crate::connection::TokenPlace;

impl App {
    /// The tokens of a consent that `session` brought, sealed for the generation after the one that
    /// is kept now.
    pub(crate) async fn tokens_of_consent(
        &self,
        account: AccountId,
        session: &AuthorizationSession,
        granted: &GrantedToUser,
    ) -> Result<NewTokens, Error> {
        let key = ConnectionKey {
            agent: session.agent,
            user: session.user.id,
            provider: session.provider,
        };
        let read = move |tx: &mut Tx<'_>| {
            let mut own = tx.account(account);
            let agent = own.workload_identity_by_id(key.agent)?;
            Ok((own.connection(key)?, own.provider_account(key)?, agent))
        };
        let (known, account_before, agent) = self.store.run_read("connection", read).await?;
        let at = granted.at;
        let (id, generation, created_at) = match &known {
            Some(known) => (
                known.id,
                known.generation.saturating_add(1),
                known.created_at,
            ),
            None => (self.with_rng(|rng| ConnectionId::generate(at, rng)), 1, at),
        };
        let connection = Connection {
            id,
            consent: Consent {
                id: self.with_rng(|rng| GrantId::generate(at, rng)),
                agent: key.agent,
                user: key.user,
                provider: key.provider,
                scopes: agreed(&session.scopes, &granted.scopes),
                terms: Terms::anew(
                    agent.as_ref(),
                    known.map(|known| known.consent.terms).as_ref(),
                    at,
                ),
            },
            generation,
            destination: session.destination,
            health: Health::Live,
            granted: granted.scopes.clone(),
            refreshable: granted.reply.refresh_token.is_some(),
            fetched_at: at,
            expires_at: end_of(&granted.reply, at),
            created_at,
            consented_at: at,
        };
        let at_provider = granted.account.as_ref();
        let mut new = self
            .sealed_tokens(account, connection, &granted.reply, at_provider)
            .await?;
        // SECURITY: a user may have two accounts there, and may have chosen the other one this time: what
        // renews the tokens of one does not stay beside a token of the other. Held by
        // `another_account_does_not_keep_the_refresh_token_of_the_first`.
        new.same_account = match (account_before, at_provider) {
            (Some(before), Some(now)) => {
                let place = TokenPlace {
                    deployment: self.deployment,
                    account,
                    user: key.user,
                    connection: id,
                    generation,
                };
                let opening = self.key_of(&before).await?;
                let before = sealing::open(&opening, &place.provider_account(), &before)
                    .map_err(Error::internal_source)?;
                before.expose_secret() == in_words(now).as_bytes()
            }
            _ => false,
        };
        Ok(new)
    }

    /// The tokens of a reply, sealed for the generation of `connection`.
    pub(crate) async fn sealed_tokens(
        &self,
        account: AccountId,
        connection: Connection,
        reply: &TokenReply,
        at_provider: Option<&ProviderAccount>,
    ) -> Result<NewTokens, Error> {
        let user = connection.consent.user;
        let place = TokenPlace {
            deployment: self.deployment,
            account,
            user,
            connection: connection.id,
            generation: connection.generation,
        };
        let purpose = KeyPurpose::Subject(Subject::User(user));
        let sealing_key = self.newest_key(Some(account), purpose).await?;
        let access_token = self.sealed(&sealing_key, &place.access_token(), &reply.access_token)?;
        let at_server = place.refresh_token(connection.destination);
        let refresh_token = reply.refresh_token.as_ref();
        let refresh_token = refresh_token
            .map(|token| self.sealed(&sealing_key, &at_server, token))
            .transpose()?;
        let provider_account = at_provider.map(|account| {
            let who = Plain::<UserIdentity>::new(in_words(account).into_bytes());
            self.sealed(&sealing_key, &place.provider_account(), &who)
        });
        Ok(NewTokens {
            connection,
            access_token,
            refresh_token,
            provider_account: provider_account.transpose()?,
            // What renews a token renews it for the same account.
            same_account: true,
        })
    }

    fn sealed<K>(
        &self,
        key: &SealingKey,
        place: &Location<'_>,
        secret: &Plain<K>,
    ) -> Result<Sealed<K>, Error> {
        self.with_rng(|rng| sealing::seal(rng, key, place, secret))
            .map_err(Error::internal_source)
    }
}

/// When the access token of a reply is over that came `at`.
pub(crate) fn end_of(reply: &TokenReply, at: Timestamp) -> Timestamp {
    at.plus_seconds(reply.expires_in_s.map_or(UNSTATED_LIFETIME_S, i64::from))
}

/// An account at a provider, as it is kept.
pub(crate) fn in_words(account: &ProviderAccount) -> String {
    serde_json::json!({ "iss": account.issuer, "sub": account.subject }).to_string()
}
