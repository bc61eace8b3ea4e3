//! Users' own tokens as they are kept: sealed, once, and until they end; and what they bound.

use procura_testkit::TestApp;
use serde_json::json;

use crate::issuer_server::IssuerServer;
use crate::user_proof::{agent, minted};

tests! {
    on_both_engines {
        a_users_token_is_kept_once_and_swept_when_it_is_over
    }
    on_sqlite {
        a_token_for_an_agent_ends_with_the_users_token_or_after_15_minutes
        a_users_token_is_kept_sealed
    }
}

async fn a_users_token_is_kept_once_and_swept_when_it_is_over(app: TestApp) {
    let app = agent(app).await;
    let tokens = ["alice", "bob"].map(|subject| app.demo().user_token(subject));
    for token in tokens.iter().cycle().take(6) {
        minted(app.agent_host(), token).await;
    }
    // What of the requests themselves is over goes first.
    app.clock().advance(3600);
    app.app().sweep().await.unwrap();
    assert_eq!(app.app().sweep().await.unwrap(), 0);
    app.clock().advance(61);
    assert_eq!(app.app().sweep().await.unwrap(), 2);
    assert_eq!(app.app().sweep().await.unwrap(), 0);
}

async fn a_token_for_an_agent_ends_with_the_users_token_or_after_15_minutes(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let host = app.agent_host();
    let now_s = issuer.claims(&app, &json!({}))["iat"].as_i64().unwrap();
    let short = issuer.token(&app, &json!({ "exp": now_s + 100 }));
    let long = issuer.token(&app, &json!({ "exp": 253_402_300_799_i64 }));
    // From the first use and from memory.
    let short = [minted(host, &short).await, minted(host, &short).await];
    let long = [minted(host, &long).await, minted(host, &long).await];
    app.clock().advance(159);
    for token in short.iter().chain(&long) {
        host.api_key(token, "github").await.expect_status(200);
    }
    app.clock().advance(1);
    for token in &short {
        let refused = host.api_key(token, "github").await;
        refused.expect_error(401, "UnauthorizedException");
    }
    app.clock().advance(15 * 60 - 161);
    for token in &long {
        host.api_key(token, "github").await.expect_status(200);
    }
    app.clock().advance(1);
    for token in &long {
        let refused = host.api_key(token, "github").await;
        refused.expect_error(401, "UnauthorizedException");
    }
}

async fn a_users_token_is_kept_sealed(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let token = issuer.token(&app, &json!({ "sub": "canary-subject" }));
    minted(app.agent_host(), &token).await;
    let mut read = 0;
    for file in std::fs::read_dir(app.directory()).unwrap() {
        let path = file.unwrap().path();
        if !path.is_file() {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        read += bytes.len();
        let signature = token.rsplit('.').next().unwrap();
        let claims = token.split('.').nth(1).unwrap();
        for text in ["canary-subject", signature, claims, &issuer.issuer()] {
            let found = bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes());
            assert!(!found, "{text} stands in {}", path.display());
        }
    }
    assert!(read > 100_000, "{read}");
}
