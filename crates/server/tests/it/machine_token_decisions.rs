//! Who may have a token of a provider's client, and until when.

use std::sync::Arc;
use std::time::Duration;

use procura_core::access_key::Role;
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::audit::record::Verdict;
use procura_core::credential_provider::ProviderKind;
use procura_core::grant::{Covered, WithUser};
use procura_core::id::GrantId;
use procura_core::scope::{ScopeSeparator, Scopes};
use procura_core::workload_identity::AgentState;
use procura_testkit::authority::Rules;
use procura_testkit::demo::Misbehaviour;
use procura_testkit::{ACCOUNT, Client, Engine, Response, Setup, TestApp};
use procura_wire::Operation::{
    DeleteOauth2CredentialProvider, DeleteWorkloadIdentity, GetOauth2CredentialProvider,
};
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::issuer_server::IssuerServer;
use crate::{oauth2, role_sessions, web_identity};

tests! {
    on_both_engines {
        what_was_deleted_while_a_token_was_on_its_way_gets_nothing
        who_was_suspended_while_a_token_was_on_its_way_gets_nothing
        a_key_that_was_revoked_while_a_token_was_on_its_way_gets_nothing
        a_release_under_way_stops_with_what_its_key_rests_on
        the_records_name_what_was_used_and_what_was_given
        without_a_grant_not_even_the_secret_is_used
        a_grant_of_some_scopes_gives_no_other_and_no_unnamed_ones
        a_grant_that_was_taken_back_while_a_token_was_on_its_way_gives_nothing
    }
    on_sqlite {
        a_stopped_agent_is_given_nothing_that_is_kept
        providers_of_another_account_are_not_there
    }
}

/// A question that has not reached the provider by then never does.
const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) fn account() -> AccountId {
    ACCOUNT.parse().unwrap()
}

/// Begins to ask; when this returns, the provider has the question and waits at the gate.
pub(crate) async fn on_its_way(app: &TestApp, token: &str) -> (JoinSet<Response>, Arc<Semaphore>) {
    on_its_way_to(app, app.agent_host(), token).await
}

/// The same, asked by this client.
async fn on_its_way_to(
    app: &TestApp,
    client: &Client,
    token: &str,
) -> (JoinSet<Response>, Arc<Semaphore>) {
    let gate = Arc::new(Semaphore::new(0));
    let before = app.demo().token_requests();
    // A token that was kept for an earlier question is not given.
    let more = json!({ "forceAuthentication": before > 0 });
    app.demo()
        .misbehave(Some(Misbehaviour::Gate(Arc::clone(&gate))));
    let waiting = oauth2::asking_at_once(client, token, &more, 1);
    let reached = app.demo().token_requests_reach(before + 1);
    tokio::time::timeout(DEADLINE, reached).await.unwrap();
    (waiting, gate)
}

/// The one answer, whose refusal is on record; nothing was released.
pub(crate) async fn refusal(
    app: &TestApp,
    mut waiting: JoinSet<Response>,
    gate: &Semaphore,
) -> Response {
    gate.close();
    let answer = waiting.join_next().await.unwrap().unwrap();
    assert_ne!(answer.status, 200);
    let record = app.record(answer.record().unwrap()).await;
    assert_eq!(record.entry.verdict, Verdict::Deny);
    assert!(oauth2::recorded(app, "released").await.is_empty());
    answer
}

async fn what_was_deleted_while_a_token_was_on_its_way_gets_nothing(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    let (waiting, gate) = on_its_way(&app, &token).await;
    let name = json!({ "name": "demo" });
    let deleted = app.admin().call(DeleteOauth2CredentialProvider, name).await;
    deleted.expect_status(204);
    let refused = refusal(&app, waiting, &gate).await;
    refused.expect_error(404, "ResourceNotFoundException");

    let config = oauth2::config_of_endpoints(&app);
    app.admin()
        .create_oauth2_provider("demo", &config)
        .await
        .expect_status(201);
    let (waiting, gate) = on_its_way(&app, &token).await;
    let name = json!({ "name": "agent" });
    let deleted = app.admin().call(DeleteWorkloadIdentity, name).await;
    deleted.expect_status(204);
    let refused = refusal(&app, waiting, &gate).await;
    refused.expect_error(401, "UnauthorizedException");
}

async fn who_was_suspended_while_a_token_was_on_its_way_gets_nothing(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    let (waiting, gate) = on_its_way(&app, &token).await;
    app.set_agent_state("agent", AgentState::Suspended).await;
    let refused = refusal(&app, waiting, &gate).await;
    refused.expect_error(403, "AccessDeniedException");
}

async fn a_key_that_was_revoked_while_a_token_was_on_its_way_gets_nothing(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    let (waiting, gate) = on_its_way(&app, &token).await;
    app.revoke(app.agent_host()).await;
    let refused = refusal(&app, waiting, &gate).await;
    refused.expect_error(403, "AccessDeniedException");
}

async fn a_release_under_way_stops_with_what_its_key_rests_on(app: TestApp) {
    let (app, _) = oauth2::ready(app).await;
    let issuer = IssuerServer::start().await;
    let (binding, _, client) = web_identity::proved(&app, &issuer).await;
    let token = client.token("agent").await;
    let (waiting, gate) = on_its_way_to(&app, &client, &token).await;
    web_identity::distrusts(&app, binding.id).await;
    refusal(&app, waiting, &gate).await;

    let maker = role_sessions::maker(&app).await;
    for end in ["detach", "delete", "revoke"] {
        let caller = app.new_client(account(), vec![Role::AgentHost]).await;
        role_sessions::role(&maker, end, &role_sessions::root()).await;
        let worn = role_sessions::put_on(&caller, end).await;
        let token = app.agent_host().token("agent").await;
        let (waiting, gate) = on_its_way_to(&app, &worn, &token).await;
        match end {
            "detach" => role_sessions::detach(&maker, end).await,
            "delete" => {
                role_sessions::detach(&maker, end).await;
                let deleted = maker.roles("DeleteRole", &[("RoleName", end)]).await;
                deleted.expect_status(200);
            }
            _ => app.revoke(&caller).await,
        }
        refusal(&app, waiting, &gate).await;
    }
}

async fn a_stopped_agent_is_given_nothing_that_is_kept(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    oauth2::given(&app, &token, json!({})).await;
    for state in [AgentState::Suspended, AgentState::Retired] {
        app.set_agent_state("agent", state).await;
        for force in [false, true] {
            let more = json!({ "forceAuthentication": force });
            let refused = oauth2::ask(&app, &token, more).await;
            refused.expect_error(403, "AccessDeniedException");
        }
    }
    assert_eq!(app.demo().token_requests(), 1);
    app.set_agent_state("agent", AgentState::Active).await;
    oauth2::given(&app, &token, json!({})).await;
}

async fn the_records_name_what_was_used_and_what_was_given(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    let answer = oauth2::ask(&app, &token, json!({}))
        .await
        .expect_status(200);
    let given = answer.member("accessToken");
    let released = app.record(answer.record().unwrap()).await;
    assert_eq!(released.entry.verdict, Verdict::Allow);
    assert!(released.entry.agent.is_some());
    assert!(released.entry.provider.is_some());
    let reason = released.entry.reason.clone().into_owned();
    assert!(reason.starts_with("released to agent"), "{reason}");
    assert!(
        reason.contains("token 1 (") && reason.contains("for read"),
        "{reason}"
    );
    let used = oauth2::recorded(&app, "client secret used for agent").await;
    assert_eq!(used.len(), 1);
    assert!(used[0].contains("; secret 1 ("), "{used:?}");
    // What is kept is given without a further use of the secret.
    oauth2::given(&app, &token, json!({})).await;
    assert_eq!(oauth2::recorded(&app, "client secret used").await.len(), 1);
    let again = oauth2::recorded(&app, "released to agent").await;
    assert_eq!(
        again,
        [reason.clone(), reason.clone()],
        "the same token has the same fingerprint"
    );
    oauth2::given(&app, &token, json!({ "forceAuthentication": true })).await;
    let all = oauth2::recorded(&app, "released to agent").await;
    // Records of one moment are in no order.
    let second = all.iter().find(|reason| reason.contains("token 2 ("));
    let fingerprint = |text: &str| text.split(['(', ')']).nth(1).unwrap().to_owned();
    assert_ne!(fingerprint(second.unwrap()), fingerprint(&reason));
    for record in app.records().await {
        let line = serde_json::to_string(&record.entry).unwrap();
        assert!(
            !line.contains(&given) && !line.contains("demo-secret"),
            "{line}"
        );
    }
    app.verify_records().await;
}

async fn providers_of_another_account_are_not_there(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    oauth2::given(&app, &token, json!({})).await;
    let stranger = app.other_account_admin();
    let name = json!({ "name": "demo" });
    for operation in [GetOauth2CredentialProvider, DeleteOauth2CredentialProvider] {
        let absent = stranger.call(operation, name.clone()).await;
        let absent = absent.expect_error(404, "ResourceNotFoundException");
        assert!(!absent.holds("demo-client"));
    }
    // The same names in another account: another secret, another token.
    let config = oauth2::config_of_endpoints(&app);
    let own = app.other_account_agent_host();
    stranger.create_agent("agent").await.expect_status(201);
    let theirs = own.token("agent").await;
    own.machine_token(&theirs, "demo", &["read"])
        .await
        .expect_error(404, "ResourceNotFoundException");
    stranger
        .create_oauth2_provider("demo", &config)
        .await
        .expect_status(201);
    own.machine_token(&theirs, "demo", &["read"])
        .await
        .expect_status(200);
    assert_eq!(app.demo().token_requests(), 2);
    // A token of one account is none in the other.
    own.machine_token(&token, "demo", &["read"])
        .await
        .expect_error(401, "UnauthorizedException");
}

/// With [`oauth2::ready`], and without the grant that came with the provider.
async fn without_grants(app: TestApp) -> (TestApp, String) {
    let (app, token) = oauth2::ready(app).await;
    let mut cx = app.app().operator_cx(Action::ListGrants);
    for grant in app.app().grants(&mut cx, account()).await.unwrap() {
        take_back(&app, grant.id).await;
    }
    (app, token)
}

pub(crate) async fn take_back(app: &TestApp, id: GrantId) {
    let mut cx = app.app().operator_cx(Action::RevokeGrant);
    app.app()
        .revoke_grant(&mut cx, account(), id)
        .await
        .unwrap();
}

pub(crate) async fn grant(
    app: &TestApp,
    agent: Option<&str>,
    scopes: Covered,
    with_user: WithUser,
) -> GrantId {
    let new = procura_app::grant::NewGrant {
        kind: ProviderKind::Oauth2,
        provider: "demo".parse().unwrap(),
        agent: agent.map(|name| name.parse().unwrap()),
        scopes,
        with_user,
    };
    let mut cx = app.app().operator_cx(Action::CreateGrant);
    let made = app.app().create_grant(&mut cx, account(), new).await;
    made.unwrap().value.id
}

pub(crate) fn only(text: &str) -> Covered {
    Covered::Only(Scopes::from_text(text, ScopeSeparator::Space).unwrap())
}

async fn without_a_grant_not_even_the_secret_is_used(app: TestApp) {
    let (app, token) = without_grants(app).await;
    let app = app.with_agent("another").await;
    let refused = oauth2::ask(&app, &token, json!({})).await;
    let refused = refused.expect_error(403, "AccessDeniedException");
    assert!(refused.record().is_some());
    grant(&app, Some("another"), Covered::Every, WithUser::Optional).await;
    grant(&app, Some("agent"), Covered::Every, WithUser::Required).await;
    let refused = oauth2::ask(&app, &token, json!({})).await;
    refused.expect_error(403, "AccessDeniedException");
    assert!(
        oauth2::recorded(&app, "client secret used")
            .await
            .is_empty()
    );
    assert_eq!(app.demo().token_requests(), 0);
    // What another may have, and what a user is behind, is kept for them alone.
    let other = app.agent_host().token("another").await;
    oauth2::given(&app, &other, json!({})).await;
    let with_user = app.agent_host().token_for("agent", "alice").await;
    oauth2::given(&app, &with_user, json!({})).await;
    let refused = oauth2::ask(&app, &token, json!({})).await;
    refused.expect_error(403, "AccessDeniedException");
}

async fn a_grant_of_some_scopes_gives_no_other_and_no_unnamed_ones(app: TestApp) {
    let (app, token) = without_grants(app).await;
    grant(&app, Some("agent"), only("read repo"), WithUser::Optional).await;
    for scopes in [
        json!(["write"]),
        json!(["read", "write"]),
        json!([]),
        json!(["READ"]),
    ] {
        for force in [false, true] {
            let more = json!({ "scopes": scopes, "forceAuthentication": force });
            let refused = oauth2::ask(&app, &token, more).await;
            refused.expect_error(403, "AccessDeniedException");
        }
    }
    assert!(
        oauth2::recorded(&app, "client secret used")
            .await
            .is_empty()
    );
    assert_eq!(app.demo().token_requests(), 0);
    oauth2::given(&app, &token, json!({ "scopes": ["read"] })).await;
    oauth2::given(&app, &token, json!({ "scopes": ["repo", "read"] })).await;
    // Two grants do not add up to one that nobody gave.
    grant(&app, Some("agent"), only("write"), WithUser::Optional).await;
    let refused = oauth2::ask(&app, &token, json!({ "scopes": ["read", "write"] })).await;
    refused.expect_error(403, "AccessDeniedException");
}

async fn a_grant_that_was_taken_back_while_a_token_was_on_its_way_gives_nothing(app: TestApp) {
    let (app, token) = without_grants(app).await;
    let id = grant(&app, Some("agent"), Covered::Every, WithUser::Optional).await;
    let (waiting, gate) = on_its_way(&app, &token).await;
    take_back(&app, id).await;
    let refused = refusal(&app, waiting, &gate).await;
    refused.expect_error(403, "AccessDeniedException");
}

#[test]
fn strict_rules_grant_nothing_with_a_provider() {
    let setup = Setup::default().rules(Rules::Strict);
    setup.run(Engine::Sqlite, |app| async {
        let (app, token) = oauth2::ready(app).await;
        let mut cx = app.app().operator_cx(Action::ListGrants);
        assert!(
            app.app()
                .grants(&mut cx, account())
                .await
                .unwrap()
                .is_empty()
        );
        let refused = oauth2::ask(&app, &token, json!({})).await;
        refused.expect_error(403, "AccessDeniedException");
        assert!(
            oauth2::recorded(&app, "client secret used")
                .await
                .is_empty()
        );
        assert_eq!(app.demo().token_requests(), 0);
    });
}
