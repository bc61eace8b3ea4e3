//! `ListTagsForResource`.

use procura_testkit::{OTHER_ACCOUNT, REGION, TestApp};
use serde_json::json;

use crate::arn;

tests! {
    on_both_engines {
        a_thing_without_tags_lists_none
        what_is_not_there_is_not_found
    }
    on_sqlite {
        what_is_no_arn_is_invalid
    }
}

async fn a_thing_without_tags_lists_none(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "k")
        .await;
    for arn in [arn::agent("agent"), arn::provider("github")] {
        let tags = app.admin().tags(&arn).await.expect_status(200);
        assert_eq!(tags.json(), json!({ "tags": {} }));
        assert_eq!(tags.record(), None, "a read leaves no record");
    }
}

async fn what_is_not_there_is_not_found(app: TestApp) {
    app.other_account_admin()
        .create_agent("agent")
        .await
        .expect_status(201);
    for arn in [
        arn::agent("agent"),
        arn::provider("github"),
        arn::agent_of(REGION, OTHER_ACCOUNT, "agent"),
    ] {
        let absent = app.admin().tags(&arn).await;
        assert!(
            absent
                .expect_error(404, "ResourceNotFoundException")
                .record()
                .is_some()
        );
    }
}

async fn what_is_no_arn_is_invalid(app: TestApp) {
    app.admin()
        .tags("arn:aws:s3:::some-bucket-of-mine")
        .await
        .expect_invalid("resourceArn");
}
