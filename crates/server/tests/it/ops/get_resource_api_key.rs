//! `GetResourceApiKey`.

use procura_testkit::authority::Rules;
use procura_testkit::{Setup, TestApp};
use procura_wire::Operation::GetResourceApiKey;
use serde_json::json;

tests! {
    on_both_engines {
        the_key_is_released_to_an_agent_with_and_without_a_user
        an_absent_provider_is_not_found
        a_key_may_have_any_characters
    }
    on_sqlite {
        a_token_that_proves_nothing_is_unauthorized
        a_token_ends_after_a_quarter_of_an_hour
        both_members_are_required
    }
}

async fn the_key_is_released_to_an_agent_with_and_without_a_user(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "s3cr3t")
        .await;
    let alone = app.agent_host().token("agent").await;
    let for_user = app.agent_host().token_for("agent", "alice").await;
    for token in [alone, for_user] {
        let released = app
            .agent_host()
            .api_key(&token, "github")
            .await
            .expect_status(200);
        assert_eq!(released.json(), json!({ "apiKey": "s3cr3t" }));
        assert_eq!(released.header("cache-control"), Some("no-store"));
        assert!(released.record().is_some());
    }
}

async fn a_token_that_proves_nothing_is_unauthorized(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "k")
        .await;
    let token = app.agent_host().token("agent").await;
    let mut changed = token.clone().into_bytes();
    let last = changed.len() - 5;
    changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).unwrap();
    let long = "x".repeat(131_072);
    let bare = token.trim_start_matches("procura_wat_");
    for bad in [
        "canary-token",
        "procura_wat_",
        "procura_wat_%%%",
        &changed,
        bare,
        &long,
    ] {
        let refused = app.agent_host().api_key(bad, "github").await;
        let refused = refused.expect_error(401, "UnauthorizedException");
        assert!(!refused.holds("canary"));
        let record = app.record(refused.record().unwrap()).await;
        assert!(
            !String::from_utf8(record.to_line().unwrap())
                .unwrap()
                .contains("canary")
        );
    }
}

async fn a_token_ends_after_a_quarter_of_an_hour(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "k")
        .await;
    let token = app.agent_host().token("agent").await;
    app.clock().advance_millis(15 * 60 * 1000 - 1);
    app.agent_host()
        .api_key(&token, "github")
        .await
        .expect_status(200);
    app.clock().advance_millis(1);
    let expired = app.agent_host().api_key(&token, "github").await;
    let expired = expired.expect_error(401, "UnauthorizedException");
    assert!(expired.member("message").contains("expired"));
}

async fn an_absent_provider_is_not_found(app: TestApp) {
    let app = app.with_agent("agent").await;
    let token = app.agent_host().token("agent").await;
    let absent = app.agent_host().api_key(&token, "ghost").await;
    assert!(
        absent
            .expect_error(404, "ResourceNotFoundException")
            .record()
            .is_some()
    );
}

async fn both_members_are_required(app: TestApp) {
    let ask = async |body| app.agent_host().call(GetResourceApiKey, body).await;
    let none = ask(json!({})).await.expect_invalid("workloadIdentityToken");
    none.expect_invalid("resourceCredentialProviderName");
    let body = json!({ "workloadIdentityToken": "", "resourceCredentialProviderName": "github" });
    ask(body).await.expect_invalid("workloadIdentityToken");
    let token = "canary".repeat(21_846);
    let body = json!({ "workloadIdentityToken": token, "resourceCredentialProviderName": "g" });
    assert!(
        !ask(body)
            .await
            .expect_invalid("workloadIdentityToken")
            .holds("canary")
    );
    let body = json!({ "workloadIdentityToken": "t", "resourceCredentialProviderName": "a b" });
    ask(body)
        .await
        .expect_invalid("resourceCredentialProviderName");
}

async fn a_key_may_have_any_characters(app: TestApp) {
    let key = "ключ \"quoted\" \\ \u{7f}\u{1} 🔑\r\n</script>";
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", key)
        .await;
    let token = app.agent_host().token("agent").await;
    let released = app
        .agent_host()
        .api_key(&token, "github")
        .await
        .expect_status(200);
    assert_eq!(released.member("apiKey"), key);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strict_rules_release_nothing_without_an_explicit_grant() {
    let app = Setup::default().rules(Rules::Strict).start().await;
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "k")
        .await;
    let token = app.agent_host().token("agent").await;
    let refused = app.agent_host().api_key(&token, "github").await;
    refused.expect_error(403, "AccessDeniedException");
}
