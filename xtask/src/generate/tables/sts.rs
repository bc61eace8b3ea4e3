//! Putting roles on: the part of the AWS Security Token Service that we have.

use super::{CHARS_MAX, Family, ITEMS_MAX, Protocol, TAG_PATTERNS};
use crate::generate::source::Service;

pub(in crate::generate) const STS: Family = Family {
    module: "sts::generated",
    protocol: Protocol::Query,
    services: SERVICES,
    implemented: &[
        "GetCallerIdentity",
        "AssumeRole",
        "AssumeRoleWithWebIdentity",
        "GetWebIdentityToken",
    ],
    absent: ABSENT,
    absent_paths: &[],
    roots: &[],
    patterns: TAG_PATTERNS,
    reads: &["GetCallerIdentity"],
    reveals_no_secret: &[],
    not_secret: &[],
    caps: &[
        ("policyDescriptorListType", ITEMS_MAX),
        ("unrestrictedSessionPolicyDocumentType", CHARS_MAX),
    ],
};

const SERVICES: &[Service] = &[Service {
    directory: "sts",
    version: "2011-06-15",
    plane: "",
    sha256: "d97a08aa49223dee070009624c1d70f5b6af6ccc43220cc30ff566d5f02f3c0b",
}];

const ABSENT: &[(&str, &[&str])] = &[
    ("SAML is not spoken", &["AssumeRoleWithSAML"]),
    ("there are no organizations", &["AssumeRoot"]),
    (
        "who is refused is told why; the rest is in the audit record",
        &["DecodeAuthorizationMessage"],
    ),
    (
        "the id of an access key says whose it is to the operator only: procura keys",
        &["GetAccessKeyInfo"],
    ),
    (
        "what one may do is not handed on without a role; use AssumeRole",
        &[
            "GetDelegatedAccessToken",
            "GetFederationToken",
            "GetSessionToken",
        ],
    ),
];
