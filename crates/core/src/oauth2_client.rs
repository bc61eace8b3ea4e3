//! What a provider's administrator told us to be: a client of an authorization server.
//!
//! A change of any of it is a change of the provider: its secret is sealed anew for the new
//! [`Oauth2Client::destination`], and no stored credential follows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::digest::Sha256;
use crate::id::SigningKeyId;
use crate::sealing::destination_digest;
use crate::signing_key::SigningAlgorithm;
use crate::vendor::Vendor;

/// We, as a client of an authorization server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oauth2Client {
    /// Whose product the authorization server is.
    pub vendor: Vendor,
    /// What is stored as one text.
    pub configuration: Configuration,
}

/// Everything but the vendor and the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// RFC 6749 §2.2.
    pub client_id: String,
    /// Where the authorization server is.
    pub server: AuthorizationServer,
    /// How we prove to it that we are this client.
    pub authentication: ClientAuthentication,
    /// How users' own tokens are exchanged here, where the administrator said so. Ask
    /// [`Oauth2Client::exchange`].
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub on_behalf_of: Option<OnBehalfOfExchange>,
}

/// Where an authorization server is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AuthorizationServer {
    /// Its metadata (RFC 8414, OpenID Connect Discovery 1.0) says. It is read at the first use and
    /// then stays: whoever controls the document later cannot move the endpoints under the secret.
    Discovered {
        /// Where the metadata is.
        url: String,
        /// What it said at the first use.
        found: Option<Endpoints>,
    },
    /// The administrator or the table of vendors said.
    Given(Endpoints),
}

/// The endpoints of an authorization server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoints {
    /// Its name, the audience of what we sign for it; some vendors have none.
    pub issuer: Option<String>,
    /// Where users are sent.
    pub authorization: Option<String>,
    /// Where tokens are asked for.
    pub token: String,
    /// RFC 7009.
    pub revocation: Option<String>,
    /// What the administrator said of `response_types_supported`; given back as it was told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub response_types: Option<Vec<String>>,
    /// What the administrator said of `token_endpoint_auth_methods_supported`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub token_auth_methods: Option<Vec<String>>,
    /// Whether it names itself in each authorization response (RFC 9207 §3); then one without its
    /// name is not taken.
    #[serde(skip_serializing_if = "is_false", default)]
    pub names_itself: bool,
    /// Whether it says that it has other ways of PKCE than S256, or none that is it (RFC 8414 §2); then
    /// no user is sent there.
    #[serde(skip_serializing_if = "is_false", default)]
    pub lacks_s256: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// How a client proves itself (RFC 6749 §2.3, RFC 7523 §2.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientAuthentication {
    /// The secret, in the `Authorization` header.
    SecretBasic,
    /// The secret, in the form.
    SecretPost,
    /// An assertion that we sign.
    PrivateKeyJwt(PrivateKeyJwt),
}

/// The assertion with which we prove ourselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrivateKeyJwt {
    /// The key that signs.
    pub key: SigningKeyId,
    /// What it shall sign with, where the administrator said so; it is the key's own.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub algorithm: Option<SigningAlgorithm>,
    /// Added to its header.
    pub header: BTreeMap<String, String>,
    /// Added to its claims.
    pub claims: BTreeMap<String, String>,
}

/// How the own token of an agent's user is exchanged at this server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnBehalfOfExchange {
    /// `TOKEN_EXCHANGE` or `JWT_AUTHORIZATION_GRANT`.
    pub grant: ExchangeGrant,
    /// What the actor token is, for a token exchange.
    pub actor: Option<ActorToken>,
    /// The scopes of an actor token of ours.
    pub actor_scopes: Option<Vec<String>>,
    /// Whether the exchange is made without client authentication.
    pub no_client: bool,
}

/// Which grant an exchange uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExchangeGrant {
    /// RFC 8693.
    TokenExchange,
    /// RFC 7523 §2.1.
    JwtAuthorizationGrant,
}

/// Which token stands for the actor (RFC 8693 §2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorToken {
    /// There is none.
    None,
    /// A token of this client, by client credentials.
    ClientCredentials,
    /// An identity token that the service signs for the agent.
    IdentityToken,
}

impl Oauth2Client {
    /// How users' own tokens are exchanged at this server, if they are: as the administrator said, or
    /// as the vendor is known to.
    pub fn exchange(&self) -> Option<OnBehalfOfExchange> {
        let of_vendor = || {
            (self.vendor == Vendor::Microsoft).then_some(OnBehalfOfExchange {
                grant: ExchangeGrant::JwtAuthorizationGrant,
                actor: None,
                actor_scopes: None,
                no_client: false,
            })
        };
        self.configuration.on_behalf_of.clone().or_else(of_vendor)
    }

    /// What this vendor wants to hear beside the token (`requested_token_use`).
    pub fn requested_token_use(&self) -> Option<&'static str> {
        (self.vendor == Vendor::Microsoft).then_some("on_behalf_of")
    }
}

impl OnBehalfOfExchange {
    /// Whether the client proves itself to this server, be it in the exchange or for an actor token.
    pub fn needs_client(&self) -> bool {
        !self.no_client || self.actor == Some(ActorToken::ClientCredentials)
    }
}

impl ClientAuthentication {
    /// The registered name of the method (OpenID Connect Core §9).
    pub const fn method(&self) -> &'static str {
        match self {
            Self::SecretBasic => "client_secret_basic",
            Self::SecretPost => "client_secret_post",
            Self::PrivateKeyJwt(_) => "private_key_jwt",
        }
    }
}

impl Configuration {
    /// The endpoints, if they are known.
    pub fn endpoints(&self) -> Option<&Endpoints> {
        match &self.server {
            AuthorizationServer::Given(endpoints) => Some(endpoints),
            AuthorizationServer::Discovered { found, .. } => found.as_ref(),
        }
    }

    /// What secrets for this server are bound to. Before the endpoints are known it is the place
    /// that tells them, and the secret can be sent nowhere.
    pub fn destination(&self) -> Sha256 {
        let method = self.authentication.method();
        match (&self.server, self.endpoints()) {
            (_, Some(known)) => {
                let issuer = known.issuer.as_deref().unwrap_or_default();
                let revocation = known.revocation.as_deref().unwrap_or_default();
                destination_digest(issuer, &known.token, revocation, &self.client_id, method)
            }
            (AuthorizationServer::Discovered { url, .. }, None) => {
                destination_digest(url, "", "", &self.client_id, method)
            }
            (AuthorizationServer::Given(known), None) => {
                destination_digest("", &known.token, "", &self.client_id, method)
            }
        }
    }

    /// This configuration, with what discovery found.
    pub fn with_found(mut self, endpoints: Endpoints) -> Self {
        if let AuthorizationServer::Discovered { found, .. } = &mut self.server {
            *found = Some(endpoints);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn discovered() -> Configuration {
        Configuration {
            client_id: "client".to_owned(),
            server: AuthorizationServer::Discovered {
                url: "https://a.example/.well-known/openid-configuration".to_owned(),
                found: None,
            },
            authentication: ClientAuthentication::SecretBasic,
            on_behalf_of: None,
        }
    }

    fn endpoints(token: &str) -> Endpoints {
        Endpoints {
            issuer: Some("https://a.example".to_owned()),
            authorization: None,
            token: token.to_owned(),
            revocation: None,
            response_types: None,
            token_auth_methods: None,
            names_itself: false,
            lacks_s256: false,
        }
    }

    #[test]
    fn a_secret_is_bound_to_another_place_when_anything_of_the_destination_changes() {
        let told = discovered();
        let found = told
            .clone()
            .with_found(endpoints("https://a.example/token"));
        let moved = told
            .clone()
            .with_found(endpoints("https://b.example/token"));
        let mut other_client = found.clone();
        other_client.client_id.push('2');
        let mut other_method = found.clone();
        other_method.authentication = ClientAuthentication::SecretPost;
        let all = [&told, &found, &moved, &other_client, &other_method];
        for (at, one) in all.iter().enumerate() {
            for other in all.iter().skip(at + 1) {
                assert_ne!(one.destination(), other.destination());
            }
        }
    }

    #[test]
    fn a_configuration_reads_back_as_stored() {
        let found = discovered().with_found(endpoints("https://a.example/token"));
        let text = serde_json::to_string(&found).unwrap();
        assert_eq!(serde_json::from_str::<Configuration>(&text).unwrap(), found);
    }
}
