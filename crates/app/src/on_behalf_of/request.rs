//! What a provider is asked for with a user's token, and who is said to act.

use std::fmt;

use procura_core::id::TokenId;
use procura_core::machine_token::TokenRequest;
use procura_core::oauth2_client::{ExchangeGrant, Oauth2Client, OnBehalfOfExchange};
use procura_core::scope::Scopes;
use procura_core::secret::{Plain, kind};
use procura_protocol::oauth::token_request::{Actor, UserTokenExchange, UserTokenGrant};
use procura_protocol::oauth::vendor_table;

/// Who acts, as the provider is told.
pub(super) enum Acting<'a> {
    Nobody,
    Client(&'a Plain<kind::AccessToken>),
    Agent(Plain<kind::UserToken>, TokenId),
}

/// What a provider is asked for; who acts is said where it is known.
pub(super) fn ask<'a>(
    client: &Oauth2Client,
    exchange: &OnBehalfOfExchange,
    asked: &'a TokenRequest,
    acting: &'a Acting<'_>,
) -> UserTokenExchange<'a> {
    UserTokenExchange {
        grant: match exchange.grant {
            ExchangeGrant::TokenExchange => UserTokenGrant::TokenExchange(match acting {
                Acting::Nobody => None,
                Acting::Client(token) => Some(Actor::AccessToken(token)),
                Acting::Agent(token, _) => Some(Actor::Jwt(token)),
            }),
            ExchangeGrant::JwtAuthorizationGrant => UserTokenGrant::JwtBearer {
                requested_token_use: client.requested_token_use(),
            },
        },
        scopes: &asked.scopes,
        separator: vendor_table::row(client.vendor).dialect.request_separator,
        resources: &asked.resources,
        audiences: &asked.audiences,
        custom: &asked.parameters,
    }
}

impl fmt::Display for Acting<'_> {
    /// The end of a record's sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => Ok(()),
            Self::Client(_) => f.write_str("; the actor is the client"),
            Self::Agent(_, jti) => write!(f, "; the actor is the agent by {jti}"),
        }
    }
}

/// Scopes, for a record.
pub(super) struct Scoped<'a>(pub(super) &'a Scopes);

impl fmt::Display for Scoped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            f.write_str("no named scope")
        } else {
            fmt::Display::fmt(self.0, f)
        }
    }
}
