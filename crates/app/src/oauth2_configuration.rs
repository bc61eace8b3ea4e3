//! From what an administrator tells of a provider to what is stored of it.

use procura_core::error::Error;
use procura_core::oauth2_client::{
    ActorToken, AuthorizationServer, ClientAuthentication, Configuration, Endpoints, ExchangeGrant,
    Oauth2Client, OnBehalfOfExchange, PrivateKeyJwt,
};
use procura_core::scope::Scopes;
use procura_core::secret::{Plain, kind::ClientSecret};
use procura_core::vendor::{ConfigShape, Vendor};
use procura_protocol::oauth::authentication_method::AuthenticationMethod;
use procura_protocol::oauth::client_assertion::AdditionalClaims;
use procura_protocol::oauth::endpoints::{self, EndpointSource, EndpointsError, Supplied};
use procura_protocol::oauth::issuer::DiscoveryUrl;
use procura_protocol::oauth::vendor_table;

/// What an administrator tells. `field` is where each part of it stands in the request.
#[derive(Debug)]
pub struct ToldClient {
    /// Whose product the server is.
    pub vendor: Vendor,
    /// The block of the request that tells all this.
    pub block: String,
    /// Where the server is.
    pub server: ToldServer,
    /// RFC 6749 §2.2.
    pub client_id: Option<String>,
    /// The client's secret.
    pub client_secret: Option<Plain<ClientSecret>>,
    /// How the client proves itself; left open, the secret goes into the header.
    pub authentication: Option<ToldAuthentication>,
    /// How users' own tokens are exchanged there.
    pub on_behalf_of: Option<OnBehalfOfExchange>,
}

/// Where an authorization server is, as it is told.
#[derive(Debug, Default)]
pub struct ToldServer {
    /// The URL of its metadata.
    pub discovery_url: Option<String>,
    /// Its name.
    pub issuer: Option<String>,
    /// Where users are sent.
    pub authorization: Option<String>,
    /// Where tokens are asked for.
    pub token: Option<String>,
    /// Which tenant of the vendor's own server.
    pub tenant: Option<String>,
    /// `response_types_supported`.
    pub response_types: Option<Vec<String>>,
    /// `token_endpoint_auth_methods_supported`.
    pub token_auth_methods: Option<Vec<String>>,
}

/// How a client proves itself, as it is told.
#[derive(Debug)]
pub enum ToldAuthentication {
    /// The secret, in the header.
    SecretBasic,
    /// The secret, in the form.
    SecretPost,
    /// An assertion, signed with a key of the account.
    PrivateKeyJwt(PrivateKeyJwt),
}

impl ToldClient {
    /// What is to be stored, if all of it can be used.
    pub(crate) fn configured(self) -> Result<(Oauth2Client, Plain<ClientSecret>), Error> {
        self.check_exchange()?;
        let client_id = match &self.client_id {
            Some(id) if is_printable(id) => id.clone(),
            None if !self.needs_client() => String::new(),
            _ => {
                let text = "name the client id that the authorization server gave you, in visible \
                            ASCII characters";
                return Err(self.at("clientId", text));
            }
        };
        let server = self.server()?;
        let authentication = self.authentication();
        self.check_assertion(&client_id, &authentication)?;
        let secret = self.secret(&authentication)?;
        let configuration = Configuration {
            client_id,
            server,
            authentication,
            on_behalf_of: self.on_behalf_of,
        };
        let client = Oauth2Client {
            vendor: self.vendor,
            configuration,
        };
        Ok((client, secret))
    }

    /// Whether the server may know no client at all: it only exchanges, and asks for none then.
    fn needs_client(&self) -> bool {
        let exchange = self.on_behalf_of.as_ref();
        exchange.is_none_or(OnBehalfOfExchange::needs_client)
    }

    /// What is told of an exchange must fit together.
    fn check_exchange(&self) -> Result<(), Error> {
        let Some(exchange) = &self.on_behalf_of else {
            return Ok(());
        };
        let at = |member: &str, text: String| {
            let of_exchange = "onBehalfOfTokenExchangeConfig.tokenExchangeGrantTypeConfig";
            Err(self.at(format_args!("{of_exchange}{member}"), text))
        };
        if exchange.grant == ExchangeGrant::JwtAuthorizationGrant && exchange.actor.is_some() {
            let text = "it goes with the grantType TOKEN_EXCHANGE alone";
            return at("", text.to_owned());
        }
        let Some(scopes) = &exchange.actor_scopes else {
            return Ok(());
        };
        if exchange.actor != Some(ActorToken::ClientCredentials) {
            let text = "it goes with the actorTokenContent M2M alone";
            return at(".actorTokenScopes", text.to_owned());
        }
        match Scopes::from_items(scopes) {
            Ok(_) => Ok(()),
            Err(error) => at(".actorTokenScopes", error.to_string()),
        }
    }

    /// What a client that signs is to say in its assertions must be sayable, now and not when the
    /// first token is needed.
    fn check_assertion(
        &self,
        client_id: &str,
        authentication: &ClientAuthentication,
    ) -> Result<(), Error> {
        let ClientAuthentication::PrivateKeyJwt(signs) = authentication else {
            return Ok(());
        };
        if client_id.contains(' ') {
            return Err(self.at("clientId", "a client that signs has an id without spaces"));
        }
        let claims = [
            ("additionalHeaderClaims", &signs.header),
            ("additionalPayloadClaims", &signs.claims),
        ];
        for (member, claims) in claims {
            AdditionalClaims::parse(claims).map_err(|error| {
                self.at(
                    format_args!("privateKeyJwtConfig.{member}"),
                    error.to_string(),
                )
            })?;
        }
        Ok(())
    }

    fn server(&self) -> Result<AuthorizationServer, Error> {
        let told = &self.server;
        if let Some(url) = &told.discovery_url {
            let url = DiscoveryUrl::parse(url)
                .map_err(|error| self.at("oauthDiscovery.discoveryUrl", error.to_string()))?;
            return Ok(AuthorizationServer::Discovered {
                url: url.url().as_str().to_owned(),
                found: None,
            });
        }
        let supplied = Supplied {
            issuer: told.issuer.as_deref(),
            authorization_endpoint: told.authorization.as_deref(),
            token_endpoint: told.token.as_deref(),
        };
        let source = endpoints::endpoints(self.vendor, told.tenant.as_deref(), supplied)
            .map_err(|error| self.at(self.member(&error), error.to_string()))?;
        Ok(match source {
            EndpointSource::Known(known) => AuthorizationServer::Given(Endpoints {
                issuer: known.issuer.map(|issuer| issuer.as_str().to_owned()),
                authorization: known.authorization.map(|url| url.as_str().to_owned()),
                token: known.token.as_str().to_owned(),
                revocation: known.revocation.map(|url| url.as_str().to_owned()),
                response_types: told.response_types.clone(),
                token_auth_methods: told.token_auth_methods.clone(),
                names_itself: false,
                lacks_s256: false,
            }),
            EndpointSource::Discovered(url) => AuthorizationServer::Discovered {
                url: url.url().as_str().to_owned(),
                found: None,
            },
        })
    }

    /// The member of the block that an error of the endpoints is about.
    fn member(&self, error: &EndpointsError) -> String {
        let member = match error {
            EndpointsError::Fixed(member)
            | EndpointsError::Missing(member)
            | EndpointsError::Url { member, .. } => member,
            EndpointsError::NoTenants | EndpointsError::Tenant => "tenantId",
            _ => "issuer",
        };
        match self.vendor.shape() {
            ConfigShape::Custom => format!("oauthDiscovery.authorizationServerMetadata.{member}"),
            _ => member.to_owned(),
        }
    }

    fn authentication(&self) -> ClientAuthentication {
        match &self.authentication {
            Some(ToldAuthentication::SecretBasic) => ClientAuthentication::SecretBasic,
            Some(ToldAuthentication::SecretPost) => ClientAuthentication::SecretPost,
            Some(ToldAuthentication::PrivateKeyJwt(signs)) => {
                ClientAuthentication::PrivateKeyJwt(signs.clone())
            }
            // A server that is told to take the secret only in the form gets it there.
            None => match self.server.token_auth_methods.as_deref() {
                Some([only]) if only == "client_secret_post" => ClientAuthentication::SecretPost,
                _ => match vendor_table::row(self.vendor).authentication {
                    AuthenticationMethod::SecretPost => ClientAuthentication::SecretPost,
                    _ => ClientAuthentication::SecretBasic,
                },
            },
        }
    }

    fn secret(&self, authentication: &ClientAuthentication) -> Result<Plain<ClientSecret>, Error> {
        let told = self.client_secret.as_ref();
        let told = told.filter(|secret| !secret.expose_secret().is_empty());
        match (authentication, told) {
            // What has no secret seals an empty one: every provider's row has the same form.
            (ClientAuthentication::PrivateKeyJwt(_), None) => Ok(Plain::new(Vec::new())),
            (ClientAuthentication::PrivateKeyJwt(_), Some(_)) => Err(self.at(
                "clientSecret",
                "leave the secret out: this client signs instead",
            )),
            // RFC 6749 §A.2: a line break at its end is the mark of a file, not of the secret.
            (_, Some(secret)) if secret.expose_secret().iter().any(u8::is_ascii_control) => {
                Err(self.at("clientSecret", "leave control characters out of the secret"))
            }
            (_, Some(secret)) => Ok(Plain::new(secret.expose_secret().to_vec())),
            (_, None) if !self.needs_client() => Ok(Plain::new(Vec::new())),
            (_, None) => Err(self.at(
                "clientSecret",
                "send the client secret as clientSecret; it must not be empty",
            )),
        }
    }

    fn at(&self, member: impl std::fmt::Display, text: impl Into<String>) -> Error {
        let field = format!("oauth2ProviderConfigInput.{}.{member}", self.block);
        Error::field(field, text.into())
    }
}

/// RFC 6749 §A.1.
fn is_printable(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, 0x20..=0x7e))
}
