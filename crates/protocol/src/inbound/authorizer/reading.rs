//! The JSON of `customJWTAuthorizer`, read so that what it means is either kept or refused.
//!
//! Bounds are those of the service model; where it has none, ours.

use serde_json::{Map, Value};

use super::JwtAuthorizer;
use super::custom_claim::{ClaimRule, CustomClaim};
use crate::inbound::issuer_profile::TokenKind;
use crate::inbound::trusted_issuer::{NoTenantId, TrustedIssuer};
use crate::oauth::issuer::{DiscoveryUrl, DiscoveryUrlError};
use crate::strict_json::{self, Limits, StrictJsonError};

/// Largest configuration, in bytes.
pub const CONFIGURATION_BYTES_MAX: usize = 1024 * 1024;
/// Most items of a list.
pub const ITEMS_MAX: usize = 100;
/// Longest audience or client, in characters.
pub const TEXT_CHARS_MAX: usize = 2048;
/// Longest scope, name of a claim and value of one, in characters.
const SHORT_CHARS_MAX: usize = 255;
/// Most advertised scopes.
const MAPPINGS_MAX: usize = 50;
const LIMITS: Limits = Limits {
    depth_max: 16,
    keys_max: 2_000,
    key_bytes_max: 512,
    string_bytes_max: 16 * 1024,
    nul_in_strings: false,
    object_only: true,
};

/// What the reference has and we have not. Each would make fewer callers, or other hosts, count than
/// whoever wrote it meant, if it were left out of account.
const UNSUPPORTED: [&str; 4] = [
    "privateEndpoint",
    "privateEndpointOverrides",
    "certificateConfigurations",
    "allowedWorkloadConfiguration",
];
/// Claims that the verifier reads as something else than text, or that have a member of their own.
const CHECKED_ELSEWHERE: [&str; 4] = ["aud", "exp", "nbf", "iat"];

/// Why a configuration is no authorizer. Never what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorizerError {
    /// More than [`CONFIGURATION_BYTES_MAX`].
    #[error("use a configuration of at most 1 MiB")]
    TooLarge,
    /// Two readers could read it differently, or it is no JSON object.
    #[error("the configuration is ambiguous or not JSON: {0}")]
    Json(StrictJsonError),
    /// A member that is in nobody's definition.
    #[error("{0} has a member that is not known; look at its spelling")]
    Unknown(&'static str),
    /// A member of the reference that is not supported.
    #[error("{0} is not supported: leave it out")]
    Unsupported(&'static str),
    /// A member that must be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A member has not the form.
    #[error("{member} must be {expected}")]
    Form {
        /// The member.
        member: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// The same stands twice.
    #[error("{0} names something twice")]
    Duplicate(&'static str),
    /// The URL is none of a discovery document.
    #[error("discoveryUrl is not usable: {0}")]
    DiscoveryUrl(#[from] DiscoveryUrlError),
    /// A tenant of Entra ID without its id.
    #[error(
        "name the tenant of Microsoft Entra ID in discoveryUrl by its id (a GUID in lower case), or \
         use common, organizations or consumers"
    )]
    TenantId,
    /// Nothing is demanded of a token.
    #[error("set at least one of allowedAudience, allowedClients, allowedScopes and customClaims")]
    NoRequirement,
    /// A comparison that the type of the claim does not have.
    #[error(
        "compare STRING by EQUALS with matchValueString, and STRING_ARRAY by CONTAINS with \
         matchValueString or by CONTAINS_ANY with matchValueStringList"
    )]
    Operator,
    /// A custom claim that another member, or the verifier, judges.
    #[error(
        "aud, exp, nbf and iat are no custom claims: use allowedAudience; times are always checked"
    )]
    CheckedElsewhere,
    /// A scope is advertised that is not allowed.
    #[error("every name in advertisedScopeMapping must stand in allowedScopes")]
    MappingOfOther,
    /// The org authorization server of Okta.
    #[error(
        "access tokens of the org authorization server of Okta are for Okta alone: use the discovery \
         URL of a custom authorization server (/oauth2/default)"
    )]
    NoTokens,
    /// Google.
    #[error("tokens of this issuer have no scopes: leave allowedScopes out")]
    NoScopes,
    /// Google, and Entra ID with all tenants.
    #[error(
        "anybody can have tokens of this issuer for applications of their own: set allowedAudience \
         or allowedClients"
    )]
    Anybody,
}

impl From<NoTenantId> for AuthorizerError {
    fn from(_: NoTenantId) -> Self {
        Self::TenantId
    }
}

pub(super) fn parse(json: &[u8]) -> Result<JwtAuthorizer, AuthorizerError> {
    if json.len() > CONFIGURATION_BYTES_MAX {
        return Err(AuthorizerError::TooLarge);
    }
    strict_json::check(json, &LIMITS).map_err(AuthorizerError::Json)?;
    let value = serde_json::from_slice(json).unwrap_or_default();
    let mut members = Members::of(value, "customJWTAuthorizer")?;
    for member in UNSUPPORTED {
        if members.map.contains_key(member) {
            return Err(AuthorizerError::Unsupported(member));
        }
    }
    let url = members.required("discoveryUrl", &URL)?;
    let scopes = members.list("allowedScopes", &SCOPE)?;
    let authorizer = JwtAuthorizer {
        issuer: TrustedIssuer::of(DiscoveryUrl::parse(&url)?)?,
        audiences: members.list("allowedAudience", &TEXT)?,
        clients: members.list("allowedClients", &TEXT)?,
        advertised: members.advertised(&scopes)?,
        scopes,
        claims: members.claims()?,
    };
    members.end()?;
    check(&authorizer)?;
    Ok(authorizer)
}

/// Whether some token can pass, and not everybody's.
fn check(authorizer: &JwtAuthorizer) -> Result<(), AuthorizerError> {
    let is_bound = !authorizer.audiences.is_empty() || !authorizer.clients.is_empty();
    if !is_bound && authorizer.scopes.is_empty() && authorizer.claims.is_empty() {
        return Err(AuthorizerError::NoRequirement);
    }
    let reading = authorizer.profile().reading();
    if reading.kind == TokenKind::Unusable {
        return Err(AuthorizerError::NoTokens);
    }
    if !authorizer.scopes.is_empty() && reading.scope_claims.is_empty() {
        return Err(AuthorizerError::NoScopes);
    }
    // SECURITY: an ID token that Google made for somebody's application, or a token of a tenant that
    // somebody founded, says of scopes and claims what that somebody likes. Held by
    // `an_issuer_of_anybody_needs_an_audience_or_a_client`.
    let is_anybodys = reading.kind == TokenKind::IdToken || authorizer.issuer.is_many();
    if is_anybodys && !is_bound {
        return Err(AuthorizerError::Anybody);
    }
    Ok(())
}

/// What a text must be.
struct TextForm {
    chars_max: usize,
    allows: fn(char) -> bool,
    expected: &'static str,
    expected_list: &'static str,
}

const URL: TextForm = TextForm {
    chars_max: TEXT_CHARS_MAX,
    allows: |c| !c.is_control(),
    expected: "a URL",
    expected_list: "",
};
const TEXT: TextForm = TextForm {
    chars_max: TEXT_CHARS_MAX,
    allows: |c| !c.is_control(),
    expected: "a string of 1 to 2048 characters",
    expected_list: "a list of 1 to 100 strings of 1 to 2048 characters",
};
const SCOPE: TextForm = TextForm {
    chars_max: SHORT_CHARS_MAX,
    // RFC 6749 §3.3.
    allows: |c| matches!(c, '\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e'),
    expected: "a scope of 1 to 255 characters",
    expected_list: "a list of 1 to 100 scopes of 1 to 255 characters",
};
const NAME: TextForm = TextForm {
    chars_max: SHORT_CHARS_MAX,
    // The model's `[A-Za-z0-9_.-:]`, which is a range from the dot to the colon, and the hyphen that
    // it seems to mean.
    allows: |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | ':' | '/'),
    expected: "the name of a claim: 1 to 255 letters, digits and any of _.-:/",
    expected_list: "",
};
const WORD: TextForm = TextForm {
    chars_max: SHORT_CHARS_MAX,
    allows: |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'),
    expected: "a string of 1 to 255 letters, digits and any of _.-",
    expected_list: "a list of 1 to 100 strings of 1 to 255 letters, digits and any of _.-",
};

impl TextForm {
    fn read(&self, value: Value) -> Option<String> {
        match value {
            Value::String(text)
                if (1..=self.chars_max).contains(&text.chars().count())
                    && text.chars().all(self.allows) =>
            {
                Some(text)
            }
            _ => None,
        }
    }
}

/// The members that were not taken yet.
struct Members {
    map: Map<String, Value>,
    place: &'static str,
}

impl Members {
    fn of(value: Value, place: &'static str) -> Result<Self, AuthorizerError> {
        match value {
            Value::Object(map) => Ok(Self { map, place }),
            _ => Err(AuthorizerError::Form {
                member: place,
                expected: "an object",
            }),
        }
    }

    /// Nothing may be left: what we do not know may be meant to keep somebody out.
    fn end(self) -> Result<(), AuthorizerError> {
        if self.map.is_empty() {
            Ok(())
        } else {
            Err(AuthorizerError::Unknown(self.place))
        }
    }

    fn take(&mut self, member: &'static str) -> Result<Value, AuthorizerError> {
        let value = self.map.remove(member);
        value.ok_or(AuthorizerError::Missing(member))
    }

    fn required(
        &mut self,
        member: &'static str,
        form: &TextForm,
    ) -> Result<String, AuthorizerError> {
        let expected = form.expected;
        form.read(self.take(member)?)
            .ok_or(AuthorizerError::Form { member, expected })
    }

    /// The texts of a list; none if it is not there. An empty list is refused: it could mean everybody
    /// or nobody.
    fn list(
        &mut self,
        member: &'static str,
        form: &TextForm,
    ) -> Result<Vec<String>, AuthorizerError> {
        let Some(value) = self.map.remove(member) else {
            return Ok(Vec::new());
        };
        let texts = match value {
            Value::Array(items) if (1..=ITEMS_MAX).contains(&items.len()) => {
                items.into_iter().map(|item| form.read(item)).collect()
            }
            _ => None,
        };
        let texts: Vec<String> = texts.ok_or(AuthorizerError::Form {
            member,
            expected: form.expected_list,
        })?;
        each_once(&texts, member)?;
        Ok(texts)
    }

    /// For each scope what it is advertised as, each once.
    fn advertised(&mut self, scopes: &[String]) -> Result<Vec<String>, AuthorizerError> {
        let member = "advertisedScopeMapping";
        let form = AuthorizerError::Form {
            member,
            expected: "an object with 1 to 50 scopes and the scopes that they are advertised as",
        };
        let mapping = match self.map.remove(member) {
            None => Map::new(),
            Some(Value::Object(mapping)) if (1..=MAPPINGS_MAX).contains(&mapping.len()) => mapping,
            Some(_) => return Err(form),
        };
        if !mapping.keys().all(|scope| scopes.contains(scope)) {
            return Err(AuthorizerError::MappingOfOther);
        }
        let mut advertised = Vec::new();
        for scope in scopes {
            let name = match mapping.get(scope) {
                None => scope.clone(),
                Some(name) => SCOPE.read(name.clone()).ok_or_else(|| form.clone())?,
            };
            if !advertised.contains(&name) {
                advertised.push(name);
            }
        }
        Ok(advertised)
    }

    fn claims(&mut self) -> Result<Vec<CustomClaim>, AuthorizerError> {
        let member = "customClaims";
        let items = match self.map.remove(member) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) if (1..=ITEMS_MAX).contains(&items.len()) => items,
            Some(_) => {
                let expected = "a list of 1 to 100 objects";
                return Err(AuthorizerError::Form { member, expected });
            }
        };
        let claims: Vec<CustomClaim> = items.into_iter().map(claim).collect::<Result<_, _>>()?;
        each_once(&claims, member)?;
        Ok(claims)
    }
}

fn each_once<T: PartialEq>(items: &[T], member: &'static str) -> Result<(), AuthorizerError> {
    let mut rest = items;
    while let Some((first, others)) = rest.split_first() {
        if others.contains(first) {
            return Err(AuthorizerError::Duplicate(member));
        }
        rest = others;
    }
    Ok(())
}

fn claim(value: Value) -> Result<CustomClaim, AuthorizerError> {
    let mut members = Members::of(value, "customClaims")?;
    let name = members.required("inboundTokenClaimName", &NAME)?;
    if CHECKED_ELSEWHERE.contains(&name.as_str()) {
        return Err(AuthorizerError::CheckedElsewhere);
    }
    let claim_type = members.required("inboundTokenClaimValueType", &WORD)?;
    let matching = members.take("authorizingClaimMatchValue")?;
    members.end()?;
    let mut matching = Members::of(matching, "authorizingClaimMatchValue")?;
    let operator = matching.required("claimMatchOperator", &WORD)?;
    let value = matching.take("claimMatchValue")?;
    matching.end()?;
    let mut value = Members::of(value, "claimMatchValue")?;
    let rule = match (claim_type.as_str(), operator.as_str()) {
        ("STRING", "EQUALS") => ClaimRule::Equals(value.one()?),
        ("STRING_ARRAY", "CONTAINS") => ClaimRule::Contains(value.one()?),
        ("STRING_ARRAY", "CONTAINS_ANY") => ClaimRule::ContainsAny(value.several()?),
        _ => return Err(AuthorizerError::Operator),
    };
    value.end()?;
    Ok(CustomClaim { name, rule })
}

impl Members {
    fn one(&mut self) -> Result<String, AuthorizerError> {
        if self.map.contains_key("matchValueStringList") {
            return Err(AuthorizerError::Operator);
        }
        self.required("matchValueString", &WORD)
    }

    fn several(&mut self) -> Result<Vec<String>, AuthorizerError> {
        if self.map.contains_key("matchValueString") {
            return Err(AuthorizerError::Operator);
        }
        let member = "matchValueStringList";
        let texts = self.list(member, &WORD)?;
        if texts.is_empty() {
            return Err(AuthorizerError::Missing(member));
        }
        Ok(texts)
    }
}
