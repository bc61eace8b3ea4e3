//! Providers that are down, slow, lying or huge: an error of a kind that fits, in bounded time, with
//! nothing of what they sent, and nothing released.

use std::time::Duration;

use procura_core::audit::record::Verdict;
use procura_testkit::demo::Misbehaviour;
use procura_testkit::{Engine, Response, Setup, TestApp};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::oauth2;

tests! {
    on_both_engines {
        what_a_provider_gets_wrong_is_told_by_blame_and_releases_nothing
    }
    on_sqlite {
        an_answer_that_cannot_be_used_is_an_error_that_repeats_nothing
        a_provider_that_grants_less_than_was_asked_gives_nothing
        a_provider_that_grants_more_than_was_asked_gives_nothing
        a_redirect_is_not_followed
        addresses_that_are_never_reached_are_refused_and_on_record
    }
}

/// What is answered while the provider misbehaves: nothing is released, and the failure is on
/// record.
async fn refused(app: &TestApp, token: &str, more: Value) -> Response {
    let answer = oauth2::ask(app, token, more).await;
    assert_ne!(answer.status, 200, "{}", answer.text());
    let record = app.record(answer.record().unwrap()).await;
    assert_eq!(record.entry.verdict, Verdict::Deny);
    assert!(oauth2::recorded(app, "released").await.is_empty());
    answer
}

fn error(status: u16, body: &str) -> Misbehaviour {
    let body = body.to_owned();
    Misbehaviour::TokenError { status, body }
}

async fn what_a_provider_gets_wrong_is_told_by_blame_and_releases_nothing(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    let refusal = r#"{"error":"invalid_scope","error_description":"no such scope"}"#;
    let ours = [
        (error(400, refusal), "invalid_scope"),
        (
            error(401, r#"{"error":"invalid_client"}"#),
            "invalid_client",
        ),
        (error(403, r#"{"error":"access_denied"}"#), "access_denied"),
        (error(404, "no page"), "404"),
        // As GitHub and Slack do.
        (
            error(200, r#"{"error":"bad_verification"}"#),
            "bad_verification",
        ),
    ];
    for (misbehaviour, code) in ours {
        app.demo().misbehave(Some(misbehaviour));
        let answer = refused(&app, &token, json!({})).await;
        let answer = answer.expect_error(400, "ValidationException");
        assert!(answer.member("message").contains(code), "{}", answer.text());
    }
    let theirs = [
        error(429, r#"{"error":"slow_down"}"#),
        error(500, "canary"),
        error(502, "<html>canary</html>"),
        error(503, r#"{"error":"temporarily_unavailable"}"#),
        error(400, r#"{"error":"temporarily_unavailable"}"#),
        Misbehaviour::TokenDown,
        Misbehaviour::TokenHuge(200_000),
        Misbehaviour::TokenHuge(8 * 1024 * 1024),
        Misbehaviour::NotBearer,
        Misbehaviour::NegativeLifetime,
    ];
    for misbehaviour in theirs {
        let case = format!("{misbehaviour:?}");
        app.demo().misbehave(Some(misbehaviour));
        let answer = refused(&app, &token, json!({})).await;
        assert_eq!(answer.status, 429, "{case}: {}", answer.text());
        let answer = answer.expect_error(429, "ThrottlingException");
        assert!(answer.header("retry-after").is_some(), "{case}");
        assert!(!answer.holds("canary"));
    }
    app.demo().misbehave(None);
    oauth2::ask(&app, &token, json!({}))
        .await
        .expect_status(200);
}

async fn an_answer_that_cannot_be_used_is_an_error_that_repeats_nothing(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    let deep = format!("{}1{}", r#"{"canary":"#.repeat(5000), "}".repeat(5000));
    let good = r#""token_type":"Bearer""#;
    let answers = [
        String::new(),
        "canary".to_owned(),
        "[]".to_owned(),
        "null".to_owned(),
        deep,
        "<html>canary</html>".to_owned(),
        "access_token=canary&token_type=bearer".to_owned(),
        format!("{{{good}}}"),
        format!(r#"{{"access_token":"",{good}}}"#),
        format!(r#"{{"access_token":7,{good}}}"#),
        format!(r#"{{"access_token":["canary"],{good}}}"#),
        format!(r#"{{"access_token":"canary\r\nx: y",{good}}}"#),
        format!(r#"{{"access_token":"canary two",{good}}}"#),
        format!(r#"{{"access_token":"canäry",{good}}}"#),
        format!(r#"{{"access_token":"canary","access_token":"canary2",{good}}}"#),
        format!(r#"{{"access_token":"canary",{good},"expires_in":"soon"}}"#),
        format!(r#"{{"access_token":"canary",{good},"expires_in":1e400}}"#),
        format!(r#"{{"access_token":"canary",{good},"expires_in":0}}"#),
        format!(r#"{{"access_token":"canary",{good},"scope":{{"a":1}}}}"#),
        r#"{"access_token":"canary"}"#.to_owned(),
        r#"{"access_token":"canary","token_type":"DPoP"}"#.to_owned(),
        r#"{"access_token":"canary","token_type":"Bearer canary"}"#.to_owned(),
    ];
    for body in answers {
        app.demo().misbehave(Some(error(200, &body)));
        let answer = refused(&app, &token, json!({})).await;
        let answer = answer.expect_error(429, "ThrottlingException");
        assert!(!answer.holds("canary"), "{}", answer.text());
        let record = app.record(answer.record().unwrap()).await;
        assert!(!record.entry.reason.contains("canary"));
    }
}

async fn a_provider_that_grants_less_than_was_asked_gives_nothing(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    app.demo().misbehave(Some(Misbehaviour::GrantsLess));
    for scopes in [json!(["read"]), json!(["read", "write"])] {
        let answer = refused(&app, &token, json!({ "scopes": scopes })).await;
        let answer = answer.expect_invalid("scopes");
        assert!(answer.member("message").contains("fewer scopes"));
    }
    // Case has a meaning, and a scope is not granted by one that begins with it.
    for granted in ["READ", "read:all", ""] {
        let body = format!(r#"{{"access_token":"t","token_type":"Bearer","scope":"{granted}"}}"#);
        app.demo().misbehave(Some(error(200, &body)));
        refused(&app, &token, json!({}))
            .await
            .expect_invalid("scopes");
    }
}

async fn a_provider_that_grants_more_than_was_asked_gives_nothing(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    app.demo().misbehave(Some(Misbehaviour::GrantsMore));
    let answer = refused(&app, &token, json!({})).await;
    let answer = answer.expect_invalid("scopes");
    assert!(answer.member("message").contains("more scopes"));
    // Who asks for nothing leaves the choice to the provider.
    let given = oauth2::ask(&app, &token, json!({ "scopes": [] })).await;
    given.expect_status(200);
}

async fn a_redirect_is_not_followed(app: TestApp) {
    let trap = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = format!("http://{}/canary", trap.local_addr().unwrap());
    let (app, token) = oauth2::ready(app).await;
    app.demo().misbehave(Some(Misbehaviour::TokenRedirects(to)));
    let answer = refused(&app, &token, json!({})).await;
    let answer = answer.expect_error(429, "ThrottlingException");
    assert!(answer.member("message").contains("redirect"));
    assert!(!answer.holds("canary"), "where it leads is not said");
    let nobody = tokio::time::timeout(Duration::from_millis(50), trap.accept()).await;
    assert!(nobody.is_err(), "the redirect was followed");
}

async fn addresses_that_are_never_reached_are_refused_and_on_record(app: TestApp) {
    let app = app.with_agent("agent").await;
    let token = app.agent_host().token("agent").await;
    let own = app.address().port();
    let hosts = [
        "169.254.169.254",
        "[::ffff:a9fe:a9fe]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "metadata.google.internal",
        "10.0.0.1:8080",
        "192.168.1.1",
        "100.64.0.1",
        "0.0.0.0:8080",
        "[::]:8080",
        "255.255.255.255",
        "224.0.0.1",
        &format!("127.0.0.1:{own}"),
        &format!("localhost:{own}"),
        &format!("[::1]:{own}"),
    ];
    for (at, host) in hosts.iter().enumerate() {
        let base = format!("http://{host}");
        let configs = [
            json!({ "discoveryUrl": format!("{base}/.well-known/openid-configuration") }),
            json!({ "authorizationServerMetadata": {
                "issuer": base,
                "authorizationEndpoint": format!("{base}/authorize"),
                "tokenEndpoint": format!("{base}/canary-path"),
            } }),
        ];
        for (which, discovery) in configs.into_iter().enumerate() {
            let name = format!("p{at}-{which}");
            let config = oauth2::with(oauth2::config(&app), "oauthDiscovery", discovery);
            let made = app.admin().create_oauth2_provider(&name, &config).await;
            made.expect_status(201);
            let more = json!({ "resourceCredentialProviderName": name });
            let answer = refused(&app, &token, more).await;
            assert_eq!(answer.status, 400, "{host}: {}", answer.text());
            let answer = answer.expect_error(400, "ValidationException");
            assert!(!answer.holds("canary-path"));
            let record = app.record(answer.record().unwrap()).await;
            assert_eq!(record.entry.reason, answer.member("message"));
        }
    }
}

/// A test with an app that waits for a provider for a second.
fn hurried<F: Future<Output = ()>>(test: impl FnOnce(TestApp) -> F) {
    let setup = Setup::default().outbound_timeout(Duration::from_secs(1));
    setup.run(Engine::Sqlite, test);
}

#[test]
fn a_provider_that_hangs_or_drips_is_given_up_and_all_who_wait_are_told() {
    hurried(|app| async {
        let (app, token) = oauth2::ready(app).await;
        for misbehaviour in [Misbehaviour::TokenHangs, Misbehaviour::TokenDrips] {
            let before = app.demo().token_requests();
            app.demo().misbehave(Some(misbehaviour));
            let waiting = oauth2::asking_at_once(app.agent_host(), &token, &json!({}), 10);
            let told = tokio::time::timeout(Duration::from_secs(10), waiting.join_all());
            for answer in told.await.unwrap() {
                answer.expect_error(429, "ThrottlingException");
            }
            // Some may come after the first was given up, and go anew.
            assert!(app.demo().token_requests() - before <= 3);
        }
        app.demo().misbehave(None);
        oauth2::ask(&app, &token, json!({}))
            .await
            .expect_status(200);
    });
}
