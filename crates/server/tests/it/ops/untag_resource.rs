//! `UntagResource`.

use procura_testkit::{OTHER_ACCOUNT, REGION, TestApp};
use serde_json::json;

use crate::arn;

tests! {
    on_both_engines {
        tags_are_removed_by_key
        what_is_not_there_is_not_found
    }
    on_sqlite {
        faults_are_told_by_field
    }
}

async fn tags_are_removed_by_key(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "k")
        .await;
    for arn in [arn::agent("agent"), arn::provider("github")] {
        let tags = json!({ "a": "1", "b": "2", "c d": "3", "e+f": "4" });
        app.admin().tag(&arn, tags).await.expect_status(204);
        let removed = app
            .admin()
            .untag(&arn, "tagKeys=a&tagKeys=c%20d&tagKeys=e%2Bf")
            .await;
        let removed = removed.expect_status(204);
        assert!(removed.body.is_empty() && removed.record().is_some());
        let tags = app.admin().tags(&arn).await.json();
        assert_eq!(tags, json!({ "tags": { "b": "2" } }));
        // A key that is not there is no error: removing twice is removing once.
        app.admin()
            .untag(&arn, "tagKeys=a")
            .await
            .expect_status(204);
    }
}

async fn faults_are_told_by_field(app: TestApp) {
    let app = app.with_agent("agent").await;
    let arn = arn::agent("agent");
    app.admin().untag(&arn, "").await.expect_invalid("tagKeys");
    app.admin()
        .untag(&arn, "tagkeys=a")
        .await
        .expect_invalid("tagKeys");
    app.admin()
        .untag(&arn, "tagKeys=")
        .await
        .expect_invalid("tagKeys.1.member");
    let long = format!("tagKeys=a&tagKeys={}", "x".repeat(129));
    app.admin()
        .untag(&arn, &long)
        .await
        .expect_invalid("tagKeys.2.member");
    let many = ["tagKeys=a"; 201].join("&");
    app.admin()
        .untag(&arn, &many)
        .await
        .expect_invalid("tagKeys");
    app.admin()
        .untag("nothing", "tagKeys=a")
        .await
        .expect_invalid("resourceArn");
}

async fn what_is_not_there_is_not_found(app: TestApp) {
    app.other_account_admin()
        .create_agent("agent")
        .await
        .expect_status(201);
    for arn in [
        arn::agent("agent"),
        arn::agent_of(REGION, OTHER_ACCOUNT, "agent"),
    ] {
        let absent = app.admin().untag(&arn, "tagKeys=a").await;
        absent.expect_error(404, "ResourceNotFoundException");
    }
}
