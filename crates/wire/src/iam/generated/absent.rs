//! The operations of the service that we do not have.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::iam::Absent;

pub(crate) const ABSENT: &[Absent] = &[
    Absent {
        name: "AcceptDelegationRequest",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "AcquireRole",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "AddClientIDToOpenIDConnectProvider",
        reason: "issuers are registered by the operator: procura issuers",
    },
    Absent {
        name: "AddRoleToInstanceProfile",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "AddUserToGroup",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "AssociateDelegationRequest",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "AttachGroupPolicy",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "AttachUserPolicy",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ChangePassword",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "CreateAccessKey",
        reason: "access keys are made by the operator: procura keys",
    },
    Absent {
        name: "CreateAccountAlias",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "CreateDelegationRequest",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "CreateGroup",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "CreateInstanceProfile",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "CreateLoginProfile",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "CreateOpenIDConnectProvider",
        reason: "issuers are registered by the operator: procura issuers",
    },
    Absent {
        name: "CreatePolicy",
        reason: "the managed policies are those that the documentation lists; there are no others",
    },
    Absent {
        name: "CreatePolicyVersion",
        reason: "the managed policies are those that the documentation lists; there are no others",
    },
    Absent {
        name: "CreateSAMLProvider",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "CreateServiceLinkedRole",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "CreateServiceSpecificCredential",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "CreateUser",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "CreateVirtualMFADevice",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DeactivateMFADevice",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DeleteAccessKey",
        reason: "access keys are made by the operator: procura keys",
    },
    Absent {
        name: "DeleteAccountAlias",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DeleteAccountPasswordPolicy",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DeleteGroup",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DeleteGroupPolicy",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DeleteInstanceProfile",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DeleteLoginProfile",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DeleteOpenIDConnectProvider",
        reason: "issuers are registered by the operator: procura issuers",
    },
    Absent {
        name: "DeletePolicy",
        reason: "the managed policies are those that the documentation lists; there are no others",
    },
    Absent {
        name: "DeletePolicyVersion",
        reason: "the managed policies are those that the documentation lists; there are no others",
    },
    Absent {
        name: "DeleteRolePermissionsBoundary",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DeleteSAMLProvider",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DeleteSSHPublicKey",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DeleteServerCertificate",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DeleteServiceLinkedRole",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DeleteServiceSpecificCredential",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DeleteSigningCertificate",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DeleteUser",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DeleteUserPermissionsBoundary",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DeleteUserPolicy",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DeleteVirtualMFADevice",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DetachGroupPolicy",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DetachUserPolicy",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DisableOrganizationsRootCredentialsManagement",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DisableOrganizationsRootSessions",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "DisableOutboundWebIdentityFederation",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "EnableMFADevice",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "EnableOrganizationsRootCredentialsManagement",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "EnableOrganizationsRootSessions",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "EnableOutboundWebIdentityFederation",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GenerateCredentialReport",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GenerateOrganizationsAccessReport",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GenerateServiceLastAccessedDetails",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetAccessKeyLastUsed",
        reason: "access keys are made by the operator: procura keys",
    },
    Absent {
        name: "GetAccountAuthorizationDetails",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetAccountPasswordPolicy",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetAccountProperties",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetAccountSummary",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetContextKeysForCustomPolicy",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetContextKeysForPrincipalPolicy",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetCredentialReport",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetDelegationRequest",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetGroup",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetGroupPolicy",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetHumanReadableSummary",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetInstanceProfile",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetLoginProfile",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetMFADevice",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetOpenIDConnectProvider",
        reason: "issuers are registered by the operator: procura issuers",
    },
    Absent {
        name: "GetOrganizationsAccessReport",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetOutboundWebIdentityFederationInfo",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetPolicy",
        reason: "the managed policies are those that the documentation lists; there are no others",
    },
    Absent {
        name: "GetPolicyVersion",
        reason: "the managed policies are those that the documentation lists; there are no others",
    },
    Absent {
        name: "GetRoleTemplateVersion",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetSAMLProvider",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetSSHPublicKey",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetServerCertificate",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetServiceLastAccessedDetails",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetServiceLastAccessedDetailsWithEntities",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetServiceLinkedRoleDeletionStatus",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetUser",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "GetUserPolicy",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListAccessKeys",
        reason: "access keys are made by the operator: procura keys",
    },
    Absent {
        name: "ListAccountAliases",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListAttachedGroupPolicies",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListAttachedUserPolicies",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListDelegationRequests",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListEntitiesForPolicy",
        reason: "the managed policies are those that the documentation lists; there are no others",
    },
    Absent {
        name: "ListGroupPolicies",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListGroups",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListGroupsForUser",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListInstanceProfileTags",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListInstanceProfiles",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListInstanceProfilesForRole",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListMFADeviceTags",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListMFADevices",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListOpenIDConnectProviderTags",
        reason: "issuers are registered by the operator: procura issuers",
    },
    Absent {
        name: "ListOpenIDConnectProviders",
        reason: "issuers are registered by the operator: procura issuers",
    },
    Absent {
        name: "ListOrganizationsFeatures",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListPolicies",
        reason: "the managed policies are those that the documentation lists; there are no others",
    },
    Absent {
        name: "ListPoliciesGrantingServiceAccess",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListPolicyTags",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListPolicyVersions",
        reason: "the managed policies are those that the documentation lists; there are no others",
    },
    Absent {
        name: "ListRoleTags",
        reason: "tags of roles come in a later release",
    },
    Absent {
        name: "ListSAMLProviderTags",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListSAMLProviders",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListSSHPublicKeys",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListServerCertificateTags",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListServerCertificates",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListServiceSpecificCredentials",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListSigningCertificates",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListUserPolicies",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListUserTags",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListUsers",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ListVirtualMFADevices",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "PutAccountProperties",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "PutGroupPolicy",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "PutRolePermissionsBoundary",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "PutUserPermissionsBoundary",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "PutUserPolicy",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "RejectDelegationRequest",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "RemoveClientIDFromOpenIDConnectProvider",
        reason: "issuers are registered by the operator: procura issuers",
    },
    Absent {
        name: "RemoveRoleFromInstanceProfile",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "RemoveUserFromGroup",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ResetServiceSpecificCredential",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "ResyncMFADevice",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "SendDelegationToken",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "SetDefaultPolicyVersion",
        reason: "the managed policies are those that the documentation lists; there are no others",
    },
    Absent {
        name: "SetSecurityTokenServicePreferences",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "SimulateCustomPolicy",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "SimulatePrincipalPolicy",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "TagInstanceProfile",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "TagMFADevice",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "TagOpenIDConnectProvider",
        reason: "issuers are registered by the operator: procura issuers",
    },
    Absent {
        name: "TagPolicy",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "TagRole",
        reason: "tags of roles come in a later release",
    },
    Absent {
        name: "TagSAMLProvider",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "TagServerCertificate",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "TagUser",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "UntagInstanceProfile",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "UntagMFADevice",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "UntagOpenIDConnectProvider",
        reason: "issuers are registered by the operator: procura issuers",
    },
    Absent {
        name: "UntagPolicy",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "UntagRole",
        reason: "tags of roles come in a later release",
    },
    Absent {
        name: "UntagSAMLProvider",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "UntagServerCertificate",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "UntagUser",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "UpdateAccessKey",
        reason: "access keys are made by the operator: procura keys",
    },
    Absent {
        name: "UpdateAccountPasswordPolicy",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "UpdateDelegationRequest",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "UpdateGroup",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "UpdateLoginProfile",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "UpdateOpenIDConnectProviderThumbprint",
        reason: "issuers are registered by the operator: procura issuers",
    },
    Absent {
        name: "UpdateRoleDescription",
        reason: "UpdateRole changes the description of a role, too",
    },
    Absent {
        name: "UpdateSAMLProvider",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "UpdateSSHPublicKey",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "UpdateServerCertificate",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "UpdateServiceSpecificCredential",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "UpdateSigningCertificate",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "UpdateUser",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "UploadSSHPublicKey",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "UploadServerCertificate",
        reason: "of access management there are roles and what is attached to them",
    },
    Absent {
        name: "UploadSigningCertificate",
        reason: "of access management there are roles and what is attached to them",
    },
];
