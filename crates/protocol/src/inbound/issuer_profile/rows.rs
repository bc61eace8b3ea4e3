//! The table. What each row says is what the vendors' documentation is known to say; the fixtures in
//! the tests have the claims as they stand there.

use super::{Companion, IssuerProfile, Reading, TokenKind};

/// `client_id` is RFC 9068 §2.2's word, `azp` OpenID Connect's.
const STANDARD_CLIENT: &[&str] = &["client_id", "azp"];

const ENTRA_V1: Reading = Reading {
    client_claims: &["appid", "azp"],
    scope_claims: &["scp"],
    kind: TokenKind::HasOneOf(&["appid"]),
    companions: &[],
    group_claims: &["groups"],
    role_claims: &["roles", "wids"],
};

const ENTRA_V2: Reading = Reading {
    kind: TokenKind::HasOneOf(&["azp"]),
    ..ENTRA_V1
};

const OKTA_CUSTOM: Reading = Reading {
    client_claims: &["cid"],
    scope_claims: &["scp"],
    kind: TokenKind::HasOneOf(&["cid"]),
    companions: &[],
    group_claims: &["groups"],
    role_claims: &[],
};

const OKTA_ORG: Reading = Reading {
    kind: TokenKind::Unusable,
    ..OKTA_CUSTOM
};

const AUTH0: Reading = Reading {
    client_claims: STANDARD_CLIENT,
    scope_claims: &["scope"],
    kind: TokenKind::HasOneOf(STANDARD_CLIENT),
    // Who asks for `openid` too gets a token that is also good at the issuer's own userinfo endpoint.
    companions: &[Companion::BelowIssuer("userinfo")],
    // What else there is stands under names that the tenant chose, URLs mostly.
    group_claims: &[],
    role_claims: &["permissions"],
};

const GOOGLE: Reading = Reading {
    client_claims: &["azp"],
    scope_claims: &[],
    kind: TokenKind::IdToken,
    companions: &[],
    group_claims: &[],
    role_claims: &[],
};

const KEYCLOAK: Reading = Reading {
    client_claims: STANDARD_CLIENT,
    scope_claims: &["scope"],
    kind: TokenKind::Says {
        claim: "typ",
        value: "Bearer",
    },
    // Every user has roles at the realm's own account pages, and so they are in `aud`.
    companions: &[Companion::Named("account")],
    // `groups` needs a mapper; `realm_access` and `resource_access` are objects, which custom claims
    // cannot read.
    group_claims: &["groups"],
    role_claims: &[],
};

const COGNITO: Reading = Reading {
    client_claims: &["client_id"],
    scope_claims: &["scope"],
    kind: TokenKind::Says {
        claim: "token_use",
        value: "access",
    },
    companions: &[],
    group_claims: &["cognito:groups"],
    role_claims: &[],
};

const GENERIC: Reading = Reading {
    client_claims: STANDARD_CLIENT,
    scope_claims: &["scope", "scp"],
    kind: TokenKind::NoIdTokenMark,
    companions: &[],
    group_claims: &["groups"],
    role_claims: &["roles"],
};

pub(super) const fn reading(profile: IssuerProfile) -> &'static Reading {
    match profile {
        IssuerProfile::EntraIdV1 => &ENTRA_V1,
        IssuerProfile::EntraIdV2 => &ENTRA_V2,
        IssuerProfile::OktaCustom => &OKTA_CUSTOM,
        IssuerProfile::OktaOrg => &OKTA_ORG,
        IssuerProfile::Auth0 => &AUTH0,
        IssuerProfile::Google => &GOOGLE,
        IssuerProfile::Keycloak => &KEYCLOAK,
        IssuerProfile::Cognito => &COGNITO,
        IssuerProfile::Generic => &GENERIC,
    }
}
