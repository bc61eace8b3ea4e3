//! The identity service: the control and the data plane.

use super::{CHARS_MAX, Family, ITEMS_MAX, PatternException, Protocol};
use crate::generate::source::Service;

pub(in crate::generate) const AGENTCORE: Family = Family {
    module: "generated",
    protocol: Protocol::RestJson,
    services: SERVICES,
    implemented: IMPLEMENTED,
    absent: ABSENT,
    absent_paths: ABSENT_PATHS,
    // The body of every answer to an input that is not valid.
    roots: &["ValidationException"],
    patterns: PATTERNS,
    reads: &[],
    // The additional claims of a client's assertion, which its server sees anyway.
    reveals_no_secret: &["GetOauth2CredentialProvider"],
    not_secret: &[],
    caps: CAPS,
};

const SERVICES: &[Service] = &[
    Service {
        directory: "bedrock-agentcore-control",
        version: "2023-06-05",
        plane: "Control",
        sha256: "398fbda4e24fcd886055d8208015f963621ddfd9964aab289a405711cb5242da",
    },
    Service {
        directory: "bedrock-agentcore",
        version: "2024-02-28",
        plane: "Data",
        sha256: "47d2894db292c20b464a46de54f1cdc1fe1a22c7248d6dbed4916d277d9270fc",
    },
];

const IMPLEMENTED: &[&str] = &[
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

/// Operations of the identity service, one by one.
const ABSENT: &[(&str, &[&str])] = &[
    (
        "payment credential providers come in a later release",
        &[
            "CreatePaymentCredentialProvider",
            "GetPaymentCredentialProvider",
            "UpdatePaymentCredentialProvider",
            "DeletePaymentCredentialProvider",
            "ListPaymentCredentialProviders",
        ],
    ),
    (
        "payment tokens come with payment credential providers",
        &["GetResourcePaymentToken"],
    ),
    (
        "consent portals come after delegated access",
        &[
            "CreateConsentPortal",
            "GetConsentPortal",
            "UpdateConsentPortal",
            "DeleteConsentPortal",
            "ListConsentPortals",
        ],
    ),
    (
        "customer managed keys come with external root keys",
        &["SetTokenVaultCMK"],
    ),
    (
        "the reset of a vault comes with external root keys",
        &["ResetTokenVaultKeyMaterial"],
    ),
    (
        "resource policies are for runtimes and gateways, which are not part of an identity service",
        &[
            "PutResourcePolicy",
            "GetResourcePolicy",
            "DeleteResourcePolicy",
        ],
    ),
];

/// The other operations, by the first segment of their path.
const ABSENT_PATHS: &[(&str, &str)] = &[
    ("ab-tests", EVALUATION),
    ("agent-insight-stores", EVALUATION),
    ("agentinsights", EVALUATION),
    ("browser-profiles", BROWSER),
    ("browsers", BROWSER),
    ("capacity-providers", RUNTIME),
    (
        "code-interpreters",
        "code interpreters are not part of an identity service",
    ),
    ("configuration-bundles", RUNTIME),
    ("datasets", EVALUATION),
    ("evaluations", EVALUATION),
    ("evaluators", EVALUATION),
    (
        "gateways",
        "gateways are not part of an identity service; Procura has one of its own",
    ),
    ("harnesses", RUNTIME),
    (
        "memories",
        "the memory of agents is not part of an identity service",
    ),
    ("online-evaluation-configs", EVALUATION),
    (
        "payments",
        "payments are not part of an identity service, beyond their credentials",
    ),
    ("policy-engine-summaries", POLICY),
    ("policy-engines", POLICY),
    ("recommendations", EVALUATION),
    ("registries", REGISTRY),
    ("registry-records", REGISTRY),
    ("runtimes", RUNTIME),
    (
        "web-search",
        "web search is not part of an identity service",
    ),
];

const BROWSER: &str = "browsers are not part of an identity service";
const EVALUATION: &str = "the evaluation of agents is not part of an identity service";
const POLICY: &str =
    "policy engines are not part of an identity service; Procura has policies of its own";
const REGISTRY: &str = "registries of agents are not part of an identity service";
const RUNTIME: &str = "running agents is not part of an identity service";

const PATTERNS: &[PatternException] = &[PatternException {
    shape: "TaggableResourcesArn",
    pattern: "arn:(?:[^:]+)?:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:([a-z0-9-]+/[^/]+)\
              (?:/[a-z0-9-]+/[^/]+)*",
    reason: "the model's resource types have no digits, which refuses `oauth2credentialprovider`",
}];

const CAPS: &[(&str, u64)] = &[
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
