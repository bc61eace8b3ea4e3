//! `GetWorkloadAccessTokenForUserId`.

use procura_core::user::UserKind;
use procura_testkit::authority::Rules;
use procura_testkit::{Setup, TestApp};
use procura_wire::Operation::GetWorkloadAccessTokenForUserId;
use serde_json::json;

tests! {
    on_both_engines {
        a_token_for_a_user_names_the_user_in_records_by_id_only
        an_absent_agent_is_not_found
        a_user_id_has_1_to_128_characters
    }
    on_sqlite {}
}

async fn a_token_for_a_user_names_the_user_in_records_by_id_only(app: TestApp) {
    let app = app.with_agent("agent").await;
    let mint = async |user: &str| {
        let body = json!({ "workloadName": "agent", "userId": user });
        let minted = app
            .agent_host()
            .call(GetWorkloadAccessTokenForUserId, body)
            .await;
        let minted = minted.expect_status(200);
        assert_eq!(minted.members(), ["workloadAccessToken"]);
        let token = minted.member("workloadAccessToken");
        assert!(
            token.starts_with("procura_wat_") && token.len() <= 2048,
            "{}",
            token.len()
        );
        app.record(minted.record().unwrap()).await
    };
    let first = mint("canary-alice").await;
    assert_eq!(first.entry.user_kind, Some(UserKind::Asserted));
    assert!(
        !String::from_utf8(first.to_line().unwrap())
            .unwrap()
            .contains("canary")
    );
    let again = mint("canary-alice").await;
    assert!(first.entry.user.is_some());
    assert_eq!(again.entry.user, first.entry.user, "one user has one id");
    assert_ne!(mint("canary-Alice").await.entry.user, first.entry.user);
}

async fn an_absent_agent_is_not_found(app: TestApp) {
    let body = json!({ "workloadName": "ghost", "userId": "alice" });
    let absent = app
        .agent_host()
        .call(GetWorkloadAccessTokenForUserId, body)
        .await;
    assert!(
        absent
            .expect_error(404, "ResourceNotFoundException")
            .record()
            .is_some()
    );
}

async fn a_user_id_has_1_to_128_characters(app: TestApp) {
    let app = app.with_agent("agent").await;
    let mint = async |user: Option<&str>| {
        let body = json!({ "workloadName": "agent", "userId": user });
        app.agent_host()
            .call(GetWorkloadAccessTokenForUserId, body)
            .await
    };
    mint(None).await.expect_invalid("userId");
    mint(Some("")).await.expect_invalid("userId");
    mint(Some(&"x".repeat(129))).await.expect_invalid("userId");
    // Characters, not bytes; and the id is the client's: white space and slashes are its own.
    mint(Some(&"é".repeat(128))).await.expect_status(200);
    mint(Some(" a/b\n")).await.expect_status(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strict_rules_believe_no_asserted_user() {
    let app = Setup::default()
        .rules(Rules::Strict)
        .start()
        .await
        .with_agent("agent")
        .await;
    let body = json!({ "workloadName": "agent", "userId": "alice" });
    let refused = app
        .agent_host()
        .call(GetWorkloadAccessTokenForUserId, body)
        .await;
    refused.expect_error(403, "AccessDeniedException");
}
