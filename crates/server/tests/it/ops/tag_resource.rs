//! `TagResource`.

use procura_testkit::{ACCOUNT, OTHER_ACCOUNT, REGION, Request, TestApp};
use procura_wire::Operation::TagResource;
use serde_json::{Map, Value, json};

use crate::{arn, simultaneous};

tests! {
    on_both_engines {
        tags_are_added_and_replaced_by_key
        providers_have_tags_as_agents_have
        an_arn_of_another_account_or_region_is_not_found
        of_two_changes_at_once_one_is_told_to_try_again
    }
    on_sqlite {
        at_most_fifty_tags_and_none_of_aws
        what_is_no_arn_of_ours_is_invalid
        an_arn_is_one_label_however_it_is_encoded
    }
}

async fn tags_are_added_and_replaced_by_key(app: TestApp) {
    let app = app.with_agent("agent").await;
    let arn = arn::agent("agent");
    let tagged = app
        .admin()
        .tag(&arn, json!({ "a": "1", "b": "2" }))
        .await
        .expect_status(204);
    assert!(tagged.body.is_empty() && tagged.record().is_some());
    app.admin()
        .tag(&arn, json!({ "b": "3", "c d": "" }))
        .await
        .expect_status(204);
    app.admin().tag(&arn, json!({})).await.expect_status(204);
    let tags = app.admin().tags(&arn).await.expect_status(200).json();
    assert_eq!(tags, json!({ "tags": { "a": "1", "b": "3", "c d": "" } }));
}

async fn providers_have_tags_as_agents_have(app: TestApp) {
    let app = app.with_provider("github", "k").await;
    let arn = arn::provider("github");
    app.admin()
        .tag(&arn, json!({ "team": "x" }))
        .await
        .expect_status(204);
    let tags = app.admin().tags(&arn).await.expect_status(200).json();
    assert_eq!(tags, json!({ "tags": { "team": "x" } }));
}

async fn at_most_fifty_tags_and_none_of_aws(app: TestApp) {
    let app = app.with_agent("agent").await;
    let arn = arn::agent("agent");
    let many = |from: usize, to: usize| -> Value {
        let pair = |number| (format!("key{number}"), json!("value"));
        (from..to).map(pair).collect::<Map<_, _>>().into()
    };
    app.admin()
        .tag(&arn, many(0, 51))
        .await
        .expect_invalid("tags");
    app.admin().tag(&arn, many(0, 30)).await.expect_status(204);
    // The fifty are counted over what is there and what is added.
    app.admin()
        .tag(&arn, many(30, 51))
        .await
        .expect_invalid("tags");
    app.admin().tag(&arn, many(10, 50)).await.expect_status(204);
    app.admin()
        .tag(&arn, json!({ "aws:x": "y" }))
        .await
        .expect_invalid("tags");
    let tags = app.admin().tags(&arn).await.json();
    assert_eq!(tags["tags"].as_object().map(Map::len), Some(50));
}

async fn an_arn_of_another_account_or_region_is_not_found(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "k")
        .await;
    app.other_account_admin()
        .create_agent("agent")
        .await
        .expect_status(201);
    app.other_account_admin()
        .create_provider("github", "k")
        .await
        .expect_status(201);
    for arn in [
        arn::agent_of(REGION, OTHER_ACCOUNT, "agent"),
        arn::provider_of(REGION, OTHER_ACCOUNT, "github"),
        arn::agent_of("eu-west-1", ACCOUNT, "agent"),
        arn::provider_of("eu-west-1", ACCOUNT, "github"),
        arn::agent("ghost"),
        arn::provider("ghost"),
        arn::provider("github").replace("default", "other"),
    ] {
        let refused = app.admin().tag(&arn, json!({ "a": "b" })).await;
        let refused = refused.expect_error(404, "ResourceNotFoundException");
        assert!(refused.record().is_some());
    }
    let arn = arn::agent_of(REGION, OTHER_ACCOUNT, "agent");
    let untouched = app
        .other_account_admin()
        .tags(&arn)
        .await
        .expect_status(200);
    assert_eq!(untouched.json(), json!({ "tags": {} }));
}

async fn what_is_no_arn_of_ours_is_invalid(app: TestApp) {
    for arn in [
        "x".to_owned(),
        "x".repeat(1012),
        "arn:aws:s3:::some-bucket-of-mine".to_owned(),
        arn::agent("agent").replace("workload-identity/", "workload/"),
        arn::agent("a b c"),
        arn::agent("agent/more"),
        arn::provider("x").replace("apikeycredentialprovider", "oauth2-credential-provider"),
        arn::agent("agent").replace("arn:aws:", "arn:aws-cn:"),
    ] {
        let refused = app.admin().tag(&arn, json!({ "a": "b" })).await;
        refused.expect_invalid("resourceArn");
    }
    let absent = app
        .admin()
        .send(&Request::of_tags(TagResource, &arn::agent("agent")))
        .await;
    absent.expect_invalid("tags");
}

async fn an_arn_is_one_label_however_it_is_encoded(app: TestApp) {
    let app = app.with_agent("agent").await;
    let body = json!({ "tags": { "a": "b" } });
    let tag = async |path: &str| {
        app.admin()
            .send(&Request::new("POST", path).json(&body))
            .await
    };
    let arn = arn::agent("agent");
    // Only slashes have to be in escapes, and their digits may be of either case.
    tag(&format!("/tags/{}", arn.replace('/', "%2F")))
        .await
        .expect_status(204);
    tag(&format!("/tags/{}", arn.replace('/', "%2f")))
        .await
        .expect_status(204);
    // A slash of its own begins another segment, which no operation has.
    tag(&format!("/tags/{arn}"))
        .await
        .expect_error(404, "UnknownOperationException");
    // It is decoded once.
    let twice = arn.replace('/', "%252F");
    tag(&format!("/tags/{twice}"))
        .await
        .expect_invalid("resourceArn");
    for broken in ["%", "%2", "%zz", "%ff"] {
        let refused = tag(&format!("/tags/{broken}")).await;
        let refused = refused.expect_error(400, "ValidationException");
        assert_eq!(refused.member("reason"), "CannotParse");
    }
}

/// The operation declares no conflict, so the client is told to change its request.
async fn of_two_changes_at_once_one_is_told_to_try_again(app: TestApp) {
    let app = app.with_agent("agent").await;
    let request = Request::of_tags(TagResource, &arn::agent("agent"));
    let request = request.json(&json!({ "tags": { "a": "b" } }));
    let conflict = simultaneous::first_other_than(app.admin(), &request, 204).await;
    let conflict = conflict
        .expect("no two changes met")
        .expect_error(400, "ValidationException");
    assert_eq!(conflict.member("reason"), "ResourceConflict");
    assert!(conflict.record().is_some());
}
