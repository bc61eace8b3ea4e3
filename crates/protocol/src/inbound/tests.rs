//! Tokens as vendors document theirs, with invented ids, on the whole way: read, expected, verified
//! with the keys of the issuer that a discovery document names, and judged.

mod attacks;
mod challenges;
mod claims;
mod configurations;
mod profiles;
mod vendors;

use std::sync::OnceLock;

use procura_core::time::Timestamp;
use serde_json::{Map, Value, json};

use super::authorizer::{Admitted, AuthorizerError, ClaimFault, JwtAuthorizer, Refused};
use super::issuer_profile::IssuerProfile;
use crate::jose::jwk::KeySet;
use crate::jose::jwt::{USER_TOKEN_BYTES_MAX, Unverified};
use crate::jose::signing::TokenSigningKey;
use crate::jose::{Algorithm, JoseError};
use crate::oauth::issuer::Issuer;
use crate::oauth::metadata;

/// In seconds.
const NOW_S: i64 = 1_790_000_000;
const NOW: Timestamp = Timestamp::from_millis(NOW_S * 1000);

/// Why a token does not pass.
#[derive(Debug, PartialEq, Eq)]
enum No {
    /// The foundation says so.
    Verifier(JoseError),
    /// The discovery document is not that of the issuer.
    Document,
    Authorizer(Refused),
}

fn key() -> &'static TokenSigningKey {
    static KEY: OnceLock<TokenSigningKey> = OnceLock::new();
    KEY.get_or_init(|| TokenSigningKey::generate(Algorithm::Es256).unwrap())
}

fn authorizer(configuration: &Value) -> JwtAuthorizer {
    JwtAuthorizer::parse(configuration.to_string().as_bytes()).unwrap()
}

fn refused_configuration(configuration: &Value) -> AuthorizerError {
    JwtAuthorizer::parse(configuration.to_string().as_bytes())
        .expect_err("this configuration must be refused")
}

/// A token with `typ` in its header, or none, that is good for five minutes.
fn token(typ: Option<&str>, claims: &Value) -> String {
    let mut claims = claims.clone();
    let members = claims.as_object_mut().unwrap();
    for (claim, value) in [("exp", NOW_S + 300), ("iat", NOW_S)] {
        members.entry(claim).or_insert_with(|| json!(value));
    }
    let mut header = Map::new();
    if let Some(typ) = typ {
        header.insert("typ".to_owned(), json!(typ));
    }
    key().sign(&header, claims.to_string().as_bytes()).unwrap()
}

/// Presents a token whose issuer has a discovery document that names `discovered`.
fn present(configuration: &Value, discovered: &str, token: &str) -> Result<Admitted, No> {
    let authorizer = authorizer(configuration);
    let token = Unverified::parse(token, USER_TOKEN_BYTES_MAX).map_err(No::Verifier)?;
    let claimed = token.claimed_issuer();
    let from = authorizer.discovery_url(claimed).map_err(No::Authorizer)?;
    let document = json!({ "issuer": discovered, "jwks_uri": "https://keys.example/jwks" });
    let (issuer, _) = metadata::key_set_location(&from, document.to_string().as_bytes())
        .map_err(|_| No::Document)?;
    let keys = json!({ "keys": [key().public_jwk()] });
    let keys = KeySet::parse(keys.to_string().as_bytes()).unwrap();
    let algorithms = [Algorithm::Es256];
    let expectation = authorizer
        .expectation(claimed, &algorithms)
        .map_err(No::Authorizer)?;
    let verified = token
        .verify(&keys, &expectation, NOW)
        .map_err(No::Verifier)?;
    authorizer.admit(&verified, &issuer).map_err(No::Authorizer)
}

/// `claims` with one changed, added, or (`None`) left out.
fn with(claims: &Value, claim: &str, value: Option<Value>) -> Value {
    let mut claims = claims.clone();
    let members = claims.as_object_mut().unwrap();
    match value {
        Some(value) => members.insert(claim.to_owned(), value),
        None => members.remove(claim),
    };
    claims
}

/// A door, the token that passes it, and where its issuer is.
struct Fixture {
    configuration: Value,
    discovered: &'static str,
    typ: Option<&'static str>,
    claims: Value,
}

impl Fixture {
    #[track_caller]
    fn passes(&self) -> Admitted {
        let token = token(self.typ, &self.claims);
        present(&self.configuration, self.discovered, &token).unwrap()
    }

    fn profile(&self) -> IssuerProfile {
        authorizer(&self.configuration).profile()
    }

    /// What comes of the token with one claim changed, added or left out.
    fn changed(&self, claim: &str, value: Option<Value>) -> Result<(), No> {
        let token = token(self.typ, &with(&self.claims, claim, value));
        present(&self.configuration, self.discovered, &token).map(drop)
    }

    /// The same with the configuration changed.
    fn configured(&self, member: &str, value: Option<Value>) -> Self {
        Self {
            configuration: with(&self.configuration, member, value),
            claims: self.claims.clone(),
            ..*self
        }
    }
}

fn no(refused: Refused) -> Result<(), No> {
    Err(No::Authorizer(refused))
}

/// An issuer of no vendor that demands everything that can be demanded.
fn generic() -> Fixture {
    Fixture {
        configuration: json!({
            "discoveryUrl": "https://id.example.com/.well-known/openid-configuration",
            "allowedAudience": ["https://door.example.com", "door"],
            "allowedClients": ["app", "other-app"],
            "allowedScopes": ["door:open", "door:close"],
            "customClaims": [string_claim("department", "research"), array_claim("groups", &["staff"])],
        }),
        discovered: "https://id.example.com",
        typ: Some("at+jwt"),
        claims: json!({
            "iss": "https://id.example.com", "sub": "alice", "aud": "door", "client_id": "app",
            "scope": "openid door:open", "department": "research", "groups": ["staff", "all"],
        }),
    }
}

fn string_claim(name: &str, value: &str) -> Value {
    json!({
        "inboundTokenClaimName": name,
        "inboundTokenClaimValueType": "STRING",
        "authorizingClaimMatchValue": {
            "claimMatchOperator": "EQUALS",
            "claimMatchValue": { "matchValueString": value },
        },
    })
}

/// One value: `CONTAINS`; several: `CONTAINS_ANY`.
fn array_claim(name: &str, values: &[&str]) -> Value {
    let (operator, value) = match values {
        [value] => ("CONTAINS", json!({ "matchValueString": value })),
        values => ("CONTAINS_ANY", json!({ "matchValueStringList": values })),
    };
    json!({
        "inboundTokenClaimName": name,
        "inboundTokenClaimValueType": "STRING_ARRAY",
        "authorizingClaimMatchValue": {
            "claimMatchOperator": operator, "claimMatchValue": value,
        },
    })
}

#[test]
fn a_token_that_meets_every_requirement_passes() {
    let admitted = generic().passes();
    assert_eq!(admitted.client(), Some("app"));
    assert_eq!(admitted.scopes(), ["openid", "door:open"]);
    assert_eq!(admitted.claims().subject, "alice");
    assert_eq!(format!("{admitted:?}"), "Admitted([personal])");
}

#[test]
fn every_requirement_that_is_set_must_be_met() {
    let fixture = generic();
    let changes = [
        ("aud", json!("window"), Refused::Audience),
        ("client_id", json!("stranger"), Refused::Client),
        ("scope", json!("openid"), Refused::Scope),
    ];
    for (claim, value, refused) in changes {
        assert_eq!(
            fixture.changed(claim, Some(value)),
            no(refused.clone()),
            "{claim}"
        );
        assert_eq!(fixture.changed(claim, None), no(refused), "{claim} absent");
    }
    for (claim, value) in [("department", json!("sales")), ("groups", json!(["all"]))] {
        let refused = |fault| Refused::Claim {
            name: claim.to_owned(),
            fault,
        };
        assert_eq!(
            fixture.changed(claim, Some(value)),
            no(refused(ClaimFault::Other))
        );
        assert_eq!(
            fixture.changed(claim, None),
            no(refused(ClaimFault::Absent))
        );
    }
}

#[test]
fn what_is_not_set_is_not_demanded() {
    let members = [
        "allowedAudience",
        "allowedClients",
        "allowedScopes",
        "customClaims",
    ];
    for kept in members {
        let mut fixture = generic();
        for member in members.into_iter().filter(|member| *member != kept) {
            fixture = fixture.configured(member, None);
        }
        fixture.passes();
        let claim = match kept {
            "allowedAudience" => "aud",
            "allowedClients" => "client_id",
            "allowedScopes" => "scope",
            _ => "groups",
        };
        assert!(fixture.changed(claim, None).is_err(), "{kept}");
    }
}

#[test]
fn a_token_of_another_issuer_never_passes() {
    let fixture = generic();
    for iss in [
        "https://id.example.com.evil.example",
        "https://ID.example.com",
        "http://id.example.com",
        "https://id.example.com//",
        "id.example.com",
        "accounts.google.com",
    ] {
        assert_eq!(
            fixture.changed("iss", Some(json!(iss))),
            no(Refused::Issuer),
            "{iss}"
        );
    }
    // Two spellings of one URL are two issuers, and the document says which.
    let slash = json!("https://id.example.com/");
    assert_eq!(fixture.changed("iss", Some(slash)), no(Refused::Issuer));
    // A document that speaks for another, or an issuer that the caller found elsewhere.
    let foreign = Fixture {
        discovered: "https://other.example",
        ..generic()
    };
    assert_eq!(foreign.changed("x", None), Err(No::Document));
    let authorizer = authorizer(&fixture.configuration);
    let text = token(
        None,
        &with(&fixture.claims, "iss", Some(json!("https://other.example"))),
    );
    let unverified = Unverified::parse(&text, USER_TOKEN_BYTES_MAX).unwrap();
    let expectation = crate::jose::jwt::Expectation {
        issuer: "https://other.example",
        ..authorizer
            .expectation("https://id.example.com", &[Algorithm::Es256])
            .unwrap()
    };
    let keys = json!({ "keys": [key().public_jwk()] });
    let keys = KeySet::parse(keys.to_string().as_bytes()).unwrap();
    let verified = unverified.verify(&keys, &expectation, NOW).unwrap();
    let issuer = Issuer::parse("https://other.example").unwrap();
    assert_eq!(
        authorizer.admit(&verified, &issuer).unwrap_err(),
        Refused::Issuer
    );
}
