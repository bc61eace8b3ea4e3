//! User pools: Amazon Cognito's identity provider API.

use super::{CHARS_MAX, Family, ITEMS_MAX, Protocol};
use crate::generate::source::Service;

pub(in crate::generate) const COGNITO: Family = Family {
    module: "cognito::generated",
    protocol: Protocol::Json11,
    services: SERVICES,
    implemented: IMPLEMENTED,
    absent: ABSENT,
    absent_paths: &[],
    roots: &[],
    patterns: &[],
    reads: READS,
    // The attributes of a user: an address of mail, a name.
    reveals_no_secret: &["AdminGetUser", "ListUsers", "GetUser", "ListUsersInGroup"],
    not_secret: NOT_SECRET,
    caps: CAPS,
};

const SERVICES: &[Service] = &[Service {
    directory: "cognito-idp",
    version: "2016-04-18",
    plane: "",
    sha256: "104a1b2a76681dd5c6e47598640c7f15e1b7dd4b16a11d28bffc9d2b5c9b3ab0",
}];

const IMPLEMENTED: &[&str] = &[
    "CreateUserPool",
    "DescribeUserPool",
    "ListUserPools",
    "DeleteUserPool",
    "CreateUserPoolClient",
    "DescribeUserPoolClient",
    "ListUserPoolClients",
    "DeleteUserPoolClient",
    "AdminCreateUser",
    "AdminGetUser",
    "AdminSetUserPassword",
    "AdminEnableUser",
    "AdminDisableUser",
    "AdminDeleteUser",
    "ListUsers",
    "AdminUserGlobalSignOut",
    "CreateGroup",
    "GetGroup",
    "ListGroups",
    "UpdateGroup",
    "DeleteGroup",
    "AdminAddUserToGroup",
    "AdminRemoveUserFromGroup",
    "AdminListGroupsForUser",
    "ListUsersInGroup",
    "CreateResourceServer",
    "DescribeResourceServer",
    "ListResourceServers",
    "UpdateResourceServer",
    "DeleteResourceServer",
    "UpdateUserPool",
    "UpdateUserPoolClient",
    "CreateUserPoolDomain",
    "DescribeUserPoolDomain",
    "DeleteUserPoolDomain",
    "InitiateAuth",
    "RespondToAuthChallenge",
    "GetTokensFromRefreshToken",
    "GetUser",
    "GlobalSignOut",
    "RevokeToken",
];

/// The model marks none. `DescribeUserPoolClient` is not one: it tells the secret of a client.
const READS: &[&str] = &[
    "DescribeUserPool",
    "ListUserPools",
    "ListUserPoolClients",
    "AdminGetUser",
    "ListUsers",
    "GetUser",
    "GetGroup",
    "ListGroups",
    "AdminListGroupsForUser",
    "ListUsersInGroup",
    "DescribeResourceServer",
    "ListResourceServers",
    "DescribeUserPoolDomain",
];

const NOT_SECRET: &[(&str, &str)] = &[
    ("ClientIdType", "the public name of a client"),
    (
        "UsernameType",
        "a name; the password beside it is the secret",
    ),
];

const ABSENT: &[(&str, &[&str])] = &[
    (
        "a domain has nothing to change: it is a name below the address of the service",
        &["UpdateUserPoolDomain"],
    ),
    (
        "attributes of users are changed in a later release",
        &[
            "AddCustomAttributes",
            "AdminDeleteUserAttributes",
            "AdminUpdateUserAttributes",
            "DeleteUserAttributes",
            "GetUserAttributeVerificationCode",
            "UpdateUserAttributes",
            "VerifyUserAttribute",
        ],
    ),
    (
        "tags of user pools come in a later release",
        &["ListTagsForResource", "TagResource", "UntagResource"],
    ),
    (
        "secrets of clients are replaced in a later release; a new client has a new one",
        &[
            "AddUserPoolClientSecret",
            "DeleteUserPoolClientSecret",
            "ListUserPoolClientSecrets",
        ],
    ),
    (
        "users of another identity provider need no pool: register its issuer",
        &[
            "AdminDisableProviderForUser",
            "AdminLinkProviderForUser",
            "CreateIdentityProvider",
            "DeleteIdentityProvider",
            "DescribeIdentityProvider",
            "GetIdentityProviderByIdentifier",
            "ListIdentityProviders",
            "UpdateIdentityProvider",
        ],
    ),
    (
        "codes by mail or message are not sent: an administrator makes users and sets passwords",
        &[
            "AdminConfirmSignUp",
            "AdminResetUserPassword",
            "ConfirmForgotPassword",
            "ConfirmSignUp",
            "ForgotPassword",
            "ResendConfirmationCode",
            "SignUp",
        ],
    ),
    (
        "users change their own passwords and data in a later release",
        &["ChangePassword", "DeleteUser"],
    ),
    (
        "an administrator signs nobody in: the user does, with InitiateAuth",
        &["AdminInitiateAuth", "AdminRespondToAuthChallenge"],
    ),
    (
        "derived tokens come in a later release",
        &["GetClientToken", "GetDerivedToken"],
    ),
    (
        "sessions are listed and cut one by one in a later release; AdminUserGlobalSignOut cuts all",
        &[
            "AdminListUserSessions",
            "AdminRevokeUserSession",
            "GetUserPoolClientSessionConfiguration",
            "GetUserPoolSessionConfiguration",
            "ListUserSessions",
            "RevokeUserSession",
            "SetUserPoolClientSessionConfiguration",
            "SetUserPoolSessionConfiguration",
        ],
    ),
    (
        "a second factor comes in a later release",
        &[
            "AdminDeleteSoftwareToken",
            "AdminGetUserAuthFactors",
            "AdminSetUserMFAPreference",
            "AdminSetUserSettings",
            "AssociateSoftwareToken",
            "CompleteWebAuthnRegistration",
            "DeleteWebAuthnCredential",
            "GetUserAuthFactors",
            "GetUserPoolMfaConfig",
            "ListWebAuthnCredentials",
            "SetUserMFAPreference",
            "SetUserPoolMfaConfig",
            "SetUserSettings",
            "StartWebAuthnRegistration",
            "VerifySoftwareToken",
        ],
    ),
    (
        "devices are not remembered",
        &[
            "AdminForgetDevice",
            "AdminGetDevice",
            "AdminListDevices",
            "AdminUpdateDeviceStatus",
            "ConfirmDevice",
            "ForgetDevice",
            "GetDevice",
            "ListDevices",
            "UpdateDeviceStatus",
        ],
    ),
    (
        "risk is not assessed: what happened is in the audit record",
        &[
            "AdminListUserAuthEvents",
            "AdminUpdateAuthEventFeedback",
            "DescribeRiskConfiguration",
            "SetRiskConfiguration",
            "UpdateAuthEventFeedback",
        ],
    ),
    (
        "there is no hosted sign-in, so there are no pages to dress",
        &[
            "CreateManagedLoginBranding",
            "CreateTerms",
            "DeleteManagedLoginBranding",
            "DeleteTerms",
            "DescribeManagedLoginBranding",
            "DescribeManagedLoginBrandingByClient",
            "DescribeTerms",
            "DescribeTermsByClient",
            "GetUICustomization",
            "ListTerms",
            "SetUICustomization",
            "UpdateManagedLoginBranding",
            "UpdateTerms",
        ],
    ),
    (
        "users are not imported from files",
        &[
            "CreateUserImportJob",
            "DescribeUserImportJob",
            "GetCSVHeader",
            "ListUserImportJobs",
            "StartUserImportJob",
            "StopUserImportJob",
        ],
    ),
    (
        "logs and metrics are Procura's own",
        &["GetLogDeliveryConfiguration", "SetLogDeliveryConfiguration"],
    ),
    (
        "limits are Procura's own",
        &["GetProvisionedLimit", "UpdateProvisionedLimit"],
    ),
    (
        "a user pool has no replicas: the nodes of a deployment share it",
        &[
            "CreateUserPoolReplica",
            "DeleteUserPoolReplica",
            "ListUserPoolReplicas",
            "UpdateUserPoolReplica",
        ],
    ),
    ("SAML is not spoken", &["GetSigningCertificate"]),
];

/// An access token, a refresh token: ours are shorter.
const TOKEN_CHARS_MAX: u64 = 8192;

const CAPS: &[(&str, u64)] = &[
    ("AcrLevelKeyType", CHARS_MAX),
    ("AliasAttributesListType", ITEMS_MAX),
    ("AttributeListType", ITEMS_MAX),
    ("AttributesRequireVerificationBeforeUpdateType", ITEMS_MAX),
    ("AuthParametersType", ITEMS_MAX),
    ("ChallengeResponsesType", ITEMS_MAX),
    ("ClientMetadataType", ITEMS_MAX),
    ("ClientPermissionListType", ITEMS_MAX),
    ("DeliveryMediumListType", ITEMS_MAX),
    ("EmailAddressType", CHARS_MAX),
    ("ExplicitAuthFlowsListType", ITEMS_MAX),
    ("HexStringType", CHARS_MAX),
    // The token of a next page: ours are far shorter.
    ("PaginationKeyType", CHARS_MAX),
    ("SearchPaginationTokenType", CHARS_MAX),
    ("SearchedAttributeNamesListType", ITEMS_MAX),
    ("SupportedIdentityProvidersListType", ITEMS_MAX),
    ("TokenModelType", TOKEN_CHARS_MAX),
    ("UserPoolTagsType", ITEMS_MAX),
    ("UsernameAttributesListType", ITEMS_MAX),
    ("VerifiedAttributesListType", ITEMS_MAX),
];
