//! The API: what a credential opens.

use procura_demo::DEMO_API_KEY;
use serde_json::json;

use crate::browser::{Ask, Browser, app, redeem, served_for, text};
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

/// An access token of this user, with these scopes.
async fn token_of(served: &Served, user: &str, scope: &str) -> String {
    let ask = Ask::new().with("scope", scope);
    let code = Browser::new(served).code(&ask, user).await;
    text(&redeem(served, &code, &[]).await.json(), "access_token")
}

#[tokio::test]
async fn each_user_sees_their_own() {
    let served = served_for(app()).await;
    let mut seen = vec![];
    for user in procura_demo::DEMO_USERS {
        let token = token_of(&served, user, "read").await;
        let who = with_token(&served, "/api/user", &token).await;
        assert_eq!(
            (who.status, who.json()["login"].as_str()),
            (200, Some(user))
        );
        let reply = with_token(&served, "/api/repositories", &token)
            .await
            .json();
        let names = reply.as_array().unwrap().iter();
        let names: Vec<_> = names
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect();
        assert!(names.len() >= 3, "{user}");
        seen.extend(names);
    }
    let machine = served.access_token("read").await;
    let reply = with_token(&served, "/api/repositories", &machine)
        .await
        .json();
    seen.push(reply[0]["name"].as_str().unwrap().to_owned());
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), count);
    assert_eq!(with_token(&served, "/api/user", &machine).await.status, 403);
}

#[tokio::test]
async fn a_users_token_needs_a_scope_too() {
    let served = served_for(app()).await;
    let token = token_of(&served, "alice", "openid").await;
    for path in ["/api/user", "/api/repositories"] {
        let reply = with_token(&served, path, &token).await;
        assert_eq!(reply.status, 403, "{path}");
        let challenge = reply.header("www-authenticate").unwrap();
        assert!(challenge.contains("insufficient_scope"), "{challenge}");
    }
}

#[tokio::test]
async fn userinfo_says_what_the_scopes_allow() {
    let served = served_for(app()).await;
    let info = |scope: &'static str| {
        let served = &served;
        async move {
            let token = token_of(served, "alice", scope).await;
            with_token(served, "/userinfo", &token).await
        }
    };
    assert_eq!(info("openid").await.json(), json!({ "sub": "alice" }));
    let all = json!({
        "sub": "alice", "name": "Alice Demo", "preferred_username": "alice",
        "email": "alice@demo.example", "email_verified": true,
    });
    assert_eq!(info("openid profile email").await.json(), all);
    assert_eq!(info("profile").await.status, 403);
    assert_eq!(served.get("/userinfo").await.status, 401);
    let machine = served.access_token("read").await;
    assert_eq!(with_token(&served, "/userinfo", &machine).await.status, 403);
}
