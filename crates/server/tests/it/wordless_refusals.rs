//! A refresh token that is refused again and again without a word is over; nothing else that goes
//! wrong is taken for that.

use procura_testkit::TestApp;
use procura_testkit::demo::{Misbehaviour, RefreshPolicy};
use procura_wire::Operation::UpdateOauth2CredentialProvider;
use serde_json::{Value, json};

use crate::renewal::{LIFE_S, ask, connected, given};
use crate::{delegation, oauth2};

tests! {
    on_both_engines {
        refusals_without_a_word_ask_the_user_again
        what_is_no_refusal_without_words_never_ends_a_connection
        what_was_refused_before_a_success_or_a_change_of_the_client_does_not_count
    }
    on_sqlite {}
}

/// So many refusals without a word are borne; the next one is the last.
const BORNE: u64 = 7;

/// The demo provider answers each renewal with this, until it is told otherwise.
fn answers(app: &TestApp, status: u16, body: &str) {
    let body = body.to_owned();
    let answer = Misbehaviour::RefreshError { status, body };
    app.demo().misbehave(Some(answer));
}

/// Lets every pause go by: those of providers by the clock of the node, those of connections by the
/// clock of the database, which on PostgreSQL no test can move.
fn pass(app: &TestApp) {
    app.clock().advance(2 * LIFE_S);
    if app.app().engine_name() == "postgres" {
        app.tamper("UPDATE connection SET retry_at = 0");
    }
}

/// Is refused so often; the user is not asked anew.
async fn refused(app: &TestApp, times: u64) {
    for time in 1..=times {
        pass(app);
        let asked = app.demo().refresh_requests();
        let answer = ask(app).await;
        assert!([400, 429].contains(&answer.status), "{}", answer.text());
        assert_eq!(app.demo().refresh_requests(), asked + 1, "time {time}");
    }
}

async fn refusals_without_a_word_ask_the_user_again(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::RevokesFamily).await;
    answers(&app, 400, "");
    refused(&app, BORNE).await;
    pass(&app);
    let token = delegation::token_for(&app, "agent", "alice").await;
    delegation::begin(&app, &token, json!({})).await;
    assert_eq!(app.demo().refresh_requests(), BORNE + 1);
    let said = oauth2::recorded(&app, "con_").await;
    let last = said.iter().rfind(|said| said.contains("not renewed"));
    let words = "it refused 8 times in a row and did not say why";
    assert!(last.unwrap().contains(words), "{said:?}");
    // It is not tried again and again.
    pass(&app);
    delegation::begin(&app, &token_now(&app).await, json!({})).await;
    assert_eq!(app.demo().refresh_requests(), BORNE + 1);
    app.demo().misbehave(None);
    let token = token_now(&app).await;
    let second = delegation::connected(&app, &token, "alice", json!({})).await;
    assert_ne!(second, first);
    // The new tokens begin with none.
    answers(&app, 400, "{}");
    refused(&app, BORNE).await;
    app.demo().misbehave(None);
    pass(&app);
    assert_ne!(given(&app).await, second);
}

async fn token_now(app: &TestApp) -> String {
    delegation::token_for(app, "agent", "alice").await
}

async fn what_is_no_refusal_without_words_never_ends_a_connection(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::Static).await;
    for (status, body) in [
        (503, ""),
        (500, "{}"),
        (429, ""),
        (401, ""),
        (403, ""),
        (400, r#"{"error": "invalid_client"}"#),
        (400, r#"{"error": "temporarily_unavailable"}"#),
        (400, r#"{"error": {"message": "of another form"}}"#),
        (400, "<html>a proxy</html>"),
    ] {
        // As near to the end as can be.
        answers(&app, 400, "");
        refused(&app, BORNE).await;
        answers(&app, status, body);
        refused(&app, 3).await;
        app.demo().misbehave(None);
        pass(&app);
        assert_ne!(given(&app).await, first, "{status} {body}");
    }
    // Without any refusal before, they may come for as long as they like.
    for (status, body) in [(503, ""), (401, ""), (400, r#"{"error": "invalid_scope"}"#)] {
        answers(&app, status, body);
        refused(&app, BORNE + 3).await;
        app.demo().misbehave(None);
        pass(&app);
        given(&app).await;
    }
}

async fn what_was_refused_before_a_success_or_a_change_of_the_client_does_not_count(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::RevokesFamily).await;
    answers(&app, 400, "");
    refused(&app, BORNE).await;
    app.demo().misbehave(None);
    pass(&app);
    let second = given(&app).await;
    assert_ne!(second, first);
    answers(&app, 400, "");
    refused(&app, BORNE).await;
    let body: Value = json!({
        "name": "demo",
        "credentialProviderVendor": "CustomOauth2",
        "oauth2ProviderConfigInput": oauth2::config(&app),
    });
    let updated = app.admin().call(UpdateOauth2CredentialProvider, body).await;
    updated.expect_status(200);
    refused(&app, BORNE).await;
    app.demo().misbehave(None);
    pass(&app);
    assert_ne!(given(&app).await, second);
}
