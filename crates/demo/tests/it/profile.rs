//! The customs of vendors.

use procura_core::vendor::Vendor;
use procura_demo::{Profile, RefreshPolicy};
use procura_protocol::oauth::redaction::LiveSecrets;
use procura_protocol::oauth::token_reply::{self, RawReply};
use procura_protocol::oauth::vendor_table;
use serde_json::{Value, json};

use crate::browser::{
    Ask, Browser, CALLBACK, VERIFIER, app, app_basic, redeem, refresh, served_for, text,
};
use crate::client::{Reply, Served};

async fn served_as(profile: Profile) -> Served {
    let mut client = app();
    client.profile = profile;
    client.refresh = RefreshPolicy::Static;
    served_for(client).await
}

/// Redeems a code, and accepts JSON.
async fn redeem_json(served: &Served, code: &str) -> Reply {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let header = app_basic();
    let headers = [
        ("Authorization", header.as_str()),
        ("Accept", "application/json"),
    ];
    served.token(&headers, &form).await
}

/// Whether Procura finds a token in a reply.
fn is_read(vendor: Vendor, reply: &Reply) -> bool {
    let raw = RawReply {
        status: reply.status,
        retry_after: None,
        body: reply.body.as_bytes(),
    };
    let dialect = &vendor_table::row(vendor).dialect;
    token_reply::parse(&raw, dialect, &LiveSecrets::default()).is_ok()
}

#[tokio::test]
async fn github_has_commas_forms_and_refusals_that_look_well() {
    let served = served_as(Profile::Github).await;
    let mut browser = Browser::new(&served);
    let ask = Ask::new().with("scope", "repo,read");
    let code = browser.code(&ask, "alice").await;
    let reply = redeem_json(&served, &code).await;
    assert_eq!(reply.json()["scope"], "read,repo");
    assert!(is_read(Vendor::Github, &reply));
    let again = redeem_json(&served, &code).await;
    assert_eq!(again.refusal(), (200, "bad_verification_code".to_owned()));
    assert!(!is_read(Vendor::Github, &again));
    let code = browser
        .code(&Ask::new().with("scope", "repo read"), "alice")
        .await;
    let reply = redeem(&served, &code, &[]).await;
    let kind = reply.header("content-type");
    assert_eq!(kind, Some("application/x-www-form-urlencoded"));
    let pairs: Value = url::form_urlencoded::parse(reply.body.as_bytes())
        .into_owned()
        .collect();
    assert_eq!(
        (&pairs["scope"], &pairs["expires_in"]),
        (&json!("read,repo"), &json!("3600"))
    );
    let refused = refresh(&served, "x").await;
    assert_eq!(
        (
            refused.status,
            refused.body.contains("error=bad_refresh_token")
        ),
        (200, true)
    );
}

#[tokio::test]
async fn slack_nests_the_token_of_a_user() {
    let served = served_as(Profile::Slack).await;
    let ask = Ask::new().without("scope").with("user_scope", "read,repo");
    let code = Browser::new(&served).code(&ask, "bob").await;
    let reply = redeem(&served, &code, &[]).await;
    let body = reply.json();
    assert_eq!(
        (&body["ok"], body.get("access_token")),
        (&json!(true), None)
    );
    let user = &body["authed_user"];
    assert_eq!(
        (&user["id"], &user["scope"]),
        (&json!("bob"), &json!("read,repo"))
    );
    assert_eq!(user["token_type"], "user");
    let refreshed = refresh(&served, &text(user, "refresh_token")).await.json();
    assert_eq!(
        (&refreshed["ok"], &refreshed["token_type"]),
        (&json!(true), &json!("user"))
    );
    assert!(refreshed["access_token"].is_string());
    let again = redeem(&served, &code, &[]).await;
    assert_eq!(again.status, 200);
    assert_eq!(
        again.json(),
        json!({ "ok": false, "error": "invalid_code" })
    );
}

#[tokio::test]
async fn google_gives_a_refresh_token_when_it_asked_the_user() {
    let served = served_as(Profile::Google).await;
    let mut browser = Browser::new(&served);
    let offline = Ask::new().with("access_type", "offline");
    for (ask, has_one) in [
        (Ask::new().with("scope", "repo"), false),
        (offline.clone(), true),
        (offline.clone(), false),
        (offline.with("prompt", "consent"), true),
    ] {
        let code = browser.code(&ask, "alice").await;
        let reply = redeem(&served, &code, &[]).await.json();
        assert_eq!(
            reply.get("refresh_token").is_some(),
            has_one,
            "{}",
            ask.path()
        );
    }
}

#[tokio::test]
async fn microsoft_gives_a_refresh_token_for_its_scope() {
    let served = served_as(Profile::Microsoft).await;
    let mut browser = Browser::new(&served);
    for (scope, has_one) in [("read", false), ("read offline_access", true)] {
        let ask = Ask::new()
            .with("scope", scope)
            .with("access_type", "offline");
        let code = browser.code(&ask, "alice").await;
        let reply = redeem(&served, &code, &[]).await.json();
        assert_eq!(reply.get("refresh_token").is_some(), has_one, "{scope}");
    }
}
