//! What is recorded, of whom, and that it holds.

use std::collections::BTreeMap;

use procura_core::audit::record::{Record, Verdict};
use procura_core::user::UserKind;
use procura_testkit::{ACCOUNT, Client, Response, TestApp};
use procura_wire::Operation;
use serde_json::{Value, json};

use crate::every_operation::{Subject, caller_of};

tests! {
    on_both_engines {
        every_change_mint_and_reveal_is_one_record_and_a_read_is_none
        a_record_says_who_did_what_to_what
        a_deny_says_why_and_of_whom
        a_release_names_agent_user_and_provider
        what_happened_is_verified_as_an_auditor_does
    }
    on_sqlite {
        no_record_holds_a_secret
    }
}

async fn every_change_mint_and_reveal_is_one_record_and_a_read_is_none(app: TestApp) {
    for operation in Operation::ALL.iter().copied() {
        let subject = Subject::make(&app, operation.name()).await;
        let before = app.records().await.len();
        let answer = caller_of(&app, operation)
            .send(&subject.request(operation))
            .await;
        let answer = answer.expect_status(operation.status());
        let more = app.records().await.len() - before;
        let expected = match operation {
            _ if operation.is_read_only() => 0,
            // The secret is used twice on the first way (once to be bound to the endpoints that
            // were found, once to ask there), and then the token is released.
            Operation::GetResourceOauth2Token => 3,
            // The secret is used, and then there is a connection.
            Operation::CompleteResourceTokenAuth => 2,
            _ => 1,
        };
        assert_eq!(more, expected, "{}", operation.name());
        let Some(id) = answer.record() else {
            assert!(
                operation.is_read_only(),
                "{} tells no record",
                operation.name()
            );
            continue;
        };
        let record = app.record(id).await;
        assert_eq!(record.entry.operation, operation.name());
        assert_eq!(record.entry.verdict, Verdict::Allow);
        is_of(&record, caller_of(&app, operation), &answer);
    }
}

/// Account, caller, request and peer are those of the call.
fn is_of(record: &Record, client: &Client, answer: &Response) {
    let entry = &record.entry;
    assert_eq!(entry.account, Some(client.account()));
    assert_eq!(entry.caller.as_deref(), Some(client.key_id()));
    assert_eq!(entry.peer.as_deref(), Some("127.0.0.1"));
    let request = answer.header("x-amzn-requestid").unwrap().replace('-', "");
    assert_eq!(
        entry.request.as_deref(),
        Some(format!("req_{request}").as_str())
    );
    assert!(entry.policy.is_some());
}

async fn recorded(app: &TestApp, answer: &Response) -> Record {
    app.record(answer.record().unwrap()).await
}

async fn a_record_says_who_did_what_to_what(app: TestApp) {
    app.clock().advance_millis(1234);
    let made = app.admin().create_agent("agent").await.expect_status(201);
    let record = recorded(&app, &made).await.entry;
    assert_eq!(record.at.millis(), 1_763_000_001_234);
    assert_eq!(record.resource.as_deref(), Some("workload-identity/agent"));
    let agent = record.agent.unwrap();
    let made = app
        .admin()
        .create_provider("github", "k")
        .await
        .expect_status(201);
    let record = recorded(&app, &made).await.entry;
    assert_eq!(record.resource.as_deref(), Some("api-key-provider/github"));
    assert!(record.provider.is_some());
    let get = app
        .admin()
        .call(
            Operation::DeleteWorkloadIdentity,
            json!({ "name": "agent" }),
        )
        .await;
    let record = recorded(&app, &get.expect_status(204)).await.entry;
    assert_eq!(record.agent, Some(agent));
    let made = app.admin().create_agent("agent").await.expect_status(201);
    assert_ne!(
        recorded(&app, &made).await.entry.agent,
        Some(agent),
        "another agent"
    );
}

async fn a_deny_says_why_and_of_whom(app: TestApp) {
    let app = app.with_agent("agent").await;
    let call = async |client: &Client, operation: Operation, body: Value| {
        let before = app.records().await.len();
        let answer = client.call(operation, body).await;
        assert_eq!(app.records().await.len(), before + 1, "{}", answer.text());
        let record = recorded(&app, &answer).await;
        assert_eq!(record.entry.verdict, Verdict::Deny);
        assert_eq!(record.entry.operation, operation.name());
        is_of(&record, client, &answer);
        assert!(
            record.entry.reason.contains(&answer.member("message")),
            "{record:?}"
        );
        record.entry
    };
    let agent = json!({ "name": "agent" });
    let denied = call(
        app.auditor(),
        Operation::DeleteWorkloadIdentity,
        agent.clone(),
    )
    .await;
    assert!(denied.agent.is_some());
    assert!(
        denied.reason.contains(';'),
        "it explains: {}",
        denied.reason
    );
    let conflict = call(app.admin(), Operation::CreateWorkloadIdentity, agent).await;
    // The agent that would have been made does not exist, and the one that is there was not touched.
    assert_eq!(conflict.agent, None);
    assert_eq!(
        conflict.resource.as_deref(),
        Some("workload-identity/agent")
    );
    let ghost = json!({ "name": "ghost" });
    let absent = call(app.admin(), Operation::GetWorkloadIdentity, ghost).await;
    assert_eq!(absent.resource.as_deref(), Some("workload-identity/ghost"));
    call(
        app.admin(),
        Operation::CreateWorkloadIdentity,
        json!({ "name": "§" }),
    )
    .await;
    let token = json!({ "workloadIdentityToken": "x", "resourceCredentialProviderName": "github" });
    call(app.agent_host(), Operation::GetResourceApiKey, token).await;
}

async fn a_release_names_agent_user_and_provider(app: TestApp) {
    let made = app.admin().create_agent("agent").await.expect_status(201);
    let agent = recorded(&app, &made).await.entry.agent;
    let made = app
        .admin()
        .create_provider("github", "k")
        .await
        .expect_status(201);
    let provider = recorded(&app, &made).await.entry.provider;
    let host = app.agent_host();
    let token = host.token("agent").await;
    let alone = host.api_key(&token, "github").await.expect_status(200);
    let record = recorded(&app, &alone).await;
    is_of(&record, host, &alone);
    assert_eq!(
        (record.entry.agent, record.entry.provider),
        (agent, provider)
    );
    assert_eq!((record.entry.user, record.entry.user_kind), (None, None));

    let body = json!({ "workloadName": "agent", "userId": "alice" });
    let minted = host
        .call(Operation::GetWorkloadAccessTokenForUserId, body)
        .await;
    let mint = recorded(&app, &minted.clone().expect_status(200))
        .await
        .entry;
    assert_eq!(
        (mint.agent, mint.user_kind),
        (agent, Some(UserKind::Asserted))
    );
    let token = minted.member("workloadAccessToken");
    let released = host.api_key(&token, "github").await.expect_status(200);
    let record = recorded(&app, &released).await.entry;
    assert_eq!((record.agent, record.provider), (agent, provider));
    assert_eq!(
        (record.user, record.user_kind),
        (mint.user, Some(UserKind::Asserted))
    );
    // A refused use names them too.
    let absent = host.api_key(&token, "ghost").await;
    let absent = absent.expect_error(404, "ResourceNotFoundException");
    let record = recorded(&app, &absent).await.entry;
    assert_eq!(
        (record.agent, record.user, record.provider),
        (agent, mint.user, None)
    );
}

async fn what_happened_is_verified_as_an_auditor_does(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "k")
        .await;
    let first = app.verify_records().await;
    let token = app.agent_host().token("agent").await;
    for _ in 0..5 {
        app.agent_host()
            .api_key(&token, "github")
            .await
            .expect_status(200);
        app.agent_host()
            .api_key(&token, "ghost")
            .await
            .expect_error(404, "ResourceNotFoundException");
    }
    let second = app.verify_records().await;
    assert_eq!(second.records, first.records + 11);
    assert!(second.checkpoint.number > first.checkpoint.number);
    let records = app.records().await;
    assert_eq!(u64::try_from(records.len()).unwrap(), second.records);
    let mut next = BTreeMap::new();
    for record in records.iter().rev() {
        next.entry(record.chain)
            .or_insert_with(Vec::new)
            .push(record.seq);
    }
    for seqs in next.values_mut() {
        seqs.sort_unstable();
        let expected: Vec<u64> = (0..).take(seqs.len()).collect();
        assert_eq!(*seqs, expected, "a chain has no gap");
    }
    let own = records.iter().filter(|record| {
        record
            .entry
            .account
            .is_some_and(|account| account.as_str() == ACCOUNT)
    });
    assert!(own.count() >= 11);
}

async fn no_record_holds_a_secret(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "canary-key")
        .await;
    let token = app.agent_host().token_for("agent", "canary-user").await;
    app.agent_host()
        .api_key(&token, "github")
        .await
        .expect_status(200);
    app.agent_host()
        .api_key("canary-token", "github")
        .await
        .expect_error(401, "UnauthorizedException");
    let body = json!({ "name": "github", "apiKey": "canary-key", "tags": { "canary§": "x" } });
    let create = Operation::CreateApiKeyCredentialProvider;
    app.admin()
        .call(create, body)
        .await
        .expect_error(400, "ValidationException");
    for record in app.records().await {
        let line = String::from_utf8(record.to_line().unwrap()).unwrap();
        assert!(
            !line.contains("canary") && !line.contains("procura_wat_"),
            "{line}"
        );
        assert!(!line.contains(app.agent_host().secret()), "{line}");
    }
}
