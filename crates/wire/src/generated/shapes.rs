//! Shapes that operations share: structures, unions and enums.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

/// The enum `ActorTokenContentType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum ActorTokenContentType {
    /// `NONE`.
    #[serde(rename = "NONE")]
    None,
    /// `M2M`.
    #[serde(rename = "M2M")]
    M2m,
    /// `AWS_IAM_ID_TOKEN_JWT`.
    #[serde(rename = "AWS_IAM_ID_TOKEN_JWT")]
    AwsIamIdTokenJwt,
}

impl ActorTokenContentType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::M2m => "M2M",
            Self::AwsIamIdTokenJwt => "AWS_IAM_ID_TOKEN_JWT",
        }
    }
}

impl crate::constraint::Enumerated for ActorTokenContentType {
    const VALUES: &'static [&'static str] = &["NONE", "M2M", "AWS_IAM_ID_TOKEN_JWT"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "NONE" => Some(Self::None),
            "M2M" => Some(Self::M2m),
            "AWS_IAM_ID_TOKEN_JWT" => Some(Self::AwsIamIdTokenJwt),
            _ => None,
        }
    }
}

/// The structure `ApiKeyCredentialProviderItem`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ApiKeyCredentialProviderItem {
    /// `name`, required.
    #[serde(rename = "name")]
    pub name: String,
    /// `credentialProviderArn`, required.
    #[serde(rename = "credentialProviderArn")]
    pub credential_provider_arn: String,
    /// `createdTime`, required.
    #[serde(rename = "createdTime")]
    pub created_time: crate::EpochMillis,
    /// `lastUpdatedTime`, required.
    #[serde(rename = "lastUpdatedTime")]
    pub last_updated_time: crate::EpochMillis,
}

/// The structure `AtlassianOauth2ProviderConfigInput`.
#[derive(Debug)]
pub struct AtlassianOauth2ProviderConfigInput {
    /// `clientId`, required: 1 to 256 characters.
    pub client_id: String,
    /// `clientSecret`, optional: 0 to 2048 characters.
    pub client_secret: Option<crate::Sensitive>,
    /// `clientSecretConfig`, optional: `SecretReference`.
    pub client_secret_config: Option<SecretReference>,
    /// `clientSecretSource`, optional: one of the values of `SecretSourceType`.
    pub client_secret_source: Option<SecretSourceType>,
}

/// The structure `AtlassianOauth2ProviderConfigOutput`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct AtlassianOauth2ProviderConfigOutput {
    /// `oauthDiscovery`, required.
    #[serde(rename = "oauthDiscovery")]
    pub oauth_discovery: Oauth2Discovery,
    /// `clientId`, optional.
    #[serde(rename = "clientId", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

/// The union `CertificateConfiguration`.
#[derive(Clone, Debug, serde::Serialize)]
pub enum CertificateConfiguration {
    /// `s3`.
    #[serde(rename = "s3")]
    S3(Box<S3CertificateConfiguration>),
    /// `secretsManager`.
    #[serde(rename = "secretsManager")]
    SecretsManager(Box<SecretsManagerCertificateConfiguration>),
}

/// The enum `ClientAuthenticationMethodType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum ClientAuthenticationMethodType {
    /// `CLIENT_SECRET_BASIC`.
    #[serde(rename = "CLIENT_SECRET_BASIC")]
    ClientSecretBasic,
    /// `CLIENT_SECRET_POST`.
    #[serde(rename = "CLIENT_SECRET_POST")]
    ClientSecretPost,
    /// `AWS_IAM_ID_TOKEN_JWT`.
    #[serde(rename = "AWS_IAM_ID_TOKEN_JWT")]
    AwsIamIdTokenJwt,
    /// `PRIVATE_KEY_JWT`.
    #[serde(rename = "PRIVATE_KEY_JWT")]
    PrivateKeyJwt,
}

impl ClientAuthenticationMethodType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "CLIENT_SECRET_BASIC",
            Self::ClientSecretPost => "CLIENT_SECRET_POST",
            Self::AwsIamIdTokenJwt => "AWS_IAM_ID_TOKEN_JWT",
            Self::PrivateKeyJwt => "PRIVATE_KEY_JWT",
        }
    }
}

impl crate::constraint::Enumerated for ClientAuthenticationMethodType {
    const VALUES: &'static [&'static str] = &[
        "CLIENT_SECRET_BASIC",
        "CLIENT_SECRET_POST",
        "AWS_IAM_ID_TOKEN_JWT",
        "PRIVATE_KEY_JWT",
    ];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "CLIENT_SECRET_BASIC" => Some(Self::ClientSecretBasic),
            "CLIENT_SECRET_POST" => Some(Self::ClientSecretPost),
            "AWS_IAM_ID_TOKEN_JWT" => Some(Self::AwsIamIdTokenJwt),
            "PRIVATE_KEY_JWT" => Some(Self::PrivateKeyJwt),
            _ => None,
        }
    }
}

/// The enum `CredentialProviderVendorType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum CredentialProviderVendorType {
    /// `GoogleOauth2`.
    #[serde(rename = "GoogleOauth2")]
    GoogleOauth2,
    /// `GithubOauth2`.
    #[serde(rename = "GithubOauth2")]
    GithubOauth2,
    /// `SlackOauth2`.
    #[serde(rename = "SlackOauth2")]
    SlackOauth2,
    /// `SalesforceOauth2`.
    #[serde(rename = "SalesforceOauth2")]
    SalesforceOauth2,
    /// `MicrosoftOauth2`.
    #[serde(rename = "MicrosoftOauth2")]
    MicrosoftOauth2,
    /// `CustomOauth2`.
    #[serde(rename = "CustomOauth2")]
    CustomOauth2,
    /// `AtlassianOauth2`.
    #[serde(rename = "AtlassianOauth2")]
    AtlassianOauth2,
    /// `LinkedinOauth2`.
    #[serde(rename = "LinkedinOauth2")]
    LinkedinOauth2,
    /// `XOauth2`.
    #[serde(rename = "XOauth2")]
    XOauth2,
    /// `OktaOauth2`.
    #[serde(rename = "OktaOauth2")]
    OktaOauth2,
    /// `OneLoginOauth2`.
    #[serde(rename = "OneLoginOauth2")]
    OneLoginOauth2,
    /// `PingOneOauth2`.
    #[serde(rename = "PingOneOauth2")]
    PingOneOauth2,
    /// `FacebookOauth2`.
    #[serde(rename = "FacebookOauth2")]
    FacebookOauth2,
    /// `YandexOauth2`.
    #[serde(rename = "YandexOauth2")]
    YandexOauth2,
    /// `RedditOauth2`.
    #[serde(rename = "RedditOauth2")]
    RedditOauth2,
    /// `ZoomOauth2`.
    #[serde(rename = "ZoomOauth2")]
    ZoomOauth2,
    /// `TwitchOauth2`.
    #[serde(rename = "TwitchOauth2")]
    TwitchOauth2,
    /// `SpotifyOauth2`.
    #[serde(rename = "SpotifyOauth2")]
    SpotifyOauth2,
    /// `DropboxOauth2`.
    #[serde(rename = "DropboxOauth2")]
    DropboxOauth2,
    /// `NotionOauth2`.
    #[serde(rename = "NotionOauth2")]
    NotionOauth2,
    /// `HubspotOauth2`.
    #[serde(rename = "HubspotOauth2")]
    HubspotOauth2,
    /// `CyberArkOauth2`.
    #[serde(rename = "CyberArkOauth2")]
    CyberArkOauth2,
    /// `FusionAuthOauth2`.
    #[serde(rename = "FusionAuthOauth2")]
    FusionAuthOauth2,
    /// `Auth0Oauth2`.
    #[serde(rename = "Auth0Oauth2")]
    Auth0Oauth2,
    /// `CognitoOauth2`.
    #[serde(rename = "CognitoOauth2")]
    CognitoOauth2,
}

impl CredentialProviderVendorType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GoogleOauth2 => "GoogleOauth2",
            Self::GithubOauth2 => "GithubOauth2",
            Self::SlackOauth2 => "SlackOauth2",
            Self::SalesforceOauth2 => "SalesforceOauth2",
            Self::MicrosoftOauth2 => "MicrosoftOauth2",
            Self::CustomOauth2 => "CustomOauth2",
            Self::AtlassianOauth2 => "AtlassianOauth2",
            Self::LinkedinOauth2 => "LinkedinOauth2",
            Self::XOauth2 => "XOauth2",
            Self::OktaOauth2 => "OktaOauth2",
            Self::OneLoginOauth2 => "OneLoginOauth2",
            Self::PingOneOauth2 => "PingOneOauth2",
            Self::FacebookOauth2 => "FacebookOauth2",
            Self::YandexOauth2 => "YandexOauth2",
            Self::RedditOauth2 => "RedditOauth2",
            Self::ZoomOauth2 => "ZoomOauth2",
            Self::TwitchOauth2 => "TwitchOauth2",
            Self::SpotifyOauth2 => "SpotifyOauth2",
            Self::DropboxOauth2 => "DropboxOauth2",
            Self::NotionOauth2 => "NotionOauth2",
            Self::HubspotOauth2 => "HubspotOauth2",
            Self::CyberArkOauth2 => "CyberArkOauth2",
            Self::FusionAuthOauth2 => "FusionAuthOauth2",
            Self::Auth0Oauth2 => "Auth0Oauth2",
            Self::CognitoOauth2 => "CognitoOauth2",
        }
    }
}

impl crate::constraint::Enumerated for CredentialProviderVendorType {
    const VALUES: &'static [&'static str] = &[
        "GoogleOauth2",
        "GithubOauth2",
        "SlackOauth2",
        "SalesforceOauth2",
        "MicrosoftOauth2",
        "CustomOauth2",
        "AtlassianOauth2",
        "LinkedinOauth2",
        "XOauth2",
        "OktaOauth2",
        "OneLoginOauth2",
        "PingOneOauth2",
        "FacebookOauth2",
        "YandexOauth2",
        "RedditOauth2",
        "ZoomOauth2",
        "TwitchOauth2",
        "SpotifyOauth2",
        "DropboxOauth2",
        "NotionOauth2",
        "HubspotOauth2",
        "CyberArkOauth2",
        "FusionAuthOauth2",
        "Auth0Oauth2",
        "CognitoOauth2",
    ];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "GoogleOauth2" => Some(Self::GoogleOauth2),
            "GithubOauth2" => Some(Self::GithubOauth2),
            "SlackOauth2" => Some(Self::SlackOauth2),
            "SalesforceOauth2" => Some(Self::SalesforceOauth2),
            "MicrosoftOauth2" => Some(Self::MicrosoftOauth2),
            "CustomOauth2" => Some(Self::CustomOauth2),
            "AtlassianOauth2" => Some(Self::AtlassianOauth2),
            "LinkedinOauth2" => Some(Self::LinkedinOauth2),
            "XOauth2" => Some(Self::XOauth2),
            "OktaOauth2" => Some(Self::OktaOauth2),
            "OneLoginOauth2" => Some(Self::OneLoginOauth2),
            "PingOneOauth2" => Some(Self::PingOneOauth2),
            "FacebookOauth2" => Some(Self::FacebookOauth2),
            "YandexOauth2" => Some(Self::YandexOauth2),
            "RedditOauth2" => Some(Self::RedditOauth2),
            "ZoomOauth2" => Some(Self::ZoomOauth2),
            "TwitchOauth2" => Some(Self::TwitchOauth2),
            "SpotifyOauth2" => Some(Self::SpotifyOauth2),
            "DropboxOauth2" => Some(Self::DropboxOauth2),
            "NotionOauth2" => Some(Self::NotionOauth2),
            "HubspotOauth2" => Some(Self::HubspotOauth2),
            "CyberArkOauth2" => Some(Self::CyberArkOauth2),
            "FusionAuthOauth2" => Some(Self::FusionAuthOauth2),
            "Auth0Oauth2" => Some(Self::Auth0Oauth2),
            "CognitoOauth2" => Some(Self::CognitoOauth2),
            _ => None,
        }
    }
}

/// The structure `CustomOauth2ProviderConfigInput`.
#[derive(Debug)]
pub struct CustomOauth2ProviderConfigInput {
    /// `oauthDiscovery`, required: `Oauth2Discovery`.
    pub oauth_discovery: Oauth2Discovery,
    /// `clientId`, optional: 0 to 256 characters.
    pub client_id: Option<String>,
    /// `clientSecret`, optional: 0 to 2048 characters.
    pub client_secret: Option<crate::Sensitive>,
    /// `clientSecretConfig`, optional: `SecretReference`.
    pub client_secret_config: Option<SecretReference>,
    /// `clientSecretSource`, optional: one of the values of `SecretSourceType`.
    pub client_secret_source: Option<SecretSourceType>,
    /// `onBehalfOfTokenExchangeConfig`, optional: `OnBehalfOfTokenExchangeConfigType`.
    pub on_behalf_of_token_exchange_config: Option<OnBehalfOfTokenExchangeConfigType>,
    /// `clientAuthenticationMethod`, optional: one of the values of `ClientAuthenticationMethodType`.
    pub client_authentication_method: Option<ClientAuthenticationMethodType>,
    /// `privateKeyJwtConfig`, optional: `PrivateKeyJwtConfig`.
    pub private_key_jwt_config: Option<PrivateKeyJwtConfig>,
    /// `privateEndpoint`, optional: `PrivateEndpoint`.
    pub private_endpoint: Option<PrivateEndpoint>,
    /// `privateEndpointOverrides`, optional: 0 to 5 items of `PrivateEndpointOverride`.
    pub private_endpoint_overrides: Option<Vec<PrivateEndpointOverride>>,
    /// `certificateConfigurations`, optional: 1 to 1 items of `CertificateConfiguration`.
    pub certificate_configurations: Option<Vec<CertificateConfiguration>>,
}

/// The structure `CustomOauth2ProviderConfigOutput`.
#[derive(Debug, serde::Serialize)]
pub struct CustomOauth2ProviderConfigOutput {
    /// `oauthDiscovery`, required.
    #[serde(rename = "oauthDiscovery")]
    pub oauth_discovery: Oauth2Discovery,
    /// `clientId`, optional.
    #[serde(rename = "clientId", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// `onBehalfOfTokenExchangeConfig`, optional.
    #[serde(
        rename = "onBehalfOfTokenExchangeConfig",
        skip_serializing_if = "Option::is_none"
    )]
    pub on_behalf_of_token_exchange_config: Option<OnBehalfOfTokenExchangeConfigType>,
    /// `clientAuthenticationMethod`, optional.
    #[serde(
        rename = "clientAuthenticationMethod",
        skip_serializing_if = "Option::is_none"
    )]
    pub client_authentication_method: Option<ClientAuthenticationMethodType>,
    /// `privateEndpoint`, optional.
    #[serde(rename = "privateEndpoint", skip_serializing_if = "Option::is_none")]
    pub private_endpoint: Option<PrivateEndpoint>,
    /// `privateEndpointOverrides`, optional.
    #[serde(
        rename = "privateEndpointOverrides",
        skip_serializing_if = "Option::is_none"
    )]
    pub private_endpoint_overrides: Option<Vec<PrivateEndpointOverride>>,
    /// `certificateConfigurations`, optional.
    #[serde(
        rename = "certificateConfigurations",
        skip_serializing_if = "Option::is_none"
    )]
    pub certificate_configurations: Option<Vec<CertificateConfiguration>>,
    /// `privateKeyJwtConfig`, optional.
    #[serde(
        rename = "privateKeyJwtConfig",
        skip_serializing_if = "Option::is_none"
    )]
    pub private_key_jwt_config: Option<RevealedPrivateKeyJwtConfig>,
}

/// The enum `EndpointIpAddressType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum EndpointIpAddressType {
    /// `IPV4`.
    #[serde(rename = "IPV4")]
    Ipv4,
    /// `IPV6`.
    #[serde(rename = "IPV6")]
    Ipv6,
}

impl EndpointIpAddressType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ipv4 => "IPV4",
            Self::Ipv6 => "IPV6",
        }
    }
}

impl crate::constraint::Enumerated for EndpointIpAddressType {
    const VALUES: &'static [&'static str] = &["IPV4", "IPV6"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "IPV4" => Some(Self::Ipv4),
            "IPV6" => Some(Self::Ipv6),
            _ => None,
        }
    }
}

/// The structure `GithubOauth2ProviderConfigInput`.
#[derive(Debug)]
pub struct GithubOauth2ProviderConfigInput {
    /// `clientId`, required: 1 to 256 characters.
    pub client_id: String,
    /// `clientSecret`, optional: 0 to 2048 characters.
    pub client_secret: Option<crate::Sensitive>,
    /// `clientSecretConfig`, optional: `SecretReference`.
    pub client_secret_config: Option<SecretReference>,
    /// `clientSecretSource`, optional: one of the values of `SecretSourceType`.
    pub client_secret_source: Option<SecretSourceType>,
}

/// The structure `GithubOauth2ProviderConfigOutput`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct GithubOauth2ProviderConfigOutput {
    /// `oauthDiscovery`, required.
    #[serde(rename = "oauthDiscovery")]
    pub oauth_discovery: Oauth2Discovery,
    /// `clientId`, optional.
    #[serde(rename = "clientId", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

/// The structure `GoogleOauth2ProviderConfigInput`.
#[derive(Debug)]
pub struct GoogleOauth2ProviderConfigInput {
    /// `clientId`, required: 1 to 256 characters.
    pub client_id: String,
    /// `clientSecret`, optional: 0 to 2048 characters.
    pub client_secret: Option<crate::Sensitive>,
    /// `clientSecretConfig`, optional: `SecretReference`.
    pub client_secret_config: Option<SecretReference>,
    /// `clientSecretSource`, optional: one of the values of `SecretSourceType`.
    pub client_secret_source: Option<SecretSourceType>,
}

/// The structure `GoogleOauth2ProviderConfigOutput`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct GoogleOauth2ProviderConfigOutput {
    /// `oauthDiscovery`, required.
    #[serde(rename = "oauthDiscovery")]
    pub oauth_discovery: Oauth2Discovery,
    /// `clientId`, optional.
    #[serde(rename = "clientId", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

/// The structure `IncludedOauth2ProviderConfigInput`.
#[derive(Debug)]
pub struct IncludedOauth2ProviderConfigInput {
    /// `clientId`, required: 1 to 256 characters.
    pub client_id: String,
    /// `clientSecret`, optional: 0 to 2048 characters.
    pub client_secret: Option<crate::Sensitive>,
    /// `clientSecretConfig`, optional: `SecretReference`.
    pub client_secret_config: Option<SecretReference>,
    /// `clientSecretSource`, optional: one of the values of `SecretSourceType`.
    pub client_secret_source: Option<SecretSourceType>,
    /// `issuer`, optional: 0 to 2048 characters.
    pub issuer: Option<String>,
    /// `authorizationEndpoint`, optional: 0 to 2048 characters.
    pub authorization_endpoint: Option<String>,
    /// `tokenEndpoint`, optional: 0 to 2048 characters.
    pub token_endpoint: Option<String>,
}

/// The structure `IncludedOauth2ProviderConfigOutput`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct IncludedOauth2ProviderConfigOutput {
    /// `oauthDiscovery`, required.
    #[serde(rename = "oauthDiscovery")]
    pub oauth_discovery: Oauth2Discovery,
    /// `clientId`, optional.
    #[serde(rename = "clientId", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

/// The enum `KeyType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum KeyType {
    /// `CustomerManagedKey`.
    #[serde(rename = "CustomerManagedKey")]
    CustomerManagedKey,
    /// `ServiceManagedKey`.
    #[serde(rename = "ServiceManagedKey")]
    ServiceManagedKey,
}

impl KeyType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CustomerManagedKey => "CustomerManagedKey",
            Self::ServiceManagedKey => "ServiceManagedKey",
        }
    }
}

/// The structure `KmsConfiguration`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct KmsConfiguration {
    /// `keyType`, required.
    #[serde(rename = "keyType")]
    pub key_type: KeyType,
    /// `kmsKeyArn`, optional.
    #[serde(rename = "kmsKeyArn", skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<String>,
}

/// The structure `KmsKeySourceType`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct KmsKeySourceType {
    /// `kmsKeyArn`, required.
    #[serde(rename = "kmsKeyArn")]
    pub kms_key_arn: String,
}

/// The structure `LinkedinOauth2ProviderConfigInput`.
#[derive(Debug)]
pub struct LinkedinOauth2ProviderConfigInput {
    /// `clientId`, required: 1 to 256 characters.
    pub client_id: String,
    /// `clientSecret`, optional: 0 to 2048 characters.
    pub client_secret: Option<crate::Sensitive>,
    /// `clientSecretConfig`, optional: `SecretReference`.
    pub client_secret_config: Option<SecretReference>,
    /// `clientSecretSource`, optional: one of the values of `SecretSourceType`.
    pub client_secret_source: Option<SecretSourceType>,
}

/// The structure `LinkedinOauth2ProviderConfigOutput`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct LinkedinOauth2ProviderConfigOutput {
    /// `oauthDiscovery`, required.
    #[serde(rename = "oauthDiscovery")]
    pub oauth_discovery: Oauth2Discovery,
    /// `clientId`, optional.
    #[serde(rename = "clientId", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

/// The structure `ManagedVpcResource`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ManagedVpcResource {
    /// `vpcIdentifier`, required.
    #[serde(rename = "vpcIdentifier")]
    pub vpc_identifier: String,
    /// `subnetIds`, required.
    #[serde(rename = "subnetIds")]
    pub subnet_ids: Vec<String>,
    /// `endpointIpAddressType`, required.
    #[serde(rename = "endpointIpAddressType")]
    pub endpoint_ip_address_type: EndpointIpAddressType,
    /// `securityGroupIds`, optional.
    #[serde(rename = "securityGroupIds", skip_serializing_if = "Option::is_none")]
    pub security_group_ids: Option<Vec<String>>,
    /// `tags`, optional.
    #[serde(rename = "tags", skip_serializing_if = "Option::is_none")]
    pub tags: Option<std::collections::BTreeMap<String, String>>,
    /// `routingDomain`, optional.
    #[serde(rename = "routingDomain", skip_serializing_if = "Option::is_none")]
    pub routing_domain: Option<String>,
}

/// The structure `MicrosoftOauth2ProviderConfigInput`.
#[derive(Debug)]
pub struct MicrosoftOauth2ProviderConfigInput {
    /// `clientId`, required: 1 to 256 characters.
    pub client_id: String,
    /// `clientSecret`, optional: 0 to 2048 characters.
    pub client_secret: Option<crate::Sensitive>,
    /// `clientSecretConfig`, optional: `SecretReference`.
    pub client_secret_config: Option<SecretReference>,
    /// `clientSecretSource`, optional: one of the values of `SecretSourceType`.
    pub client_secret_source: Option<SecretSourceType>,
    /// `tenantId`, optional: 1 to 2048 characters.
    pub tenant_id: Option<String>,
}

/// The structure `MicrosoftOauth2ProviderConfigOutput`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct MicrosoftOauth2ProviderConfigOutput {
    /// `oauthDiscovery`, required.
    #[serde(rename = "oauthDiscovery")]
    pub oauth_discovery: Oauth2Discovery,
    /// `clientId`, optional.
    #[serde(rename = "clientId", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

/// The structure `Oauth2AuthorizationServerMetadata`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Oauth2AuthorizationServerMetadata {
    /// `issuer`, required.
    #[serde(rename = "issuer")]
    pub issuer: String,
    /// `authorizationEndpoint`, required.
    #[serde(rename = "authorizationEndpoint")]
    pub authorization_endpoint: String,
    /// `tokenEndpoint`, required.
    #[serde(rename = "tokenEndpoint")]
    pub token_endpoint: String,
    /// `responseTypes`, optional.
    #[serde(rename = "responseTypes", skip_serializing_if = "Option::is_none")]
    pub response_types: Option<Vec<String>>,
    /// `tokenEndpointAuthMethods`, optional.
    #[serde(
        rename = "tokenEndpointAuthMethods",
        skip_serializing_if = "Option::is_none"
    )]
    pub token_endpoint_auth_methods: Option<Vec<String>>,
}

/// The structure `Oauth2CredentialProviderItem`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Oauth2CredentialProviderItem {
    /// `name`, required.
    #[serde(rename = "name")]
    pub name: String,
    /// `credentialProviderVendor`, required.
    #[serde(rename = "credentialProviderVendor")]
    pub credential_provider_vendor: CredentialProviderVendorType,
    /// `credentialProviderArn`, required.
    #[serde(rename = "credentialProviderArn")]
    pub credential_provider_arn: String,
    /// `createdTime`, required.
    #[serde(rename = "createdTime")]
    pub created_time: crate::EpochMillis,
    /// `lastUpdatedTime`, required.
    #[serde(rename = "lastUpdatedTime")]
    pub last_updated_time: crate::EpochMillis,
}

/// The union `Oauth2Discovery`.
#[derive(Clone, Debug, serde::Serialize)]
pub enum Oauth2Discovery {
    /// `discoveryUrl`.
    #[serde(rename = "discoveryUrl")]
    DiscoveryUrl(String),
    /// `authorizationServerMetadata`.
    #[serde(rename = "authorizationServerMetadata")]
    AuthorizationServerMetadata(Box<Oauth2AuthorizationServerMetadata>),
}

/// The enum `Oauth2FlowType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum Oauth2FlowType {
    /// `USER_FEDERATION`.
    #[serde(rename = "USER_FEDERATION")]
    UserFederation,
    /// `M2M`.
    #[serde(rename = "M2M")]
    M2m,
    /// `ON_BEHALF_OF_TOKEN_EXCHANGE`.
    #[serde(rename = "ON_BEHALF_OF_TOKEN_EXCHANGE")]
    OnBehalfOfTokenExchange,
}

impl Oauth2FlowType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserFederation => "USER_FEDERATION",
            Self::M2m => "M2M",
            Self::OnBehalfOfTokenExchange => "ON_BEHALF_OF_TOKEN_EXCHANGE",
        }
    }
}

impl crate::constraint::Enumerated for Oauth2FlowType {
    const VALUES: &'static [&'static str] =
        &["USER_FEDERATION", "M2M", "ON_BEHALF_OF_TOKEN_EXCHANGE"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "USER_FEDERATION" => Some(Self::UserFederation),
            "M2M" => Some(Self::M2m),
            "ON_BEHALF_OF_TOKEN_EXCHANGE" => Some(Self::OnBehalfOfTokenExchange),
            _ => None,
        }
    }
}

/// The union `Oauth2ProviderConfigInput`.
#[derive(Debug)]
pub enum Oauth2ProviderConfigInput {
    /// `customOauth2ProviderConfig`.
    CustomOauth2ProviderConfig(Box<CustomOauth2ProviderConfigInput>),
    /// `googleOauth2ProviderConfig`.
    GoogleOauth2ProviderConfig(Box<GoogleOauth2ProviderConfigInput>),
    /// `githubOauth2ProviderConfig`.
    GithubOauth2ProviderConfig(Box<GithubOauth2ProviderConfigInput>),
    /// `slackOauth2ProviderConfig`.
    SlackOauth2ProviderConfig(Box<SlackOauth2ProviderConfigInput>),
    /// `salesforceOauth2ProviderConfig`.
    SalesforceOauth2ProviderConfig(Box<SalesforceOauth2ProviderConfigInput>),
    /// `microsoftOauth2ProviderConfig`.
    MicrosoftOauth2ProviderConfig(Box<MicrosoftOauth2ProviderConfigInput>),
    /// `atlassianOauth2ProviderConfig`.
    AtlassianOauth2ProviderConfig(Box<AtlassianOauth2ProviderConfigInput>),
    /// `linkedinOauth2ProviderConfig`.
    LinkedinOauth2ProviderConfig(Box<LinkedinOauth2ProviderConfigInput>),
    /// `includedOauth2ProviderConfig`.
    IncludedOauth2ProviderConfig(Box<IncludedOauth2ProviderConfigInput>),
}

/// The union `Oauth2ProviderConfigOutput`.
#[derive(Debug, serde::Serialize)]
pub enum Oauth2ProviderConfigOutput {
    /// `customOauth2ProviderConfig`.
    #[serde(rename = "customOauth2ProviderConfig")]
    CustomOauth2ProviderConfig(Box<CustomOauth2ProviderConfigOutput>),
    /// `googleOauth2ProviderConfig`.
    #[serde(rename = "googleOauth2ProviderConfig")]
    GoogleOauth2ProviderConfig(Box<GoogleOauth2ProviderConfigOutput>),
    /// `githubOauth2ProviderConfig`.
    #[serde(rename = "githubOauth2ProviderConfig")]
    GithubOauth2ProviderConfig(Box<GithubOauth2ProviderConfigOutput>),
    /// `slackOauth2ProviderConfig`.
    #[serde(rename = "slackOauth2ProviderConfig")]
    SlackOauth2ProviderConfig(Box<SlackOauth2ProviderConfigOutput>),
    /// `salesforceOauth2ProviderConfig`.
    #[serde(rename = "salesforceOauth2ProviderConfig")]
    SalesforceOauth2ProviderConfig(Box<SalesforceOauth2ProviderConfigOutput>),
    /// `microsoftOauth2ProviderConfig`.
    #[serde(rename = "microsoftOauth2ProviderConfig")]
    MicrosoftOauth2ProviderConfig(Box<MicrosoftOauth2ProviderConfigOutput>),
    /// `atlassianOauth2ProviderConfig`.
    #[serde(rename = "atlassianOauth2ProviderConfig")]
    AtlassianOauth2ProviderConfig(Box<AtlassianOauth2ProviderConfigOutput>),
    /// `linkedinOauth2ProviderConfig`.
    #[serde(rename = "linkedinOauth2ProviderConfig")]
    LinkedinOauth2ProviderConfig(Box<LinkedinOauth2ProviderConfigOutput>),
    /// `includedOauth2ProviderConfig`.
    #[serde(rename = "includedOauth2ProviderConfig")]
    IncludedOauth2ProviderConfig(Box<IncludedOauth2ProviderConfigOutput>),
}

/// The structure `OnBehalfOfAuthenticationConfig`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct OnBehalfOfAuthenticationConfig {
    /// `clientAuthenticationMethod`, required.
    #[serde(rename = "clientAuthenticationMethod")]
    pub client_authentication_method: OnBehalfOfClientAuthenticationMethod,
}

/// The enum `OnBehalfOfClientAuthenticationMethod`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum OnBehalfOfClientAuthenticationMethod {
    /// `NO_CLIENT`.
    #[serde(rename = "NO_CLIENT")]
    NoClient,
}

impl OnBehalfOfClientAuthenticationMethod {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoClient => "NO_CLIENT",
        }
    }
}

impl crate::constraint::Enumerated for OnBehalfOfClientAuthenticationMethod {
    const VALUES: &'static [&'static str] = &["NO_CLIENT"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "NO_CLIENT" => Some(Self::NoClient),
            _ => None,
        }
    }
}

/// The structure `OnBehalfOfTokenExchangeConfigType`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct OnBehalfOfTokenExchangeConfigType {
    /// `grantType`, required.
    #[serde(rename = "grantType")]
    pub grant_type: OnBehalfOfTokenExchangeGrantTypeType,
    /// `tokenExchangeGrantTypeConfig`, optional.
    #[serde(
        rename = "tokenExchangeGrantTypeConfig",
        skip_serializing_if = "Option::is_none"
    )]
    pub token_exchange_grant_type_config: Option<TokenExchangeGrantTypeConfigType>,
    /// `onBehalfOfAuthenticationConfig`, optional.
    #[serde(
        rename = "onBehalfOfAuthenticationConfig",
        skip_serializing_if = "Option::is_none"
    )]
    pub on_behalf_of_authentication_config: Option<OnBehalfOfAuthenticationConfig>,
}

/// The enum `OnBehalfOfTokenExchangeGrantTypeType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum OnBehalfOfTokenExchangeGrantTypeType {
    /// `TOKEN_EXCHANGE`.
    #[serde(rename = "TOKEN_EXCHANGE")]
    TokenExchange,
    /// `JWT_AUTHORIZATION_GRANT`.
    #[serde(rename = "JWT_AUTHORIZATION_GRANT")]
    JwtAuthorizationGrant,
}

impl OnBehalfOfTokenExchangeGrantTypeType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TokenExchange => "TOKEN_EXCHANGE",
            Self::JwtAuthorizationGrant => "JWT_AUTHORIZATION_GRANT",
        }
    }
}

impl crate::constraint::Enumerated for OnBehalfOfTokenExchangeGrantTypeType {
    const VALUES: &'static [&'static str] = &["TOKEN_EXCHANGE", "JWT_AUTHORIZATION_GRANT"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "TOKEN_EXCHANGE" => Some(Self::TokenExchange),
            "JWT_AUTHORIZATION_GRANT" => Some(Self::JwtAuthorizationGrant),
            _ => None,
        }
    }
}

/// The union `PrivateEndpoint`.
#[derive(Clone, Debug, serde::Serialize)]
pub enum PrivateEndpoint {
    /// `selfManagedLatticeResource`.
    #[serde(rename = "selfManagedLatticeResource")]
    SelfManagedLatticeResource(Box<SelfManagedLatticeResource>),
    /// `managedVpcResource`.
    #[serde(rename = "managedVpcResource")]
    ManagedVpcResource(Box<ManagedVpcResource>),
}

/// The structure `PrivateEndpointOverride`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct PrivateEndpointOverride {
    /// `domain`, required.
    #[serde(rename = "domain")]
    pub domain: String,
    /// `privateEndpoint`, required.
    #[serde(rename = "privateEndpoint")]
    pub private_endpoint: PrivateEndpoint,
}

/// The structure `PrivateKeyJwtConfig`.
#[derive(Debug)]
pub struct PrivateKeyJwtConfig {
    /// `privateKeySource`, optional: `PrivateKeySource`.
    pub private_key_source: Option<PrivateKeySource>,
    /// `signingAlgorithm`, optional: one of the values of `SigningAlgorithm`.
    pub signing_algorithm: Option<SigningAlgorithm>,
    /// `additionalHeaderClaims`, optional: 1 to 10 entries, `AdditionalClaimName` to `AdditionalClaimValue`.
    pub additional_header_claims: Option<std::collections::BTreeMap<String, crate::Sensitive>>,
    /// `additionalPayloadClaims`, optional: 1 to 10 entries, `AdditionalClaimName` to `AdditionalClaimValue`.
    pub additional_payload_claims: Option<std::collections::BTreeMap<String, crate::Sensitive>>,
}

/// The structure `PrivateKeyJwtConfig`.
#[derive(Debug, serde::Serialize)]
pub struct RevealedPrivateKeyJwtConfig {
    /// `privateKeySource`, optional.
    #[serde(rename = "privateKeySource", skip_serializing_if = "Option::is_none")]
    pub private_key_source: Option<PrivateKeySource>,
    /// `signingAlgorithm`, optional.
    #[serde(rename = "signingAlgorithm", skip_serializing_if = "Option::is_none")]
    pub signing_algorithm: Option<SigningAlgorithm>,
    /// `additionalHeaderClaims`, optional.
    #[serde(
        rename = "additionalHeaderClaims",
        skip_serializing_if = "Option::is_none"
    )]
    pub additional_header_claims: Option<std::collections::BTreeMap<String, crate::Revealed>>,
    /// `additionalPayloadClaims`, optional.
    #[serde(
        rename = "additionalPayloadClaims",
        skip_serializing_if = "Option::is_none"
    )]
    pub additional_payload_claims: Option<std::collections::BTreeMap<String, crate::Revealed>>,
}

/// The union `PrivateKeySource`.
#[derive(Clone, Debug, serde::Serialize)]
pub enum PrivateKeySource {
    /// `kmsKeySource`.
    #[serde(rename = "kmsKeySource")]
    KmsKeySource(Box<KmsKeySourceType>),
}

/// The structure `S3CertificateConfiguration`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct S3CertificateConfiguration {
    /// `uri`, required.
    #[serde(rename = "uri")]
    pub uri: String,
    /// `bucketOwnerAccountId`, optional.
    #[serde(
        rename = "bucketOwnerAccountId",
        skip_serializing_if = "Option::is_none"
    )]
    pub bucket_owner_account_id: Option<String>,
}

/// The structure `SalesforceOauth2ProviderConfigInput`.
#[derive(Debug)]
pub struct SalesforceOauth2ProviderConfigInput {
    /// `clientId`, required: 1 to 256 characters.
    pub client_id: String,
    /// `clientSecret`, optional: 0 to 2048 characters.
    pub client_secret: Option<crate::Sensitive>,
    /// `clientSecretConfig`, optional: `SecretReference`.
    pub client_secret_config: Option<SecretReference>,
    /// `clientSecretSource`, optional: one of the values of `SecretSourceType`.
    pub client_secret_source: Option<SecretSourceType>,
}

/// The structure `SalesforceOauth2ProviderConfigOutput`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct SalesforceOauth2ProviderConfigOutput {
    /// `oauthDiscovery`, required.
    #[serde(rename = "oauthDiscovery")]
    pub oauth_discovery: Oauth2Discovery,
    /// `clientId`, optional.
    #[serde(rename = "clientId", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

/// The structure `Secret`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Secret {
    /// `secretArn`, required.
    #[serde(rename = "secretArn")]
    pub secret_arn: String,
}

/// The structure `SecretReference`.
#[derive(Clone, Debug)]
pub struct SecretReference {
    /// `secretId`, required: 1 to 2048 characters.
    pub secret_id: String,
    /// `jsonKey`, required: 1 to 128 characters.
    pub json_key: String,
}

/// The enum `SecretSourceType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum SecretSourceType {
    /// `MANAGED`.
    #[serde(rename = "MANAGED")]
    Managed,
    /// `EXTERNAL`.
    #[serde(rename = "EXTERNAL")]
    External,
}

impl SecretSourceType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Managed => "MANAGED",
            Self::External => "EXTERNAL",
        }
    }
}

impl crate::constraint::Enumerated for SecretSourceType {
    const VALUES: &'static [&'static str] = &["MANAGED", "EXTERNAL"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "MANAGED" => Some(Self::Managed),
            "EXTERNAL" => Some(Self::External),
            _ => None,
        }
    }
}

/// The structure `SecretsManagerCertificateConfiguration`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct SecretsManagerCertificateConfiguration {
    /// `secretArn`, required.
    #[serde(rename = "secretArn")]
    pub secret_arn: String,
}

/// The union `SelfManagedLatticeResource`.
#[derive(Clone, Debug, serde::Serialize)]
pub enum SelfManagedLatticeResource {
    /// `resourceConfigurationIdentifier`.
    #[serde(rename = "resourceConfigurationIdentifier")]
    ResourceConfigurationIdentifier(String),
}

/// The enum `SessionStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum SessionStatus {
    /// `IN_PROGRESS`.
    #[serde(rename = "IN_PROGRESS")]
    InProgress,
    /// `FAILED`.
    #[serde(rename = "FAILED")]
    Failed,
}

impl SessionStatus {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Failed => "FAILED",
        }
    }
}

/// The enum `SigningAlgorithm`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum SigningAlgorithm {
    /// `RS256`.
    #[serde(rename = "RS256")]
    Rs256,
    /// `PS256`.
    #[serde(rename = "PS256")]
    Ps256,
    /// `ES256`.
    #[serde(rename = "ES256")]
    Es256,
}

impl SigningAlgorithm {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
        }
    }
}

impl crate::constraint::Enumerated for SigningAlgorithm {
    const VALUES: &'static [&'static str] = &["RS256", "PS256", "ES256"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }
}

/// The structure `SlackOauth2ProviderConfigInput`.
#[derive(Debug)]
pub struct SlackOauth2ProviderConfigInput {
    /// `clientId`, required: 1 to 256 characters.
    pub client_id: String,
    /// `clientSecret`, optional: 0 to 2048 characters.
    pub client_secret: Option<crate::Sensitive>,
    /// `clientSecretConfig`, optional: `SecretReference`.
    pub client_secret_config: Option<SecretReference>,
    /// `clientSecretSource`, optional: one of the values of `SecretSourceType`.
    pub client_secret_source: Option<SecretSourceType>,
}

/// The structure `SlackOauth2ProviderConfigOutput`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct SlackOauth2ProviderConfigOutput {
    /// `oauthDiscovery`, required.
    #[serde(rename = "oauthDiscovery")]
    pub oauth_discovery: Oauth2Discovery,
    /// `clientId`, optional.
    #[serde(rename = "clientId", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

/// The enum `Status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum Status {
    /// `CREATING`.
    #[serde(rename = "CREATING")]
    Creating,
    /// `CREATE_FAILED`.
    #[serde(rename = "CREATE_FAILED")]
    CreateFailed,
    /// `UPDATING`.
    #[serde(rename = "UPDATING")]
    Updating,
    /// `UPDATE_FAILED`.
    #[serde(rename = "UPDATE_FAILED")]
    UpdateFailed,
    /// `READY`.
    #[serde(rename = "READY")]
    Ready,
    /// `DELETING`.
    #[serde(rename = "DELETING")]
    Deleting,
    /// `DELETE_FAILED`.
    #[serde(rename = "DELETE_FAILED")]
    DeleteFailed,
}

impl Status {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Creating => "CREATING",
            Self::CreateFailed => "CREATE_FAILED",
            Self::Updating => "UPDATING",
            Self::UpdateFailed => "UPDATE_FAILED",
            Self::Ready => "READY",
            Self::Deleting => "DELETING",
            Self::DeleteFailed => "DELETE_FAILED",
        }
    }
}

/// The structure `TokenExchangeGrantTypeConfigType`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct TokenExchangeGrantTypeConfigType {
    /// `actorTokenContent`, required.
    #[serde(rename = "actorTokenContent")]
    pub actor_token_content: ActorTokenContentType,
    /// `actorTokenScopes`, optional.
    #[serde(rename = "actorTokenScopes", skip_serializing_if = "Option::is_none")]
    pub actor_token_scopes: Option<Vec<String>>,
}

/// The union `UserIdentifier`.
#[derive(Debug)]
pub enum UserIdentifier {
    /// `userToken`.
    UserToken(crate::Sensitive),
    /// `userId`.
    UserId(String),
}

/// The structure `ValidationException`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ValidationException {
    /// `message`, required.
    #[serde(rename = "message")]
    pub message: String,
    /// `reason`, required.
    #[serde(rename = "reason")]
    pub reason: ValidationExceptionReason,
    /// `fieldList`, optional.
    #[serde(rename = "fieldList", skip_serializing_if = "Option::is_none")]
    pub field_list: Option<Vec<ValidationExceptionField>>,
}

/// The structure `ValidationExceptionField`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ValidationExceptionField {
    /// `name`, required.
    #[serde(rename = "name")]
    pub name: String,
    /// `message`, required.
    #[serde(rename = "message")]
    pub message: String,
}

/// The enum `ValidationExceptionReason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum ValidationExceptionReason {
    /// `CannotParse`.
    #[serde(rename = "CannotParse")]
    CannotParse,
    /// `FieldValidationFailed`.
    #[serde(rename = "FieldValidationFailed")]
    FieldValidationFailed,
    /// `IdempotentParameterMismatchException`.
    #[serde(rename = "IdempotentParameterMismatchException")]
    IdempotentParameterMismatchException,
    /// `EventInOtherSession`.
    #[serde(rename = "EventInOtherSession")]
    EventInOtherSession,
    /// `ResourceConflict`.
    #[serde(rename = "ResourceConflict")]
    ResourceConflict,
}

impl ValidationExceptionReason {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CannotParse => "CannotParse",
            Self::FieldValidationFailed => "FieldValidationFailed",
            Self::IdempotentParameterMismatchException => "IdempotentParameterMismatchException",
            Self::EventInOtherSession => "EventInOtherSession",
            Self::ResourceConflict => "ResourceConflict",
        }
    }
}

/// The structure `WorkloadIdentityType`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct WorkloadIdentityType {
    /// `name`, required.
    #[serde(rename = "name")]
    pub name: String,
    /// `workloadIdentityArn`, required.
    #[serde(rename = "workloadIdentityArn")]
    pub workload_identity_arn: String,
}
