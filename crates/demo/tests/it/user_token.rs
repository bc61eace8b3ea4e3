//! Users' tokens, verified as Procura verifies them.

use procura_demo::{DEMO_APP, DEMO_USERS};
use procura_protocol::jose::jwt::{self, AudiencePolicy, Expectation, Purpose};
use procura_protocol::jose::{Algorithm, JoseError, jwk::KeySet};
use serde_json::{Value, json};

use crate::client::Served;

/// What the published keys say of a token.
async fn verify(served: &Served, token: &str) -> Result<jwt::Verified, JoseError> {
    let keys = served.get("/jwks").await.body;
    let keys = KeySet::parse(keys.as_bytes()).unwrap_or_default();
    let issuer = served.provider.issuer();
    let expectation = Expectation {
        purpose: Purpose::UserToken,
        issuer: &issuer,
        algorithms: &[Algorithm::Es256, Algorithm::Rs256, Algorithm::EdDsa],
        audience: AudiencePolicy::Registered {
            audiences: &[DEMO_APP.to_owned()],
            clients: &[DEMO_APP.to_owned()],
        },
    };
    let now = procura_core::time::Clock::now(&*served.clock);
    jwt::Unverified::parse(token, jwt::USER_TOKEN_BYTES_MAX)?.verify(&keys, &expectation, now)
}

#[tokio::test]
async fn a_user_token_holds_for_an_hour() {
    let served = Served::start().await;
    let token = served.provider.user_token("alice");
    let verified = verify(&served, &token).await.unwrap();
    assert_eq!(verified.algorithm(), Algorithm::Es256);
    let claims = verified.claims();
    assert_eq!(claims.subject, "alice");
    assert_eq!(claims.client_id.as_deref(), Some(DEMO_APP));
    assert_eq!(
        claims.times.expires_at.millis() / 1000,
        served.now_s() + 3600
    );
    assert!(claims.token_id.is_some() && claims.scope.is_some());
    let other = served.provider.user_token("alice");
    let other = verify(&served, &other).await.unwrap();
    assert_ne!(other.claims().token_id, claims.token_id);
    served.clock.advance(3600 + 60);
    assert_eq!(
        verify(&served, &token).await.unwrap_err(),
        JoseError::Expired
    );
}

#[tokio::test]
async fn a_token_can_have_any_claims_and_any_of_three_algorithms() {
    let served = Served::start().await;
    let provider = &served.provider;
    for algorithm in [Algorithm::Es256, Algorithm::Rs256, Algorithm::EdDsa] {
        let claims = json!({ "sub": "mallory", "groups": ["a"], "jti": null });
        let token = provider.user_token_with(claims, algorithm, Some("JWT"));
        let verified = verify(&served, &token).await.unwrap();
        assert_eq!(verified.algorithm(), algorithm);
        assert_eq!(verified.claims().subject, "mallory");
        assert_eq!(verified.claims().token_id, None);
        assert_eq!(verified.claims().other("groups"), Some(&json!(["a"])));
    }
    let no_typ = provider.user_token_with(json!({}), Algorithm::Es256, None);
    assert!(verify(&served, &no_typ).await.is_ok());
    let wrong_typ = provider.user_token_with(json!({}), Algorithm::Es256, Some("logout+jwt"));
    let refused = verify(&served, &wrong_typ).await.unwrap_err();
    assert!(matches!(refused, JoseError::WrongType(_)));
    let wrong_issuer = json!({ "iss": "https://other.example" });
    let wrong_issuer = provider.user_token_with(wrong_issuer, Algorithm::Es256, None);
    let refused = verify(&served, &wrong_issuer).await.unwrap_err();
    assert_eq!(refused, JoseError::IssuerMismatch);
    assert_eq!(
        provider.user_token_with(json!({}), Algorithm::Es512, None),
        ""
    );
    assert_eq!(
        provider.user_token_with(Value::Null, Algorithm::Es256, None),
        ""
    );
}

#[tokio::test]
async fn every_demo_user_gets_a_token_as_plain_text() {
    let served = Served::start().await;
    for name in DEMO_USERS {
        let reply = served.get(&format!("/users/{name}/token")).await;
        assert_eq!(reply.status, 200);
        assert_eq!(
            reply.header("content-type"),
            Some("text/plain; charset=utf-8")
        );
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let verified = verify(&served, reply.body.trim_end()).await.unwrap();
        assert_eq!(verified.claims().subject, name);
    }
    let reply = served.get("/users/mallory/token").await;
    assert_eq!(reply.status, 404);
    assert!(reply.body.contains("alice"));
}

#[tokio::test]
async fn a_user_token_is_given_under_the_servers_own_address_only() {
    let served = Served::start().await;
    let port = served.address.port();
    for host in [
        "rebound.example".to_owned(),
        format!("rebound.example:{port}"),
        String::new(),
    ] {
        let reply = served
            .get_with("/users/alice/token", &[("Host", &host)])
            .await;
        assert_eq!(reply.status, 421, "{host}");
        assert!(!reply.body.contains("ey"), "{host}");
    }
}
