//! What a test can have a user's flow do wrong.

use procura_demo::Misbehaviour;
use procura_protocol::jose::jwt;
use serde_json::Value;
use url::Url;

use crate::browser::{
    Ask, Browser, app, location, parameter, redeem, refresh, served_for, status_of, text, tokens,
};
use crate::client::Served;

/// Where Alice is sent back to, while the server does this.
async fn sent_back(served: &Served, misbehaviour: Misbehaviour) -> Url {
    served.provider.misbehave(Some(misbehaviour));
    Browser::new(served).allow(&Ask::new(), "alice").await
}

/// What Alice's code gives, while the server does this.
async fn given(served: &Served, misbehaviour: Misbehaviour) -> Value {
    served.provider.misbehave(Some(misbehaviour));
    tokens(served, "read openid").await
}

fn count(url: &Url, name: &str) -> usize {
    url.query_pairs().filter(|(other, _)| other == name).count()
}

#[tokio::test]
async fn the_authorization_response_is_what_the_test_wants() {
    let served = served_for(app()).await;
    let other = || "https://other.example".to_owned();
    let url = sent_back(&served, Misbehaviour::AuthorizationIssuer(other())).await;
    assert_eq!(
        (count(&url, "code"), parameter(&url, "iss")),
        (1, Some(other()))
    );
    let url = sent_back(&served, Misbehaviour::NoAuthorizationIssuer).await;
    assert_eq!((count(&url, "code"), count(&url, "iss")), (1, 0));
    let url = sent_back(&served, Misbehaviour::NoState).await;
    assert_eq!((count(&url, "code"), count(&url, "state")), (1, 0));
    let url = sent_back(&served, Misbehaviour::OtherState("s-2".to_owned())).await;
    assert_eq!(parameter(&url, "state").as_deref(), Some("s-2"));
    let url = sent_back(&served, Misbehaviour::CodeRepeated).await;
    assert_eq!((count(&url, "code"), count(&url, "state")), (2, 1));
    let error = "temporarily_unavailable".to_owned();
    let url = sent_back(&served, Misbehaviour::AuthorizationError(error.clone())).await;
    assert_eq!(
        (count(&url, "code"), parameter(&url, "error")),
        (0, Some(error))
    );
    assert_eq!(parameter(&url, "state").as_deref(), Some("s-1"));
}

#[tokio::test]
async fn the_query_that_goes_back_is_what_the_test_wants() {
    let served = served_for(app()).await;
    let query = "code=CODE&code=x&state=STATE&iss=ISSUER%2F&error=%zz".to_owned();
    let url = sent_back(&served, Misbehaviour::AuthorizationQuery(query)).await;
    assert_eq!(count(&url, "code"), 2);
    let code = parameter(&url, "code").unwrap();
    assert!(code.starts_with("demo_code_"), "{code}");
    assert_eq!(parameter(&url, "state").as_deref(), Some("s-1"));
    let issuer = format!("{}/", served.provider.issuer());
    assert_eq!(parameter(&url, "iss"), Some(issuer));
    assert!(url.as_str().ends_with("&error=%zz"), "{url}");
}

#[tokio::test]
async fn an_attackers_server_sends_the_user_on_to_an_honest_one() {
    let served = served_for(app()).await;
    let honest = "http://127.0.0.1:2/authorize?client_id=other".to_owned();
    let diverts = Misbehaviour::AuthorizeRedirects(honest.clone());
    served.provider.misbehave(Some(diverts));
    let url = location(&Browser::new(&served).ask(&Ask::new()).await);
    assert!(url.as_str().starts_with(&format!("{honest}&")), "{url}");
    assert_eq!(count(&url, "client_id"), 1);
    assert_eq!(parameter(&url, "state").as_deref(), Some("s-1"));
}

#[tokio::test]
async fn the_token_reply_is_what_the_test_wants() {
    let served = served_for(app()).await;
    let reply = given(&served, Misbehaviour::RefreshTokenEmpty).await;
    assert_eq!(reply["refresh_token"], "");
    let reply = given(&served, Misbehaviour::RefreshTokenAbsent).await;
    assert_eq!(reply.get("refresh_token"), None);
    let reply = given(&served, Misbehaviour::NoLifetime).await;
    assert_eq!(reply.get("expires_in"), None);
    let reply = given(&served, Misbehaviour::HugeLifetime).await;
    assert_eq!(reply["expires_in"], u64::MAX);
    let reply = given(&served, Misbehaviour::NegativeLifetime).await;
    assert_eq!(reply["expires_in"], -1);
    let other = "https://other.example".to_owned();
    let issuer = given(&served, Misbehaviour::IdTokenIssuer(other.clone())).await;
    let issuer = text(&issuer, "id_token");
    let issuer = jwt::Unverified::parse(&issuer, jwt::USER_TOKEN_BYTES_MAX).unwrap();
    assert_eq!(issuer.claimed_issuer(), other);
    let audience = given(&served, Misbehaviour::IdTokenAudience(other.clone())).await;
    let claims = text(&audience, "id_token");
    let claims = claims.split('.').nth(1).unwrap();
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let claims = base64::Engine::decode(&engine, claims).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["aud"], other);
}

#[tokio::test]
async fn a_code_is_taken_twice_on_demand() {
    let served = served_for(app()).await;
    let code = Browser::new(&served).code(&Ask::new(), "alice").await;
    served.provider.misbehave(Some(Misbehaviour::CodeReusable));
    let first = redeem(&served, &code, &[]).await.json();
    let second = redeem(&served, &code, &[]).await.json();
    assert_ne!(first["access_token"], second["access_token"]);
    for reply in [&first, &second] {
        assert_eq!(status_of(&served, &text(reply, "access_token")).await, 200);
    }
}

#[tokio::test]
async fn a_refresh_goes_wrong_on_demand_and_other_grants_do_not() {
    let mut served = served_for(app()).await;
    let token = text(&tokens(&served, "read").await, "refresh_token");
    let error = Misbehaviour::RefreshError {
        status: 400,
        body: r#"{"error":"invalid_grant"}"#.to_owned(),
    };
    served.provider.misbehave(Some(error));
    let reply = refresh(&served, &token).await;
    assert_eq!(reply.refusal(), (400, "invalid_grant".to_owned()));
    tokens(&served, "read").await;
    served
        .provider
        .misbehave(Some(Misbehaviour::RefreshTokenStays));
    for _ in 0..2 {
        let reply = refresh(&served, &token).await.json();
        assert_eq!(reply["refresh_token"], token.as_str());
    }
    served
        .provider
        .misbehave(Some(Misbehaviour::RefreshTokenEmpty));
    assert_eq!(refresh(&served, &token).await.json()["refresh_token"], "");
    served.provider.misbehave(Some(Misbehaviour::RefreshHangs));
    tokens(&served, "read").await;
    let before = served.provider.refresh_requests();
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let stream = served
        .open("POST", "/token", &form, "grant_type=refresh_token")
        .await;
    served.provider.refresh_requests_reach(before + 1).await;
    served.stop().await.unwrap();
    drop(stream);
}

#[tokio::test]
async fn a_reply_can_be_a_form_and_a_refusal_can_look_well() {
    let served = served_for(app()).await;
    served.provider.misbehave(Some(Misbehaviour::ErrorsWith200));
    let reply = refresh(&served, "x").await;
    assert_eq!(reply.refusal(), (200, "invalid_grant".to_owned()));
    let code = Browser::new(&served).code(&Ask::new(), "alice").await;
    served.provider.misbehave(Some(Misbehaviour::FormEncoded));
    let reply = redeem(&served, &code, &[]).await;
    let kind = reply.header("content-type");
    assert_eq!(kind, Some("application/x-www-form-urlencoded"));
    assert!(
        reply.body.contains("access_token=demo_at_"),
        "{}",
        reply.body
    );
    let refused = refresh(&served, "x").await;
    assert_eq!(
        (refused.status, refused.body.contains("error=invalid_grant")),
        (400, true)
    );
}
