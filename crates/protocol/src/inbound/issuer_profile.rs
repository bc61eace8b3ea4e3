//! Issuers by vendor, as data: where their tokens say what everybody's tokens should say in one place.
//!
//! A profile is told from the URL alone, by its whole host and its whole path; what only looks like a
//! vendor's is [`IssuerProfile::Generic`]. A profile never makes more issuers count: it says how to
//! read the tokens of the one that was configured.

mod rows;

use super::trusted_issuer::{is_guid, is_login_host, is_sts_host};
use crate::oauth::issuer::Issuer;

/// Whose tokens these are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IssuerProfile {
    /// Microsoft Entra ID, tokens of version 1.0: `https://sts.windows.net/{tenantid}/`.
    EntraIdV1,
    /// Microsoft Entra ID, tokens of version 2.0:
    /// `https://login.microsoftonline.com/{tenantid}/v2.0`.
    EntraIdV2,
    /// A custom authorization server of Okta: `https://{host}/oauth2/{id}`.
    OktaCustom,
    /// The org authorization server of Okta: `https://{host}`. Its access tokens are for Okta alone.
    OktaOrg,
    /// Auth0: `https://{tenant}.auth0.com/`, with the slash.
    Auth0,
    /// Google: `https://accounts.google.com`. Its access tokens are opaque, its ID tokens are what
    /// there is.
    Google,
    /// Keycloak: whatever ends in `/realms/{realm}`.
    Keycloak,
    /// Amazon Cognito: `https://cognito-idp.{region}.amazonaws.com/{region}_{id}`.
    Cognito,
    /// Any other, read by RFC 9068 and OpenID Connect Core.
    Generic,
}

/// How the tokens of a profile are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Where it says to which client the token was issued. Each of them that is there counts.
    pub client_claims: &'static [&'static str],
    /// Where the scopes are: a string with spaces, or an array. Those of all of them count.
    pub scope_claims: &'static [&'static str],
    /// What tells the tokens that are meant from others of the same issuer.
    pub kind: TokenKind,
    /// Who may stand in `aud` beside the one for whom the token is, because the issuer writes itself
    /// there.
    pub companions: &'static [Companion],
    /// Claims that hold groups, for custom claims.
    pub group_claims: &'static [&'static str],
    /// Claims that hold roles or permissions, for custom claims.
    pub role_claims: &'static [&'static str],
}

/// What tells the tokens that are meant from others of the same issuer (RFC 8725 §3.11, §3.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// An access token says so in a claim that every token of the issuer has.
    Says {
        /// The claim.
        claim: &'static str,
        /// Its value in access tokens.
        value: &'static str,
    },
    /// An access token has one of these claims; an ID token has none of them, and has marks of its own.
    HasOneOf(&'static [&'static str]),
    /// Nothing is known but what ID tokens of any issuer have.
    NoIdTokenMark,
    /// ID tokens are the only ones that can be read.
    IdToken,
    /// No token of the issuer is for anybody but itself.
    Unusable,
}

/// An audience that an issuer adds by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Companion {
    /// This text.
    Named(&'static str),
    /// The issuer with this behind it.
    BelowIssuer(&'static str),
}

impl Companion {
    /// Whether `audience` is this companion, in a token of `issuer`.
    pub fn is(self, audience: &str, issuer: &str) -> bool {
        match self {
            Self::Named(name) => audience == name,
            Self::BelowIssuer(end) => audience.strip_prefix(issuer) == Some(end),
        }
    }
}

/// The domains that Okta's customers have hosts below.
const OKTA_DOMAINS: &[&str] = &[
    "okta.com",
    "okta-emea.com",
    "oktapreview.com",
    "okta-gov.com",
];
const GOOGLE_HOST: &str = "accounts.google.com";

impl IssuerProfile {
    /// Every profile.
    pub const ALL: [Self; 9] = [
        Self::EntraIdV1,
        Self::EntraIdV2,
        Self::OktaCustom,
        Self::OktaOrg,
        Self::Auth0,
        Self::Google,
        Self::Keycloak,
        Self::Cognito,
        Self::Generic,
    ];

    /// The profile of an issuer.
    pub fn of(issuer: &Issuer) -> Self {
        let text = issuer.as_str();
        let (host, path) = match text.strip_prefix("https://") {
            Some(rest) => rest.split_once('/').unwrap_or((rest, "")),
            // No vendor's service, but perhaps a Keycloak of one's own.
            None => ("", text),
        };
        // A terminating slash is a matter of spelling, which is compared elsewhere; two are a path.
        let path = path.strip_suffix('/').unwrap_or(path);
        vendor_of(host, path).unwrap_or_else(|| {
            if is_realm(path) {
                Self::Keycloak
            } else {
                Self::Generic
            }
        })
    }

    /// How its tokens are read.
    pub const fn reading(self) -> &'static Reading {
        rows::reading(self)
    }

    /// What tokens may have in `iss` beside the issuer of the discovery document: Google's name without
    /// the scheme, which Google's own documentation has its clients expect.
    pub const fn alias(self) -> Option<&'static str> {
        match self {
            Self::Google => Some(GOOGLE_HOST),
            Self::EntraIdV1
            | Self::EntraIdV2
            | Self::OktaCustom
            | Self::OktaOrg
            | Self::Auth0
            | Self::Keycloak
            | Self::Cognito
            | Self::Generic => None,
        }
    }

    /// Whether `issuer` is spelt as the vendor spells it.
    pub(super) fn spells(self, issuer: &str) -> bool {
        let has_slash = issuer.ends_with('/');
        match self {
            Self::EntraIdV1 | Self::Auth0 => has_slash,
            Self::EntraIdV2
            | Self::OktaCustom
            | Self::OktaOrg
            | Self::Google
            | Self::Keycloak
            | Self::Cognito => !has_slash,
            Self::Generic => true,
        }
    }
}

/// SECURITY: hosts are compared as a whole or below a dot, paths as a whole; held by
/// `what_only_looks_like_a_vendor_is_generic`.
fn vendor_of(host: &str, path: &str) -> Option<IssuerProfile> {
    if is_sts_host(host) {
        return is_guid(path).then_some(IssuerProfile::EntraIdV1);
    }
    if is_login_host(host) {
        let tenant = path.strip_suffix("/v2.0")?;
        return is_guid(tenant).then_some(IssuerProfile::EntraIdV2);
    }
    if OKTA_DOMAINS.iter().any(|domain| is_below(host, domain)) {
        return match path.split_once('/') {
            None if path.is_empty() => Some(IssuerProfile::OktaOrg),
            Some(("oauth2", id)) if is_segment(id) => Some(IssuerProfile::OktaCustom),
            None | Some(_) => None,
        };
    }
    if is_below(host, "auth0.com") && path.is_empty() {
        return Some(IssuerProfile::Auth0);
    }
    if host == GOOGLE_HOST && path.is_empty() {
        return Some(IssuerProfile::Google);
    }
    is_pool(host, path).then_some(IssuerProfile::Cognito)
}

/// Whether `host` has names of its own before a dot and `domain`.
fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .and_then(|rest| rest.strip_suffix('.'))
        .is_some_and(|label| {
            !label.is_empty()
                && label.bytes().all(|byte| {
                    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte)
                })
        })
}

fn is_segment(text: &str) -> bool {
    !text.is_empty() && !text.contains('/')
}

/// `…/realms/{realm}`, below any host: Keycloak is run by its users.
fn is_realm(path: &str) -> bool {
    let mut segments = path.rsplit('/');
    segments.next().is_some_and(is_segment) && segments.next() == Some("realms")
}

/// The region stands in the host and in the path, and is the same.
fn is_pool(host: &str, path: &str) -> bool {
    let region = host.strip_prefix("cognito-idp.").and_then(|rest| {
        rest.strip_suffix(".amazonaws.com")
            .or_else(|| rest.strip_suffix(".amazonaws.com.cn"))
    });
    let Some((region, id)) = region.and_then(|region| {
        let id = path.strip_prefix(region)?.strip_prefix('_')?;
        Some((region, id))
    }) else {
        return false;
    };
    let in_region = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !region.is_empty()
        && region.bytes().all(in_region)
        && !id.is_empty()
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
