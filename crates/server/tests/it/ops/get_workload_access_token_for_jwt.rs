//! `GetWorkloadAccessTokenForJWT`.

use procura_testkit::TestApp;

tests! {
    on_both_engines {
        a_users_own_token_gets_one_for_the_agent
        an_absent_agent_is_not_found
    }
    on_sqlite {
        a_token_that_proves_nothing_is_unauthorized
    }
}

async fn a_users_own_token_gets_one_for_the_agent(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "s3cr3t")
        .await;
    let mut users = Vec::new();
    for subject in ["alice", "alice", "bob"] {
        let minted = app
            .agent_host()
            .token_for_jwt("agent", &app.demo().user_token(subject))
            .await;
        let minted = minted.expect_status(200);
        let record = app.record(minted.record().unwrap()).await;
        users.push(record.entry.user);
        let token = minted.member("workloadAccessToken");
        let released = app.agent_host().api_key(&token, "github").await;
        assert_eq!(released.expect_status(200).member("apiKey"), "s3cr3t");
    }
    assert!(
        users[0].is_some() && users[0] == users[1] && users[0] != users[2],
        "{users:?}"
    );
    assert_eq!(app.demo().key_set_requests(), 1);
}

async fn an_absent_agent_is_not_found(app: TestApp) {
    let absent = app
        .agent_host()
        .token_for_jwt("ghost", &app.demo().user_token("alice"))
        .await;
    absent.expect_error(404, "ResourceNotFoundException");
}

async fn a_token_that_proves_nothing_is_unauthorized(app: TestApp) {
    let app = app.with_agent("agent").await;
    let good = app.demo().user_token("alice");
    let mut changed = good.clone();
    changed.replace_range(
        good.len() - 8..good.len() - 7,
        if good.as_bytes()[good.len() - 8] == b'A' {
            "B"
        } else {
            "A"
        },
    );
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let flipped: String = signature.chars().rev().collect();
    let changed = format!("{signed}.{flipped}");
    for bad in ["canary.canary.canary", changed.as_str()] {
        let refused = app.agent_host().token_for_jwt("agent", bad).await;
        let refused = refused.expect_error(401, "UnauthorizedException");
        assert!(!refused.holds("canary") && refused.record().is_some());
    }
}
