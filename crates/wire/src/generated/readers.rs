//! Readers of the shapes of inputs, with the constraints of the model.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::constraint::Pattern;
use crate::constraint::Range;
use crate::constraint::Size;
use crate::constraint::StringRule;
use crate::generated::shapes;
use crate::json::Node;
use crate::reading::Reading;
use crate::reading::Variant;

pub(crate) fn actor_token_content_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::ActorTokenContentType> {
    reading.enumerated(node)
}

static ADDITIONAL_CLAIM_NAME: StringRule = StringRule {
    length: Size { min: 1, max: 255 },
    pattern: Some(&ADDITIONAL_CLAIM_NAME_PATTERN),
};
static ADDITIONAL_CLAIM_NAME_PATTERN: Pattern = Pattern::new(r"[A-Za-z0-9_.:#-]+");

static ADDITIONAL_CLAIM_VALUE: StringRule = StringRule {
    length: Size { min: 1, max: 2_048 },
    pattern: None,
};

pub(crate) fn additional_claim_value(
    node: Node,
    reading: &mut Reading,
) -> Option<crate::Sensitive> {
    reading.sensitive(node, &ADDITIONAL_CLAIM_VALUE)
}

pub(crate) fn additional_claims(
    node: Node,
    reading: &mut Reading,
) -> Option<std::collections::BTreeMap<String, crate::Sensitive>> {
    reading.map(
        node,
        Size { min: 1, max: 10 },
        &ADDITIONAL_CLAIM_NAME,
        additional_claim_value,
    )
}

pub(crate) fn atlassian_oauth2_provider_config_input(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::AtlassianOauth2ProviderConfigInput> {
    let mut members = reading.object(node)?;
    let client_id = reading.required("clientId", members.take("clientId"), client_id_type);
    let client_secret = reading.optional(
        "clientSecret",
        members.take("clientSecret"),
        default_client_secret_type,
    );
    let client_secret_config = reading.optional(
        "clientSecretConfig",
        members.take("clientSecretConfig"),
        secret_reference,
    );
    let client_secret_source = reading.optional(
        "clientSecretSource",
        members.take("clientSecretSource"),
        secret_source_type,
    );
    Some(shapes::AtlassianOauth2ProviderConfigInput {
        client_id: client_id?,
        client_secret,
        client_secret_config,
        client_secret_source,
    })
}

static AUDIENCE_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 2_048 },
    pattern: None,
};

pub(crate) fn audience_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &AUDIENCE_TYPE)
}

pub(crate) fn audiences_list_type(node: Node, reading: &mut Reading) -> Option<Vec<String>> {
    reading.list(node, Size { min: 0, max: 100 }, audience_type)
}

static AUTHORIZATION_ENDPOINT_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: None,
};

pub(crate) fn authorization_endpoint_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &AUTHORIZATION_ENDPOINT_TYPE)
}

pub(crate) fn boolean(node: Node, reading: &mut Reading) -> Option<bool> {
    reading.boolean(node)
}

static CERTIFICATE_BUCKET_OWNER_ACCOUNT_ID: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: Some(&CERTIFICATE_BUCKET_OWNER_ACCOUNT_ID_PATTERN),
};
static CERTIFICATE_BUCKET_OWNER_ACCOUNT_ID_PATTERN: Pattern = Pattern::new(r"[0-9]{12}");

pub(crate) fn certificate_bucket_owner_account_id(
    node: Node,
    reading: &mut Reading,
) -> Option<String> {
    reading.string(node, &CERTIFICATE_BUCKET_OWNER_ACCOUNT_ID)
}

static CERTIFICATE_CONFIGURATION: &[Variant<shapes::CertificateConfiguration>] = &[
    ("s3", |node, reading| {
        s3_certificate_configuration(node, reading)
            .map(Box::new)
            .map(shapes::CertificateConfiguration::S3)
    }),
    ("secretsManager", |node, reading| {
        secrets_manager_certificate_configuration(node, reading)
            .map(Box::new)
            .map(shapes::CertificateConfiguration::SecretsManager)
    }),
];

pub(crate) fn certificate_configuration(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::CertificateConfiguration> {
    reading.union(node, CERTIFICATE_CONFIGURATION)
}

pub(crate) fn certificate_configuration_list(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<shapes::CertificateConfiguration>> {
    reading.list(node, Size { min: 1, max: 1 }, certificate_configuration)
}

static CERTIFICATE_S3_URI: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: Some(&CERTIFICATE_S3_URI_PATTERN),
};
static CERTIFICATE_S3_URI_PATTERN: Pattern = Pattern::new(r"s3://.{1,2043}");

pub(crate) fn certificate_s3_uri(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &CERTIFICATE_S3_URI)
}

static CERTIFICATE_SECRET_ARN: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: Some(&CERTIFICATE_SECRET_ARN_PATTERN),
};
static CERTIFICATE_SECRET_ARN_PATTERN: Pattern =
    Pattern::new(r"arn:aws(-[^:]+)?:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+");

pub(crate) fn certificate_secret_arn(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &CERTIFICATE_SECRET_ARN)
}

pub(crate) fn client_authentication_method_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::ClientAuthenticationMethodType> {
    reading.enumerated(node)
}

static CLIENT_ID_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 256 },
    pattern: None,
};

pub(crate) fn client_id_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &CLIENT_ID_TYPE)
}

static CREDENTIAL_PROVIDER_NAME: StringRule = StringRule {
    length: Size { min: 1, max: 128 },
    pattern: Some(&CREDENTIAL_PROVIDER_NAME_PATTERN),
};
static CREDENTIAL_PROVIDER_NAME_PATTERN: Pattern = Pattern::new(r"[a-zA-Z0-9\-_]+");

pub(crate) fn credential_provider_name(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &CREDENTIAL_PROVIDER_NAME)
}

pub(crate) fn credential_provider_vendor_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::CredentialProviderVendorType> {
    reading.enumerated(node)
}

pub(crate) fn custom_oauth2_provider_config_input(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::CustomOauth2ProviderConfigInput> {
    let mut members = reading.object(node)?;
    let oauth_discovery = reading.required(
        "oauthDiscovery",
        members.take("oauthDiscovery"),
        oauth2_discovery,
    );
    let client_id = reading.optional("clientId", members.take("clientId"), default_client_id_type);
    let client_secret = reading.optional(
        "clientSecret",
        members.take("clientSecret"),
        default_client_secret_type,
    );
    let client_secret_config = reading.optional(
        "clientSecretConfig",
        members.take("clientSecretConfig"),
        secret_reference,
    );
    let client_secret_source = reading.optional(
        "clientSecretSource",
        members.take("clientSecretSource"),
        secret_source_type,
    );
    let on_behalf_of_token_exchange_config = reading.optional(
        "onBehalfOfTokenExchangeConfig",
        members.take("onBehalfOfTokenExchangeConfig"),
        on_behalf_of_token_exchange_config_type,
    );
    let client_authentication_method = reading.optional(
        "clientAuthenticationMethod",
        members.take("clientAuthenticationMethod"),
        client_authentication_method_type,
    );
    let private_key_jwt_config = reading.optional(
        "privateKeyJwtConfig",
        members.take("privateKeyJwtConfig"),
        private_key_jwt_config,
    );
    let private_endpoint = reading.optional(
        "privateEndpoint",
        members.take("privateEndpoint"),
        private_endpoint,
    );
    let private_endpoint_overrides = reading.optional(
        "privateEndpointOverrides",
        members.take("privateEndpointOverrides"),
        private_endpoint_overrides,
    );
    let certificate_configurations = reading.optional(
        "certificateConfigurations",
        members.take("certificateConfigurations"),
        certificate_configuration_list,
    );
    Some(shapes::CustomOauth2ProviderConfigInput {
        oauth_discovery: oauth_discovery?,
        client_id,
        client_secret,
        client_secret_config,
        client_secret_source,
        on_behalf_of_token_exchange_config,
        client_authentication_method,
        private_key_jwt_config,
        private_endpoint,
        private_endpoint_overrides,
        certificate_configurations,
    })
}

static CUSTOM_REQUEST_KEY_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 256 },
    pattern: Some(&CUSTOM_REQUEST_KEY_TYPE_PATTERN),
};
static CUSTOM_REQUEST_KEY_TYPE_PATTERN: Pattern = Pattern::new(r"[a-zA-Z0-9\-_\.]+");

pub(crate) fn custom_request_parameters_type(
    node: Node,
    reading: &mut Reading,
) -> Option<std::collections::BTreeMap<String, crate::Sensitive>> {
    reading.map(
        node,
        Size { min: 0, max: 100 },
        &CUSTOM_REQUEST_KEY_TYPE,
        custom_request_value_type,
    )
}

static CUSTOM_REQUEST_VALUE_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 2_048 },
    pattern: None,
};

pub(crate) fn custom_request_value_type(
    node: Node,
    reading: &mut Reading,
) -> Option<crate::Sensitive> {
    reading.sensitive(node, &CUSTOM_REQUEST_VALUE_TYPE)
}

static DEFAULT_API_KEY_TYPE: StringRule = StringRule {
    length: Size {
        min: 0,
        max: 65_536,
    },
    pattern: None,
};

pub(crate) fn default_api_key_type(node: Node, reading: &mut Reading) -> Option<crate::Sensitive> {
    reading.sensitive(node, &DEFAULT_API_KEY_TYPE)
}

static DEFAULT_CLIENT_ID_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 256 },
    pattern: None,
};

pub(crate) fn default_client_id_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &DEFAULT_CLIENT_ID_TYPE)
}

static DEFAULT_CLIENT_SECRET_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: None,
};

pub(crate) fn default_client_secret_type(
    node: Node,
    reading: &mut Reading,
) -> Option<crate::Sensitive> {
    reading.sensitive(node, &DEFAULT_CLIENT_SECRET_TYPE)
}

static DISCOVERY_URL_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: Some(&DISCOVERY_URL_TYPE_PATTERN),
};
static DISCOVERY_URL_TYPE_PATTERN: Pattern = Pattern::new(
    r"[^\s?#]+/\.well-known/(openid-configuration|oauth-authorization-server)(/[^\s?#]+)?",
);

pub(crate) fn discovery_url_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &DISCOVERY_URL_TYPE)
}

pub(crate) fn endpoint_ip_address_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::EndpointIpAddressType> {
    reading.enumerated(node)
}

pub(crate) fn github_oauth2_provider_config_input(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::GithubOauth2ProviderConfigInput> {
    let mut members = reading.object(node)?;
    let client_id = reading.required("clientId", members.take("clientId"), client_id_type);
    let client_secret = reading.optional(
        "clientSecret",
        members.take("clientSecret"),
        default_client_secret_type,
    );
    let client_secret_config = reading.optional(
        "clientSecretConfig",
        members.take("clientSecretConfig"),
        secret_reference,
    );
    let client_secret_source = reading.optional(
        "clientSecretSource",
        members.take("clientSecretSource"),
        secret_source_type,
    );
    Some(shapes::GithubOauth2ProviderConfigInput {
        client_id: client_id?,
        client_secret,
        client_secret_config,
        client_secret_source,
    })
}

pub(crate) fn google_oauth2_provider_config_input(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::GoogleOauth2ProviderConfigInput> {
    let mut members = reading.object(node)?;
    let client_id = reading.required("clientId", members.take("clientId"), client_id_type);
    let client_secret = reading.optional(
        "clientSecret",
        members.take("clientSecret"),
        default_client_secret_type,
    );
    let client_secret_config = reading.optional(
        "clientSecretConfig",
        members.take("clientSecretConfig"),
        secret_reference,
    );
    let client_secret_source = reading.optional(
        "clientSecretSource",
        members.take("clientSecretSource"),
        secret_source_type,
    );
    Some(shapes::GoogleOauth2ProviderConfigInput {
        client_id: client_id?,
        client_secret,
        client_secret_config,
        client_secret_source,
    })
}

pub(crate) fn included_oauth2_provider_config_input(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::IncludedOauth2ProviderConfigInput> {
    let mut members = reading.object(node)?;
    let client_id = reading.required("clientId", members.take("clientId"), client_id_type);
    let client_secret = reading.optional(
        "clientSecret",
        members.take("clientSecret"),
        default_client_secret_type,
    );
    let client_secret_config = reading.optional(
        "clientSecretConfig",
        members.take("clientSecretConfig"),
        secret_reference,
    );
    let client_secret_source = reading.optional(
        "clientSecretSource",
        members.take("clientSecretSource"),
        secret_source_type,
    );
    let issuer = reading.optional("issuer", members.take("issuer"), issuer_url_type);
    let authorization_endpoint = reading.optional(
        "authorizationEndpoint",
        members.take("authorizationEndpoint"),
        authorization_endpoint_type,
    );
    let token_endpoint = reading.optional(
        "tokenEndpoint",
        members.take("tokenEndpoint"),
        token_endpoint_type,
    );
    Some(shapes::IncludedOauth2ProviderConfigInput {
        client_id: client_id?,
        client_secret,
        client_secret_config,
        client_secret_source,
        issuer,
        authorization_endpoint,
        token_endpoint,
    })
}

static ISSUER_URL_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: None,
};

pub(crate) fn issuer_url_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &ISSUER_URL_TYPE)
}

static KMS_KEY_ARN: StringRule = StringRule {
    length: Size { min: 1, max: 2_048 },
    pattern: Some(&KMS_KEY_ARN_PATTERN),
};
static KMS_KEY_ARN_PATTERN: Pattern =
    Pattern::new(r"arn:aws(|-cn|-us-gov):kms:[a-zA-Z0-9-]*:[0-9]{12}:key/[a-zA-Z0-9-]{36}");

pub(crate) fn kms_key_arn(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &KMS_KEY_ARN)
}

pub(crate) fn kms_key_source_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::KmsKeySourceType> {
    let mut members = reading.object(node)?;
    let kms_key_arn = reading.required("kmsKeyArn", members.take("kmsKeyArn"), kms_key_arn);
    Some(shapes::KmsKeySourceType {
        kms_key_arn: kms_key_arn?,
    })
}

pub(crate) fn linkedin_oauth2_provider_config_input(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::LinkedinOauth2ProviderConfigInput> {
    let mut members = reading.object(node)?;
    let client_id = reading.required("clientId", members.take("clientId"), client_id_type);
    let client_secret = reading.optional(
        "clientSecret",
        members.take("clientSecret"),
        default_client_secret_type,
    );
    let client_secret_config = reading.optional(
        "clientSecretConfig",
        members.take("clientSecretConfig"),
        secret_reference,
    );
    let client_secret_source = reading.optional(
        "clientSecretSource",
        members.take("clientSecretSource"),
        secret_source_type,
    );
    Some(shapes::LinkedinOauth2ProviderConfigInput {
        client_id: client_id?,
        client_secret,
        client_secret_config,
        client_secret_source,
    })
}

pub(crate) fn list_oauth2_credential_providers_request_max_results_integer(
    node: Node,
    reading: &mut Reading,
) -> Option<i32> {
    reading.integer(node, Range { min: 1, max: 20 })
}

pub(crate) fn list_workload_identities_request_max_results_integer(
    node: Node,
    reading: &mut Reading,
) -> Option<i32> {
    reading.integer(node, Range { min: 1, max: 20 })
}

pub(crate) fn managed_vpc_resource(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::ManagedVpcResource> {
    let mut members = reading.object(node)?;
    let vpc_identifier = reading.required(
        "vpcIdentifier",
        members.take("vpcIdentifier"),
        vpc_identifier,
    );
    let subnet_ids = reading.required("subnetIds", members.take("subnetIds"), subnet_ids);
    let endpoint_ip_address_type = reading.required(
        "endpointIpAddressType",
        members.take("endpointIpAddressType"),
        endpoint_ip_address_type,
    );
    let security_group_ids = reading.optional(
        "securityGroupIds",
        members.take("securityGroupIds"),
        security_group_ids,
    );
    let tags = reading.optional("tags", members.take("tags"), tags_map);
    let routing_domain = reading.optional(
        "routingDomain",
        members.take("routingDomain"),
        routing_domain,
    );
    Some(shapes::ManagedVpcResource {
        vpc_identifier: vpc_identifier?,
        subnet_ids: subnet_ids?,
        endpoint_ip_address_type: endpoint_ip_address_type?,
        security_group_ids,
        tags,
        routing_domain,
    })
}

pub(crate) fn max_results(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(node, Range { min: 1, max: 100 })
}

pub(crate) fn microsoft_oauth2_provider_config_input(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::MicrosoftOauth2ProviderConfigInput> {
    let mut members = reading.object(node)?;
    let client_id = reading.required("clientId", members.take("clientId"), client_id_type);
    let client_secret = reading.optional(
        "clientSecret",
        members.take("clientSecret"),
        default_client_secret_type,
    );
    let client_secret_config = reading.optional(
        "clientSecretConfig",
        members.take("clientSecretConfig"),
        secret_reference,
    );
    let client_secret_source = reading.optional(
        "clientSecretSource",
        members.take("clientSecretSource"),
        secret_source_type,
    );
    let tenant_id = reading.optional("tenantId", members.take("tenantId"), tenant_id_type);
    Some(shapes::MicrosoftOauth2ProviderConfigInput {
        client_id: client_id?,
        client_secret,
        client_secret_config,
        client_secret_source,
        tenant_id,
    })
}

pub(crate) fn oauth2_authorization_server_metadata(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::Oauth2AuthorizationServerMetadata> {
    let mut members = reading.object(node)?;
    let issuer = reading.required("issuer", members.take("issuer"), issuer_url_type);
    let authorization_endpoint = reading.required(
        "authorizationEndpoint",
        members.take("authorizationEndpoint"),
        authorization_endpoint_type,
    );
    let token_endpoint = reading.required(
        "tokenEndpoint",
        members.take("tokenEndpoint"),
        token_endpoint_type,
    );
    let response_types = reading.optional(
        "responseTypes",
        members.take("responseTypes"),
        response_list_type,
    );
    let token_endpoint_auth_methods = reading.optional(
        "tokenEndpointAuthMethods",
        members.take("tokenEndpointAuthMethods"),
        token_endpoint_auth_methods_type,
    );
    Some(shapes::Oauth2AuthorizationServerMetadata {
        issuer: issuer?,
        authorization_endpoint: authorization_endpoint?,
        token_endpoint: token_endpoint?,
        response_types,
        token_endpoint_auth_methods,
    })
}

static OAUTH2_DISCOVERY: &[Variant<shapes::Oauth2Discovery>] = &[
    ("discoveryUrl", |node, reading| {
        discovery_url_type(node, reading).map(shapes::Oauth2Discovery::DiscoveryUrl)
    }),
    ("authorizationServerMetadata", |node, reading| {
        oauth2_authorization_server_metadata(node, reading)
            .map(Box::new)
            .map(shapes::Oauth2Discovery::AuthorizationServerMetadata)
    }),
];

pub(crate) fn oauth2_discovery(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::Oauth2Discovery> {
    reading.union(node, OAUTH2_DISCOVERY)
}

pub(crate) fn oauth2_flow_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::Oauth2FlowType> {
    reading.enumerated(node)
}

static OAUTH2_PROVIDER_CONFIG_INPUT: &[Variant<shapes::Oauth2ProviderConfigInput>] = &[
    ("customOauth2ProviderConfig", |node, reading| {
        custom_oauth2_provider_config_input(node, reading)
            .map(Box::new)
            .map(shapes::Oauth2ProviderConfigInput::CustomOauth2ProviderConfig)
    }),
    ("googleOauth2ProviderConfig", |node, reading| {
        google_oauth2_provider_config_input(node, reading)
            .map(Box::new)
            .map(shapes::Oauth2ProviderConfigInput::GoogleOauth2ProviderConfig)
    }),
    ("githubOauth2ProviderConfig", |node, reading| {
        github_oauth2_provider_config_input(node, reading)
            .map(Box::new)
            .map(shapes::Oauth2ProviderConfigInput::GithubOauth2ProviderConfig)
    }),
    ("slackOauth2ProviderConfig", |node, reading| {
        slack_oauth2_provider_config_input(node, reading)
            .map(Box::new)
            .map(shapes::Oauth2ProviderConfigInput::SlackOauth2ProviderConfig)
    }),
    ("salesforceOauth2ProviderConfig", |node, reading| {
        salesforce_oauth2_provider_config_input(node, reading)
            .map(Box::new)
            .map(shapes::Oauth2ProviderConfigInput::SalesforceOauth2ProviderConfig)
    }),
    ("microsoftOauth2ProviderConfig", |node, reading| {
        microsoft_oauth2_provider_config_input(node, reading)
            .map(Box::new)
            .map(shapes::Oauth2ProviderConfigInput::MicrosoftOauth2ProviderConfig)
    }),
    ("atlassianOauth2ProviderConfig", |node, reading| {
        atlassian_oauth2_provider_config_input(node, reading)
            .map(Box::new)
            .map(shapes::Oauth2ProviderConfigInput::AtlassianOauth2ProviderConfig)
    }),
    ("linkedinOauth2ProviderConfig", |node, reading| {
        linkedin_oauth2_provider_config_input(node, reading)
            .map(Box::new)
            .map(shapes::Oauth2ProviderConfigInput::LinkedinOauth2ProviderConfig)
    }),
    ("includedOauth2ProviderConfig", |node, reading| {
        included_oauth2_provider_config_input(node, reading)
            .map(Box::new)
            .map(shapes::Oauth2ProviderConfigInput::IncludedOauth2ProviderConfig)
    }),
];

pub(crate) fn oauth2_provider_config_input(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::Oauth2ProviderConfigInput> {
    reading.union(node, OAUTH2_PROVIDER_CONFIG_INPUT)
}

pub(crate) fn on_behalf_of_authentication_config(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::OnBehalfOfAuthenticationConfig> {
    let mut members = reading.object(node)?;
    let client_authentication_method = reading.required(
        "clientAuthenticationMethod",
        members.take("clientAuthenticationMethod"),
        on_behalf_of_client_authentication_method,
    );
    Some(shapes::OnBehalfOfAuthenticationConfig {
        client_authentication_method: client_authentication_method?,
    })
}

pub(crate) fn on_behalf_of_client_authentication_method(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::OnBehalfOfClientAuthenticationMethod> {
    reading.enumerated(node)
}

pub(crate) fn on_behalf_of_token_exchange_config_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::OnBehalfOfTokenExchangeConfigType> {
    let mut members = reading.object(node)?;
    let grant_type = reading.required(
        "grantType",
        members.take("grantType"),
        on_behalf_of_token_exchange_grant_type_type,
    );
    let token_exchange_grant_type_config = reading.optional(
        "tokenExchangeGrantTypeConfig",
        members.take("tokenExchangeGrantTypeConfig"),
        token_exchange_grant_type_config_type,
    );
    let on_behalf_of_authentication_config = reading.optional(
        "onBehalfOfAuthenticationConfig",
        members.take("onBehalfOfAuthenticationConfig"),
        on_behalf_of_authentication_config,
    );
    Some(shapes::OnBehalfOfTokenExchangeConfigType {
        grant_type: grant_type?,
        token_exchange_grant_type_config,
        on_behalf_of_authentication_config,
    })
}

pub(crate) fn on_behalf_of_token_exchange_grant_type_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::OnBehalfOfTokenExchangeGrantTypeType> {
    reading.enumerated(node)
}

static PRIVATE_ENDPOINT: &[Variant<shapes::PrivateEndpoint>] = &[
    ("selfManagedLatticeResource", |node, reading| {
        self_managed_lattice_resource(node, reading)
            .map(Box::new)
            .map(shapes::PrivateEndpoint::SelfManagedLatticeResource)
    }),
    ("managedVpcResource", |node, reading| {
        managed_vpc_resource(node, reading)
            .map(Box::new)
            .map(shapes::PrivateEndpoint::ManagedVpcResource)
    }),
];

pub(crate) fn private_endpoint(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::PrivateEndpoint> {
    reading.union(node, PRIVATE_ENDPOINT)
}

pub(crate) fn private_endpoint_override(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::PrivateEndpointOverride> {
    let mut members = reading.object(node)?;
    let domain = reading.required(
        "domain",
        members.take("domain"),
        private_endpoint_override_domain,
    );
    let private_endpoint = reading.required(
        "privateEndpoint",
        members.take("privateEndpoint"),
        private_endpoint,
    );
    Some(shapes::PrivateEndpointOverride {
        domain: domain?,
        private_endpoint: private_endpoint?,
    })
}

static PRIVATE_ENDPOINT_OVERRIDE_DOMAIN: StringRule = StringRule {
    length: Size { min: 1, max: 253 },
    pattern: None,
};

pub(crate) fn private_endpoint_override_domain(
    node: Node,
    reading: &mut Reading,
) -> Option<String> {
    reading.string(node, &PRIVATE_ENDPOINT_OVERRIDE_DOMAIN)
}

pub(crate) fn private_endpoint_overrides(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<shapes::PrivateEndpointOverride>> {
    reading.list(node, Size { min: 0, max: 5 }, private_endpoint_override)
}

pub(crate) fn private_key_jwt_config(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::PrivateKeyJwtConfig> {
    let mut members = reading.object(node)?;
    let private_key_source = reading.optional(
        "privateKeySource",
        members.take("privateKeySource"),
        private_key_source,
    );
    let signing_algorithm = reading.optional(
        "signingAlgorithm",
        members.take("signingAlgorithm"),
        signing_algorithm,
    );
    let additional_header_claims = reading.optional(
        "additionalHeaderClaims",
        members.take("additionalHeaderClaims"),
        additional_claims,
    );
    let additional_payload_claims = reading.optional(
        "additionalPayloadClaims",
        members.take("additionalPayloadClaims"),
        additional_claims,
    );
    Some(shapes::PrivateKeyJwtConfig {
        private_key_source,
        signing_algorithm,
        additional_header_claims,
        additional_payload_claims,
    })
}

static PRIVATE_KEY_SOURCE: &[Variant<shapes::PrivateKeySource>] =
    &[("kmsKeySource", |node, reading| {
        kms_key_source_type(node, reading)
            .map(Box::new)
            .map(shapes::PrivateKeySource::KmsKeySource)
    })];

pub(crate) fn private_key_source(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::PrivateKeySource> {
    reading.union(node, PRIVATE_KEY_SOURCE)
}

static REQUEST_URI: StringRule = StringRule {
    length: Size { min: 1, max: 1_024 },
    pattern: Some(&REQUEST_URI_PATTERN),
};
static REQUEST_URI_PATTERN: Pattern =
    Pattern::new(r"urn:ietf:params:oauth:request_uri:[a-zA-Z0-9-._~]+");

pub(crate) fn request_uri(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &REQUEST_URI)
}

static RESOURCE_CONFIGURATION_IDENTIFIER: StringRule = StringRule {
    length: Size {
        min: 20,
        max: 2_048,
    },
    pattern: Some(&RESOURCE_CONFIGURATION_IDENTIFIER_PATTERN),
};
static RESOURCE_CONFIGURATION_IDENTIFIER_PATTERN: Pattern = Pattern::new(
    r"((rcfg-[0-9a-z]{17})|(arn:[a-z0-9\-]+:vpc-lattice:[a-zA-Z0-9\-]+:\d{12}:resourceconfiguration/rcfg-[0-9a-z]{17}))",
);

pub(crate) fn resource_configuration_identifier(
    node: Node,
    reading: &mut Reading,
) -> Option<String> {
    reading.string(node, &RESOURCE_CONFIGURATION_IDENTIFIER)
}

pub(crate) fn resource_oauth2_return_url_list_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<String>> {
    reading.list(
        node,
        Size { min: 0, max: 100 },
        resource_oauth2_return_url_type,
    )
}

static RESOURCE_OAUTH2_RETURN_URL_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 2_048 },
    pattern: Some(&RESOURCE_OAUTH2_RETURN_URL_TYPE_PATTERN),
};
static RESOURCE_OAUTH2_RETURN_URL_TYPE_PATTERN: Pattern = Pattern::new(r"\w+:(\/?\/?)[^\s]+");

pub(crate) fn resource_oauth2_return_url_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &RESOURCE_OAUTH2_RETURN_URL_TYPE)
}

static RESOURCE_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 2_048 },
    pattern: None,
};

pub(crate) fn resource_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &RESOURCE_TYPE)
}

pub(crate) fn resources_list_type(node: Node, reading: &mut Reading) -> Option<Vec<String>> {
    reading.list(node, Size { min: 0, max: 100 }, resource_type)
}

pub(crate) fn response_list_type(node: Node, reading: &mut Reading) -> Option<Vec<String>> {
    reading.list(node, Size { min: 0, max: 100 }, response_type)
}

static RESPONSE_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: None,
};

pub(crate) fn response_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &RESPONSE_TYPE)
}

static ROUTING_DOMAIN: StringRule = StringRule {
    length: Size { min: 3, max: 255 },
    pattern: None,
};

pub(crate) fn routing_domain(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &ROUTING_DOMAIN)
}

pub(crate) fn s3_certificate_configuration(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::S3CertificateConfiguration> {
    let mut members = reading.object(node)?;
    let uri = reading.required("uri", members.take("uri"), certificate_s3_uri);
    let bucket_owner_account_id = reading.optional(
        "bucketOwnerAccountId",
        members.take("bucketOwnerAccountId"),
        certificate_bucket_owner_account_id,
    );
    Some(shapes::S3CertificateConfiguration {
        uri: uri?,
        bucket_owner_account_id,
    })
}

pub(crate) fn salesforce_oauth2_provider_config_input(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::SalesforceOauth2ProviderConfigInput> {
    let mut members = reading.object(node)?;
    let client_id = reading.required("clientId", members.take("clientId"), client_id_type);
    let client_secret = reading.optional(
        "clientSecret",
        members.take("clientSecret"),
        default_client_secret_type,
    );
    let client_secret_config = reading.optional(
        "clientSecretConfig",
        members.take("clientSecretConfig"),
        secret_reference,
    );
    let client_secret_source = reading.optional(
        "clientSecretSource",
        members.take("clientSecretSource"),
        secret_source_type,
    );
    Some(shapes::SalesforceOauth2ProviderConfigInput {
        client_id: client_id?,
        client_secret,
        client_secret_config,
        client_secret_source,
    })
}

static SCOPE_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 128 },
    pattern: None,
};

pub(crate) fn scope_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &SCOPE_TYPE)
}

pub(crate) fn scopes_list_type(node: Node, reading: &mut Reading) -> Option<Vec<String>> {
    reading.list(node, Size { min: 0, max: 100 }, scope_type)
}

static SECRET_ID_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 2_048 },
    pattern: None,
};

pub(crate) fn secret_id_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &SECRET_ID_TYPE)
}

static SECRET_JSON_KEY_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 128 },
    pattern: None,
};

pub(crate) fn secret_json_key_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &SECRET_JSON_KEY_TYPE)
}

pub(crate) fn secret_reference(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::SecretReference> {
    let mut members = reading.object(node)?;
    let secret_id = reading.required("secretId", members.take("secretId"), secret_id_type);
    let json_key = reading.required("jsonKey", members.take("jsonKey"), secret_json_key_type);
    Some(shapes::SecretReference {
        secret_id: secret_id?,
        json_key: json_key?,
    })
}

pub(crate) fn secret_source_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::SecretSourceType> {
    reading.enumerated(node)
}

pub(crate) fn secrets_manager_certificate_configuration(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::SecretsManagerCertificateConfiguration> {
    let mut members = reading.object(node)?;
    let secret_arn = reading.required(
        "secretArn",
        members.take("secretArn"),
        certificate_secret_arn,
    );
    Some(shapes::SecretsManagerCertificateConfiguration {
        secret_arn: secret_arn?,
    })
}

static SECURITY_GROUP_IDENTIFIER: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: Some(&SECURITY_GROUP_IDENTIFIER_PATTERN),
};
static SECURITY_GROUP_IDENTIFIER_PATTERN: Pattern =
    Pattern::new(r"sg-(([0-9a-z]{8})|([0-9a-z]{17}))");

pub(crate) fn security_group_identifier(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &SECURITY_GROUP_IDENTIFIER)
}

pub(crate) fn security_group_ids(node: Node, reading: &mut Reading) -> Option<Vec<String>> {
    reading.list(node, Size { min: 0, max: 5 }, security_group_identifier)
}

static SELF_MANAGED_LATTICE_RESOURCE: &[Variant<shapes::SelfManagedLatticeResource>] =
    &[("resourceConfigurationIdentifier", |node, reading| {
        resource_configuration_identifier(node, reading)
            .map(shapes::SelfManagedLatticeResource::ResourceConfigurationIdentifier)
    })];

pub(crate) fn self_managed_lattice_resource(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::SelfManagedLatticeResource> {
    reading.union(node, SELF_MANAGED_LATTICE_RESOURCE)
}

pub(crate) fn signing_algorithm(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::SigningAlgorithm> {
    reading.enumerated(node)
}

pub(crate) fn slack_oauth2_provider_config_input(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::SlackOauth2ProviderConfigInput> {
    let mut members = reading.object(node)?;
    let client_id = reading.required("clientId", members.take("clientId"), client_id_type);
    let client_secret = reading.optional(
        "clientSecret",
        members.take("clientSecret"),
        default_client_secret_type,
    );
    let client_secret_config = reading.optional(
        "clientSecretConfig",
        members.take("clientSecretConfig"),
        secret_reference,
    );
    let client_secret_source = reading.optional(
        "clientSecretSource",
        members.take("clientSecretSource"),
        secret_source_type,
    );
    Some(shapes::SlackOauth2ProviderConfigInput {
        client_id: client_id?,
        client_secret,
        client_secret_config,
        client_secret_source,
    })
}

static STATE: StringRule = StringRule {
    length: Size { min: 1, max: 4_096 },
    pattern: None,
};

pub(crate) fn state(node: Node, reading: &mut Reading) -> Option<crate::Sensitive> {
    reading.sensitive(node, &STATE)
}

static STRING: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: None,
};

pub(crate) fn string(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &STRING)
}

static SUBNET_ID: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: Some(&SUBNET_ID_PATTERN),
};
static SUBNET_ID_PATTERN: Pattern = Pattern::new(r"subnet-[0-9a-zA-Z]{8,17}");

pub(crate) fn subnet_id(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &SUBNET_ID)
}

pub(crate) fn subnet_ids(node: Node, reading: &mut Reading) -> Option<Vec<String>> {
    reading.list(node, Size { min: 0, max: 100 }, subnet_id)
}

static TAG_KEY: StringRule = StringRule {
    length: Size { min: 1, max: 128 },
    pattern: Some(&TAG_KEY_PATTERN),
};
static TAG_KEY_PATTERN: Pattern = Pattern::new(r"[a-zA-Z0-9\s._:/=+@-]*");

pub(crate) fn tag_key(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &TAG_KEY)
}

pub(crate) fn tag_key_list(node: Node, reading: &mut Reading) -> Option<Vec<String>> {
    reading.list(node, Size { min: 0, max: 200 }, tag_key)
}

static TAG_VALUE: StringRule = StringRule {
    length: Size { min: 0, max: 256 },
    pattern: Some(&TAG_VALUE_PATTERN),
};
static TAG_VALUE_PATTERN: Pattern = Pattern::new(r"[a-zA-Z0-9\s._:/=+@-]*");

pub(crate) fn tag_value(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &TAG_VALUE)
}

// Not the model's pattern: the model's resource types have no digits, which refuses `oauth2credentialprovider`.
static TAGGABLE_RESOURCES_ARN: StringRule = StringRule {
    length: Size {
        min: 20,
        max: 1_011,
    },
    pattern: Some(&TAGGABLE_RESOURCES_ARN_PATTERN),
};
static TAGGABLE_RESOURCES_ARN_PATTERN: Pattern = Pattern::new(
    r"arn:(?:[^:]+)?:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:([a-z0-9-]+/[^/]+)(?:/[a-z0-9-]+/[^/]+)*",
);

pub(crate) fn taggable_resources_arn(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &TAGGABLE_RESOURCES_ARN)
}

pub(crate) fn tags_map(
    node: Node,
    reading: &mut Reading,
) -> Option<std::collections::BTreeMap<String, String>> {
    reading.map(node, Size { min: 0, max: 50 }, &TAG_KEY, tag_value)
}

static TENANT_ID_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 2_048 },
    pattern: None,
};

pub(crate) fn tenant_id_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &TENANT_ID_TYPE)
}

static TOKEN_AUTH_METHOD: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: Some(&TOKEN_AUTH_METHOD_PATTERN),
};
static TOKEN_AUTH_METHOD_PATTERN: Pattern =
    Pattern::new(r"(client_secret_post|client_secret_basic)");

pub(crate) fn token_auth_method(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &TOKEN_AUTH_METHOD)
}

pub(crate) fn token_endpoint_auth_methods_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<String>> {
    reading.list(node, Size { min: 1, max: 2 }, token_auth_method)
}

static TOKEN_ENDPOINT_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: None,
};

pub(crate) fn token_endpoint_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &TOKEN_ENDPOINT_TYPE)
}

pub(crate) fn token_exchange_grant_type_config_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::TokenExchangeGrantTypeConfigType> {
    let mut members = reading.object(node)?;
    let actor_token_content = reading.required(
        "actorTokenContent",
        members.take("actorTokenContent"),
        actor_token_content_type,
    );
    let actor_token_scopes = reading.optional(
        "actorTokenScopes",
        members.take("actorTokenScopes"),
        scopes_list_type,
    );
    Some(shapes::TokenExchangeGrantTypeConfigType {
        actor_token_content: actor_token_content?,
        actor_token_scopes,
    })
}

static TOKEN_VAULT_ID_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 64 },
    pattern: Some(&TOKEN_VAULT_ID_TYPE_PATTERN),
};
static TOKEN_VAULT_ID_TYPE_PATTERN: Pattern = Pattern::new(r"[a-zA-Z0-9\-_]+");

pub(crate) fn token_vault_id_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &TOKEN_VAULT_ID_TYPE)
}

static USER_ID_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 128 },
    pattern: None,
};

pub(crate) fn user_id_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &USER_ID_TYPE)
}

static USER_IDENTIFIER: &[Variant<shapes::UserIdentifier>] = &[
    ("userToken", |node, reading| {
        user_token_type(node, reading).map(shapes::UserIdentifier::UserToken)
    }),
    ("userId", |node, reading| {
        user_id_type(node, reading).map(shapes::UserIdentifier::UserId)
    }),
];

pub(crate) fn user_identifier(node: Node, reading: &mut Reading) -> Option<shapes::UserIdentifier> {
    reading.union(node, USER_IDENTIFIER)
}

static USER_TOKEN_TYPE: StringRule = StringRule {
    length: Size {
        min: 1,
        max: 131_072,
    },
    pattern: Some(&USER_TOKEN_TYPE_PATTERN),
};
static USER_TOKEN_TYPE_PATTERN: Pattern =
    Pattern::new(r"[A-Za-z0-9-_=]+.[A-Za-z0-9-_=]+.[A-Za-z0-9-_=]+");

pub(crate) fn user_token_type(node: Node, reading: &mut Reading) -> Option<crate::Sensitive> {
    reading.sensitive(node, &USER_TOKEN_TYPE)
}

static VPC_IDENTIFIER: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: Some(&VPC_IDENTIFIER_PATTERN),
};
static VPC_IDENTIFIER_PATTERN: Pattern = Pattern::new(r"vpc-(([0-9a-z]{8})|([0-9a-z]{17}))");

pub(crate) fn vpc_identifier(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &VPC_IDENTIFIER)
}

static WORKLOAD_IDENTITY_NAME_TYPE: StringRule = StringRule {
    length: Size { min: 3, max: 255 },
    pattern: Some(&WORKLOAD_IDENTITY_NAME_TYPE_PATTERN),
};
static WORKLOAD_IDENTITY_NAME_TYPE_PATTERN: Pattern = Pattern::new(r"[A-Za-z0-9_.-]+");

pub(crate) fn workload_identity_name_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &WORKLOAD_IDENTITY_NAME_TYPE)
}

static WORKLOAD_IDENTITY_TOKEN_TYPE: StringRule = StringRule {
    length: Size {
        min: 1,
        max: 131_072,
    },
    pattern: None,
};

pub(crate) fn workload_identity_token_type(
    node: Node,
    reading: &mut Reading,
) -> Option<crate::Sensitive> {
    reading.sensitive(node, &WORKLOAD_IDENTITY_TOKEN_TYPE)
}

/// Every pattern, for the test that they compile.
#[cfg(test)]
pub(crate) static PATTERNS: &[&Pattern] = &[
    &ADDITIONAL_CLAIM_NAME_PATTERN,
    &CERTIFICATE_BUCKET_OWNER_ACCOUNT_ID_PATTERN,
    &CERTIFICATE_S3_URI_PATTERN,
    &CERTIFICATE_SECRET_ARN_PATTERN,
    &CREDENTIAL_PROVIDER_NAME_PATTERN,
    &CUSTOM_REQUEST_KEY_TYPE_PATTERN,
    &DISCOVERY_URL_TYPE_PATTERN,
    &KMS_KEY_ARN_PATTERN,
    &REQUEST_URI_PATTERN,
    &RESOURCE_CONFIGURATION_IDENTIFIER_PATTERN,
    &RESOURCE_OAUTH2_RETURN_URL_TYPE_PATTERN,
    &SECURITY_GROUP_IDENTIFIER_PATTERN,
    &SUBNET_ID_PATTERN,
    &TAG_KEY_PATTERN,
    &TAG_VALUE_PATTERN,
    &TAGGABLE_RESOURCES_ARN_PATTERN,
    &TOKEN_AUTH_METHOD_PATTERN,
    &TOKEN_VAULT_ID_TYPE_PATTERN,
    &USER_TOKEN_TYPE_PATTERN,
    &VPC_IDENTIFIER_PATTERN,
    &WORKLOAD_IDENTITY_NAME_TYPE_PATTERN,
];
