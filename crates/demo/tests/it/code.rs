//! `POST /token` with a user's code.

use procura_demo::RefreshPolicy;
use procura_protocol::jose::Algorithm;
use procura_protocol::jose::jwk::KeySet;
use procura_protocol::jose::jws;
use serde_json::{Value, json};

use crate::browser::{
    Ask, Browser, CALLBACK, app, app_basic, redeem, refresh, served_for, status_of, text, tokens,
};
use crate::client::demo_basic;

#[tokio::test]
async fn a_code_gives_tokens_of_the_user() {
    let served = served_for(app()).await;
    let reply = tokens(&served, "read openid").await;
    assert_eq!(reply["token_type"], "Bearer");
    assert_eq!(
        (&reply["expires_in"], &reply["scope"]),
        (&json!(3600), &json!("openid read"))
    );
    assert!(text(&reply, "refresh_token").starts_with("demo_rt_"));
    let header = format!("Bearer {}", text(&reply, "access_token"));
    let whoami = served
        .get_with("/api/whoami", &[("Authorization", &header)])
        .await;
    let expected = json!({ "client_id": "app", "scopes": ["openid", "read"], "user": "alice" });
    assert_eq!(whoami.json(), expected);
    assert_eq!(served.provider.code_requests(), 1);
    assert_eq!(served.provider.code_redemptions(), 1);
    served.provider.code_redemptions_reach(1).await;
    let seen = format!("{:?}", served.provider.last_token_request());
    assert!(seen.contains(CALLBACK) && !seen.contains("demo_code_") && !seen.contains("dBjft"));
}

#[tokio::test]
async fn an_id_token_is_for_the_client_and_has_the_nonce() {
    let served = served_for(app()).await;
    let ask = Ask::new()
        .with("scope", "openid profile")
        .with("nonce", "n-1");
    let code = Browser::new(&served).code(&ask, "bob").await;
    let reply = redeem(&served, &code, &[]).await.json();
    let keys = served.get("/jwks").await.body;
    let keys = KeySet::parse(keys.as_bytes()).unwrap();
    let claims = |reply: &Value| -> Value {
        let token = text(reply, "id_token");
        let token = jws::Unverified::parse(&token, 10_000).unwrap();
        let verified = token.verify(&keys, &[Algorithm::Es256]).unwrap();
        serde_json::from_slice(verified.payload()).unwrap()
    };
    let now_s = served.now_s();
    let mut expected = json!({
        "iss": served.provider.issuer(), "sub": "bob", "aud": "app",
        "iat": now_s, "exp": now_s + 3600, "nonce": "n-1", "name": "Bob Demo",
    });
    assert_eq!(claims(&reply), expected);
    let again = refresh(&served, &text(&reply, "refresh_token"))
        .await
        .json();
    expected.as_object_mut().unwrap().remove("nonce");
    assert_eq!(claims(&again), expected);
    assert_eq!(tokens(&served, "read").await.get("id_token"), None);
}

#[tokio::test]
async fn a_code_needs_the_verifier_of_its_own_request() {
    let served = served_for(app()).await;
    let code = Browser::new(&served).code(&Ask::new(), "alice").await;
    for wrong in ["", "x", &"x".repeat(43), &"x".repeat(129)] {
        let reply = redeem(&served, &code, &[("code_verifier", wrong)]).await;
        assert_eq!(
            reply.refusal(),
            (400, "invalid_grant".to_owned()),
            "{wrong}"
        );
    }
    // A wrong guess does not use it up.
    assert_eq!(redeem(&served, &code, &[]).await.status, 200);
}

#[tokio::test]
async fn a_code_is_bound_to_its_client_and_its_redirect_uri() {
    let served = served_for(app()).await;
    let code = Browser::new(&served).code(&Ask::new(), "alice").await;
    let refused = (400, "invalid_grant".to_owned());
    for wrong in [
        "",
        "http://127.0.0.1:1/callback/",
        "http://127.0.0.1:1/other",
    ] {
        let reply = redeem(&served, &code, &[("redirect_uri", wrong)]).await;
        assert_eq!(reply.refusal(), refused, "{wrong}");
    }
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", crate::browser::VERIFIER),
    ];
    let other = served
        .token(&[("Authorization", &demo_basic())], &form)
        .await;
    assert_eq!(other.refusal(), refused);
    let nobody = served.token(&[], &form).await;
    assert_eq!(nobody.refusal(), (401, "invalid_client".to_owned()));
    let reply = served
        .token(&[("Authorization", &app_basic())], &form)
        .await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn a_code_is_good_for_a_minute() {
    let served = served_for(app()).await;
    let mut browser = Browser::new(&served);
    let (first, second) = (
        browser.code(&Ask::new(), "alice").await,
        browser.code(&Ask::new(), "alice").await,
    );
    served.clock.advance(59);
    assert_eq!(redeem(&served, &first, &[]).await.status, 200);
    served.clock.advance(1);
    let late = redeem(&served, &second, &[]).await;
    assert_eq!(late.refusal(), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn a_code_that_comes_again_ends_what_it_gave() {
    let served = served_for(app()).await;
    let code = Browser::new(&served).code(&Ask::new(), "alice").await;
    let first = redeem(&served, &code, &[]).await.json();
    let next = refresh(&served, &text(&first, "refresh_token"))
        .await
        .json();
    let bystander = tokens(&served, "read").await;
    let again = redeem(&served, &code, &[]).await;
    assert_eq!(again.refusal(), (400, "invalid_grant".to_owned()));
    for reply in [&first, &next] {
        assert_eq!(status_of(&served, &text(reply, "access_token")).await, 401);
    }
    let refused = refresh(&served, &text(&next, "refresh_token")).await;
    assert_eq!(refused.refusal(), (400, "invalid_grant".to_owned()));
    assert_eq!(
        status_of(&served, &text(&bystander, "access_token")).await,
        200
    );
    assert_eq!(served.provider.families_revoked(), 1);
    assert_eq!(served.provider.code_redemptions(), 2);
}

#[tokio::test]
async fn a_client_can_have_its_own_lifetime_and_no_refresh_tokens() {
    let mut client = app();
    client.access_token_lifetime_s = Some(60);
    client.refresh = RefreshPolicy::None;
    let served = served_for(client).await;
    let reply = tokens(&served, "read offline_access").await;
    assert_eq!(reply["expires_in"], 60);
    assert_eq!(reply.get("refresh_token"), None);
    let token = text(&reply, "access_token");
    served.clock.advance(59);
    assert_eq!(status_of(&served, &token).await, 200);
    served.clock.advance(1);
    assert_eq!(status_of(&served, &token).await, 401);
}
