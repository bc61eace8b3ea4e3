//! `POST /token` with a refresh token, by policy.

use procura_demo::{Misbehaviour, RefreshPolicy, RefreshWhen};
use serde_json::Value;

use crate::browser::{
    Ask, Browser, app, app_basic, redeem, refresh, served_for, status_of, text, tokens,
};
use crate::client::{Served, demo_basic};

async fn served_with(policy: RefreshPolicy) -> (Served, Value) {
    let mut client = app();
    client.refresh = policy;
    let served = served_for(client).await;
    let first = tokens(&served, "read repo").await;
    (served, first)
}

fn refused() -> (u16, String) {
    (400, "invalid_grant".to_owned())
}

#[tokio::test]
async fn a_refresh_gives_new_tokens_for_the_same_scopes() {
    let (served, first) = served_with(RefreshPolicy::default()).await;
    let old = text(&first, "refresh_token");
    let reply = refresh(&served, &old).await;
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let second = reply.json();
    assert_eq!(
        (&second["scope"], &second["token_type"]),
        (&first["scope"], &first["token_type"])
    );
    assert_eq!(second["expires_in"], 3600);
    assert_ne!(second["access_token"], first["access_token"]);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    for reply in [&first, &second] {
        assert_eq!(status_of(&served, &text(reply, "access_token")).await, 200);
    }
    let third = refresh(&served, &text(&second, "refresh_token")).await;
    assert_eq!(third.status, 200);
    assert_eq!(served.provider.refresh_redemptions(), 2);
    assert_eq!(served.provider.refresh_requests(), 2);
    assert_eq!(served.provider.refresh_reuses(), 0);
    served.provider.refresh_redemptions_reach(2).await;
}

#[tokio::test]
async fn a_refresh_can_ask_for_less_and_never_for_more() {
    let (served, first) = served_with(RefreshPolicy::default()).await;
    let ask = |token: String, scope: &'static str| {
        let served = &served;
        async move {
            let form = [
                ("grant_type", "refresh_token"),
                ("refresh_token", token.as_str()),
                ("scope", scope),
            ];
            served
                .token(&[("Authorization", &app_basic())], &form)
                .await
        }
    };
    let more = ask(text(&first, "refresh_token"), "read repo openid").await;
    assert_eq!(more.refusal(), (400, "invalid_scope".to_owned()));
    let less = ask(text(&first, "refresh_token"), "read").await.json();
    assert_eq!(less["scope"], "read");
    // The new refresh token is good for what the old one was.
    let all = ask(text(&less, "refresh_token"), "repo read").await.json();
    assert_eq!(all["scope"], "read repo");
}

#[tokio::test]
async fn a_refresh_token_is_bound_to_its_client() {
    let (served, first) = served_with(RefreshPolicy::default()).await;
    let token = text(&first, "refresh_token");
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token.as_str()),
    ];
    let other = served
        .token(&[("Authorization", &demo_basic())], &form)
        .await;
    assert_eq!(other.refusal(), refused());
    let nobody = served.token(&[], &form).await;
    assert_eq!(nobody.refusal(), (401, "invalid_client".to_owned()));
    let unknown = refresh(&served, "demo_rt_x").await;
    assert_eq!(unknown.refusal(), refused());
    let access = refresh(&served, &text(&first, "access_token")).await;
    assert_eq!(access.refusal(), refused());
    assert_eq!(served.provider.refresh_reuses(), 0);
    assert_eq!(refresh(&served, &token).await.status, 200);
}

#[tokio::test]
async fn a_reuse_is_refused_where_the_policy_is_strict() {
    let (served, first) = served_with(RefreshPolicy::Strict).await;
    let old = text(&first, "refresh_token");
    let second = refresh(&served, &old).await.json();
    assert_eq!(refresh(&served, &old).await.refusal(), refused());
    // The others live on.
    assert_eq!(
        status_of(&served, &text(&second, "access_token")).await,
        200
    );
    let third = refresh(&served, &text(&second, "refresh_token")).await;
    assert_eq!(third.status, 200);
    let counts = (
        served.provider.refresh_reuses(),
        served.provider.families_revoked(),
    );
    assert_eq!(counts, (1, 0));
}

#[tokio::test]
async fn a_reuse_has_the_same_answer_within_the_grace() {
    let (served, first) = served_with(RefreshPolicy::Grace { seconds: 60 }).await;
    let old = text(&first, "refresh_token");
    let second = refresh(&served, &old).await.json();
    served.clock.advance(59);
    assert_eq!(refresh(&served, &old).await.json(), second);
    assert_eq!(served.provider.refresh_redemptions(), 1);
    served.clock.advance(1);
    assert_eq!(refresh(&served, &old).await.refusal(), refused());
    let third = refresh(&served, &text(&second, "refresh_token")).await;
    assert_eq!(third.status, 200);
    let counts = (
        served.provider.refresh_reuses(),
        served.provider.families_revoked(),
    );
    assert_eq!(counts, (2, 0));
}

#[tokio::test]
async fn a_reuse_ends_the_family_where_the_policy_says_so() {
    let (served, first) = served_with(RefreshPolicy::RevokesFamily).await;
    let bystander = tokens(&served, "read").await;
    let old = text(&first, "refresh_token");
    let second = refresh(&served, &old).await.json();
    assert_eq!(refresh(&served, &old).await.refusal(), refused());
    let newest = refresh(&served, &text(&second, "refresh_token")).await;
    assert_eq!(newest.refusal(), refused());
    for reply in [&first, &second] {
        assert_eq!(status_of(&served, &text(reply, "access_token")).await, 401);
    }
    let counts = (
        served.provider.refresh_reuses(),
        served.provider.families_revoked(),
    );
    assert_eq!(counts, (1, 1));
    // What came from another code is another family.
    assert_eq!(
        status_of(&served, &text(&bystander, "access_token")).await,
        200
    );
    assert_eq!(
        refresh(&served, &text(&bystander, "refresh_token"))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_static_token_stays_good_and_is_not_sent_again() {
    let (served, first) = served_with(RefreshPolicy::Static).await;
    let token = text(&first, "refresh_token");
    for count in 1..=2 {
        let reply = refresh(&served, &token).await.json();
        assert_eq!(reply.get("refresh_token"), None);
        assert_eq!(status_of(&served, &text(&reply, "access_token")).await, 200);
        assert_eq!(served.provider.refresh_redemptions(), count);
    }
    assert_eq!(served.provider.refresh_reuses(), 0);
}

#[tokio::test]
async fn where_there_are_none_none_is_taken() {
    let (served, first) = served_with(RefreshPolicy::Static).await;
    let mut client = app();
    client.refresh = RefreshPolicy::None;
    served.provider.add_client(client);
    let reply = refresh(&served, &text(&first, "refresh_token")).await;
    assert_eq!(reply.refusal(), refused());
    assert_eq!(tokens(&served, "read").await.get("refresh_token"), None);
}

#[tokio::test]
async fn a_client_may_have_to_ask_for_one() {
    let mut client = app();
    client.refresh_when = RefreshWhen::Asked;
    let served = served_for(client).await;
    for (ask, has_one) in [
        (Ask::new(), false),
        (Ask::new().with("access_type", "online"), false),
        (Ask::new().with("access_type", "offline"), true),
        (Ask::new().with("scope", "read offline_access"), true),
    ] {
        let code = Browser::new(&served).code(&ask, "alice").await;
        let reply = redeem(&served, &code, &[]).await.json();
        assert_eq!(
            reply.get("refresh_token").is_some(),
            has_one,
            "{}",
            ask.path()
        );
    }
}

#[tokio::test]
async fn two_who_refresh_at_once_are_told_apart() {
    let (served, first) = served_with(RefreshPolicy::Strict).await;
    let old = text(&first, "refresh_token");
    let (one, other) = tokio::join!(refresh(&served, &old), refresh(&served, &old));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    assert_eq!(served.provider.refresh_redemptions(), 1);
}

#[tokio::test]
async fn a_reply_that_is_lost_has_rotated_the_token_all_the_same() {
    let (served, first) = served_with(RefreshPolicy::Grace { seconds: 60 }).await;
    let old = text(&first, "refresh_token");
    served.provider.misbehave(Some(Misbehaviour::ReplyLost));
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", old.as_str()),
    ];
    let header = app_basic();
    let headers = [("Authorization", header.as_str())];
    assert!(served.try_token(&headers, &form).await.is_none());
    assert_eq!(served.provider.refresh_redemptions(), 1);
    served.provider.misbehave(None);
    assert_eq!(refresh(&served, &old).await.status, 200);
    assert_eq!(served.provider.refresh_reuses(), 1);
}
