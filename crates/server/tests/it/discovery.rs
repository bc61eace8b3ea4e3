//! Endpoints are found once, at the first use, and stay where they were found.

use procura_testkit::TestApp;
use procura_testkit::demo::Misbehaviour;
use procura_wire::Operation::{GetOauth2CredentialProvider, UpdateOauth2CredentialProvider};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::oauth2;

tests! {
    on_both_engines {
        what_was_found_once_is_not_looked_for_again
        a_document_that_changes_later_takes_the_secret_nowhere
        an_update_forgets_what_was_found
        of_many_first_uses_all_have_a_token
    }
    on_sqlite {
        a_document_that_speaks_for_another_issuer_gives_no_endpoints
        a_document_that_cannot_be_used_sends_no_secret
        a_document_that_names_an_address_that_is_never_reached_sends_no_secret
    }
}

async fn discovered(app: TestApp) -> (TestApp, String) {
    let config = oauth2::config(&app);
    oauth2::ready_with(app, &config).await
}

async fn update(app: &TestApp, config: Value) {
    let body = json!({
        "name": "demo",
        "credentialProviderVendor": "CustomOauth2",
        "oauth2ProviderConfigInput": config,
    });
    let updated = app.admin().call(UpdateOauth2CredentialProvider, body).await;
    updated.expect_status(200);
}

async fn what_was_found_once_is_not_looked_for_again(app: TestApp) {
    let (app, token) = discovered(app).await;
    for scope in ["read", "write", "repo"] {
        oauth2::given(&app, &token, json!({ "scopes": [scope] })).await;
    }
    assert_eq!(app.demo().discovery_requests(), 1);
    assert_eq!(app.demo().token_requests(), 3);
    // It is configured as it was.
    let read = app
        .admin()
        .call(GetOauth2CredentialProvider, json!({ "name": "demo" }))
        .await;
    let read = read.expect_status(200).json();
    let discovery = &read["oauth2ProviderConfigOutput"][oauth2::BLOCK]["oauthDiscovery"];
    assert_eq!(
        *discovery,
        json!({ "discoveryUrl": app.demo().discovery_url() })
    );
}

/// A server that nobody is to come to.
async fn trap() -> (TcpListener, String) {
    let trap = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/token", trap.local_addr().unwrap());
    (trap, url)
}

/// Whether somebody came: a connection that was made waits to be accepted.
async fn was_visited(trap: &TcpListener) -> bool {
    let soon = std::time::Duration::from_millis(50);
    tokio::time::timeout(soon, trap.accept()).await.is_ok()
}

async fn a_document_that_changes_later_takes_the_secret_nowhere(app: TestApp) {
    let (trap, elsewhere) = trap().await;
    let (mut app, token) = discovered(app).await;
    oauth2::given(&app, &token, json!({})).await;
    app.demo()
        .misbehave(Some(Misbehaviour::DiscoveryTokenEndpoint(elsewhere)));
    let force = json!({ "forceAuthentication": true });
    oauth2::given(&app, &token, force.clone()).await;
    app.restart().await;
    oauth2::given(&app, &token, force).await;
    assert_eq!(app.demo().discovery_requests(), 1);
    assert!(!was_visited(&trap).await);
}

async fn an_update_forgets_what_was_found(app: TestApp) {
    let (app, token) = discovered(app).await;
    let first = oauth2::given(&app, &token, json!({})).await;
    update(&app, oauth2::config(&app)).await;
    assert_ne!(oauth2::given(&app, &token, json!({})).await, first);
    assert_eq!(app.demo().discovery_requests(), 2);
}

async fn of_many_first_uses_all_have_a_token(app: TestApp) {
    let (app, token) = discovered(app).await;
    let mut waiting = Vec::new();
    for scopes in [
        json!(["read"]),
        json!(["write"]),
        json!(["repo"]),
        json!([]),
    ] {
        let more = json!({ "scopes": scopes });
        waiting.push(oauth2::asking_at_once(app.agent_host(), &token, &more, 5));
    }
    for waiting in waiting {
        for answer in waiting.join_all().await {
            answer.expect_status(200);
        }
    }
    assert_eq!(app.demo().token_requests(), 4);
}

async fn a_document_that_speaks_for_another_issuer_gives_no_endpoints(app: TestApp) {
    let (app, token) = discovered(app).await;
    let issuer = app.demo().issuer();
    let others = [
        "https://accounts.google.com".to_owned(),
        issuer.replace("127.0.0.1", "localhost"),
        format!("{issuer}/tenant"),
        format!("{issuer}//"),
        format!("{issuer}/?a=b"),
        issuer.to_uppercase(),
        String::new(),
    ];
    for other in others {
        app.demo()
            .misbehave(Some(Misbehaviour::DiscoveryIssuer(other.clone())));
        let refused = oauth2::ask(&app, &token, json!({})).await;
        let refused = refused.expect_error(400, "ValidationException");
        assert!(refused.member("message").contains("issuer"), "{other}");
    }
    assert_eq!(app.demo().token_requests(), 0);
    app.demo().misbehave(None);
    oauth2::given(&app, &token, json!({})).await;
}

async fn a_document_that_cannot_be_used_sends_no_secret(app: TestApp) {
    let (app, token) = discovered(app).await;
    let issuer = app.demo().issuer();
    let huge = format!(
        r#"{{"issuer":"{issuer}","canary":"{}"}}"#,
        "x".repeat(300_000)
    );
    let of = |endpoint: &str| format!(r#"{{"issuer":"{issuer}","token_endpoint":{endpoint}}}"#);
    let documents = [
        "canary".to_owned(),
        String::new(),
        "[]".to_owned(),
        "{}".to_owned(),
        format!(r#"{{"issuer":"{issuer}"}}"#),
        of("7"),
        of(r#""canary""#),
        of(r#""file:///canary""#),
        of(r#""javascript:canary""#),
        of(r#""http://user:canary@127.0.0.1/token""#),
        of(r#""http://127.0.0.1/token#canary""#),
        of(r#""http://127.0.0.1/canary\r\nx: y""#),
        format!(
            r#"{{"issuer":"{issuer}","token_endpoint":"{issuer}/token","token_endpoint":"http://canary/"}}"#
        ),
        format!("{}1{}", r#"{"canary":"#.repeat(5000), "}".repeat(5000)),
        huge,
    ];
    for document in documents {
        let case: String = document.chars().take(80).collect();
        app.demo()
            .misbehave(Some(Misbehaviour::DiscoveryBody(document)));
        let refused = oauth2::ask(&app, &token, json!({})).await;
        assert!(
            [400, 429].contains(&refused.status),
            "{case}: {}",
            refused.text()
        );
        assert!(!refused.holds("canary"), "{case}: {}", refused.text());
        let record = app.record(refused.record().unwrap()).await;
        assert!(!record.entry.reason.contains("canary"), "{case}");
    }
    assert_eq!(app.demo().token_requests(), 0);
}

async fn a_document_that_names_an_address_that_is_never_reached_sends_no_secret(app: TestApp) {
    let (app, token) = discovered(app).await;
    let own = format!("http://{}/token", app.address());
    for elsewhere in [
        "http://169.254.169.254/token",
        "http://10.1.2.3/token",
        &own,
    ] {
        update(&app, oauth2::config(&app)).await;
        let document = Misbehaviour::DiscoveryTokenEndpoint(elsewhere.to_owned());
        app.demo().misbehave(Some(document));
        for _ in 0..2 {
            let refused = oauth2::ask(&app, &token, json!({})).await;
            refused.expect_error(400, "ValidationException");
        }
        // An administrator repairs it.
        app.demo().misbehave(None);
        update(&app, oauth2::config(&app)).await;
        oauth2::given(&app, &token, json!({})).await;
    }
}
