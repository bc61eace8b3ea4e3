//! `GetResourceOauth2Token`.

use procura_testkit::TestApp;

use crate::oauth2;

tests! {
    on_both_engines {
        a_token_is_fetched_once_and_given_to_whoever_may_have_it
        an_absent_provider_is_not_found
    }
    on_sqlite {
        a_token_that_proves_nothing_is_unauthorized
    }
}

async fn a_token_is_fetched_once_and_given_to_whoever_may_have_it(app: TestApp) {
    for (name, config) in [
        ("by-discovery", oauth2::config(&app)),
        ("by-endpoints", oauth2::config_of_endpoints(&app)),
    ] {
        let made = app.admin().create_oauth2_provider(name, &config).await;
        made.expect_status(201);
    }
    let app = app.with_agent("agent").await.with_agent("another").await;
    for (provider, before) in [("by-discovery", 0), ("by-endpoints", 2)] {
        let mut tokens = Vec::new();
        for agent in ["agent", "another", "agent"] {
            let token = app.agent_host().token(agent).await;
            let released = app
                .agent_host()
                .machine_token(&token, provider, &["read"])
                .await;
            let released = released.expect_status(200);
            assert!(released.record().is_some());
            assert_eq!(released.members(), ["accessToken"]);
            tokens.push(released.member("accessToken"));
        }
        assert!(tokens.iter().all(|token| *token == tokens[0]));
        assert_eq!(app.demo().token_requests(), before + 1, "{provider}");
        let token = app.agent_host().token("agent").await;
        let other = app
            .agent_host()
            .machine_token(&token, provider, &["write"])
            .await;
        assert_ne!(other.expect_status(200).member("accessToken"), tokens[0]);
    }
}

async fn an_absent_provider_is_not_found(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("ghost", "k")
        .await;
    let token = app.agent_host().token("agent").await;
    let absent = app.agent_host().machine_token(&token, "ghost", &[]).await;
    absent.expect_error(404, "ResourceNotFoundException");
}

async fn a_token_that_proves_nothing_is_unauthorized(app: TestApp) {
    let config = oauth2::config(&app);
    app.admin()
        .create_oauth2_provider("demo", &config)
        .await
        .expect_status(201);
    for bad in ["canary-token", "procura_wat_", "procura_wat_AAAA"] {
        let refused = app.agent_host().machine_token(bad, "demo", &["read"]).await;
        let refused = refused.expect_error(401, "UnauthorizedException");
        assert!(!refused.holds("canary"));
    }
    assert_eq!(app.demo().token_requests(), 0);
}
