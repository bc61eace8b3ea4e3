//! The operations of the service that we do not have.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Absent;

pub(crate) const ABSENT: &[Absent] = &[
    Absent {
        name: "AddCustomAttributes",
        reason: "attributes of users are changed in a later release",
    },
    Absent {
        name: "AddUserPoolClientSecret",
        reason: "secrets of clients are replaced in a later release; a new client has a new one",
    },
    Absent {
        name: "AdminConfirmSignUp",
        reason: "codes by mail or message are not sent: an administrator makes users and sets passwords",
    },
    Absent {
        name: "AdminDeleteSoftwareToken",
        reason: "a second factor comes in a later release",
    },
    Absent {
        name: "AdminDeleteUserAttributes",
        reason: "attributes of users are changed in a later release",
    },
    Absent {
        name: "AdminDisableProviderForUser",
        reason: "users of another identity provider need no pool: register its issuer",
    },
    Absent {
        name: "AdminForgetDevice",
        reason: "devices are not remembered",
    },
    Absent {
        name: "AdminGetDevice",
        reason: "devices are not remembered",
    },
    Absent {
        name: "AdminGetUserAuthFactors",
        reason: "a second factor comes in a later release",
    },
    Absent {
        name: "AdminInitiateAuth",
        reason: "an administrator signs nobody in: the user does, with InitiateAuth",
    },
    Absent {
        name: "AdminLinkProviderForUser",
        reason: "users of another identity provider need no pool: register its issuer",
    },
    Absent {
        name: "AdminListDevices",
        reason: "devices are not remembered",
    },
    Absent {
        name: "AdminListUserAuthEvents",
        reason: "risk is not assessed: what happened is in the audit record",
    },
    Absent {
        name: "AdminListUserSessions",
        reason: "sessions are listed and cut one by one in a later release; AdminUserGlobalSignOut cuts all",
    },
    Absent {
        name: "AdminResetUserPassword",
        reason: "codes by mail or message are not sent: an administrator makes users and sets passwords",
    },
    Absent {
        name: "AdminRespondToAuthChallenge",
        reason: "an administrator signs nobody in: the user does, with InitiateAuth",
    },
    Absent {
        name: "AdminRevokeUserSession",
        reason: "sessions are listed and cut one by one in a later release; AdminUserGlobalSignOut cuts all",
    },
    Absent {
        name: "AdminSetUserMFAPreference",
        reason: "a second factor comes in a later release",
    },
    Absent {
        name: "AdminSetUserSettings",
        reason: "a second factor comes in a later release",
    },
    Absent {
        name: "AdminUpdateAuthEventFeedback",
        reason: "risk is not assessed: what happened is in the audit record",
    },
    Absent {
        name: "AdminUpdateDeviceStatus",
        reason: "devices are not remembered",
    },
    Absent {
        name: "AdminUpdateUserAttributes",
        reason: "attributes of users are changed in a later release",
    },
    Absent {
        name: "AssociateSoftwareToken",
        reason: "a second factor comes in a later release",
    },
    Absent {
        name: "ChangePassword",
        reason: "users change their own passwords and data in a later release",
    },
    Absent {
        name: "CompleteWebAuthnRegistration",
        reason: "a second factor comes in a later release",
    },
    Absent {
        name: "ConfirmDevice",
        reason: "devices are not remembered",
    },
    Absent {
        name: "ConfirmForgotPassword",
        reason: "codes by mail or message are not sent: an administrator makes users and sets passwords",
    },
    Absent {
        name: "ConfirmSignUp",
        reason: "codes by mail or message are not sent: an administrator makes users and sets passwords",
    },
    Absent {
        name: "CreateIdentityProvider",
        reason: "users of another identity provider need no pool: register its issuer",
    },
    Absent {
        name: "CreateManagedLoginBranding",
        reason: "there is no hosted sign-in, so there are no pages to dress",
    },
    Absent {
        name: "CreateTerms",
        reason: "there is no hosted sign-in, so there are no pages to dress",
    },
    Absent {
        name: "CreateUserImportJob",
        reason: "users are not imported from files",
    },
    Absent {
        name: "CreateUserPoolReplica",
        reason: "a user pool has no replicas: the nodes of a deployment share it",
    },
    Absent {
        name: "DeleteIdentityProvider",
        reason: "users of another identity provider need no pool: register its issuer",
    },
    Absent {
        name: "DeleteManagedLoginBranding",
        reason: "there is no hosted sign-in, so there are no pages to dress",
    },
    Absent {
        name: "DeleteTerms",
        reason: "there is no hosted sign-in, so there are no pages to dress",
    },
    Absent {
        name: "DeleteUser",
        reason: "users change their own passwords and data in a later release",
    },
    Absent {
        name: "DeleteUserAttributes",
        reason: "attributes of users are changed in a later release",
    },
    Absent {
        name: "DeleteUserPoolClientSecret",
        reason: "secrets of clients are replaced in a later release; a new client has a new one",
    },
    Absent {
        name: "DeleteUserPoolReplica",
        reason: "a user pool has no replicas: the nodes of a deployment share it",
    },
    Absent {
        name: "DeleteWebAuthnCredential",
        reason: "a second factor comes in a later release",
    },
    Absent {
        name: "DescribeIdentityProvider",
        reason: "users of another identity provider need no pool: register its issuer",
    },
    Absent {
        name: "DescribeManagedLoginBranding",
        reason: "there is no hosted sign-in, so there are no pages to dress",
    },
    Absent {
        name: "DescribeManagedLoginBrandingByClient",
        reason: "there is no hosted sign-in, so there are no pages to dress",
    },
    Absent {
        name: "DescribeRiskConfiguration",
        reason: "risk is not assessed: what happened is in the audit record",
    },
    Absent {
        name: "DescribeTerms",
        reason: "there is no hosted sign-in, so there are no pages to dress",
    },
    Absent {
        name: "DescribeTermsByClient",
        reason: "there is no hosted sign-in, so there are no pages to dress",
    },
    Absent {
        name: "DescribeUserImportJob",
        reason: "users are not imported from files",
    },
    Absent {
        name: "ForgetDevice",
        reason: "devices are not remembered",
    },
    Absent {
        name: "ForgotPassword",
        reason: "codes by mail or message are not sent: an administrator makes users and sets passwords",
    },
    Absent {
        name: "GetCSVHeader",
        reason: "users are not imported from files",
    },
    Absent {
        name: "GetClientToken",
        reason: "derived tokens come in a later release",
    },
    Absent {
        name: "GetDerivedToken",
        reason: "derived tokens come in a later release",
    },
    Absent {
        name: "GetDevice",
        reason: "devices are not remembered",
    },
    Absent {
        name: "GetIdentityProviderByIdentifier",
        reason: "users of another identity provider need no pool: register its issuer",
    },
    Absent {
        name: "GetLogDeliveryConfiguration",
        reason: "logs and metrics are Procura's own",
    },
    Absent {
        name: "GetProvisionedLimit",
        reason: "limits are Procura's own",
    },
    Absent {
        name: "GetSigningCertificate",
        reason: "SAML is not spoken",
    },
    Absent {
        name: "GetUICustomization",
        reason: "there is no hosted sign-in, so there are no pages to dress",
    },
    Absent {
        name: "GetUserAttributeVerificationCode",
        reason: "attributes of users are changed in a later release",
    },
    Absent {
        name: "GetUserAuthFactors",
        reason: "a second factor comes in a later release",
    },
    Absent {
        name: "GetUserPoolClientSessionConfiguration",
        reason: "sessions are listed and cut one by one in a later release; AdminUserGlobalSignOut cuts all",
    },
    Absent {
        name: "GetUserPoolMfaConfig",
        reason: "a second factor comes in a later release",
    },
    Absent {
        name: "GetUserPoolSessionConfiguration",
        reason: "sessions are listed and cut one by one in a later release; AdminUserGlobalSignOut cuts all",
    },
    Absent {
        name: "ListDevices",
        reason: "devices are not remembered",
    },
    Absent {
        name: "ListIdentityProviders",
        reason: "users of another identity provider need no pool: register its issuer",
    },
    Absent {
        name: "ListTagsForResource",
        reason: "tags of user pools come in a later release",
    },
    Absent {
        name: "ListTerms",
        reason: "there is no hosted sign-in, so there are no pages to dress",
    },
    Absent {
        name: "ListUserImportJobs",
        reason: "users are not imported from files",
    },
    Absent {
        name: "ListUserPoolClientSecrets",
        reason: "secrets of clients are replaced in a later release; a new client has a new one",
    },
    Absent {
        name: "ListUserPoolReplicas",
        reason: "a user pool has no replicas: the nodes of a deployment share it",
    },
    Absent {
        name: "ListUserSessions",
        reason: "sessions are listed and cut one by one in a later release; AdminUserGlobalSignOut cuts all",
    },
    Absent {
        name: "ListWebAuthnCredentials",
        reason: "a second factor comes in a later release",
    },
    Absent {
        name: "ResendConfirmationCode",
        reason: "codes by mail or message are not sent: an administrator makes users and sets passwords",
    },
    Absent {
        name: "RevokeUserSession",
        reason: "sessions are listed and cut one by one in a later release; AdminUserGlobalSignOut cuts all",
    },
    Absent {
        name: "SetLogDeliveryConfiguration",
        reason: "logs and metrics are Procura's own",
    },
    Absent {
        name: "SetRiskConfiguration",
        reason: "risk is not assessed: what happened is in the audit record",
    },
    Absent {
        name: "SetUICustomization",
        reason: "there is no hosted sign-in, so there are no pages to dress",
    },
    Absent {
        name: "SetUserMFAPreference",
        reason: "a second factor comes in a later release",
    },
    Absent {
        name: "SetUserPoolClientSessionConfiguration",
        reason: "sessions are listed and cut one by one in a later release; AdminUserGlobalSignOut cuts all",
    },
    Absent {
        name: "SetUserPoolMfaConfig",
        reason: "a second factor comes in a later release",
    },
    Absent {
        name: "SetUserPoolSessionConfiguration",
        reason: "sessions are listed and cut one by one in a later release; AdminUserGlobalSignOut cuts all",
    },
    Absent {
        name: "SetUserSettings",
        reason: "a second factor comes in a later release",
    },
    Absent {
        name: "SignUp",
        reason: "codes by mail or message are not sent: an administrator makes users and sets passwords",
    },
    Absent {
        name: "StartUserImportJob",
        reason: "users are not imported from files",
    },
    Absent {
        name: "StartWebAuthnRegistration",
        reason: "a second factor comes in a later release",
    },
    Absent {
        name: "StopUserImportJob",
        reason: "users are not imported from files",
    },
    Absent {
        name: "TagResource",
        reason: "tags of user pools come in a later release",
    },
    Absent {
        name: "UntagResource",
        reason: "tags of user pools come in a later release",
    },
    Absent {
        name: "UpdateAuthEventFeedback",
        reason: "risk is not assessed: what happened is in the audit record",
    },
    Absent {
        name: "UpdateDeviceStatus",
        reason: "devices are not remembered",
    },
    Absent {
        name: "UpdateIdentityProvider",
        reason: "users of another identity provider need no pool: register its issuer",
    },
    Absent {
        name: "UpdateManagedLoginBranding",
        reason: "there is no hosted sign-in, so there are no pages to dress",
    },
    Absent {
        name: "UpdateProvisionedLimit",
        reason: "limits are Procura's own",
    },
    Absent {
        name: "UpdateTerms",
        reason: "there is no hosted sign-in, so there are no pages to dress",
    },
    Absent {
        name: "UpdateUserAttributes",
        reason: "attributes of users are changed in a later release",
    },
    Absent {
        name: "UpdateUserPoolDomain",
        reason: "a domain has nothing to change: it is a name below the address of the service",
    },
    Absent {
        name: "UpdateUserPoolReplica",
        reason: "a user pool has no replicas: the nodes of a deployment share it",
    },
    Absent {
        name: "VerifySoftwareToken",
        reason: "a second factor comes in a later release",
    },
    Absent {
        name: "VerifyUserAttribute",
        reason: "attributes of users are changed in a later release",
    },
];
