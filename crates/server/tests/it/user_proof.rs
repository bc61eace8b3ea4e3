//! Who a user is, by the user's own token: registered issuers and others, and what is remembered.

use procura_core::action::Action;
use procura_core::audit::record::Entry;
use procura_core::issuer::IssuerPolicy;
use procura_core::workload_identity::AgentState;
use procura_testkit::authority::Rules;
use procura_testkit::{ACCOUNT, Client, Setup, TestApp};
use procura_wire::Operation::{DeleteWorkloadIdentity, GetWorkloadAccessTokenForUserId};
use serde_json::json;
use tokio::task::JoinSet;

use crate::issuer_server::IssuerServer;

tests! {
    on_both_engines {
        a_user_is_an_issuer_and_a_subject_and_nothing_else
        many_who_bring_the_same_token_at_once_are_one_user
        what_is_registered_holds_at_once_for_what_is_remembered_too
        a_registration_that_was_made_anew_is_another_one
        tokens_for_a_proved_user_stop_with_agent_and_key
        tokens_for_a_proved_user_stop_with_a_registration_of_the_account
        what_is_cut_while_keys_are_fetched_gets_no_token
    }
    on_sqlite {
        the_record_says_whether_the_issuer_is_registered
    }
}

/// With an agent and something that it may get.
pub(crate) async fn agent(app: TestApp) -> TestApp {
    app.with_agent("agent")
        .await
        .with_provider("github", "k")
        .await
}

/// Registers an issuer, as the operator.
pub(crate) async fn register(app: &TestApp, issuer: &str, policy: IssuerPolicy) {
    let mut cx = app.app().operator_cx(Action::RegisterIssuer);
    let account = ACCOUNT.parse().unwrap();
    app.app()
        .register_issuer(&mut cx, account, issuer.to_owned(), policy)
        .await
        .unwrap();
}

/// Takes a registration back, as the operator.
pub(crate) async fn remove(app: &TestApp, issuer: &str) {
    let mut cx = app.app().operator_cx(Action::RemoveIssuer);
    let account = ACCOUNT.parse().unwrap();
    app.app()
        .remove_issuer(&mut cx, account, issuer.to_owned())
        .await
        .unwrap();
}

/// For this audience, whatever the client.
pub(crate) fn policy(audience: &str) -> IssuerPolicy {
    IssuerPolicy {
        audiences: vec![audience.to_owned()],
        ..IssuerPolicy::default()
    }
}

/// Suspends or resumes the agent, as the operator.
pub(crate) async fn set_state(app: &TestApp, to: AgentState) {
    let action = match to {
        AgentState::Active => Action::ResumeAgent,
        _ => Action::SuspendAgent,
    };
    let mut cx = app.app().operator_cx(action);
    let (account, name) = (ACCOUNT.parse().unwrap(), "agent".parse().unwrap());
    app.app()
        .set_agent_state(&mut cx, account, name, to, None)
        .await
        .unwrap();
}

/// The token for the agent that a user's token gets.
pub(crate) async fn minted(client: &Client, token: &str) -> String {
    let answer = client.token_for_jwt("agent", token).await;
    answer.expect_status(200).member("workloadAccessToken")
}

pub(crate) async fn unproved(client: &Client, token: &str) {
    let answer = client.token_for_jwt("agent", token).await;
    let answer = answer.expect_error(401, "UnauthorizedException");
    assert!(answer.record().is_some());
}

async fn entry(app: &TestApp, client: &Client, token: &str) -> Entry {
    let answer = client
        .token_for_jwt("agent", token)
        .await
        .expect_status(200);
    app.record(answer.record().unwrap()).await.entry
}

async fn a_user_is_an_issuer_and_a_subject_and_nothing_else(app: TestApp) {
    let app = agent(app).await;
    app.other_account_admin()
        .create_agent("agent")
        .await
        .expect_status(201);
    let (one, other) = (IssuerServer::start().await, IssuerServer::start().await);
    let mail = json!({ "email": "alice@example.com", "email_verified": true });
    let client = app.agent_host();
    let alice = entry(&app, client, &one.token(&app, &mail)).await.user;
    assert!(alice.is_some());
    let same = [
        json!({ "email": "mallory@example.com" }),
        json!({ "aud": "b", "client_id": "c", "name": "Bob", "preferred_username": "bob" }),
    ];
    for claims in same {
        assert_eq!(
            entry(&app, client, &one.token(&app, &claims)).await.user,
            alice
        );
    }
    let mut others = Vec::new();
    others.push(entry(&app, client, &other.token(&app, &mail)).await.user);
    for subject in ["bob", "Alice", "alice ", "alic\u{0435}"] {
        let mut claims = mail.clone();
        claims["sub"] = json!(subject);
        others.push(entry(&app, client, &one.token(&app, &claims)).await.user);
    }
    let there = app.other_account_agent_host();
    others.push(entry(&app, there, &one.token(&app, &mail)).await.user);
    for asserted in ["alice", "alice@example.com", &one.issuer()] {
        let body = json!({ "workloadName": "agent", "userId": asserted });
        let answer = client.call(GetWorkloadAccessTokenForUserId, body).await;
        let answer = answer.expect_status(200);
        others.push(app.record(answer.record().unwrap()).await.entry.user);
    }
    for (index, user) in others.iter().enumerate() {
        assert!(user.is_some() && *user != alice, "{index}");
        assert!(!others[..index].contains(user), "{index}");
    }
}

async fn many_who_bring_the_same_token_at_once_are_one_user(app: TestApp) {
    let app = agent(app).await;
    let token = app.demo().user_token("alice");
    let mut asking = JoinSet::new();
    for _ in 0..24 {
        let (client, token) = (app.agent_host().clone(), token.clone());
        asking.spawn(async move { client.token_for_jwt("agent", &token).await });
    }
    let mut users = Vec::new();
    for answer in asking.join_all().await {
        let answer = answer.expect_status(200);
        users.push(app.record(answer.record().unwrap()).await.entry.user);
    }
    assert!(users.iter().all(|user| user.is_some() && *user == users[0]));
    let requests = (
        app.demo().discovery_requests(),
        app.demo().key_set_requests(),
    );
    assert_eq!(requests, (1, 1));
}

async fn the_record_says_whether_the_issuer_is_registered(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let token = issuer.token(&app, &json!({}));
    let said = entry(&app, app.agent_host(), &token).await;
    assert!(
        said.reason.ends_with("; the issuer is not registered"),
        "{}",
        said.reason
    );
    register(&app, &issuer.issuer(), policy("app")).await;
    let now = entry(&app, app.agent_host(), &token).await;
    assert!(
        now.reason.ends_with("; the issuer is registered"),
        "{}",
        now.reason
    );
    assert_eq!(now.user, said.user);
}

async fn what_is_registered_holds_at_once_for_what_is_remembered_too(app: TestApp) {
    let app = agent(app).await;
    let host = app.agent_host();
    let stranger = IssuerServer::start().await;
    let refusing = [
        policy("another"),
        IssuerPolicy {
            clients: vec!["another".to_owned()],
            ..IssuerPolicy::default()
        },
        IssuerPolicy {
            algorithms: vec!["RS256".to_owned(), "EdDSA".to_owned()],
            ..policy("app")
        },
        IssuerPolicy {
            jwks_uri: Some(stranger.jwks_uri()),
            ..policy("app")
        },
    ];
    for refusing in refusing {
        let issuer = IssuerServer::start().await;
        let token = issuer.token(&app, &json!({}));
        minted(host, &token).await;
        register(&app, &issuer.issuer(), refusing).await;
        unproved(host, &token).await;
        remove(&app, &issuer.issuer()).await;
        minted(host, &token).await;
        let policy = IssuerPolicy {
            algorithms: vec!["ES256".to_owned()],
            jwks_uri: Some(issuer.jwks_uri()),
            ..policy("app")
        };
        register(&app, &issuer.issuer(), policy).await;
        minted(host, &token).await;
    }
}

async fn a_registration_that_was_made_anew_is_another_one(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let token = issuer.token(&app, &json!({}));
    // All of it in the same millisecond.
    register(&app, &issuer.issuer(), policy("app")).await;
    minted(app.agent_host(), &token).await;
    remove(&app, &issuer.issuer()).await;
    register(&app, &issuer.issuer(), policy("another")).await;
    unproved(app.agent_host(), &token).await;
}

async fn tokens_for_a_proved_user_stop_with_agent_and_key(app: TestApp) {
    let app = agent(app).await;
    let user = app.demo().user_token("alice");
    let account = ACCOUNT.parse().unwrap();
    let roles = vec![procura_core::access_key::Role::AgentHost];
    let gone = app.new_client(account, roles).await;
    let (mine, theirs) = (
        minted(app.agent_host(), &user).await,
        minted(&gone, &user).await,
    );
    app.revoke(&gone).await;
    let refused = app.agent_host().api_key(&theirs, "github").await;
    refused.expect_error(401, "UnauthorizedException");
    set_state(&app, AgentState::Suspended).await;
    let refused = app.agent_host().api_key(&mine, "github").await;
    refused.expect_error(403, "AccessDeniedException");
    let refused = app.agent_host().token_for_jwt("agent", &user).await;
    refused.expect_error(403, "AccessDeniedException");
    set_state(&app, AgentState::Active).await;
    let released = app.agent_host().api_key(&mine, "github").await;
    released.expect_status(200);
    let body = json!({ "name": "agent" });
    let deleted = app.admin().call(DeleteWorkloadIdentity, body).await;
    deleted.expect_status(204);
    let refused = app.agent_host().api_key(&mine, "github").await;
    refused.expect_error(401, "UnauthorizedException");
    // Another of the same name is another.
    app.admin().create_agent("agent").await.expect_status(201);
    let refused = app.agent_host().api_key(&mine, "github").await;
    refused.expect_error(401, "UnauthorizedException");
}

async fn tokens_for_a_proved_user_stop_with_a_registration_of_the_account(app: TestApp) {
    let app = agent(app).await;
    let host = app.agent_host();
    let there = "444455556666".parse().unwrap();
    let issuer = app.demo().issuer();
    let mut cx = app.app().operator_cx(Action::RegisterIssuer);
    let policy_there = policy("demo-app");
    let registered = app
        .app()
        .register_issuer(&mut cx, there, issuer.clone(), policy_there);
    registered.await.unwrap();
    register(&app, &issuer, policy("demo-app")).await;
    let proved = minted(host, &app.demo().user_token("alice")).await;
    let others = [
        host.token("agent").await,
        host.token_for("agent", "alice").await,
    ];
    let mut cx = app.app().operator_cx(Action::RemoveIssuer);
    let removed = app.app().remove_issuer(&mut cx, there, issuer.clone());
    removed.await.unwrap();
    host.api_key(&proved, "github").await.expect_status(200);
    remove(&app, &issuer).await;
    let refused = host.api_key(&proved, "github").await;
    let refused = refused.expect_error(401, "UnauthorizedException");
    assert!(refused.record().is_some());
    for token in &others {
        host.api_key(token, "github").await.expect_status(200);
    }
    let anew = minted(host, &app.demo().user_token("alice")).await;
    host.api_key(&anew, "github").await.expect_status(200);
}

async fn what_is_cut_while_keys_are_fetched_gets_no_token(app: TestApp) {
    let app = agent(app).await;
    let roles = vec![procura_core::access_key::Role::AgentHost];
    let gone = app.new_client(ACCOUNT.parse().unwrap(), roles).await;
    for what in ["registered", "removed", "key"] {
        let issuer = IssuerServer::start().await;
        if what == "removed" {
            register(&app, &issuer.issuer(), policy("app")).await;
        }
        issuer.close();
        let token = issuer.token(&app, &json!({}));
        let asking = unproved(&gone, &token);
        let cutting = async {
            issuer.key_set_requests_reach(1).await;
            match what {
                "registered" => register(&app, &issuer.issuer(), policy("another")).await,
                "removed" => remove(&app, &issuer.issuer()).await,
                _ => app.revoke(&gone).await,
            }
            issuer.open();
        };
        tokio::join!(asking, cutting);
    }
    let issuer = IssuerServer::start().await;
    minted(app.agent_host(), &issuer.token(&app, &json!({}))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strict_rules_believe_registered_issuers_only() {
    let app = Setup::default().rules(Rules::Strict).start().await;
    let app = app.with_agent("agent").await;
    let (issuer, host) = (IssuerServer::start().await, app.agent_host());
    let token = issuer.token(&app, &json!({}));
    unproved(host, &token).await;
    assert_eq!(
        issuer.requests(""),
        0,
        "an issuer that is not believed is not called"
    );
    register(&app, &issuer.issuer(), policy("app")).await;
    minted(host, &token).await;
    remove(&app, &issuer.issuer()).await;
    unproved(host, &token).await;
}
