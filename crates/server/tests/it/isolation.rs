//! Two tenants with the same names: nothing of one is reached with a key of the other.

use procura_testkit::{ACCOUNT, Client, OTHER_ACCOUNT, REGION, TestApp};
use procura_wire::Operation;
use serde_json::{Value, json};

use crate::arn;

tests! {
    on_both_engines {
        what_only_the_other_account_has_is_not_found
        equal_names_of_two_accounts_are_two_things
        lists_show_one_account
        a_token_of_another_account_is_no_token
        an_arn_of_another_account_is_not_found
        the_same_user_id_is_two_users
    }
    on_sqlite {}
}

const GHOSTS: [(Operation, &str); 8] = [
    (Operation::GetWorkloadIdentity, r#"{"name":"agent"}"#),
    (Operation::UpdateWorkloadIdentity, r#"{"name":"agent"}"#),
    (Operation::DeleteWorkloadIdentity, r#"{"name":"agent"}"#),
    (
        Operation::GetApiKeyCredentialProvider,
        r#"{"name":"github"}"#,
    ),
    (
        Operation::UpdateApiKeyCredentialProvider,
        r#"{"name":"github","apiKey":"k"}"#,
    ),
    (
        Operation::DeleteApiKeyCredentialProvider,
        r#"{"name":"github"}"#,
    ),
    (
        Operation::GetWorkloadAccessToken,
        r#"{"workloadName":"agent"}"#,
    ),
    (
        Operation::GetWorkloadAccessTokenForUserId,
        r#"{"workloadName":"agent","userId":"u"}"#,
    ),
];

async fn what_only_the_other_account_has_is_not_found(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "canary-a")
        .await;
    for (operation, body) in GHOSTS {
        let body: Value = serde_json::from_str(body).unwrap();
        let client = match operation.plane() {
            procura_wire::Plane::Control => app.other_account_admin(),
            procura_wire::Plane::Data => app.other_account_agent_host(),
        };
        let refused = client.call(operation, body).await;
        let refused = refused.expect_error(404, "ResourceNotFoundException");
        assert!(!refused.holds("canary") && !refused.holds(ACCOUNT));
        let record = app.record(refused.record().unwrap()).await;
        assert_eq!(
            record.entry.account.map(|id| id.to_string()).as_deref(),
            Some(OTHER_ACCOUNT)
        );
        assert_eq!((record.entry.agent, record.entry.provider), (None, None));
    }
    let kept = app
        .admin()
        .call(Operation::GetWorkloadIdentity, json!({ "name": "agent" }))
        .await;
    kept.expect_status(200);
    let token = app.agent_host().token("agent").await;
    app.agent_host()
        .api_key(&token, "github")
        .await
        .expect_status(200);
}

/// Both accounts have `agent` and `github`, with different keys.
async fn twins(app: TestApp) -> TestApp {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "key-of-a")
        .await;
    let other = app.other_account_admin();
    other.create_agent("agent").await.expect_status(201);
    other
        .create_provider("github", "key-of-b")
        .await
        .expect_status(201);
    app
}

async fn released(client: &Client) -> String {
    let token = client.token("agent").await;
    client
        .api_key(&token, "github")
        .await
        .expect_status(200)
        .member("apiKey")
}

async fn equal_names_of_two_accounts_are_two_things(app: TestApp) {
    let app = twins(app).await;
    let (a, b) = (app.agent_host(), app.other_account_agent_host());
    assert_eq!(
        (released(a).await.as_str(), released(b).await.as_str()),
        ("key-of-a", "key-of-b")
    );
    let body = json!({ "name": "agent", "allowedResourceOauth2ReturnUrls": ["https://b.example"] });
    let other = app.other_account_admin();
    other
        .call(Operation::UpdateWorkloadIdentity, body)
        .await
        .expect_status(200);
    let body = json!({ "name": "github", "apiKey": "new-key-of-b" });
    other
        .call(Operation::UpdateApiKeyCredentialProvider, body)
        .await
        .expect_status(200);
    let own = app
        .admin()
        .call(Operation::GetWorkloadIdentity, json!({ "name": "agent" }))
        .await;
    assert_eq!(own.json()["allowedResourceOauth2ReturnUrls"], json!([]));
    assert_eq!(released(a).await, "key-of-a");
    other
        .call(
            Operation::DeleteWorkloadIdentity,
            json!({ "name": "agent" }),
        )
        .await
        .expect_status(204);
    let delete = Operation::DeleteApiKeyCredentialProvider;
    other
        .call(delete, json!({ "name": "github" }))
        .await
        .expect_status(204);
    assert_eq!(released(a).await, "key-of-a");
}

async fn lists_show_one_account(app: TestApp) {
    let app = twins(app).await;
    app.other_account_admin()
        .create_agent("only-b")
        .await
        .expect_status(201);
    app.other_account_admin()
        .create_provider("only-b", "k")
        .await
        .expect_status(201);
    for list in [
        Operation::ListWorkloadIdentities,
        Operation::ListApiKeyCredentialProviders,
    ] {
        let own = app.admin().call(list, json!({})).await.expect_status(200);
        assert!(
            !own.holds("only-b") && !own.holds(OTHER_ACCOUNT),
            "{}",
            own.text()
        );
        let other = app
            .other_account_admin()
            .call(list, json!({}))
            .await
            .expect_status(200);
        assert!(
            other.holds("only-b") && !other.holds(ACCOUNT),
            "{}",
            other.text()
        );
    }
}

async fn a_token_of_another_account_is_no_token(app: TestApp) {
    let app = twins(app).await;
    for user in [None, Some("alice")] {
        let token = match user {
            None => app.agent_host().token("agent").await,
            Some(user) => app.agent_host().token_for("agent", user).await,
        };
        let foreign = app
            .other_account_agent_host()
            .api_key(&token, "github")
            .await;
        let foreign = foreign.expect_error(401, "UnauthorizedException");
        let noise = app
            .other_account_agent_host()
            .api_key("procura_wat_x", "github")
            .await;
        assert_eq!(
            foreign.json(),
            noise.json(),
            "the answers do not tell a token from noise"
        );
        let record = app.record(foreign.record().unwrap()).await;
        assert_eq!((record.entry.agent, record.entry.user), (None, None));
        app.agent_host()
            .api_key(&token, "github")
            .await
            .expect_status(200);
    }
}

async fn an_arn_of_another_account_is_not_found(app: TestApp) {
    let app = twins(app).await;
    let other = app.other_account_admin();
    let theirs = [
        arn::agent_of(REGION, ACCOUNT, "agent"),
        arn::provider_of(REGION, ACCOUNT, "github"),
    ];
    for arn in theirs {
        app.admin()
            .tag(&arn, json!({ "canary": "a" }))
            .await
            .expect_status(204);
        for refused in [
            other.tags(&arn).await,
            other.tag(&arn, json!({ "x": "y" })).await,
            other.untag(&arn, "tagKeys=canary").await,
        ] {
            let refused = refused.expect_error(404, "ResourceNotFoundException");
            assert!(!refused.holds("canary"));
        }
        let kept = app.admin().tags(&arn).await.json();
        assert_eq!(kept, json!({ "tags": { "canary": "a" } }));
    }
}

async fn the_same_user_id_is_two_users(app: TestApp) {
    let app = twins(app).await;
    app.agent_host().token_for("agent", "alice").await;
    app.other_account_agent_host()
        .token_for("agent", "alice")
        .await;
    let records = app.records().await;
    let users: Vec<_> = records
        .iter()
        .filter_map(|record| record.entry.user)
        .collect();
    assert_eq!(users.len(), 2);
    assert_ne!(users[0], users[1]);
}
