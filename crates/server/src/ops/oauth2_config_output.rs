//! The configuration of an OAuth 2 provider as it is given back.

use procura_app::App;
use procura_app::oauth2_provider::Oauth2Provider;
use procura_core::account::AccountId;
use procura_core::arn::signing_key_arn;
use procura_core::oauth2_client::{
    ActorToken, AuthorizationServer, ClientAuthentication, Configuration, ExchangeGrant,
    OnBehalfOfExchange, PrivateKeyJwt,
};
use procura_core::signing_key::SigningAlgorithm;
use procura_core::vendor::Vendor;
use procura_wire::Revealed;
use procura_wire::generated::shapes::{self, Oauth2ProviderConfigOutput as Output};

/// The block of the vendor, without the secret.
pub(super) fn config(app: &App, account: AccountId, provider: &Oauth2Provider) -> Output {
    let configuration = &provider.client.configuration;
    let oauth_discovery = discovery(configuration);
    let client_id = Some(configuration.client_id.clone());
    macro_rules! plain {
        ($block:ident, $shape:ident) => {
            Output::$block(Box::new(shapes::$shape {
                oauth_discovery,
                client_id,
            }))
        };
    }
    match provider.client.vendor {
        Vendor::Custom => Output::CustomOauth2ProviderConfig(Box::new(custom(
            app,
            account,
            configuration,
            oauth_discovery,
        ))),
        Vendor::Google => plain!(GoogleOauth2ProviderConfig, GoogleOauth2ProviderConfigOutput),
        Vendor::Github => plain!(GithubOauth2ProviderConfig, GithubOauth2ProviderConfigOutput),
        Vendor::Slack => plain!(SlackOauth2ProviderConfig, SlackOauth2ProviderConfigOutput),
        Vendor::Salesforce => {
            plain!(
                SalesforceOauth2ProviderConfig,
                SalesforceOauth2ProviderConfigOutput
            )
        }
        Vendor::Microsoft => {
            plain!(
                MicrosoftOauth2ProviderConfig,
                MicrosoftOauth2ProviderConfigOutput
            )
        }
        Vendor::Atlassian => {
            plain!(
                AtlassianOauth2ProviderConfig,
                AtlassianOauth2ProviderConfigOutput
            )
        }
        Vendor::Linkedin => {
            plain!(
                LinkedinOauth2ProviderConfig,
                LinkedinOauth2ProviderConfigOutput
            )
        }
        _ => plain!(
            IncludedOauth2ProviderConfig,
            IncludedOauth2ProviderConfigOutput
        ),
    }
}

/// As it was told: what discovery found is not part of the configuration.
fn discovery(configuration: &Configuration) -> shapes::Oauth2Discovery {
    match &configuration.server {
        AuthorizationServer::Discovered { url, .. } => {
            shapes::Oauth2Discovery::DiscoveryUrl(url.clone())
        }
        AuthorizationServer::Given(known) => {
            let metadata = shapes::Oauth2AuthorizationServerMetadata {
                // The shape needs all three; what a vendor does not have is empty.
                issuer: known.issuer.clone().unwrap_or_default(),
                authorization_endpoint: known.authorization.clone().unwrap_or_default(),
                token_endpoint: known.token.clone(),
                response_types: known.response_types.clone(),
                token_endpoint_auth_methods: known.token_auth_methods.clone(),
            };
            shapes::Oauth2Discovery::AuthorizationServerMetadata(Box::new(metadata))
        }
    }
}

fn custom(
    app: &App,
    account: AccountId,
    configuration: &Configuration,
    oauth_discovery: shapes::Oauth2Discovery,
) -> shapes::CustomOauth2ProviderConfigOutput {
    let (method, signs) = match &configuration.authentication {
        ClientAuthentication::SecretBasic => (
            shapes::ClientAuthenticationMethodType::ClientSecretBasic,
            None,
        ),
        ClientAuthentication::SecretPost => (
            shapes::ClientAuthenticationMethodType::ClientSecretPost,
            None,
        ),
        ClientAuthentication::PrivateKeyJwt(signs) => (
            shapes::ClientAuthenticationMethodType::PrivateKeyJwt,
            Some(signs),
        ),
    };
    shapes::CustomOauth2ProviderConfigOutput {
        oauth_discovery,
        // One that only exchanges may be no client at all.
        client_id: (!configuration.client_id.is_empty()).then(|| configuration.client_id.clone()),
        on_behalf_of_token_exchange_config: configuration.on_behalf_of.as_ref().map(exchange),
        client_authentication_method: Some(method),
        private_endpoint: None,
        private_endpoint_overrides: None,
        certificate_configurations: None,
        private_key_jwt_config: signs.map(|signs| private_key(app, account, signs)),
    }
}

fn private_key(
    app: &App,
    account: AccountId,
    signs: &PrivateKeyJwt,
) -> shapes::RevealedPrivateKeyJwtConfig {
    let claims = |told: &std::collections::BTreeMap<String, String>| {
        let told = told.iter();
        let claims: std::collections::BTreeMap<_, _> = told
            .map(|(name, value)| (name.clone(), Revealed::new(value.clone().into())))
            .collect();
        (!claims.is_empty()).then_some(claims)
    };
    let source = shapes::KmsKeySourceType {
        kms_key_arn: signing_key_arn(app.region(), account, signs.key),
    };
    shapes::RevealedPrivateKeyJwtConfig {
        private_key_source: Some(shapes::PrivateKeySource::KmsKeySource(Box::new(source))),
        signing_algorithm: signs.algorithm.map(|algorithm| match algorithm {
            SigningAlgorithm::Rs256 => shapes::SigningAlgorithm::Rs256,
            SigningAlgorithm::Ps256 => shapes::SigningAlgorithm::Ps256,
            SigningAlgorithm::Es256 => shapes::SigningAlgorithm::Es256,
        }),
        additional_header_claims: claims(&signs.header),
        additional_payload_claims: claims(&signs.claims),
    }
}

fn exchange(told: &OnBehalfOfExchange) -> shapes::OnBehalfOfTokenExchangeConfigType {
    shapes::OnBehalfOfTokenExchangeConfigType {
        grant_type: match told.grant {
            ExchangeGrant::TokenExchange => {
                shapes::OnBehalfOfTokenExchangeGrantTypeType::TokenExchange
            }
            ExchangeGrant::JwtAuthorizationGrant => {
                shapes::OnBehalfOfTokenExchangeGrantTypeType::JwtAuthorizationGrant
            }
        },
        token_exchange_grant_type_config: told.actor.map(|actor| {
            shapes::TokenExchangeGrantTypeConfigType {
                actor_token_content: match actor {
                    ActorToken::None => shapes::ActorTokenContentType::None,
                    ActorToken::ClientCredentials => shapes::ActorTokenContentType::M2m,
                    ActorToken::IdentityToken => shapes::ActorTokenContentType::AwsIamIdTokenJwt,
                },
                actor_token_scopes: told.actor_scopes.clone(),
            }
        }),
        on_behalf_of_authentication_config: told.no_client.then_some(
            shapes::OnBehalfOfAuthenticationConfig {
                client_authentication_method:
                    shapes::OnBehalfOfClientAuthenticationMethod::NoClient,
            },
        ),
    }
}
