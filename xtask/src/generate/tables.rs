//! What we decided by hand: which operations we have, and where our constraints are not the
//! model's.

/// The operations that we have, in the order of the operation table.
pub(super) const IMPLEMENTED: &[&str] = &[
    "CreateWorkloadIdentity",
    "GetWorkloadIdentity",
    "UpdateWorkloadIdentity",
    "DeleteWorkloadIdentity",
    "ListWorkloadIdentities",
    "CreateApiKeyCredentialProvider",
    "GetApiKeyCredentialProvider",
    "UpdateApiKeyCredentialProvider",
    "DeleteApiKeyCredentialProvider",
    "ListApiKeyCredentialProviders",
    "CreateOauth2CredentialProvider",
    "GetOauth2CredentialProvider",
    "UpdateOauth2CredentialProvider",
    "DeleteOauth2CredentialProvider",
    "ListOauth2CredentialProviders",
    "TagResource",
    "UntagResource",
    "ListTagsForResource",
    "GetTokenVault",
    "GetWorkloadAccessToken",
    "GetWorkloadAccessTokenForUserId",
    "GetWorkloadAccessTokenForJWT",
    "GetResourceApiKey",
    "GetResourceOauth2Token",
    "CompleteResourceTokenAuth",
];

/// The body of every answer to an input that is not valid; a root of output shapes.
pub(super) const VALIDATION_EXCEPTION: &str = "ValidationException";

/// A pattern of ours in place of the model's.
pub(super) struct PatternException {
    pub(super) shape: &'static str,
    pub(super) pattern: &'static str,
    /// Written beside the pattern.
    pub(super) reason: &'static str,
}

pub(super) const PATTERN_EXCEPTIONS: &[PatternException] = &[PatternException {
    shape: "TaggableResourcesArn",
    pattern: "arn:(?:[^:]+)?:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:([a-z0-9-]+/[^/]+)\
              (?:/[a-z0-9-]+/[^/]+)*",
    reason: "the model's resource types have no digits, which refuses `oauth2credentialprovider`",
}];

/// Reads whose sensitive members are no credentials, so that they leave no record: the additional
/// claims of a client's assertion, which its server sees anyway.
pub(super) const REVEALS_NO_SECRET: &[&str] = &["GetOauth2CredentialProvider"];

const ITEMS_MAX: u64 = 100;
const CHARS_MAX: u64 = 2048;

/// Maxima where the model has none: items of a list or map, characters of a string. A shape of an
/// input that has no maximum and no row here is an error.
pub(super) const CAPS: &[(&str, u64)] = &[
    ("AllowedAudienceType", CHARS_MAX),
    ("AllowedScopesType", ITEMS_MAX),
    ("AudiencesListType", ITEMS_MAX),
    ("AuthorizationEndpointType", CHARS_MAX),
    ("CertificateBucketOwnerAccountId", CHARS_MAX),
    ("CertificateS3Uri", CHARS_MAX),
    ("CertificateSecretArn", CHARS_MAX),
    ("CustomRequestParametersType", ITEMS_MAX),
    ("DiscoveryUrlType", CHARS_MAX),
    ("IssuerUrlType", CHARS_MAX),
    ("ResourceOauth2ReturnUrlListType", ITEMS_MAX),
    ("ResourcesListType", ITEMS_MAX),
    ("ResponseListType", ITEMS_MAX),
    ("ResponseType", CHARS_MAX),
    ("ScopesListType", ITEMS_MAX),
    ("SecurityGroupIdentifier", CHARS_MAX),
    // The token of a next page: ours are far shorter.
    ("String", CHARS_MAX),
    ("SubnetId", CHARS_MAX),
    ("SubnetIds", ITEMS_MAX),
    ("TokenAuthMethod", CHARS_MAX),
    ("TokenEndpointType", CHARS_MAX),
    ("VpcIdentifier", CHARS_MAX),
];
