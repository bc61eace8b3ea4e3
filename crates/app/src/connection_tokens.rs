//! What a provider granted, as it is kept.

use procura_core::account::AccountId;
use procura_core::authorization_session::AuthorizationSession;
use procura_core::connection::{Connection, Consent, Health, UNSTATED_LIFETIME_S};
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::Error;
use procura_core::id::{ConnectionId, GrantId};
use procura_core::sealing::{self, Location, Sealed, SealingKey, Subject};
use procura_core::secret::{Plain, kind::UserIdentity};
use procura_core::time::Timestamp;
use procura_protocol::oauth::token_reply::{ProviderAccount, TokenReply};
use procura_store::{ConnectionKey, NewTokens, Tx};

use crate::App;
use crate::code_exchange::GrantedToUser;
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
        let read = move |tx: &mut Tx<'_>| tx.account(account).connection(key);
        let known = self.store.run_read("connection", read).await?;
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
                scopes: session.scopes.clone(),
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
        self.sealed_tokens(
            account,
            connection,
            &granted.reply,
            granted.account.as_ref(),
        )
        .await
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
            let who = serde_json::json!({ "iss": account.issuer, "sub": account.subject });
            let who = Plain::<UserIdentity>::new(who.to_string().into_bytes());
            self.sealed(&sealing_key, &place.provider_account(), &who)
        });
        Ok(NewTokens {
            connection,
            access_token,
            refresh_token,
            provider_account: provider_account.transpose()?,
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
