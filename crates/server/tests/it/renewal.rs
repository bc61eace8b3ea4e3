//! Tokens of users are renewed, by one at a time, and none is lost by it.

use std::sync::Arc;

use procura_testkit::demo::{
    DEMO_CLIENT, DEMO_SECRET, DemoAuthentication, DemoClient, Misbehaviour, RefreshPolicy,
};
use procura_testkit::{Connection, Response, TestApp};
use procura_wire::Operation::GetResourceOauth2Token;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::{delegation, oauth2};

tests! {
    on_both_engines {
        many_who_need_it_at_once_redeem_one_refresh_token
        a_token_that_is_soon_over_is_given_and_renewed_meanwhile
        a_refusal_of_the_refresh_token_asks_the_user_again
        a_node_that_died_while_it_renewed_tries_again_when_it_is_started
        an_answer_that_the_database_did_not_take_is_there_when_the_node_is_started
        an_answer_waits_beside_the_database_until_it_takes_it
        what_lies_in_the_spool_is_made_use_of_before_the_same_is_sent_again
        who_asks_while_the_spool_is_replayed_waits_for_it
    }
    on_sqlite {
        a_lost_answer_is_asked_for_once_more
        while_the_provider_is_down_the_token_that_is_good_is_given
        a_refresh_token_that_is_not_replaced_stays
        a_renewal_that_grants_more_gives_nothing
        a_change_of_the_client_makes_no_refusal_final
        a_provider_that_does_not_answer_is_left_alone_and_tried_again
    }
}

/// The life of the demo provider's access tokens, in seconds.
pub(crate) const LIFE_S: i64 = 3600;

/// An app whose demo client renews by `policy`, and alice's connection: a workload access token and
/// the access token that it gives.
pub(crate) async fn connected(app: TestApp, policy: RefreshPolicy) -> (TestApp, String) {
    let app = delegation::ready(app).await;
    client(&app, policy);
    let token = delegation::token_for(&app, "agent", "alice").await;
    let first = delegation::connected(&app, &token, "alice", json!({})).await;
    (app, first)
}

pub(crate) fn client(app: &TestApp, policy: RefreshPolicy) {
    let secret = DemoAuthentication::Secret(DEMO_SECRET.to_owned());
    let prefix = format!("http://{}/identities/oauth2/callback/", app.address());
    app.demo().add_client(DemoClient {
        redirect_prefix: Some(prefix),
        refresh: policy,
        ..DemoClient::new(DEMO_CLIENT, secret, &["read", "write", "repo"])
    });
}

/// Asks, with a workload access token that was made now.
pub(crate) async fn ask(app: &TestApp) -> Response {
    let token = delegation::token_for(app, "agent", "alice").await;
    delegation::ask(app, &token, json!({})).await
}

pub(crate) async fn given(app: &TestApp) -> String {
    ask(app).await.expect_status(200).member("accessToken")
}

/// Whether a token opens something at the demo provider.
pub(crate) async fn opens(app: &TestApp, token: &str) -> bool {
    let authority = app.demo().issuer().replace("http://", "");
    let request = format!(
        "GET /api/user HTTP/1.1\r\nhost: {authority}\r\nauthorization: Bearer {token}\r\n\r\n"
    );
    let mut demo = Connection::open(authority.parse().unwrap()).await;
    demo.exchange(request.as_bytes()).await.status == 200
}

async fn many_who_need_it_at_once_redeem_one_refresh_token(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::RevokesFamily).await;
    for round in 1..=5 {
        app.clock().advance(LIFE_S);
        let token = delegation::token_for(&app, "agent", "alice").await;
        let mut all = JoinSet::new();
        for _ in 0..16 {
            let (client, token) = (app.agent_host().clone(), token.clone());
            all.spawn(async move {
                let body = json!({
                    "workloadIdentityToken": token,
                    "resourceCredentialProviderName": "demo",
                    "scopes": ["repo"],
                    "oauth2Flow": "USER_FEDERATION",
                });
                let given = client.call(GetResourceOauth2Token, body).await;
                given.expect_status(200).member("accessToken")
            });
        }
        let mut tokens = all.join_all().await;
        tokens.dedup();
        assert_eq!(tokens.len(), 1, "round {round}");
        assert_ne!(tokens[0], first);
        assert_eq!(app.demo().refresh_redemptions(), round);
        assert_eq!(app.demo().refresh_reuses(), 0);
        assert!(opens(&app, &tokens[0]).await);
    }
    let renewed = oauth2::recorded(&app, "con_").await;
    let renewed = renewed
        .iter()
        .filter(|said| said.contains(": renewed; generation"));
    assert_eq!(renewed.count(), 5);
}

async fn a_token_that_is_soon_over_is_given_and_renewed_meanwhile(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::Strict).await;
    app.clock().advance(LIFE_S * 69 / 100);
    assert_eq!(given(&app).await, first);
    assert_eq!(app.demo().refresh_requests(), 0);
    app.clock().advance(LIFE_S * 25 / 100);
    assert_eq!(given(&app).await, first);
    app.demo().refresh_redemptions_reach(1).await;
    // What is under way is waited for when the node stops: the new tokens are there then.
    let mut app = app;
    app.restart().await;
    let second = given(&app).await;
    assert_ne!(second, first);
    assert_eq!(app.demo().refresh_requests(), 1);
}

async fn a_refusal_of_the_refresh_token_asks_the_user_again(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::Strict).await;
    let body = json!({ "error": "invalid_grant" }).to_string();
    app.demo()
        .misbehave(Some(Misbehaviour::RefreshError { status: 400, body }));
    app.clock().advance(LIFE_S);
    let token = delegation::token_for(&app, "agent", "alice").await;
    delegation::begin(&app, &token, json!({})).await;
    assert_eq!(app.demo().refresh_requests(), 1);
    // It is not tried again and again.
    delegation::begin(&app, &token, json!({})).await;
    assert_eq!(app.demo().refresh_requests(), 1);
    app.demo().misbehave(None);
    let second = delegation::connected(&app, &token, "alice", json!({})).await;
    assert_ne!(second, first);
}

// How long nobody tries again is by the database's clock, which on PostgreSQL no test can move.
async fn a_lost_answer_is_asked_for_once_more(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::Grace { seconds: 60 }).await;
    app.demo().misbehave(Some(Misbehaviour::ReplyLost));
    app.clock().advance(LIFE_S);
    let lost = ask(&app).await;
    lost.expect_error(429, "ThrottlingException");
    app.demo().misbehave(None);
    let doubts = oauth2::recorded(&app, "con_").await;
    assert!(
        doubts.iter().any(|said| said.contains("in doubt")),
        "{doubts:?}"
    );
    // A moment later, within the time in which the provider takes the old one again.
    app.clock().advance(10);
    let second = given(&app).await;
    assert_ne!(second, first);
    assert!(opens(&app, &second).await);
}

async fn a_node_that_died_while_it_renewed_tries_again_when_it_is_started(app: TestApp) {
    let (mut app, first) = connected(app, RefreshPolicy::Grace { seconds: 60 }).await;
    // Without another node the database is not one that a test can get at.
    if app.another_node().await.is_none() {
        return;
    }
    let node = std::fs::read_to_string(app.directory().join("node")).unwrap();
    let (_, digits) = node.trim().rsplit_once('_').unwrap();
    // What is left of a renewal that died with its node.
    app.tamper(&format!(
        "UPDATE connection SET lease_until = 9000000000000000, lease_node = '\\x{digits}'"
    ));
    app.clock().advance(LIFE_S);
    app.restart().await;
    assert_ne!(given(&app).await, first);
}

async fn while_the_provider_is_down_the_token_that_is_good_is_given(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::Strict).await;
    app.clock().advance(LIFE_S * 95 / 100);
    // A gateway that gives up, and a server that is gone.
    let body = "{}".to_owned();
    app.demo()
        .misbehave(Some(Misbehaviour::RefreshError { status: 503, body }));
    assert_eq!(given(&app).await, first);
    app.demo().refresh_requests_reach(1).await;
    app.app().finish_in_flight().await;
    app.clock().advance(10);
    app.demo().misbehave(Some(Misbehaviour::TokenDown));
    assert_eq!(given(&app).await, first);
    app.demo().refresh_requests_reach(2).await;
    assert_eq!(given(&app).await, first);
    app.clock().advance(LIFE_S);
    let refused = ask(&app).await;
    refused.expect_error(429, "ThrottlingException");
    app.demo().misbehave(None);
    app.clock().advance(60);
    assert_ne!(given(&app).await, first);
}

async fn a_refresh_token_that_is_not_replaced_stays(app: TestApp) {
    let (app, mut before) = connected(app, RefreshPolicy::Static).await;
    for misbehaviour in [
        None,
        Some(Misbehaviour::RefreshTokenEmpty),
        Some(Misbehaviour::RefreshTokenAbsent),
        Some(Misbehaviour::RefreshTokenStays),
    ] {
        app.demo().misbehave(misbehaviour);
        app.clock().advance(LIFE_S);
        let renewed = given(&app).await;
        assert_ne!(renewed, before);
        before = renewed;
    }
    assert_eq!(app.demo().refresh_redemptions(), 4);
}

async fn a_renewal_that_grants_more_gives_nothing(app: TestApp) {
    let (app, _) = connected(app, RefreshPolicy::Strict).await;
    app.demo().misbehave(Some(Misbehaviour::GrantsMore));
    app.clock().advance(LIFE_S);
    let token = delegation::token_for(&app, "agent", "alice").await;
    delegation::begin(&app, &token, json!({})).await;
    app.demo().misbehave(None);
}

async fn a_change_of_the_client_makes_no_refusal_final(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::Strict).await;
    // The administrator replaces the secret; the provider does not know it yet.
    let body = json!({ "error": "invalid_client" }).to_string();
    app.demo()
        .misbehave(Some(Misbehaviour::RefreshError { status: 401, body }));
    app.clock().advance(LIFE_S);
    let refused = ask(&app).await;
    assert_eq!(refused.status, 400, "{}", refused.text());
    app.demo().misbehave(None);
    app.clock().advance(60);
    assert_ne!(given(&app).await, first);
}

async fn a_provider_that_does_not_answer_is_left_alone_and_tried_again(app: TestApp) {
    const USERS: [&str; 2] = ["alice", "bob"];
    let (app, _) = connected(app, RefreshPolicy::Strict).await;
    let bobs = delegation::token_for(&app, "agent", "bob").await;
    delegation::connected(&app, &bobs, "bob", json!({})).await;
    let given_to = async |user: &str| {
        let token = delegation::token_for(&app, "agent", user).await;
        delegation::ask(&app, &token, json!({})).await
    };
    app.demo().misbehave(Some(Misbehaviour::TokenDown));
    app.clock().advance(LIFE_S);
    // Each connection has a pause of its own; what fails is the provider.
    for failures in 1..=3 {
        for user in USERS {
            let refused = given_to(user).await;
            refused.expect_error(429, "ThrottlingException");
        }
        app.clock().advance(60 * failures);
    }
    let asked = app.demo().refresh_requests();
    assert_eq!(asked, 5, "the sixth was not sent");
    // While it is left alone nothing is begun: no lease, no use of a secret on record.
    app.demo().misbehave(None);
    app.clock().advance(-60 * 3 + 1);
    let refused = given_to("bob").await;
    assert!(
        refused.text().contains("5 times in a row"),
        "{}",
        refused.text()
    );
    let after: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((2..=6).contains(&after), "{after}");
    assert_eq!(app.demo().refresh_requests(), asked);
    app.clock().advance(60 * 3);
    for user in USERS {
        given_to(user).await.expect_status(200);
    }
}

/// Lets one renewal be sent, and its answer come when `meanwhile` was done to the database.
pub(crate) async fn renewed_while(app: &TestApp, meanwhile: impl AsyncFnOnce()) -> Response {
    let gate = Arc::new(Semaphore::new(0));
    app.demo()
        .misbehave(Some(Misbehaviour::Gate(Arc::clone(&gate))));
    app.clock().advance(LIFE_S);
    let token = delegation::token_for(app, "agent", "alice").await;
    let asked = delegation::ask(app, &token, json!({}));
    let answer = async {
        app.demo().refresh_requests_reach(1).await;
        meanwhile().await;
        gate.close();
    };
    let (response, ()) = tokio::join!(asked, answer);
    app.demo().misbehave(None);
    response
}

fn spooled(app: &TestApp) -> usize {
    let folder = app.directory().join("spool");
    std::fs::read_dir(folder).unwrap().count()
}

/// A renewal whose answer the database did not take, and takes now: of SQLite's no test can take a
/// table away from outside.
async fn is_spooled_on_the_way(app: &TestApp) -> bool {
    if app.another_node().await.is_none() {
        return false;
    }
    let away = "ALTER TABLE token_exchange RENAME TO away";
    let response = renewed_while(app, async || app.tamper(away)).await;
    assert_eq!(response.status, 500, "{}", response.text());
    app.app().finish_in_flight().await;
    assert_eq!(spooled(app), 1);
    app.tamper("ALTER TABLE away RENAME TO token_exchange");
    true
}

async fn an_answer_that_the_database_did_not_take_is_there_when_the_node_is_started(app: TestApp) {
    let (mut app, first) = connected(app, RefreshPolicy::RevokesFamily).await;
    let response = renewed_while(&app, async || app.close_store().await).await;
    assert_eq!(response.status, 500, "{}", response.text());
    app.app().finish_in_flight().await;
    assert_eq!(spooled(&app), 1);
    app.restart().await;
    assert_eq!(spooled(&app), 0);
    let second = given(&app).await;
    assert_ne!(second, first);
    assert!(opens(&app, &second).await);
    assert_eq!(app.demo().refresh_requests(), 1);
}

async fn an_answer_waits_beside_the_database_until_it_takes_it(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::RevokesFamily).await;
    if !is_spooled_on_the_way(&app).await {
        return;
    }
    app.clock().advance(10);
    app.app().sweep().await.unwrap();
    assert_eq!(spooled(&app), 0);
    assert_ne!(given(&app).await, first);
    assert_eq!(app.demo().refresh_requests(), 1);
}

async fn what_lies_in_the_spool_is_made_use_of_before_the_same_is_sent_again(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::RevokesFamily).await;
    if !is_spooled_on_the_way(&app).await {
        return;
    }
    // The database was away for longer than the lease, and nobody has swept yet.
    app.tamper("UPDATE connection SET lease_until = NULL");
    let second = given(&app).await;
    assert_ne!(second, first);
    assert!(opens(&app, &second).await);
    assert_eq!(app.demo().refresh_requests(), 1);
    assert_eq!(spooled(&app), 0);
}

/// Workload access tokens for users, in the order in which they let the agent act from the last on.
async fn tokens(app: &TestApp, users: &[&str]) -> Vec<String> {
    let mut tokens = Vec::new();
    for user in users.iter().rev() {
        tokens.push(delegation::token_for(app, "agent", user).await);
    }
    tokens
}

/// All ask for what they have, at once.
async fn all_ask(app: &TestApp, tokens: Vec<String>) -> Vec<Response> {
    let mut all = JoinSet::new();
    for token in tokens {
        let client = app.agent_host().clone();
        all.spawn(async move {
            let body = json!({
                "workloadIdentityToken": token,
                "resourceCredentialProviderName": "demo",
                "scopes": ["repo"],
                "oauth2Flow": "USER_FEDERATION",
                "resourceOauth2ReturnUrl": delegation::RETURN_URL,
            });
            client.call(GetResourceOauth2Token, body).await
        });
    }
    all.join_all().await
}

async fn who_asks_while_the_spool_is_replayed_waits_for_it(app: TestApp) {
    let (app, _) = connected(app, RefreshPolicy::RevokesFamily).await;
    if app.another_node().await.is_none() {
        return;
    }
    let users = ["bob", "carol", "dave", "erin"];
    for user in users {
        let token = delegation::token_for(&app, "agent", user).await;
        delegation::connected(&app, &token, user, json!({})).await;
    }
    let gate = Arc::new(Semaphore::new(0));
    let closed = Misbehaviour::Gate(Arc::clone(&gate));
    app.demo().misbehave(Some(closed));
    app.clock().advance(LIFE_S);
    let first = tokens(&app, &users).await;
    let (failed, ()) = tokio::join!(all_ask(&app, first), async {
        app.demo().refresh_requests_reach(4).await;
        app.tamper("ALTER TABLE token_exchange RENAME TO away");
        gate.close();
    });
    assert!(failed.iter().all(|answer| answer.status == 500));
    app.demo().misbehave(None);
    app.app().finish_in_flight().await;
    assert_eq!(spooled(&app), 4);
    app.tamper("ALTER TABLE away RENAME TO token_exchange");
    app.tamper("UPDATE connection SET lease_until = NULL");
    let second = tokens(&app, &users).await;
    // What is replayed regularly begins before they ask.
    let (swept, answers) = tokio::join!(app.app().sweep(), all_ask(&app, second));
    swept.unwrap();
    for answer in answers {
        let token = answer.expect_status(200).member("accessToken");
        assert!(opens(&app, &token).await);
    }
    assert_eq!(app.demo().refresh_requests(), 4, "nothing was sent again");
    assert_eq!(spooled(&app), 0);
}
