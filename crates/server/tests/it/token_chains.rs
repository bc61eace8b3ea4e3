//! Tokens that are handed on: an agent that another calls, and tasks. What one is good for is what the
//! user, every agent of the chain, a grant of each and the task allow.

use procura_core::access_key::Role;
use procura_core::action::Action;
use procura_core::audit::record::Verdict;
use procura_core::credential_provider::ProviderKind;
use procura_core::grant::{Covered, WithUser};
use procura_core::workload_identity::AgentState;
use procura_testkit::{ACCOUNT, Client, Request, Response, TestApp};
use procura_wire::Operation::{
    DeleteWorkloadIdentity, GetWorkloadAccessToken, GetWorkloadAccessTokenForJWT,
    GetWorkloadAccessTokenForUserId,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::issuer_server::IssuerServer;
use crate::{connections, consents, cut_off, delegation, oauth2, user_proof, web_identity};

tests! {
    on_both_engines {
        an_agent_that_is_called_acts_for_the_user_of_the_agent_that_calls
        every_agent_of_a_chain_needs_the_consent_of_the_user
        what_is_let_out_is_no_more_than_the_first_agent_has
        an_agent_that_is_acted_through_takes_its_consent_back_from_all_that_act_through_it
        what_a_user_pauses_stops_all_who_act_through_it
        what_ends_everything_of_an_agent_ends_what_acts_through_it
        every_agent_of_a_chain_needs_a_grant
        what_cuts_a_token_cuts_what_was_made_of_it_and_ends_the_making
        so_many_uses_are_so_many_whoever_asks_at_once
        uses_are_shared_with_what_is_made_of_a_token
        nothing_is_widened
    }
    on_sqlite {
        a_task_holds_at_every_operation
        a_session_that_a_task_began_is_held_to_the_task
        a_token_that_was_handed_on_waits_for_nobody_after_its_end
        a_token_ends_with_the_one_that_it_was_made_of_and_with_its_deadline
        five_agents_act_through_each_other_and_a_sixth_does_not
        a_token_in_a_header_that_is_not_signed_is_refused
        a_token_of_another_account_is_none
        whoever_brings_a_token_names_no_user
        an_agent_that_signs_itself_takes_a_token_on_for_itself_alone
        only_who_may_mint_hands_on
        what_cannot_be_read_is_refused_and_not_repeated
    }
}

const HEADER: &str = "x-amz-bedrock-agentcore-identity-wat";

/// The operation of the AWS APIs, with the token of the agent that calls.
async fn called(client: &Client, parent: &str, agent: &str) -> Response {
    let request = Request::of(GetWorkloadAccessToken)
        .json(&json!({ "workloadName": agent }))
        .header(HEADER, parent);
    client.send(&request).await
}

/// The native operation.
async fn handed_on(client: &Client, parent: &str, to: Option<&str>, task: Value) -> Response {
    let mut body = json!({ "workload_identity_token": parent, "task": task });
    if let Some(to) = to {
        body["workload_name"] = to.into();
    }
    let request = Request::new("POST", "/v1/workload-access-tokens").json(&body);
    client.send(&request).await
}

/// A token for `agent`, made of `parent`.
pub(crate) async fn through(app: &TestApp, parent: &str, agent: &str) -> String {
    let made = called(app.agent_host(), parent, agent).await;
    made.expect_status(200).member("workloadAccessToken")
}

/// A narrower token for the same agent.
pub(crate) async fn narrowed(app: &TestApp, parent: &str, task: Value) -> String {
    let made = handed_on(app.agent_host(), parent, None, task).await;
    made.expect_status(200).member("workload_access_token")
}

/// It is refused, and says so.
fn denied(answer: Response, why: &str) {
    let answer = answer.expect_error(403, "AccessDeniedException");
    assert!(answer.text().contains(why), "{}", answer.text());
    assert!(answer.record().is_some());
}

fn is_problem(answer: &Response, status: u16, why: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert!(answer.text().contains(why), "{}", answer.text());
    assert!(answer.record().is_some());
}

/// The agents `agent` and `helper`, the provider `demo`, and a token of the first for alice.
async fn ready(app: TestApp) -> (TestApp, String) {
    let app = delegation::ready(app).await;
    delegation::agent(&app, "helper").await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    (app, token)
}

/// The agents `agent` and `helper` and the API keys `github` and `slack`, and a token of the first that
/// acts for alice.
async fn with_keys(app: TestApp) -> (TestApp, String) {
    let app = app.with_agent("agent").await.with_agent("helper").await;
    let app = app.with_provider("github", "k").await;
    let app = app.with_provider("slack", "s").await;
    let token = app.agent_host().token_for("agent", "alice").await;
    (app, token)
}

async fn an_agent_that_is_called_acts_for_the_user_of_the_agent_that_calls(app: TestApp) {
    let (app, first) = with_keys(app).await;
    let host = app.agent_host();
    let made = called(host, &first, "helper").await.expect_status(200);
    assert_eq!(made.members(), ["workloadAccessToken"]);
    let record = app.record(made.record().unwrap()).await.entry;
    assert_eq!(record.verdict, Verdict::Allow);
    let (second, agent) = (made.member("workloadAccessToken"), record.agent);
    assert_eq!(record.through.len(), 1);
    assert_ne!(agent, Some(record.through[0]));

    let task = json!({ "providers": ["github"], "purpose": "file the bug" });
    let third = handed_on(host, &second, Some("agent"), task).await;
    let third = third.expect_status(200).json();
    assert_eq!(third["depth"], 3);
    let echoed = json!({ "providers": ["github"], "purpose": "file the bug" });
    assert_eq!(third["task"], echoed);
    let third = third["workload_access_token"].as_str().unwrap();

    for token in [&second, third] {
        let released = host.api_key(token, "github").await.expect_status(200);
        let record = app.record(released.record().unwrap()).await.entry;
        let alice = app.record(made.record().unwrap()).await.entry.user;
        assert_eq!(record.user, alice);
        let acts_through = if token == third { 2 } else { 1 };
        assert_eq!(record.through.len(), acts_through);
        assert_eq!(record.purpose.is_some(), token == third);
    }
    app.verify_records().await;
}

/// Attack 41: who may have nothing from a user gets nothing through who may.
async fn every_agent_of_a_chain_needs_the_consent_of_the_user(app: TestApp) {
    let (app, first) = ready(app).await;
    let second = through(&app, &first, "helper").await;
    delegation::connected(&app, &first, "alice", json!({})).await;
    // The first agent has it, and the one that it calls has not: the user is asked.
    let asked = delegation::ask(&app, &second, json!({})).await;
    assert!(connections::asks_for_consent(&asked), "{}", asked.text());
    let given = delegation::connected(&app, &second, "alice", json!({})).await;
    let again = delegation::ask(&app, &second, json!({})).await;
    assert_eq!(again.expect_status(200).member("accessToken"), given);

    // The one that is called has it, and the one that calls has not.
    let bob = app.demo().user_token("bob");
    let minted = app.agent_host().token_for_jwt("helper", &bob).await;
    let own = minted.expect_status(200).member("workloadAccessToken");
    delegation::connected(&app, &own, "bob", json!({})).await;
    let caller = delegation::token_for(&app, "agent", "bob").await;
    let second = through(&app, &caller, "helper").await;
    let refused = delegation::ask(&app, &second, json!({})).await;
    let record = app.record(refused.record().unwrap()).await.entry;
    assert!(record.reason.contains("it has no consent"), "{record:?}");
    denied(refused, "agent 1 of those that this one acts through");
    delegation::connected(&app, &caller, "bob", json!({})).await;
    let given = delegation::ask(&app, &second, json!({})).await;
    given.expect_status(200).member("accessToken");
}

/// Attack 41, in what the token is good for: what the called agent has is wider, and it cannot be let out
/// in part.
async fn what_is_let_out_is_no_more_than_the_first_agent_has(app: TestApp) {
    let (app, first) = ready(app).await;
    let own = delegation::token_for(&app, "helper", "alice").await;
    let wide = json!({ "scopes": ["repo", "write"] });
    delegation::connected(&app, &own, "alice", wide.clone()).await;
    delegation::connected(&app, &first, "alice", json!({})).await;
    let second = through(&app, &first, "helper").await;
    let refused = delegation::ask(&app, &second, json!({})).await;
    denied(refused, "no grant covers");
    // Alone it may; and with it, when the first agent has as much.
    let given = delegation::ask(&app, &own, json!({})).await;
    given.expect_status(200).member("accessToken");
    delegation::connected(&app, &first, "alice", json!({ "scopes": ["write"] })).await;
    let given = delegation::ask(&app, &second, wide).await;
    given.expect_status(200).member("accessToken");
}

async fn an_agent_that_is_acted_through_takes_its_consent_back_from_all_that_act_through_it(
    app: TestApp,
) {
    let (app, first) = ready(app).await;
    delegation::connected(&app, &first, "alice", json!({})).await;
    let of_first = connections::only(&app).await;
    let second = through(&app, &first, "helper").await;
    delegation::connected(&app, &second, "alice", json!({})).await;
    let given = delegation::ask(&app, &second, json!({})).await;
    given.expect_status(200).member("accessToken");
    connections::revoked(&app, of_first).await;
    let refused = delegation::ask(&app, &second, json!({})).await;
    denied(refused, "the user has to let that agent have it, too");
}

async fn what_a_user_pauses_stops_all_who_act_through_it(app: TestApp) {
    let (app, first) = ready(app).await;
    delegation::connected(&app, &first, "alice", json!({})).await;
    let of_first = connections::only(&app).await;
    let second = through(&app, &first, "helper").await;
    delegation::connected(&app, &second, "alice", json!({})).await;
    for (state, is_given) in [("paused", false), ("active", true)] {
        let change = json!({ "state": state });
        let of_first = format!("/{of_first}");
        let changed = consents::own(&app, "alice", "PATCH", &of_first, change).await;
        changed.expect_status(200);
        let answer = delegation::ask(&app, &second, json!({})).await;
        if is_given {
            answer.expect_status(200).member("accessToken");
        } else {
            denied(answer, "the user has to let that agent have it, too");
        }
    }
}

async fn what_ends_everything_of_an_agent_ends_what_acts_through_it(app: TestApp) {
    let (app, first) = with_keys(app).await;
    let second = through(&app, &first, "helper").await;
    let host = app.agent_host();
    host.api_key(&second, "github").await.expect_status(200);
    cut_off::revoke(&app, json!({ "agent": "agent" })).await;
    let refused = host.api_key(&second, "github").await;
    refused.expect_error(401, "UnauthorizedException");
    let refused = called(host, &second, "helper").await;
    refused.expect_error(401, "UnauthorizedException");
    // What was handed on before says no more when the agent acts again.
    app.set_agent_state("agent", AgentState::Active).await;
    let refused = host.api_key(&second, "github").await;
    refused.expect_error(401, "UnauthorizedException");
}

/// A grant of the API key `github`, to the agent that is named.
async fn granted(app: &TestApp, agent: &str) {
    let new = procura_app::grant::NewGrant {
        kind: ProviderKind::ApiKey,
        provider: "github".parse().unwrap(),
        agent: Some(agent.parse().unwrap()),
        scopes: Covered::Every,
        with_user: WithUser::Optional,
    };
    let mut cx = app.app().operator_cx(Action::CreateGrant);
    let account = ACCOUNT.parse().unwrap();
    app.app().create_grant(&mut cx, account, new).await.unwrap();
}

async fn every_agent_of_a_chain_needs_a_grant(app: TestApp) {
    let (app, first) = with_keys(app).await;
    let account = ACCOUNT.parse().unwrap();
    let mut cx = app.app().operator_cx(Action::RevokeGrant);
    for grant in app.app().grants(&mut cx, account).await.unwrap() {
        let taken = app.app().revoke_grant(&mut cx, account, grant.id).await;
        taken.unwrap();
    }
    let host = app.agent_host();
    let second = through(&app, &first, "helper").await;
    let back = through(&app, &second, "agent").await;
    granted(&app, "agent").await;
    host.api_key(&first, "github").await.expect_status(200);
    denied(host.api_key(&second, "github").await, "no grant covers");
    // Who called the helper has nothing more by having it call back.
    let refused = host.api_key(&back, "github").await;
    denied(refused, "agent 2 of those that this one acts through");
    granted(&app, "helper").await;
    for token in [&second, &back] {
        host.api_key(token, "github").await.expect_status(200);
    }
}

/// Attack 49: what ends an ancestor ends what was made of it.
async fn what_cuts_a_token_cuts_what_was_made_of_it_and_ends_the_making(app: TestApp) {
    let app = user_proof::agent(app).await.with_agent("helper").await;
    let host = app.agent_host();
    let account = ACCOUNT.parse().unwrap();
    let other = app.new_client(account, vec![Role::AgentHost]).await;
    let alice = app.demo().user_token("alice");
    let first = user_proof::minted(&other, &alice).await;
    let second = through(&app, &first, "helper").await;
    let third = handed_on(host, &second, None, json!({ "providers": ["github"] })).await;
    let third = third.expect_status(200).member("workload_access_token");
    let good = async || {
        for token in [&second, &third] {
            host.api_key(token, "github").await.expect_status(200);
        }
    };
    let bad = async |status: u16| {
        for token in [&second, &third] {
            let refused = host.api_key(token, "github").await;
            assert_eq!(refused.status, status, "{}", refused.text());
            let made = handed_on(host, token, None, json!({})).await;
            assert_eq!(made.status, status, "{}", made.text());
            let made = called(host, token, "helper").await;
            assert_eq!(made.status, status, "{}", made.text());
        }
    };
    good().await;
    app.set_agent_state("agent", AgentState::Suspended).await;
    bad(403).await;
    app.set_agent_state("agent", AgentState::Active).await;
    good().await;
    // The key by which the first was had, which asked for neither of these.
    app.revoke(&other).await;
    bad(401).await;

    let first = user_proof::minted(host, &alice).await;
    let second = through(&app, &first, "helper").await;
    host.api_key(&second, "github").await.expect_status(200);
    let issuer = app.demo().issuer();
    user_proof::register(&app, &issuer, user_proof::policy("nobody")).await;
    user_proof::remove(&app, &issuer).await;
    let refused = host.api_key(&second, "github").await;
    refused.expect_error(401, "UnauthorizedException");
    let refused = called(host, &second, "helper").await;
    refused.expect_error(401, "UnauthorizedException");

    let first = user_proof::minted(host, &alice).await;
    let second = through(&app, &first, "helper").await;
    host.api_key(&second, "github").await.expect_status(200);
    let gone = json!({ "name": "agent" });
    let gone = app.admin().call(DeleteWorkloadIdentity, gone).await;
    gone.expect_status(204);
    let refused = host.api_key(&second, "github").await;
    refused.expect_error(401, "UnauthorizedException");
    let refused = called(host, &second, "helper").await;
    refused.expect_error(401, "UnauthorizedException");
}

async fn so_many_uses_are_so_many_whoever_asks_at_once(app: TestApp) {
    let (app, first) = with_keys(app).await;
    let counted = narrowed(&app, &first, json!({ "uses": 5 })).await;
    let mut asking = JoinSet::new();
    for _ in 0..12 {
        let (client, token) = (app.agent_host().clone(), counted.clone());
        asking.spawn(async move { client.api_key(&token, "github").await });
    }
    let answers = asking.join_all().await;
    let given = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(given, 5);
    for answer in answers.into_iter().filter(|answer| answer.status != 200) {
        denied(answer, "none is left");
    }
    // The one that it was made of is not counted.
    let host = app.agent_host();
    host.api_key(&first, "github").await.expect_status(200);
    let refused = handed_on(host, &counted, None, json!({})).await;
    is_problem(&refused, 403, "none is left");
}

async fn uses_are_shared_with_what_is_made_of_a_token(app: TestApp) {
    let (app, first) = with_keys(app).await;
    let host = app.agent_host();
    let parent = narrowed(&app, &first, json!({ "uses": 3 })).await;
    let child = through(&app, &parent, "helper").await;
    let made = handed_on(host, &parent, None, json!({ "uses": 1 })).await;
    let made = made.expect_status(200).json();
    assert_eq!(made["task"]["uses"], 1);
    let once = made["workload_access_token"].as_str().unwrap();
    host.api_key(once, "github").await.expect_status(200);
    denied(host.api_key(once, "github").await, "none is left");
    host.api_key(&child, "github").await.expect_status(200);
    let refused = handed_on(host, &parent, None, json!({ "uses": 2 })).await;
    is_problem(&refused, 400, "task.uses");
    // What was refused to the child of its own count took nothing of the parent's.
    host.api_key(&parent, "slack").await.expect_status(200);
    denied(host.api_key(&child, "github").await, "none is left");
    denied(host.api_key(&parent, "github").await, "none is left");
    // Swept with the token's end.
    app.clock().advance(901);
    assert!(app.app().sweep().await.unwrap() >= 2);
}

/// Attack 45, for everything that a task says. Who asks for more is told so, and gets nothing.
async fn nothing_is_widened(app: TestApp) {
    let (app, first) = with_keys(app).await;
    let host = app.agent_host();
    let task = json!({ "providers": ["github"], "scopes": ["read"], "tools": ["search"] });
    let parent = narrowed(&app, &first, task.clone()).await;
    for (member, wider) in [
        ("providers", json!(["github", "slack"])),
        ("providers", json!(["slack"])),
        ("providers", json!(["no-such-provider"])),
        ("scopes", json!(["read", "write"])),
        ("tools", json!(["delete"])),
    ] {
        let mut asked = json!({});
        asked[member] = wider;
        for to in [None, Some("helper")] {
            let refused = handed_on(host, &parent, to, asked.clone()).await;
            is_problem(&refused, 400, &format!("task.{member}"));
            assert!(
                refused.text().contains("asks for more"),
                "{}",
                refused.text()
            );
        }
    }
    // What is not asked for is inherited.
    for to in [None, Some("helper")] {
        let made = handed_on(host, &parent, to, json!({})).await;
        assert_eq!(made.expect_status(200).json()["task"], task);
    }
    let child = through(&app, &parent, "helper").await;
    denied(host.api_key(&child, "slack").await, "the task of this");
}

async fn a_task_holds_at_every_operation(app: TestApp) {
    let (app, token) = ready(app).await;
    let app = app.with_provider("github", "k").await;
    let app = app.with_provider("slack", "s").await;
    let host = app.agent_host();
    delegation::connected(&app, &token, "alice", json!({ "scopes": ["repo"] })).await;
    let of = async |task: Value| narrowed(&app, &token, task).await;

    let github = of(json!({ "providers": ["github"] })).await;
    host.api_key(&github, "github").await.expect_status(200);
    denied(
        host.api_key(&github, "slack").await,
        "not one of its providers",
    );
    let refused = delegation::ask(&app, &github, json!({})).await;
    denied(refused, "not one of its providers");
    let refused = oauth2::ask(&app, &github, json!({})).await;
    denied(refused, "not one of its providers");
    let report = json!({
        "workload_identity_token": github,
        "resource_credential_provider_name": "demo",
        "scopes": ["repo"],
        "access_token_hash": "A".repeat(43),
    });
    let report = Request::new("POST", "/v1/connections/report-unauthorized").json(&report);
    is_problem(&host.send(&report).await, 403, "not one of its providers");

    let read = of(json!({ "scopes": ["read"] })).await;
    denied(host.api_key(&read, "github").await, "more than its scopes");
    let refused = delegation::ask(&app, &read, json!({})).await;
    denied(refused, "more than its scopes");
    // The token that is kept is good for more.
    let refused = delegation::ask(&app, &read, json!({ "scopes": [] })).await;
    denied(refused, "more than its scopes");
    for scopes in [json!(["write"]), json!([])] {
        let refused = oauth2::ask(&app, &read, json!({ "scopes": scopes })).await;
        denied(refused, "more than its scopes");
    }
    oauth2::given(&app, &read, json!({ "scopes": ["read"] })).await;

    let repo = of(json!({ "scopes": ["repo"] })).await;
    let given = delegation::ask(&app, &repo, json!({})).await;
    given.expect_status(200).member("accessToken");
    // Nor is the user asked for what the task does not cover.
    let more = json!({ "scopes": ["write"] });
    let refused = delegation::ask(&app, &repo, more).await;
    denied(refused, "more than its scopes");
}

async fn a_session_that_a_task_began_is_held_to_the_task(app: TestApp) {
    let (app, token) = ready(app).await;
    let repo = narrowed(&app, &token, json!({ "scopes": ["repo"] })).await;
    let read = narrowed(&app, &token, json!({ "scopes": ["read"] })).await;
    let begun = delegation::begin(&app, &repo, json!({})).await;
    // Whoever has another task does not wait for it.
    let refused = delegation::poll(&app, &read, &begun).await;
    denied(refused, "more than its scopes");
    let mut browser = procura_testkit::Browser::new();
    delegation::come_back(&mut browser, &begun, "alice").await;
    let done = delegation::complete(&app, &begun, "alice").await;
    done.expect_status(200);
    let refused = delegation::poll(&app, &read, &begun).await;
    denied(refused, "more than its scopes");
    let given = delegation::poll(&app, &repo, &begun).await;
    given.expect_status(200).member("accessToken");
    // Nor is one completed of an agent that acts through one that was stopped.
    let second = through(&app, &token, "helper").await;
    let begun = delegation::begin(&app, &second, json!({})).await;
    delegation::come_back(&mut browser, &begun, "alice").await;
    app.set_agent_state("agent", AgentState::Suspended).await;
    let done = delegation::complete(&app, &begun, "alice").await;
    done.expect_error(403, "AccessDeniedException");
}

async fn a_token_that_was_handed_on_waits_for_nobody_after_its_end(app: TestApp) {
    let (app, token) = ready(app).await;
    let short = narrowed(&app, &token, json!({ "expires_in": 60 })).await;
    let begun = delegation::begin(&app, &short, json!({})).await;
    app.clock().advance(61);
    let over = delegation::poll(&app, &short, &begun).await;
    over.expect_error(401, "UnauthorizedException");
    // Another one of the same agent for the same user does.
    let waits = delegation::poll(&app, &token, &begun).await;
    waits.expect_status(200).member("authorizationUrl");
}

async fn a_token_ends_with_the_one_that_it_was_made_of_and_with_its_deadline(app: TestApp) {
    let (app, first) = with_keys(app).await;
    let host = app.agent_host();
    app.clock().advance(600);
    let second = through(&app, &first, "helper").await;
    let short = narrowed(&app, &first, json!({ "expires_in": 60 })).await;
    let of_short = narrowed(&app, &short, json!({ "expires_in": 900 })).await;
    app.clock().advance(59);
    for token in [&second, &short, &of_short] {
        host.api_key(token, "github").await.expect_status(200);
    }
    app.clock().advance(1);
    host.api_key(&second, "github").await.expect_status(200);
    for token in [&short, &of_short] {
        let over = host.api_key(token, "github").await;
        over.expect_error(401, "UnauthorizedException");
        let over = called(host, token, "helper").await;
        over.expect_error(401, "UnauthorizedException");
    }
    app.clock().advance(240);
    let over = host.api_key(&second, "github").await;
    over.expect_error(401, "UnauthorizedException");
    for seconds in [0, 901] {
        let asked = json!({ "expires_in": seconds });
        let token = host.token("agent").await;
        let refused = handed_on(host, &token, None, asked).await;
        is_problem(&refused, 400, "task.expires_in");
    }
}

async fn five_agents_act_through_each_other_and_a_sixth_does_not(app: TestApp) {
    let (mut app, mut token) = with_keys(app).await;
    for number in 2..=5 {
        let name = format!("agent-{number}");
        app = app.with_agent(&name).await;
        token = through(&app, &token, &name).await;
    }
    let host = app.agent_host();
    host.api_key(&token, "github").await.expect_status(200);
    denied(called(host, &token, "helper").await, "five agents");
    // It can still be narrowed.
    narrowed(&app, &token, json!({ "providers": ["github"] })).await;
}

async fn a_token_in_a_header_that_is_not_signed_is_refused(app: TestApp) {
    let (app, first) = with_keys(app).await;
    let request = Request::of(GetWorkloadAccessToken).json(&json!({ "workloadName": "helper" }));
    let host = app.agent_host();
    let unsigned = host.sign(&request).add(HEADER, &first);
    let refused = host.send_message(&unsigned).await;
    assert!([400, 403].contains(&refused.status), "{}", refused.text());
    assert!(refused.record().is_none(), "it proves nobody");
    let twice = request.header(HEADER, &first).header(HEADER, &first);
    let refused = host.send(&twice).await;
    assert!([400, 403].contains(&refused.status), "{}", refused.text());
}

async fn a_token_of_another_account_is_none(app: TestApp) {
    let (app, first) = with_keys(app).await;
    let made = app.other_account_admin().create_agent("theirs").await;
    made.expect_status(201);
    let other = app.other_account_agent_host();
    let refused = called(other, &first, "theirs").await;
    refused.expect_error(401, "UnauthorizedException");
    let refused = handed_on(other, &first, None, json!({})).await;
    is_problem(&refused, 401, "not one of this service");
    let refused = called(app.agent_host(), "procura_wat_nonsense", "helper").await;
    refused.expect_error(401, "UnauthorizedException");
}

async fn whoever_brings_a_token_names_no_user(app: TestApp) {
    let (app, first) = with_keys(app).await;
    let proof = app.demo().user_token("bob");
    for (operation, body) in [
        (
            GetWorkloadAccessTokenForUserId,
            json!({ "workloadName": "helper", "userId": "bob" }),
        ),
        (
            GetWorkloadAccessTokenForJWT,
            json!({ "workloadName": "helper", "userToken": proof }),
        ),
    ] {
        let request = Request::of(operation).json(&body).header(HEADER, &first);
        let refused = app.agent_host().send(&request).await;
        let refused = refused.expect_error(400, "ValidationException");
        assert!(
            refused.text().contains("has its own user"),
            "{}",
            refused.text()
        );
        // Without the header it is what it was.
        let plain = Request::of(operation).json(&body);
        app.agent_host().send(&plain).await.expect_status(200);
    }
}

async fn an_agent_that_signs_itself_takes_a_token_on_for_itself_alone(app: TestApp) {
    let (app, _) = with_keys(app).await;
    let issuer = IssuerServer::start().await;
    let (_, _, own) = web_identity::proved(&app, &issuer).await;
    // The helper calls `agent`, which takes the token on with a key of its own.
    let helpers = app.agent_host().token_for("helper", "alice").await;
    let taken = called(&own, &helpers, "agent").await.expect_status(200);
    let taken = taken.member("workloadAccessToken");
    own.api_key(&taken, "github").await.expect_status(200);
    // Not for another, and not with the other's token as it is.
    let refused = called(&own, &helpers, "helper").await;
    denied(refused, "another agent");
    let refused = handed_on(&own, &helpers, None, json!({})).await;
    is_problem(&refused, 403, "another agent");
    denied(own.api_key(&helpers, "github").await, "another agent");
    let refused = handed_on(&own, &taken, Some("helper"), json!({})).await;
    is_problem(&refused, 403, "another agent");
    // Nor does the host use what ends with the agent's key, once that is over.
    app.agent_host()
        .api_key(&taken, "github")
        .await
        .expect_status(200);
}

async fn only_who_may_mint_hands_on(app: TestApp) {
    let (app, first) = with_keys(app).await;
    for client in [app.admin(), app.binding(), app.auditor()] {
        let refused = handed_on(client, &first, Some("helper"), json!({})).await;
        is_problem(&refused, 403, "agent-host");
        denied(called(client, &first, "helper").await, "agent-host");
    }
    let absent = handed_on(app.agent_host(), &first, Some("nobody"), json!({})).await;
    is_problem(&absent, 404, "does not exist");
    let text = json!({ "providers": ["no-such-provider"] });
    let absent = handed_on(app.agent_host(), &first, None, text).await;
    is_problem(&absent, 400, "task.providers");
}

async fn what_cannot_be_read_is_refused_and_not_repeated(app: TestApp) {
    let (app, first) = with_keys(app).await;
    let secret = "s3cr3t value";
    for (task, member) in [
        (json!({ "providers": [secret] }), "task.providers"),
        (json!({ "providers": [] }), "task.providers"),
        (json!({ "scopes": [secret] }), "task.scopes"),
        (json!({ "scopes": [] }), "task.scopes"),
        (json!({ "tools": [secret] }), "task.tools"),
        (json!({ "uses": 0 }), "task.uses"),
        (json!({ "uses": 10_001 }), "task.uses"),
        (json!({ "purpose": "" }), "task.purpose"),
        (json!({ "purpose": "a\nb" }), "task.purpose"),
        (
            json!({ "scopes": ["x".repeat(100)], "tools": (0..60).map(|n| format!("tool-number-{n}")).collect::<Vec<_>>() }),
            "longer than fits",
        ),
    ] {
        let refused = handed_on(app.agent_host(), &first, None, task).await;
        is_problem(&refused, 400, member);
        assert!(!refused.text().contains("s3cr3t"), "{}", refused.text());
    }
    for body in [
        json!({ "workload_identity_token": first, "tasks": {} }),
        json!({ "task": {} }),
        json!({ "workload_identity_token": first, "task": { "provider": "github" } }),
    ] {
        let request = Request::new("POST", "/v1/workload-access-tokens").json(&body);
        is_problem(&app.agent_host().send(&request).await, 400, "");
    }
}
