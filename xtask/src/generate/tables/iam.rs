//! Roles: the part of AWS Identity and Access Management that we have.

use super::{Family, Protocol, TAG_PATTERNS};
use crate::generate::source::Service;

pub(in crate::generate) const IAM: Family = Family {
    module: "iam::generated",
    protocol: Protocol::Query,
    services: SERVICES,
    implemented: IMPLEMENTED,
    absent: ABSENT,
    absent_paths: ABSENT_PATHS,
    roots: &[],
    patterns: TAG_PATTERNS,
    reads: &[
        "GetRole",
        "ListRoles",
        "ListAttachedRolePolicies",
        "ListRolePolicies",
        "GetRolePolicy",
    ],
    reveals_no_secret: &[],
    not_secret: &[],
    caps: &[],
};

const SERVICES: &[Service] = &[Service {
    directory: "iam",
    version: "2010-05-08",
    plane: "",
    sha256: "951ee47e135ddb432441e9ceb67cfe3ece38feb34c321c6bf05b037880666b3b",
}];

const IMPLEMENTED: &[&str] = &[
    "CreateRole",
    "GetRole",
    "ListRoles",
    "DeleteRole",
    "UpdateAssumeRolePolicy",
    "AttachRolePolicy",
    "DetachRolePolicy",
    "ListAttachedRolePolicies",
    "ListRolePolicies",
    "UpdateRole",
    "PutRolePolicy",
    "GetRolePolicy",
    "DeleteRolePolicy",
];

const ABSENT: &[(&str, &[&str])] = &[
    (
        "UpdateRole changes the description of a role, too",
        &["UpdateRoleDescription"],
    ),
    (
        "tags of roles come in a later release",
        &["TagRole", "UntagRole", "ListRoleTags"],
    ),
    (
        "the managed policies are those that the documentation lists; there are no others",
        &[
            "CreatePolicy",
            "CreatePolicyVersion",
            "DeletePolicy",
            "DeletePolicyVersion",
            "GetPolicy",
            "GetPolicyVersion",
            "ListEntitiesForPolicy",
            "ListPolicies",
            "ListPolicyVersions",
            "SetDefaultPolicyVersion",
        ],
    ),
    (
        "issuers are registered by the operator: procura issuers",
        &[
            "AddClientIDToOpenIDConnectProvider",
            "CreateOpenIDConnectProvider",
            "DeleteOpenIDConnectProvider",
            "GetOpenIDConnectProvider",
            "ListOpenIDConnectProviderTags",
            "ListOpenIDConnectProviders",
            "RemoveClientIDFromOpenIDConnectProvider",
            "TagOpenIDConnectProvider",
            "UntagOpenIDConnectProvider",
            "UpdateOpenIDConnectProviderThumbprint",
        ],
    ),
    (
        "access keys are made by the operator: procura keys",
        &[
            "CreateAccessKey",
            "DeleteAccessKey",
            "GetAccessKeyLastUsed",
            "ListAccessKeys",
            "UpdateAccessKey",
        ],
    ),
];

/// The rest: all have one path.
const ABSENT_PATHS: &[(&str, &str)] = &[(
    "",
    "of access management there are roles and what is attached to them",
)];
