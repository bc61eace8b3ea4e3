//! The whole flow: an agent asks, the user consents at the provider, the application says who came
//! back, the agent has the token.

use procura_core::audit::record::Verdict;
use procura_testkit::{Browser, TestApp};
use serde_json::json;

use crate::{delegation, oauth2};

tests! {
    on_both_engines {
        a_user_consents_and_the_agent_has_the_token
    }
    on_sqlite {}
}

async fn a_user_consents_and_the_agent_has_the_token(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let begun = delegation::begin(&app, &token, json!({})).await;
    assert!(
        begun
            .url
            .contains("/identities/oauth2/authorize?request_uri=urn%3Aietf%3A")
    );

    let waiting = delegation::poll(&app, &token, &begun).await;
    assert_eq!(
        waiting.expect_status(200).member("sessionStatus"),
        "IN_PROGRESS"
    );

    let mut browser = Browser::new();
    let back = delegation::come_back(&mut browser, &begun, "alice").await;
    let asked = app.demo().last_authorization_request().unwrap();
    assert_eq!(asked.one("code_challenge_method"), Some("S256"));
    assert_eq!(asked.one("scope"), Some("repo"));
    // The session's URI, and what only this browser was given.
    let id = begun.session_id();
    let (uri, proof) = id.rsplit_once('.').unwrap();
    assert_eq!((uri, proof.len()), (begun.uri.as_str(), 43));
    let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    assert_eq!(
        back.location(),
        format!("{}&session_id={id}&state=a+state", delegation::RETURN_URL)
    );
    // Nothing was redeemed before it is said who came back.
    assert_eq!(app.demo().code_requests(), 0);
    let waiting = delegation::poll(&app, &token, &begun).await;
    assert_eq!(
        waiting.expect_status(200).member("sessionStatus"),
        "IN_PROGRESS"
    );

    let done = delegation::complete(&app, &begun, "alice").await;
    let done = done.expect_status(200);
    let record = app.record(done.record().unwrap()).await;
    assert_eq!(record.entry.verdict, Verdict::Allow);
    assert_eq!(record.entry.scopes, ["repo"]);
    let given = delegation::poll(&app, &token, &begun).await;
    let given = given.expect_status(200);
    assert_eq!(given.members(), ["accessToken"]);

    // From now on it is there at once, also for a new token of the same user.
    let again = delegation::token_for(&app, "agent", "alice").await;
    let again = delegation::ask(&app, &again, json!({})).await;
    assert_eq!(
        again.expect_status(200).member("accessToken"),
        given.member("accessToken")
    );
    assert_eq!(app.demo().code_redemptions(), 1);
    assert_eq!(
        oauth2::recorded(&app, "released to agent under gnt_")
            .await
            .len(),
        2
    );
}
