//! What a reply of the token endpoint grants for a user, if it is what the user was asked for.

use procura_core::authorization_session::{AuthorizationSession, Failure};
use procura_core::connection::excess;
use procura_core::error::{Error, Kind};
use procura_core::oauth2_client::Oauth2Client;
use procura_core::scope::Scopes;
use procura_core::time::Timestamp;
use procura_protocol::oauth::issuer::Issuer;
use procura_protocol::oauth::token_reply::{ProviderAccount, TokenReply};

/// What a provider granted for a user.
#[derive(Debug)]
pub(crate) struct GrantedToUser {
    pub(crate) reply: TokenReply,
    pub(crate) scopes: Scopes,
    pub(crate) account: Option<ProviderAccount>,
    pub(crate) at: Timestamp,
}

/// A code of which nothing comes.
pub(crate) struct Fruitless {
    /// None where nothing was sent.
    pub(crate) failure: Option<Failure>,
    pub(crate) error: Error,
    /// What the provider gave all the same.
    pub(crate) reply: Option<Box<TokenReply>>,
}

impl Fruitless {
    pub(crate) fn of(failure: Failure, error: Error) -> Self {
        Self {
            failure: Some(failure),
            error,
            reply: None,
        }
    }

    pub(crate) fn unsent(error: Error) -> Self {
        Self {
            failure: None,
            error,
            reply: None,
        }
    }

    /// This was given, and nobody keeps it.
    fn with(self, reply: TokenReply) -> Self {
        Self {
            reply: Some(Box::new(reply)),
            ..self
        }
    }
}

/// Whether what was granted is not kept, and never will be.
pub(crate) fn is_refused<T>(kept: &Result<T, Error>) -> bool {
    let error = kept.as_ref().err();
    error.is_some_and(|error| error.kind() == Kind::Denied)
}

/// What a reply grants, if it is what the user was asked for.
pub(crate) fn granted_to_user(
    reply: TokenReply,
    session: &AuthorizationSession,
    client: &Oauth2Client,
    (at, nonce): (Timestamp, &str),
) -> Result<GrantedToUser, Fruitless> {
    let scopes = reply.granted(&session.scopes);
    // SECURITY: the user agreed to what was asked, and a provider that gives more would make it
    // grow. Held by `a_provider_that_grants_more_than_the_user_was_asked_gives_nothing`.
    if !session.scopes.is_empty() && !excess(&session.scopes, &scopes).is_empty() {
        let failure = Failure::MoreScopes;
        let text = format!("{}; the token is not kept", failure.said());
        return Err(Fruitless::of(failure, Error::denied(text)).with(reply));
    }
    let account = match &reply.id_token {
        None => None,
        Some(token) => {
            let configuration = &client.configuration;
            let issuer = configuration
                .endpoints()
                .and_then(|endpoints| Issuer::parse(endpoints.issuer.as_deref()?).ok());
            // SECURITY: a token of another client's, another server's or another request's is not ours
            // to keep.
            let account = token.check_nonce(nonce).and_then(|()| {
                token.account(&configuration.client_id, issuer.as_ref(), client.vendor)
            });
            match account {
                Ok(account) => Some(account),
                Err(error) => {
                    let text = format!("{error}; the token is not kept");
                    let error = Error::new(Kind::Upstream, text);
                    return Err(Fruitless::of(Failure::NotGranted, error).with(reply));
                }
            }
        }
    };
    Ok(GrantedToUser {
        reply,
        scopes,
        account,
        at,
    })
}
