//! `POST /token` with client credentials and a shared secret.

use procura_demo::{DemoAuthentication, DemoClient, TokenRequestSeen};
use procura_protocol::oauth::authentication_method::AuthenticationMethod;
use serde_json::json;

use crate::client::{Served, basic, demo_basic};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

#[tokio::test]
async fn a_client_gets_a_token_by_the_header_and_by_the_form() {
    let served = Served::start().await;
    let header = served
        .token(
            &[("Authorization", &demo_basic())],
            &[GRANT, ("scope", "repo read")],
        )
        .await;
    let form = [
        GRANT,
        ("client_id", "demo-client"),
        ("client_secret", "demo-secret"),
    ];
    let form = served.token(&[], &form).await;
    for (reply, scope) in [(&header, "read repo"), (&form, "read repo write")] {
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("content-type"), Some("application/json"));
        let body = reply.json();
        let token = body["access_token"].as_str().unwrap();
        assert!(token.starts_with("demo_at_") && token.len() == 40);
        assert_eq!(body["token_type"], "Bearer");
        assert_eq!(body["expires_in"], 3600);
        assert_eq!(body["scope"], scope);
    }
    assert_ne!(header.json()["access_token"], form.json()["access_token"]);
    assert_eq!(served.provider.token_requests(), 2);
}

#[tokio::test]
async fn a_lifetime_that_is_not_stated_is_left_out() {
    let served = Served::with(|settings| settings.access_token_lifetime_s = None).await;
    let reply = served
        .token(&[("Authorization", &demo_basic())], &[GRANT])
        .await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json().get("expires_in"), None);
}

#[tokio::test]
async fn id_and_secret_are_form_encoded_in_the_header() {
    let served = Served::start().await;
    let authentication = DemoAuthentication::Secret("p %+\u{e9}".to_owned());
    let client = DemoClient::new("a:b", authentication, &[]);
    served.provider.add_client(client);
    let encoded = basic("a%3Ab", "p+%25%2B%C3%A9");
    let reply = served.token(&[("Authorization", &encoded)], &[GRANT]).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.json()["scope"], "");
}

#[tokio::test]
async fn a_client_that_does_not_prove_itself_is_invalid() {
    let served = Served::start().await;
    let refused = (401, "invalid_client".to_owned());
    for header in [
        basic("demo-client", "demo-secre"),
        basic("demo-client", ""),
        basic("other", "demo-secret"),
        basic("", ""),
        "Basic".to_owned(),
        "Basic !".to_owned(),
        "Basic ZGVtbw==".to_owned(),
        "Bearer demo-secret".to_owned(),
    ] {
        let reply = served.token(&[("Authorization", &header)], &[GRANT]).await;
        assert_eq!(reply.refusal(), refused, "{header}");
        let challenge = reply.header("www-authenticate");
        assert_eq!(challenge, Some("Basic realm=\"procura-demo\""));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
    }
    for form in [
        &[GRANT][..],
        &[GRANT, ("client_id", "demo-client")],
        &[GRANT, ("client_id", "demo-client"), ("client_secret", "x")],
    ] {
        assert_eq!(served.token(&[], form).await.refusal(), refused, "{form:?}");
    }
}

#[tokio::test]
async fn two_methods_or_two_clients_are_refused() {
    let served = Served::start().await;
    let basic = demo_basic();
    let header = [("Authorization", basic.as_str())];
    let refused = (400, "invalid_request".to_owned());
    for more in [
        ("client_secret", "demo-secret"),
        ("client_assertion", "a.b.c"),
        ("client_assertion_type", "x"),
        ("client_id", "another"),
    ] {
        let reply = served.token(&header, &[GRANT, more]).await;
        assert_eq!(reply.refusal(), refused, "{more:?}");
    }
    let twice = [header[0], header[0]];
    assert_eq!(served.token(&twice, &[GRANT]).await.refusal(), refused);
    let same = served
        .token(&header, &[GRANT, ("client_id", "demo-client")])
        .await;
    assert_eq!(same.status, 200);
}

#[tokio::test]
async fn what_is_asked_for_must_be_something_that_there_is() {
    let served = Served::start().await;
    let basic = demo_basic();
    let header = [("Authorization", basic.as_str())];
    for (form, error) in [
        (&[][..], "invalid_request"),
        (&[("grant_type", "")], "invalid_request"),
        (&[GRANT, GRANT], "invalid_request"),
        (
            &[GRANT, ("scope", "read"), ("scope", "read")],
            "invalid_request",
        ),
        (&[("grant_type", "password")], "unsupported_grant_type"),
        (&[("grant_type", "authorization_code")], "invalid_request"),
        (&[("grant_type", "refresh_token")], "invalid_request"),
        (&[GRANT, ("scope", "read admin")], "invalid_scope"),
        (&[GRANT, ("scope", "Read")], "invalid_scope"),
        (&[GRANT, ("scope", "read\"")], "invalid_scope"),
    ] {
        let reply = served.token(&header, form).await;
        assert_eq!(reply.refusal(), (400, error.to_owned()), "{form:?}");
    }
}

#[tokio::test]
async fn a_body_is_a_form_of_bounded_size() {
    let served = Served::start().await;
    let basic = demo_basic();
    let json = [
        ("Authorization", basic.as_str()),
        ("Content-Type", "application/json"),
    ];
    let reply = served.send("POST", "/token", &json, "{}").await.unwrap();
    assert_eq!(reply.refusal(), (400, "invalid_request".to_owned()));
    let fits = "x".repeat(60 * 1024);
    let reply = served
        .token(&[("Authorization", &basic)], &[GRANT, ("more", &fits)])
        .await;
    assert_eq!(reply.status, 200);
    let long = "x".repeat(64 * 1024);
    let reply = served
        .token(&[("Authorization", &basic)], &[GRANT, ("more", &long)])
        .await;
    assert_eq!(reply.refusal(), (413, "invalid_request".to_owned()));
    assert_eq!(served.get("/token").await.status, 405);
}

#[tokio::test]
async fn a_test_sees_what_was_asked_and_no_secret() {
    let served = Served::start().await;
    assert_eq!(served.provider.last_token_request(), None);
    let form = [
        GRANT,
        ("scope", "read"),
        ("resource", "https://a.example"),
        ("resource", "https://b.example"),
        ("audience", "api"),
        ("tenant", "t-1"),
        ("client_id", "demo-client"),
        ("client_secret", "demo-secret"),
    ];
    assert_eq!(served.token(&[], &form).await.status, 200);
    let seen = served.provider.last_token_request().unwrap();
    assert_eq!(
        seen,
        TokenRequestSeen {
            grant_type: Some("client_credentials".to_owned()),
            scope: Some("read".to_owned()),
            resources: vec![
                "https://a.example".to_owned(),
                "https://b.example".to_owned()
            ],
            audiences: vec!["api".to_owned()],
            client_id: Some("demo-client".to_owned()),
            authentication: Some(AuthenticationMethod::SecretPost),
            others: vec![("tenant".to_owned(), "t-1".to_owned())],
        }
    );
    assert!(!format!("{seen:?}").contains("demo-secret"));
    served
        .token(&[("Authorization", "Basic x")], &[GRANT])
        .await;
    let seen = served.provider.last_token_request().unwrap();
    assert_eq!(seen.authentication, Some(AuthenticationMethod::SecretBasic));
    assert_eq!(json!(seen.scope), json!(null));
}
