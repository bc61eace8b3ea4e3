//! The configuration of an OAuth 2 provider: nine blocks at the wire, one client inside.

use std::collections::BTreeMap;

use procura_app::App;
use procura_app::oauth2_configuration::{ToldAuthentication, ToldClient, ToldServer};
use procura_core::account::AccountId;
use procura_core::arn::signing_key_of_arn;
use procura_core::error::Error;
use procura_core::oauth2_client::{ActorToken, ExchangeGrant, OnBehalfOfExchange, PrivateKeyJwt};
use procura_core::secret::{Plain, kind::ClientSecret};
use procura_core::signing_key::SigningAlgorithm;
use procura_core::vendor::Vendor;
use procura_wire::Sensitive;
use procura_wire::generated::shapes::{self, Oauth2ProviderConfigInput as Input};

const INPUT: &str = "oauth2ProviderConfigInput";

/// What the request tells of the client, in whichever block it stands.
pub(super) fn read(
    app: &App,
    account: AccountId,
    vendor: shapes::CredentialProviderVendorType,
    input: Input,
) -> Result<ToldClient, Error> {
    let vendor = Vendor::from_stored(vendor.as_str())
        .ok_or_else(|| Error::field("credentialProviderVendor", "this vendor is not known"))?;
    let block = block_of(&input);
    if block != vendor.config_block() {
        return Err(Error::field(
            INPUT,
            format!(
                "{} is configured in {}",
                vendor.as_str(),
                vendor.config_block()
            ),
        ));
    }
    match input {
        Input::CustomOauth2ProviderConfig(custom) => read_custom(app, account, vendor, *custom),
        Input::IncludedOauth2ProviderConfig(own) => {
            let own = *own;
            let server = ToldServer {
                issuer: own.issuer,
                authorization: own.authorization_endpoint,
                token: own.token_endpoint,
                ..ToldServer::default()
            };
            let config = own.client_secret_config.is_some();
            let secret = Secret(own.client_secret, config, own.client_secret_source);
            told(vendor, block, server, Some(own.client_id), secret)
        }
        Input::MicrosoftOauth2ProviderConfig(own) => {
            let own = *own;
            let server = ToldServer {
                tenant: own.tenant_id,
                ..ToldServer::default()
            };
            let config = own.client_secret_config.is_some();
            let secret = Secret(own.client_secret, config, own.client_secret_source);
            told(vendor, block, server, Some(own.client_id), secret)
        }
        other => {
            let (client_id, secret) = plain_block(other)?;
            told(
                vendor,
                block,
                ToldServer::default(),
                Some(client_id),
                secret,
            )
        }
    }
}

/// How a secret can be told: itself, a reference to it, where it is kept.
struct Secret(Option<Sensitive>, bool, Option<shapes::SecretSourceType>);

/// The blocks that hold an id and a secret and nothing else.
fn plain_block(input: Input) -> Result<(String, Secret), Error> {
    macro_rules! plain {
        ($($block:ident),*) => {
            match input {
                $(Input::$block(own) => {
                    let config = own.client_secret_config.is_some();
                    let secret = Secret(own.client_secret, config, own.client_secret_source);
                    Ok((own.client_id, secret))
                })*
                _ => Err(Error::internal("a block that was read before")),
            }
        };
    }
    plain!(
        GoogleOauth2ProviderConfig,
        GithubOauth2ProviderConfig,
        SlackOauth2ProviderConfig,
        SalesforceOauth2ProviderConfig,
        AtlassianOauth2ProviderConfig,
        LinkedinOauth2ProviderConfig
    )
}

fn block_of(input: &Input) -> &'static str {
    match input {
        Input::CustomOauth2ProviderConfig(_) => "customOauth2ProviderConfig",
        Input::GoogleOauth2ProviderConfig(_) => "googleOauth2ProviderConfig",
        Input::GithubOauth2ProviderConfig(_) => "githubOauth2ProviderConfig",
        Input::SlackOauth2ProviderConfig(_) => "slackOauth2ProviderConfig",
        Input::SalesforceOauth2ProviderConfig(_) => "salesforceOauth2ProviderConfig",
        Input::MicrosoftOauth2ProviderConfig(_) => "microsoftOauth2ProviderConfig",
        Input::AtlassianOauth2ProviderConfig(_) => "atlassianOauth2ProviderConfig",
        Input::LinkedinOauth2ProviderConfig(_) => "linkedinOauth2ProviderConfig",
        Input::IncludedOauth2ProviderConfig(_) => "includedOauth2ProviderConfig",
    }
}

fn told(
    vendor: Vendor,
    block: &'static str,
    server: ToldServer,
    client_id: Option<String>,
    secret: Secret,
) -> Result<ToldClient, Error> {
    Ok(ToldClient {
        vendor,
        block: block.to_owned(),
        server,
        client_id,
        client_secret: managed(block, secret)?,
        authentication: None,
        on_behalf_of: None,
    })
}

/// The secret that is to be sealed here. One that lies elsewhere cannot be referred to yet.
fn managed(
    block: &str,
    Secret(secret, config, source): Secret,
) -> Result<Option<Plain<ClientSecret>>, Error> {
    let refused = |member| {
        let text = "references to external secrets are not supported; send the secret as \
                    clientSecret";
        Err(Error::field(format!("{INPUT}.{block}.{member}"), text))
    };
    if source == Some(shapes::SecretSourceType::External) {
        return refused("clientSecretSource");
    }
    if config {
        return refused("clientSecretConfig");
    }
    Ok(secret.map(|secret| Plain::new(secret.expose_secret().as_bytes().to_vec())))
}

fn read_custom(
    app: &App,
    account: AccountId,
    vendor: Vendor,
    custom: shapes::CustomOauth2ProviderConfigInput,
) -> Result<ToldClient, Error> {
    let block = "customOauth2ProviderConfig";
    let refused = |member: &str, text: &'static str| {
        Err(Error::field(format!("{INPUT}.{block}.{member}"), text))
    };
    if custom.private_endpoint.is_some() {
        return refused(
            "privateEndpoint",
            "private endpoints are not supported; leave it out",
        );
    }
    if custom
        .private_endpoint_overrides
        .is_some_and(|overrides| !overrides.is_empty())
    {
        let text = "private endpoints are not supported; leave it out";
        return refused("privateEndpointOverrides", text);
    }
    if custom.certificate_configurations.is_some() {
        let text = "certificates of private endpoints are not supported; leave it out";
        return refused("certificateConfigurations", text);
    }
    let told_key = custom.private_key_jwt_config.is_some();
    let signs = read_private_key(app, account, custom.private_key_jwt_config)?;
    let authentication = match (custom.client_authentication_method, signs) {
        (Some(shapes::ClientAuthenticationMethodType::AwsIamIdTokenJwt), _) => {
            let text = "AWS_IAM_ID_TOKEN_JWT is not supported; use CLIENT_SECRET_BASIC, \
                        CLIENT_SECRET_POST or PRIVATE_KEY_JWT";
            return refused("clientAuthenticationMethod", text);
        }
        (Some(shapes::ClientAuthenticationMethodType::PrivateKeyJwt), Some(signs)) => {
            Some(ToldAuthentication::PrivateKeyJwt(signs))
        }
        (Some(shapes::ClientAuthenticationMethodType::PrivateKeyJwt), None) => {
            let text = "PRIVATE_KEY_JWT needs privateKeySource; make a key with `procura \
                        signing-keys create` and name its ARN";
            return refused("privateKeyJwtConfig", text);
        }
        (_, _) if told_key => {
            let text = "privateKeyJwtConfig goes with clientAuthenticationMethod PRIVATE_KEY_JWT";
            return refused("privateKeyJwtConfig", text);
        }
        (Some(shapes::ClientAuthenticationMethodType::ClientSecretBasic), _) => {
            Some(ToldAuthentication::SecretBasic)
        }
        (Some(shapes::ClientAuthenticationMethodType::ClientSecretPost), _) => {
            Some(ToldAuthentication::SecretPost)
        }
        (None, _) => None,
    };
    let config = custom.client_secret_config.is_some();
    let secret = Secret(custom.client_secret, config, custom.client_secret_source);
    let server = read_discovery(custom.oauth_discovery);
    Ok(ToldClient {
        authentication,
        on_behalf_of: custom.on_behalf_of_token_exchange_config.map(read_exchange),
        ..told(vendor, block, server, custom.client_id, secret)?
    })
}

fn read_discovery(discovery: shapes::Oauth2Discovery) -> ToldServer {
    match discovery {
        shapes::Oauth2Discovery::DiscoveryUrl(url) => ToldServer {
            discovery_url: Some(url),
            ..ToldServer::default()
        },
        shapes::Oauth2Discovery::AuthorizationServerMetadata(metadata) => ToldServer {
            issuer: Some(metadata.issuer),
            authorization: Some(metadata.authorization_endpoint),
            token: Some(metadata.token_endpoint),
            response_types: metadata.response_types,
            token_auth_methods: metadata.token_endpoint_auth_methods,
            ..ToldServer::default()
        },
    }
}

fn read_private_key(
    app: &App,
    account: AccountId,
    config: Option<shapes::PrivateKeyJwtConfig>,
) -> Result<Option<PrivateKeyJwt>, Error> {
    let Some(config) = config else {
        return Ok(None);
    };
    let Some(shapes::PrivateKeySource::KmsKeySource(source)) = config.private_key_source else {
        return Ok(None);
    };
    let key = signing_key_of_arn(app.region(), account, &source.kms_key_arn).ok_or_else(|| {
        Error::field(
            format!(
                "{INPUT}.customOauth2ProviderConfig.privateKeyJwtConfig.privateKeySource.\
                 kmsKeySource.kmsKeyArn"
            ),
            "this account has no such signing key; make one with `procura signing-keys create`",
        )
    })?;
    let claims = |told: Option<BTreeMap<String, Sensitive>>| {
        let told = told.unwrap_or_default().into_iter();
        told.map(|(name, value)| (name, value.expose_secret().to_owned()))
            .collect()
    };
    let algorithm = config.signing_algorithm.map(|algorithm| match algorithm {
        shapes::SigningAlgorithm::Rs256 => SigningAlgorithm::Rs256,
        shapes::SigningAlgorithm::Ps256 => SigningAlgorithm::Ps256,
        shapes::SigningAlgorithm::Es256 => SigningAlgorithm::Es256,
    });
    Ok(Some(PrivateKeyJwt {
        key,
        algorithm,
        header: claims(config.additional_header_claims),
        claims: claims(config.additional_payload_claims),
    }))
}

fn read_exchange(told: shapes::OnBehalfOfTokenExchangeConfigType) -> OnBehalfOfExchange {
    let exchange = told.token_exchange_grant_type_config;
    OnBehalfOfExchange {
        grant: match told.grant_type {
            shapes::OnBehalfOfTokenExchangeGrantTypeType::TokenExchange => {
                ExchangeGrant::TokenExchange
            }
            shapes::OnBehalfOfTokenExchangeGrantTypeType::JwtAuthorizationGrant => {
                ExchangeGrant::JwtAuthorizationGrant
            }
        },
        actor: exchange
            .as_ref()
            .map(|exchange| match exchange.actor_token_content {
                shapes::ActorTokenContentType::None => ActorToken::None,
                shapes::ActorTokenContentType::M2m => ActorToken::ClientCredentials,
                shapes::ActorTokenContentType::AwsIamIdTokenJwt => ActorToken::IdentityToken,
            }),
        actor_scopes: exchange.and_then(|exchange| exchange.actor_token_scopes),
        no_client: told.on_behalf_of_authentication_config.is_some(),
    }
}
