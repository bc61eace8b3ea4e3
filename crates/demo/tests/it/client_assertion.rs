//! `POST /token` with `private_key_jwt`.

use procura_demo::{DemoAuthentication, DemoClient};
use procura_protocol::jose::Algorithm;
use procura_protocol::jose::signing::TokenSigningKey;
use procura_protocol::oauth::authentication_method::AuthenticationMethod;
use procura_protocol::oauth::client_assertion::{
    AdditionalClaims, client_assertion_claims, client_assertion_header,
};
use procura_protocol::oauth::issuer::Issuer;
use procura_protocol::oauth::token_request::JWT_BEARER;
use serde_json::{Map, Value, json};

use crate::client::{Reply, Served, demo_basic};

const CLIENT: &str = "key-client";

/// A provider with a client that has this key.
async fn served_for(key: &TokenSigningKey) -> Served {
    let served = Served::start().await;
    let authentication = DemoAuthentication::PrivateKeyJwt {
        jwks: json!({ "keys": [key.public_jwk()] }).to_string(),
    };
    let client = DemoClient::new(CLIENT, authentication, &["read"]);
    served.provider.add_client(client);
    served
}

/// Good claims, changed by these; `null` removes.
#[expect(clippy::unwrap_used, reason = "a test's own assertion")]
fn assertion(served: &Served, key: &TokenSigningKey, changes: &Value, typ: Option<&str>) -> String {
    let now_s = served.now_s();
    let mut claims = json!({
        "iss": CLIENT, "sub": CLIENT, "aud": served.provider.issuer(),
        "exp": now_s + 60, "iat": now_s, "jti": changes.to_string(),
    });
    let members = claims.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        members.insert(name.clone(), value.clone());
    }
    members.retain(|_, value| !value.is_null());
    let mut header = Map::new();
    if let Some(typ) = typ {
        header.insert("typ".to_owned(), json!(typ));
    }
    key.sign(&header, claims.to_string().as_bytes()).unwrap()
}

async fn ask(served: &Served, assertion: &str, more: &[(&str, &str)]) -> Reply {
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion),
    ];
    form.extend_from_slice(more);
    served.token(&[], &form).await
}

#[tokio::test]
async fn what_procura_signs_is_taken_once() {
    for algorithm in [Algorithm::Es256, Algorithm::Ps256, Algorithm::EdDsa] {
        let key = TokenSigningKey::generate(algorithm).unwrap();
        let served = served_for(&key).await;
        let issuer = Issuer::parse(&served.provider.issuer()).unwrap();
        let none = AdditionalClaims::default();
        let now = procura_core::time::Clock::now(&*served.clock);
        let claims = client_assertion_claims(&issuer, CLIENT, "j-1", now, &none).unwrap();
        let assertion = key.sign(&client_assertion_header(&none), &claims).unwrap();
        let reply = ask(&served, &assertion, &[("client_id", CLIENT)]).await;
        assert_eq!(reply.status, 200, "{algorithm}: {}", reply.body);
        assert_eq!(reply.json()["scope"], "read");
        let seen = served.provider.last_token_request().unwrap();
        assert_eq!(
            seen.authentication,
            Some(AuthenticationMethod::PrivateKeyJwt)
        );
        let again = ask(&served, &assertion, &[]).await;
        assert_eq!(
            again.refusal(),
            (401, "invalid_client".to_owned()),
            "{algorithm}"
        );
    }
}

#[tokio::test]
async fn an_assertion_is_of_the_client_for_the_issuer_and_for_now() {
    let key = TokenSigningKey::generate(Algorithm::Es256).unwrap();
    let served = served_for(&key).await;
    let (issuer, now_s) = (served.provider.issuer(), served.now_s());
    for good in [
        json!({}),
        json!({ "iat": null }),
        json!({ "exp": now_s + 600 }),
    ] {
        let reply = ask(&served, &assertion(&served, &key, &good, Some("JWT")), &[]).await;
        assert_eq!(reply.status, 200, "{good}: {}", reply.body);
    }
    for bad in [
        json!({ "iss": "demo-client" }),
        json!({ "iss": "nobody" }),
        json!({ "sub": "demo-client" }),
        json!({ "sub": null }),
        json!({ "aud": served.provider.token_endpoint() }),
        json!({ "aud": [issuer] }),
        json!({ "aud": format!("{issuer}/") }),
        json!({ "aud": null }),
        json!({ "exp": now_s }),
        json!({ "exp": now_s + 601 }),
        json!({ "exp": null }),
        json!({ "iat": now_s + 61 }),
        json!({ "nbf": now_s + 61 }),
        json!({ "jti": null }),
        json!({ "jti": "" }),
    ] {
        let reply = ask(&served, &assertion(&served, &key, &bad, Some("JWT")), &[]).await;
        assert_eq!(reply.refusal(), (401, "invalid_client".to_owned()), "{bad}");
    }
}

#[tokio::test]
async fn an_assertion_is_signed_with_a_key_of_the_client() {
    let key = TokenSigningKey::generate(Algorithm::Es256).unwrap();
    let served = served_for(&key).await;
    let refused = (401, "invalid_client".to_owned());
    let other = TokenSigningKey::generate(Algorithm::Es256).unwrap();
    let forged = assertion(&served, &other, &json!({}), Some("JWT"));
    assert_eq!(ask(&served, &forged, &[]).await.refusal(), refused);
    let good = assertion(&served, &key, &json!({}), Some("JWT"));
    // The signature of one assertion under the claims of another.
    let (_, signature) = good.rsplit_once('.').unwrap();
    let another = assertion(&served, &key, &json!({ "jti": "x" }), Some("JWT"));
    let (signed, _) = another.rsplit_once('.').unwrap();
    let mixed = format!("{signed}.{signature}");
    assert_eq!(ask(&served, &mixed, &[]).await.refusal(), refused);
    for text in ["x", "a.b.c", ""] {
        assert_eq!(ask(&served, text, &[]).await.status / 100, 4, "{text}");
    }
    let logout = assertion(&served, &key, &json!({}), Some("logout+jwt"));
    assert_eq!(ask(&served, &logout, &[]).await.refusal(), refused);
    assert_eq!(
        ask(&served, &good, &[("client_id", "other")])
            .await
            .refusal(),
        refused
    );
    // Nothing of all this used the good one up.
    assert_eq!(ask(&served, &good, &[]).await.status, 200);
}

#[tokio::test]
async fn a_client_uses_the_method_that_it_is_registered_with() {
    let key = TokenSigningKey::generate(Algorithm::Es256).unwrap();
    let served = served_for(&key).await;
    let refused = (401, "invalid_client".to_owned());
    let of_other = json!({ "iss": "demo-client", "sub": "demo-client" });
    let of_other = assertion(&served, &key, &of_other, None);
    assert_eq!(ask(&served, &of_other, &[]).await.refusal(), refused);
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", CLIENT),
        ("client_secret", "x"),
    ];
    assert_eq!(served.token(&[], &form).await.refusal(), refused);
    let good = assertion(&served, &key, &json!({}), None);
    let wrong_type = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", "urn:x"),
        ("client_assertion", &good),
    ];
    let malformed = (400, "invalid_request".to_owned());
    assert_eq!(served.token(&[], &wrong_type).await.refusal(), malformed);
    let both = [("Authorization", &*demo_basic())];
    assert_eq!(served.token(&both, &wrong_type).await.refusal(), malformed);
    let secret_too = ask(&served, &good, &[("client_secret", "x")]).await;
    assert_eq!(secret_too.refusal(), malformed);
}
