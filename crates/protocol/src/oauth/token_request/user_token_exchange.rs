//! Requests that turn a user's own token into one of another authorization server: by token exchange
//! (RFC 8693 §2.1), or with the token as an assertion (RFC 7523 §2.1).

use std::collections::BTreeMap;

use procura_core::scope::{ScopeSeparator, Scopes};
use procura_core::secret::Plain;
use procura_core::secret::kind::{AccessToken, UserToken};

use super::super::parameter;
use super::{ClientAuthentication, RequestError, TokenRequest, token_text};

/// `grant_type` of RFC 8693 §2.1.
pub const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// `grant_type` of RFC 7523 §2.1.
pub const JWT_BEARER_GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// RFC 8693 §3.
pub(in super::super) const ACCESS_TOKEN_TYPE: &str =
    "urn:ietf:params:oauth:token-type:access_token";
/// RFC 8693 §3.
pub(in super::super) const JWT_TYPE: &str = "urn:ietf:params:oauth:token-type:jwt";
/// What of an exchange whoever asks may say in another way than we would: what kind of token the
/// user's is, what kind is wanted, and for whom.
const OVERRIDABLE: [&str; 3] = ["subject_token_type", "requested_token_type", "audience"];

/// How a user's token is exchanged.
#[derive(Debug, Clone, Copy)]
pub enum UserTokenGrant<'a> {
    /// RFC 8693, with the token of who acts, if there is one.
    TokenExchange(Option<Actor<'a>>),
    /// RFC 7523 §2.1.
    JwtBearer {
        /// `requested_token_use`, which one vendor needs beside it.
        requested_token_use: Option<&'a str>,
    },
}

/// The token of who acts (RFC 8693 §2.1: `actor_token`).
#[derive(Debug, Clone, Copy)]
pub enum Actor<'a> {
    /// A token of the same server.
    AccessToken(&'a Plain<AccessToken>),
    /// A token that the agent's own issuer signed.
    Jwt(&'a Plain<UserToken>),
}

/// What is asked for with a user's token.
#[derive(Debug, Clone, Copy)]
pub struct UserTokenExchange<'a> {
    /// How.
    pub grant: UserTokenGrant<'a>,
    /// `scope`; the parameter is left out when there is none.
    pub scopes: &'a Scopes,
    /// What stands between them: [`super::super::vendor_table::Dialect::request_separator`].
    pub separator: ScopeSeparator,
    /// `resource`, once for each (RFC 8693 §2.1).
    pub resources: &'a [String],
    /// `audience`, once for each.
    pub audiences: &'a [String],
    /// Parameters of the caller's. `subject_token_type`, `requested_token_type`, `requested_token_use`
    /// and `audience` stand in the place of ours; no other may bear a name of ours.
    pub custom: &'a BTreeMap<String, String>,
}

impl UserTokenExchange<'_> {
    /// Whether it can be asked at all, before any token is at hand.
    ///
    /// # Errors
    /// The first value that may not stand in a request.
    pub fn check(&self) -> Result<(), RequestError> {
        self.push_parameters(&mut TokenRequest::empty())
    }

    fn is_token_exchange(&self) -> bool {
        matches!(self.grant, UserTokenGrant::TokenExchange(_))
    }

    /// What the caller says in the place of ours.
    fn overridden(&self, name: &str) -> Option<&str> {
        self.custom.get(name).map(String::as_str)
    }

    /// All but the tokens and the client.
    fn push_parameters(&self, request: &mut TokenRequest) -> Result<(), RequestError> {
        match self.grant {
            UserTokenGrant::TokenExchange(_) => {
                let of_subject = self.overridden("subject_token_type").unwrap_or(JWT_TYPE);
                parameter::check_resource(of_subject)
                    .map_err(|_| RequestError::SubjectTokenType)?;
                request.push("subject_token_type", of_subject);
                if let Some(wanted) = self.overridden("requested_token_type") {
                    // What is given to the agent is an access token and nothing else.
                    if ![ACCESS_TOKEN_TYPE, JWT_TYPE].contains(&wanted) {
                        return Err(RequestError::RequestedTokenType);
                    }
                    request.push("requested_token_type", wanted);
                }
            }
            UserTokenGrant::JwtBearer {
                requested_token_use: Some(of_vendor),
            } if !self.custom.contains_key("requested_token_use") => {
                request.push("requested_token_use", of_vendor);
            }
            UserTokenGrant::JwtBearer { .. } => {}
        }
        if !self.scopes.is_empty() {
            request.push("scope", &self.scopes.parameter(self.separator)?);
        }
        request.push_resources(self.resources)?;
        request.push_audiences(self.audiences)?;
        parameter::at_most("custom parameters", self.custom.len())?;
        for (name, value) in self.custom {
            match OVERRIDABLE.into_iter().find(|ours| ours == name) {
                // Whoever names audiences in their place names no other here.
                Some("audience") if self.audiences.is_empty() => {
                    parameter::check_audience(value)?;
                    request.push("audience", value);
                }
                Some("subject_token_type" | "requested_token_type") if self.is_token_exchange() => {
                }
                Some(_) | None => {
                    // SECURITY: a token that is sent is ours to choose. Held by
                    // `what_is_ours_in_an_exchange_stays_ours`.
                    parameter::check_custom(name, value)?;
                    request.push(name.clone(), value);
                }
            }
        }
        Ok(())
    }
}

/// Writes a request with a user's token. The order is fixed: the grant type, the tokens with their
/// types, scope, resources, audiences, custom parameters by name, the client last, if it proves itself
/// at all.
///
/// # Errors
/// The first value that may not stand in a request.
pub fn user_token_exchange(
    ask: &UserTokenExchange<'_>,
    subject: &Plain<UserToken>,
    client: Option<&ClientAuthentication<'_>>,
) -> Result<TokenRequest, RequestError> {
    let token = token_text(subject).ok_or(RequestError::SubjectToken)?;
    let mut request = match ask.grant {
        UserTokenGrant::TokenExchange(actor) => {
            let mut request = TokenRequest::of(TOKEN_EXCHANGE);
            request.push_secret("subject_token", token);
            if let Some(actor) = actor {
                let (token, token_type) = match actor {
                    Actor::AccessToken(token) => (token_text(token), ACCESS_TOKEN_TYPE),
                    Actor::Jwt(token) => (token_text(token), JWT_TYPE),
                };
                request.push_secret("actor_token", token.ok_or(RequestError::ActorToken)?);
                request.push("actor_token_type", token_type);
            }
            request
        }
        UserTokenGrant::JwtBearer { .. } => {
            let mut request = TokenRequest::of(JWT_BEARER_GRANT);
            request.push_secret("assertion", token);
            request
        }
    };
    // Servers that say what they do not like of a token say it of a part.
    for part in token.split('.') {
        request.keep(part);
    }
    ask.push_parameters(&mut request)?;
    if let Some(client) = client {
        request.authenticate(client)?;
    }
    Ok(request)
}
