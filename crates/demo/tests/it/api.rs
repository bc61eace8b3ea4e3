//! The API: what a credential opens.

use procura_demo::DEMO_API_KEY;
use serde_json::json;

use crate::client::{Reply, Served};

async fn with_token(served: &Served, path: &str, token: &str) -> Reply {
    let header = format!("Bearer {token}");
    served.get_with(path, &[("Authorization", &header)]).await
}

#[tokio::test]
async fn a_token_says_whose_it_is_and_what_for() {
    let served = Served::start().await;
    let token = served.access_token("repo write").await;
    let reply = with_token(&served, "/api/whoami", &token).await;
    assert_eq!(reply.status, 200);
    let whoami = json!({ "client_id": "demo-client", "scopes": ["repo", "write"] });
    assert_eq!(reply.json(), whoami);
}

#[tokio::test]
async fn repositories_need_one_of_two_scopes() {
    let served = Served::start().await;
    for scope in ["repo", "read"] {
        let token = served.access_token(scope).await;
        let reply = with_token(&served, "/api/repositories", &token).await;
        assert_eq!(reply.status, 200, "{scope}");
        assert_eq!(reply.json()[0]["name"], "lighthouse");
    }
    let token = served.access_token("write").await;
    let reply = with_token(&served, "/api/repositories", &token).await;
    assert_eq!(reply.status, 403);
    let challenge = reply.header("www-authenticate").unwrap();
    assert!(challenge.contains("insufficient_scope"), "{challenge}");
}

#[tokio::test]
async fn what_is_no_live_token_of_the_provider_opens_nothing() {
    let served = Served::start().await;
    let token = served.access_token("read").await;
    for path in ["/api/whoami", "/api/repositories"] {
        let none = served.get(path).await;
        assert_eq!(none.status, 401);
        assert_eq!(
            none.header("www-authenticate"),
            Some("Bearer realm=\"procura-demo\"")
        );
        let user = served.provider.user_token("alice");
        for other in ["", "demo_at_x", &format!("{token}x"), &user] {
            let reply = with_token(&served, path, other).await;
            assert_eq!(reply.status, 401, "{other}");
            let challenge = reply.header("www-authenticate").unwrap();
            assert!(challenge.starts_with("Bearer"), "{challenge}");
        }
        let basic = format!("Basic {token}");
        assert_eq!(
            served
                .get_with(path, &[("Authorization", &basic)])
                .await
                .status,
            401
        );
    }
    served.clock.advance(3599);
    assert_eq!(with_token(&served, "/api/whoami", &token).await.status, 200);
    served.clock.advance(1);
    let over = with_token(&served, "/api/whoami", &token).await;
    assert_eq!(over.status, 401);
    assert!(
        over.header("www-authenticate")
            .unwrap()
            .contains("invalid_token")
    );
}

#[tokio::test]
async fn the_weather_wants_the_api_key() {
    let served = Served::start().await;
    let reply = served
        .get_with("/api/weather", &[("X-Api-Key", DEMO_API_KEY)])
        .await;
    assert_eq!(
        (reply.status, reply.json()["sky"].as_str()),
        (200, Some("clear"))
    );
    assert_eq!(served.get("/api/weather").await.status, 401);
    let wrong = served
        .get_with("/api/weather", &[("X-Api-Key", "demo-api-kez")])
        .await;
    assert_eq!(wrong.status, 401);
    assert!(!wrong.body.contains(DEMO_API_KEY));
}
