//! The operations of the service that we do not have.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::sts::Absent;

pub(crate) const ABSENT: &[Absent] = &[
    Absent {
        name: "AssumeRoleWithSAML",
        reason: "SAML is not spoken",
    },
    Absent {
        name: "AssumeRoot",
        reason: "there are no organizations",
    },
    Absent {
        name: "DecodeAuthorizationMessage",
        reason: "who is refused is told why; the rest is in the audit record",
    },
    Absent {
        name: "GetAccessKeyInfo",
        reason: "the id of an access key says whose it is to the operator only: procura keys",
    },
    Absent {
        name: "GetDelegatedAccessToken",
        reason: "what one may do is not handed on without a role; use AssumeRole",
    },
    Absent {
        name: "GetFederationToken",
        reason: "what one may do is not handed on without a role; use AssumeRole",
    },
    Absent {
        name: "GetSessionToken",
        reason: "what one may do is not handed on without a role; use AssumeRole",
    },
];
