//! A provider is told that a token is not to be good any more (RFC 7009), after the connection was
//! cut here. What it says is told and recorded; it brings nothing back.

use std::borrow::Cow;

use procura_core::account::AccountId;
use procura_core::audit::record::{Entry, Verdict};
use procura_core::connection::Connection;
use procura_core::error::Error;
use procura_core::id::{ProviderId, RecordId};
use procura_core::oauth2_client::Oauth2Client;
use procura_core::sealing::{self, Location, Sealed};
use procura_core::secret::Plain;
use procura_protocol::oauth::revocation::{self, Revocable, Revocation};
use procura_protocol::oauth::token_reply::RawReply;
use procura_protocol::oauth::vendor_table::{self, RevocationForm};
use procura_store::{ListedConnection, Outcome, RevealedClientSecret, RevokedConnection};

use crate::App;
use crate::connection::TokenPlace;
use crate::token_endpoint::{ClientAt, unaskable};

/// The longest answer of a revocation endpoint, in bytes. Nothing is made of it but words.
const REPLY_BYTES_MAX: usize = 16 * 1024;

/// What became of a token at its provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AtProvider {
    /// The provider says that it is good for nothing any more.
    Revoked,
    /// The provider has no endpoint for this, as far as is known here.
    NoEndpoint,
    /// The provider takes tokens back only in a way that is not spoken here, or not this token.
    Unsupported(&'static str),
    /// The provider was not asked.
    NotAsked(&'static str),
    /// The provider did not say yes: in its words as far as they may be repeated, or in ours.
    Failed(String),
}

impl AtProvider {
    /// The word for it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::NoEndpoint => "no_endpoint",
            Self::Unsupported(_) => "unsupported",
            Self::NotAsked(_) => "not_asked",
            Self::Failed(_) => "failed",
        }
    }

    /// What to say of it.
    pub fn said(&self) -> Cow<'static, str> {
        match self {
            Self::Revoked => "the provider took the token back".into(),
            Self::NoEndpoint => "the provider has no revocation endpoint".into(),
            Self::Unsupported(why) => format!("the provider was of no help: {why}").into(),
            Self::NotAsked(why) => format!("the provider was not asked: {why}").into(),
            Self::Failed(words) => format!("the provider did not take it back: {words}").into(),
        }
    }

    /// What is left to do, if anything is.
    pub const fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Revoked => None,
            Self::NoEndpoint | Self::Unsupported(_) | Self::NotAsked(_) | Self::Failed(_) => Some(
                "nothing uses the token here any more; at the provider it may be good until it \
                 ends: have the user take the application's access away in the settings of \
                 their account there",
            ),
        }
    }
}

/// What became of a connection that was taken back.
#[derive(Debug)]
pub struct Answer {
    /// What it was.
    pub listed: ListedConnection,
    /// How many flows that were under way ended with it.
    pub flows: u64,
    /// What became of its tokens at the provider.
    pub at_provider: AtProvider,
    /// The record of the cut.
    pub record: RecordId,
}

/// Whether a provider can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    /// With this word for the token.
    Ask(&'static str),
    /// And why not.
    No(AtProvider),
}

/// A connection that is cut, and what its provider is to be told.
#[derive(Debug)]
pub(crate) struct Cut {
    pub(crate) account: AccountId,
    pub(crate) listed: ListedConnection,
    pub(crate) revoked: RevokedConnection,
    pub(crate) secret: Option<RevealedClientSecret>,
    pub(crate) way: Way,
    /// The record of the cut.
    pub(crate) record: RecordId,
    /// The record of what the provider said, without it.
    pub(crate) told: Entry,
}

impl Cut {
    pub(crate) fn provider(&self) -> ProviderId {
        self.listed.connection.consent.provider
    }
}

/// Whether the provider of `connection` can be asked, as it is configured now.
pub(crate) fn way(connection: &Connection, client: &Oauth2Client) -> Way {
    // SECURITY: a token goes back to the server that it came from and to no other. Held by
    // `a_provider_that_was_moved_gets_no_token_of_the_former_server`.
    if client.configuration.destination() != connection.destination {
        return Way::No(AtProvider::NotAsked(
            "its configuration changed, and the token is of the server before",
        ));
    }
    way_to(client)
}

/// Whether the server of `client` can be asked.
pub(crate) fn way_to(client: &Oauth2Client) -> Way {
    let endpoints = client.configuration.endpoints();
    let has_endpoint = endpoints.is_some_and(|endpoints| endpoints.revocation.is_some());
    let form = vendor_table::quirks(client.vendor).revocation.value;
    match (form, form.token_parameter()) {
        (RevocationForm::Own, _) => Way::No(AtProvider::Unsupported(
            "it takes tokens back by an API of its own, which is not spoken here",
        )),
        (_, Some(parameter)) if has_endpoint => Way::Ask(parameter),
        _ => Way::No(AtProvider::NoEndpoint),
    }
}

impl Way {
    /// What the record of the cut says.
    pub(crate) fn announced(
        &self,
        revoked: &RevokedConnection,
        secret: Option<&RevealedClientSecret>,
    ) -> String {
        let connection = &revoked.connection;
        let token = match &revoked.refresh_token {
            Some((sealed, _)) => format!("refresh token ({})", sealed.fingerprint()),
            None => format!("access token ({})", revoked.access_token.fingerprint()),
        };
        let next = match (self, secret) {
            (Self::No(why), _) => why.said().into_owned(),
            (Self::Ask(_), Some(secret)) => format!(
                "the provider is asked to take it back, with client secret {} ({})",
                secret.secret_version,
                secret.sealed.fingerprint(),
            ),
            (Self::Ask(_), None) => "the provider is asked to take it back".to_owned(),
        };
        format!(
            "revoked at generation {} with its {token}; {} flows under way ended; {next}",
            connection.generation, revoked.flows,
        )
    }
}

/// A token to end, sealed.
enum Held<'a> {
    Refresh(&'a Sealed<procura_core::secret::kind::RefreshToken>, u64),
    Access(&'a Sealed<procura_core::secret::kind::AccessToken>),
}

impl App {
    /// Tells the provider. An error is that it was not reached, or that we could not ask.
    pub(crate) async fn tell(&self, cut: &Cut) -> Result<AtProvider, Error> {
        let (parameter, secret) = match (&cut.way, &cut.secret) {
            (Way::No(why), _) => return Ok(why.clone()),
            (Way::Ask(parameter), Some(secret)) => (*parameter, secret),
            (Way::Ask(_), None) => return Err(Error::internal("a cut without its client")),
        };
        let refresh = cut.revoked.refresh_token.as_ref();
        let refresh = refresh.map(|(sealed, of)| Held::Refresh(sealed, *of));
        let held = refresh
            .into_iter()
            .chain([Held::Access(&cut.revoked.access_token)]);
        for (at, token) in held.enumerate() {
            let told = self.tell_of(cut, parameter, secret, &token).await?;
            match (told, at) {
                // RFC 7009 §2.2.1: then the other of the two. The first is what matters.
                (Told::UnsupportedType, 0) if cut.revoked.refresh_token.is_some() => {}
                (_, 1..) => return Ok(AtProvider::Unsupported(NO_REFRESH_TOKENS)),
                (Told::UnsupportedType, _) => {
                    return Ok(AtProvider::Unsupported("it takes no access tokens back"));
                }
                (Told::Said(said), _) => return Ok(said),
            }
        }
        Ok(AtProvider::Unsupported(NO_REFRESH_TOKENS))
    }

    /// Tells the provider of one token of a connection.
    async fn tell_of(
        &self,
        cut: &Cut,
        parameter: &'static str,
        secret: &RevealedClientSecret,
        token: &Held<'_>,
    ) -> Result<Told, Error> {
        let connection = &cut.revoked.connection;
        let place = |generation| TokenPlace {
            deployment: self.deployment,
            account: cut.account,
            user: cut.listed.user.id,
            connection: connection.id,
            generation,
        };
        let client = self.client_of(cut.account, cut.provider(), secret).await?;
        match token {
            Held::Refresh(sealed, generation) => {
                let place = place(*generation);
                let at = place.refresh_token(connection.destination);
                let plain = self.opened_at(&at, sealed).await?;
                self.ask_to_revoke(&client, parameter, Revocable::RefreshToken(&plain))
                    .await
            }
            Held::Access(sealed) => {
                let place = place(connection.generation);
                let plain = self.opened_at(&place.access_token(), sealed).await?;
                self.ask_to_revoke(&client, parameter, Revocable::AccessToken(&plain))
                    .await
            }
        }
    }

    /// Asks the revocation endpoint of `client` to end a token.
    pub(crate) async fn ask_to_revoke(
        &self,
        client: &ClientAt<'_>,
        parameter: &'static str,
        token: Revocable<'_>,
    ) -> Result<Told, Error> {
        let endpoint = client.endpoints.revocation.as_deref().unwrap_or_default();
        let request =
            revocation::request(token, parameter, &client.authentication()).map_err(unaskable)?;
        let answer = self
            .post_as_client(endpoint, &request, REPLY_BYTES_MAX)
            .await?;
        let raw = RawReply {
            status: answer.reply.status,
            retry_after: None,
            body: &answer.reply.body,
        };
        Ok(match revocation::read(&raw, &request.live_secrets()) {
            Revocation::Revoked => Told::Said(AtProvider::Revoked),
            Revocation::UnsupportedTokenType => Told::UnsupportedType,
            Revocation::Later { .. } => {
                let said = format!("it cannot now (status {})", raw.status);
                Told::Said(AtProvider::Failed(said))
            }
            Revocation::Refused(refusal) => {
                let code = refusal.code.as_deref().unwrap_or("no error code");
                let words = refusal.description.as_deref();
                let words = words.map_or_else(String::new, |words| format!(": {words}"));
                let said = format!("{code} (status {}){words}", refusal.status);
                Told::Said(AtProvider::Failed(said))
            }
        })
    }

    pub(crate) async fn opened_at<K>(
        &self,
        place: &Location<'_>,
        sealed: &Sealed<K>,
    ) -> Result<Plain<K>, Error> {
        let key = self.key_of(sealed).await?;
        sealing::open(&key, place, sealed).map_err(Error::internal_source)
    }

    /// Records what a provider said, if it was asked: what became of the connection.
    pub(crate) async fn answered(
        &self,
        cut: Cut,
        told: Result<AtProvider, Error>,
    ) -> Result<Answer, Error> {
        let at_provider = told.unwrap_or_else(|error| {
            if let Some(cause) = error.cause() {
                tracing::error!(?cause, "a provider could not be told of a revocation");
            }
            AtProvider::Failed(error.public().to_owned())
        });
        if matches!(cut.way, Way::Ask(_)) {
            let mut entry = cut.told;
            if at_provider != AtProvider::Revoked {
                entry.verdict = Verdict::Deny;
            }
            entry.reason.to_mut().push_str(&at_provider.said());
            self.store
                .run_tx("record_revocation_at_provider", move |_| {
                    Ok(Outcome::Done((), entry.clone()))
                })
                .await?;
        }
        Ok(Answer {
            listed: cut.listed,
            flows: cut.revoked.flows,
            at_provider,
            record: cut.record,
        })
    }
}

/// What a provider said of one token.
pub(crate) enum Told {
    Said(AtProvider),
    UnsupportedType,
}

pub(crate) const NO_REFRESH_TOKENS: &str = "it takes no refresh tokens back";
