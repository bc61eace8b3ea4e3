//! `POST /revoke`.

use procura_demo::Misbehaviour;

use crate::browser::{app, app_basic, refresh, served_for, status_of, text, tokens};
use crate::client::{Reply, Served, basic, demo_basic};

#[expect(clippy::unwrap_used, reason = "a test's own client")]
async fn revoke(served: &Served, authorization: &str, form: &[(&str, &str)]) -> Reply {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Authorization", authorization),
    ];
    served
        .send("POST", "/revoke", &headers, &body)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_refresh_token_takes_its_family_with_it() {
    let served = served_for(app()).await;
    let first = tokens(&served, "read").await;
    let second = refresh(&served, &text(&first, "refresh_token"))
        .await
        .json();
    let bystander = tokens(&served, "read").await;
    let token = text(&second, "refresh_token");
    let form = [
        ("token", token.as_str()),
        ("token_type_hint", "access_token"),
    ];
    let reply = revoke(&served, &app_basic(), &form).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, ""));
    for reply in [&first, &second] {
        assert_eq!(status_of(&served, &text(reply, "access_token")).await, 401);
    }
    let refused = refresh(&served, &token).await;
    assert_eq!(refused.refusal(), (400, "invalid_grant".to_owned()));
    assert_eq!(
        status_of(&served, &text(&bystander, "access_token")).await,
        200
    );
    // Again, and it is still fine (RFC 7009 §2.2).
    assert_eq!(revoke(&served, &app_basic(), &form).await.status, 200);
    let counts = (
        served.provider.revocations(),
        served.provider.revocation_requests(),
    );
    assert_eq!(counts, (1, 2));
    served.provider.revocations_reach(1).await;
    assert_eq!(served.provider.families_revoked(), 0);
}

#[tokio::test]
async fn an_access_token_ends_alone() {
    let served = served_for(app()).await;
    let reply = tokens(&served, "read").await;
    let token = text(&reply, "access_token");
    let done = revoke(&served, &app_basic(), &[("token", &token)]).await;
    assert_eq!(done.status, 200);
    assert_eq!(status_of(&served, &token).await, 401);
    assert_eq!(
        refresh(&served, &text(&reply, "refresh_token"))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn nobody_ends_a_token_of_another_client() {
    let served = served_for(app()).await;
    let reply = tokens(&served, "read").await;
    for name in ["access_token", "refresh_token"] {
        let token = text(&reply, name);
        let form = [("token", token.as_str())];
        let foreign = revoke(&served, &demo_basic(), &form).await;
        assert_eq!(
            foreign.refusal(),
            (400, "unauthorized_client".to_owned()),
            "{name}"
        );
        let wrong = revoke(&served, &basic("app", "wrong"), &form).await;
        assert_eq!(
            wrong.refusal(),
            (401, "invalid_client".to_owned()),
            "{name}"
        );
    }
    let nothing = revoke(&served, &app_basic(), &[]).await;
    assert_eq!(nothing.refusal(), (400, "invalid_request".to_owned()));
    let unknown = revoke(&served, &app_basic(), &[("token", "x")]).await;
    assert_eq!(unknown.status, 200);
    assert_eq!(status_of(&served, &text(&reply, "access_token")).await, 200);
    assert_eq!(served.provider.revocations(), 0);
}

#[tokio::test]
async fn revocation_misbehaves_on_demand() {
    let mut served = served_for(app()).await;
    let token = text(&tokens(&served, "read").await, "access_token");
    let form = [("token", token.as_str())];
    for (status, body) in [(503, ""), (400, r#"{"error":"unsupported_token_type"}"#)] {
        let body = body.to_owned();
        let wanted = Misbehaviour::RevocationError { status, body };
        served.provider.misbehave(Some(wanted));
        let reply = revoke(&served, &app_basic(), &form).await;
        assert_eq!(reply.status, status);
    }
    assert_eq!(status_of(&served, &token).await, 200);
    served
        .provider
        .misbehave(Some(Misbehaviour::RevocationHangs));
    let stream = served.open("POST", "/revoke", &[], "").await;
    served.provider.revocation_requests_reach(3).await;
    served.stop().await.unwrap();
    drop(stream);
}
