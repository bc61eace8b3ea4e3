//! Agents that prove themselves by the token of their workload, without a secret of ours.

use procura_app::authorization_session::Visit;
use procura_app::web_identity::{Proved, WebIdentity, agent_role_arn};
use procura_core::action::Action;
use procura_core::audit::record::{Committed, Verdict};
use procura_core::error::{Error, Kind};
use procura_core::id::TrustBindingId;
use procura_core::secret::Plain;
use procura_core::time::Clock as _;
use procura_core::trust_binding::{TrustBinding, TrustedWorkload};
use procura_core::workload_identity::AgentState;
use procura_testkit::{ACCOUNT, Client, OTHER_ACCOUNT, TestApp};
use procura_wire::Operation::{
    CreateWorkloadIdentity, GetWorkloadAccessToken, GetWorkloadIdentity, ListWorkloadIdentities,
};
use serde_json::{Value, json};

use crate::issuer_server::IssuerServer;
use crate::user_proof::{agent, set_state};

tests! {
    on_both_engines {
        a_workload_is_its_agent_and_no_other
        what_a_binding_proved_ends_with_the_binding
        a_temporary_key_ends_and_needs_its_session_token
        a_key_that_was_given_to_another_agent_in_the_database_is_broken
    }
    on_sqlite {
        who_is_not_meant_gets_no_key
        a_stranger_does_not_learn_which_agents_there_are
        a_stopped_agent_gets_no_key
        a_binding_says_whom_it_means
    }
}

const SUBJECT: &str = "system:serviceaccount:agents:mail";

fn workload(issuer: &IssuerServer) -> TrustedWorkload {
    TrustedWorkload {
        issuer: issuer.issuer(),
        jwks_uri: Some(issuer.jwks_uri()),
        audience: "procura".to_owned(),
        subject: SUBJECT.parse().unwrap(),
        claims: [("cluster".to_owned(), "blue".parse().unwrap())].into(),
    }
}

async fn trusts(app: &TestApp, workload: TrustedWorkload) -> Result<TrustBinding, Error> {
    let mut cx = app.app().operator_cx(Action::TrustWorkload);
    let (account, name) = (ACCOUNT.parse().unwrap(), "agent".parse().unwrap());
    let trusted = app.app().trust_workload(&mut cx, account, name, workload);
    trusted.await.map(|done| done.value)
}

pub(crate) async fn distrusts(app: &TestApp, binding: TrustBindingId) {
    let mut cx = app.app().operator_cx(Action::DistrustWorkload);
    let (account, name) = (ACCOUNT.parse().unwrap(), "agent".parse().unwrap());
    app.app()
        .distrust_workload(&mut cx, account, name, binding)
        .await
        .unwrap();
}

/// A token of the workload with these claims in the place of its own.
pub(crate) fn token(app: &TestApp, issuer: &IssuerServer, changes: &Value) -> String {
    let own = json!({ "sub": SUBJECT, "aud": "procura", "client_id": null, "cluster": "blue" });
    let mut claims = issuer.claims(app, &own);
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    issuer.signed(&json!({ "typ": "JWT" }), claims.to_string().as_bytes())
}

pub(crate) fn role() -> String {
    agent_role_arn(ACCOUNT.parse().unwrap(), &"agent".parse().unwrap())
}

pub(crate) async fn assumes(
    app: &TestApp,
    role: &str,
    token: String,
) -> Result<Committed<Proved>, Error> {
    let now = app.clock().now();
    let visit = Visit {
        now,
        request: app.app().new_request_id(now),
        peer: "127.0.0.1".to_owned(),
    };
    let with = WebIdentity {
        role_arn: role.to_owned(),
        name: "pod-1".to_owned(),
        token: Plain::new(token.into_bytes()),
        life_s: None,
    };
    app.app().assume_with_web_identity(&visit, with).await
}

/// The same for the agent, by a good token of its workload.
pub(crate) async fn assumes_agent(
    app: &TestApp,
    issuer: &IssuerServer,
) -> Result<Committed<Proved>, Error> {
    assumes(app, &role(), token(app, issuer, &json!({}))).await
}

/// An agent with a binding, and a client that proved to be it.
pub(crate) async fn proved(app: &TestApp, issuer: &IssuerServer) -> (TrustBinding, Proved, Client) {
    let binding = trusts(app, workload(issuer)).await.unwrap();
    let proved = assumes(app, &role(), token(app, issuer, &json!({}))).await;
    let proved = proved.unwrap().value;
    let client = app.agent_host().with_temporary_key(&proved.credentials);
    (binding, proved, client)
}

async fn a_workload_is_its_agent_and_no_other(app: TestApp) {
    let app = agent(app).await.with_agent("other").await;
    let issuer = IssuerServer::start().await;
    let (_, _, client) = proved(&app, &issuer).await;
    // It finds itself, gets tokens for itself, and what its grants let it have.
    let of = |name: &str| json!({ "name": name });
    client
        .call(GetWorkloadIdentity, of("agent"))
        .await
        .expect_status(200);
    let own = client.token("agent").await;
    client.api_key(&own, "github").await.expect_status(200);
    let for_user = client.token_for("agent", "alice").await;
    client.api_key(&for_user, "github").await.expect_status(200);
    // Not another, by name or with a token that somebody else got for it.
    let denied = |answer: procura_testkit::Response| {
        answer.expect_error(403, "AccessDeniedException");
    };
    denied(client.call(GetWorkloadIdentity, of("other")).await);
    let body = json!({ "workloadName": "other" });
    denied(client.call(GetWorkloadAccessToken, body).await);
    let of_other = app.agent_host().token("other").await;
    denied(client.api_key(&of_other, "github").await);
    // Nor does it arrange anything.
    denied(client.call(ListWorkloadIdentities, json!({})).await);
    denied(client.call(CreateWorkloadIdentity, of("third")).await);
}

async fn what_a_binding_proved_ends_with_the_binding(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let (binding, _, client) = proved(&app, &issuer).await;
    let token_of_agent = client.token("agent").await;
    distrusts(&app, binding.id).await;
    let body = json!({ "workloadName": "agent" });
    let answer = client.call(GetWorkloadAccessToken, body).await;
    answer.expect_error(403, "UnrecognizedClientException");
    // What it got with its key ends, too, whoever presents it.
    let answer = app.agent_host().api_key(&token_of_agent, "github").await;
    answer.expect_error(401, "UnauthorizedException");
    let again = assumes(&app, &role(), token(&app, &issuer, &json!({}))).await;
    assert_eq!(again.unwrap_err().kind(), Kind::Denied);
}

async fn a_temporary_key_ends_and_needs_its_session_token(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let (_, proved, client) = proved(&app, &issuer).await;
    let read = json!({ "name": "agent" });
    for other in [
        None,
        Some("procura_sst_0".to_owned()),
        Some("a".repeat(5000)),
    ] {
        let other = client.signing(|signer| signer.session_token = other);
        let answer = other.call(GetWorkloadIdentity, read.clone()).await;
        answer.expect_error(403, "UnrecognizedClientException");
    }
    // A lasting key carries none.
    let token = proved.credentials.token.expose_secret_text().unwrap();
    let lasting = app.agent_host().signing(|signer| {
        signer.session_token = Some(token.to_owned());
    });
    let answer = lasting.call(GetWorkloadIdentity, read.clone()).await;
    answer.expect_error(403, "UnrecognizedClientException");
    client
        .call(GetWorkloadIdentity, read.clone())
        .await
        .expect_status(200);
    app.clock().advance(3600);
    let answer = client.call(GetWorkloadIdentity, read.clone()).await;
    answer.expect_error(403, "ExpiredTokenException");
    app.app().sweep().await.unwrap();
    let answer = client.call(GetWorkloadIdentity, read).await;
    answer.expect_error(403, "UnrecognizedClientException");
}

async fn who_is_not_meant_gets_no_key(app: TestApp) {
    let app = agent(app).await;
    let (issuer, other) = (IssuerServer::start().await, IssuerServer::start().await);
    trusts(&app, workload(&issuer)).await.unwrap();
    let now_s = app.clock().now().millis().div_euclid(1000);
    for (changes, kind) in [
        (
            json!({ "sub": "system:serviceaccount:agents:mail2" }),
            Kind::Denied,
        ),
        (json!({ "cluster": "green" }), Kind::Denied),
        (json!({ "cluster": ["blue"] }), Kind::Denied),
        (json!({ "iss": other.issuer() }), Kind::Denied),
        (json!({ "aud": "other" }), Kind::Denied),
        (json!({ "aud": ["procura", "other"] }), Kind::Denied),
        (
            json!({ "iat": now_s - 600, "exp": now_s - 61 }),
            Kind::Unproved,
        ),
        // One that was never good.
        (json!({ "iat": now_s, "exp": now_s - 61 }), Kind::Denied),
        (json!({ "nbf": now_s + 61 }), Kind::Unproved),
        (json!({ "events": {} }), Kind::Denied),
    ] {
        let refused = assumes(&app, &role(), token(&app, &issuer, &changes)).await;
        assert_eq!(refused.unwrap_err().kind(), kind, "{changes}");
    }
    // Another's signature under the same name.
    let forged = json!({ "iss": issuer.issuer() });
    let refused = assumes(&app, &role(), token(&app, &other, &forged)).await;
    assert_eq!(refused.unwrap_err().kind(), Kind::Denied);
    let good = token(&app, &issuer, &json!({}));
    let done = assumes(&app, &role(), good).await.unwrap();
    let entry = app.record(&done.record.unwrap().to_string()).await.entry;
    assert_eq!(
        (entry.verdict, &*entry.operation),
        (Verdict::Allow, "AssumeRoleWithWebIdentity")
    );
    assert_eq!(entry.agent.unwrap().to_string(), done.value.role_id);
}

async fn a_stranger_does_not_learn_which_agents_there_are(app: TestApp) {
    let app = agent(app).await.with_agent("untrusting").await;
    let (issuer, stranger) = (IssuerServer::start().await, IssuerServer::start().await);
    trusts(&app, workload(&issuer)).await.unwrap();
    let roles = [
        agent_role_arn(ACCOUNT.parse().unwrap(), &"agent".parse().unwrap()),
        agent_role_arn(ACCOUNT.parse().unwrap(), &"untrusting".parse().unwrap()),
        agent_role_arn(ACCOUNT.parse().unwrap(), &"nobody".parse().unwrap()),
        agent_role_arn(OTHER_ACCOUNT.parse().unwrap(), &"agent".parse().unwrap()),
        "arn:aws:iam::999999999999:role/procura/agents/agent".to_owned(),
        "not an arn".to_owned(),
    ];
    let mut said = Vec::new();
    // Of an issuer that nobody trusts, and forged ones of the one that the agent trusts.
    let of_trusted = json!({ "iss": issuer.issuer() });
    let for_another = json!({ "iss": issuer.issuer(), "aud": "other" });
    for role in &roles {
        for changes in [json!({}), of_trusted.clone(), for_another.clone()] {
            let refused = assumes(&app, role, token(&app, &stranger, &changes)).await;
            let refused = refused.unwrap_err();
            said.push((refused.kind(), refused.public().to_owned()));
        }
    }
    said.dedup();
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(stranger.requests(""), 0);
}

async fn a_stopped_agent_gets_no_key(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let (_, _, client) = proved(&app, &issuer).await;
    set_state(&app, AgentState::Suspended).await;
    let refused = assumes(&app, &role(), token(&app, &issuer, &json!({}))).await;
    assert_eq!(refused.unwrap_err().kind(), Kind::Denied);
    let body = json!({ "workloadName": "agent" });
    let answer = client.call(GetWorkloadAccessToken, body).await;
    answer.expect_error(403, "AccessDeniedException");
    set_state(&app, AgentState::Active).await;
    let good = assumes(&app, &role(), token(&app, &issuer, &json!({}))).await;
    assert!(good.is_ok());
}

async fn a_key_that_was_given_to_another_agent_in_the_database_is_broken(app: TestApp) {
    let app = agent(app).await.with_agent("other").await;
    if app.another_node().await.is_none() {
        return; // Nobody else opens a database of SQLite.
    }
    let issuer = IssuerServer::start().await;
    let (_, _, client) = proved(&app, &issuer).await;
    // Also when it was good a moment ago.
    client.token("agent").await;
    // Nor does it last longer than it was made for.
    app.tamper("UPDATE temporary_key SET expires_at = expires_at + 1000");
    let body = json!({ "name": "agent" });
    let answer = client.call(GetWorkloadIdentity, body).await;
    answer.expect_status(500);
    app.tamper("UPDATE temporary_key SET expires_at = expires_at - 1000");
    client.token("agent").await;
    app.tamper(
        "UPDATE temporary_key SET agent =
             (SELECT id FROM workload_identity WHERE name = 'other')",
    );
    let answer = client
        .call(GetWorkloadIdentity, json!({ "name": "other" }))
        .await;
    answer.expect_status(500);
}

async fn a_binding_says_whom_it_means(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let good = workload(&issuer);
    let own_pool = app
        .app()
        .pool_issuer(&"us-east-1_abcdefghijklmnop".parse().unwrap());
    for bad in [
        TrustedWorkload {
            audience: String::new(),
            ..good.clone()
        },
        TrustedWorkload {
            issuer: "mail".to_owned(),
            ..good.clone()
        },
        TrustedWorkload {
            issuer: own_pool,
            ..good.clone()
        },
        TrustedWorkload {
            jwks_uri: Some("file:///keys".to_owned()),
            ..good.clone()
        },
    ] {
        assert_eq!(trusts(&app, bad).await.unwrap_err().kind(), Kind::Caller);
    }
    for _ in 0..20 {
        trusts(&app, good.clone()).await.unwrap();
    }
    assert_eq!(trusts(&app, good).await.unwrap_err().kind(), Kind::Conflict);
}
