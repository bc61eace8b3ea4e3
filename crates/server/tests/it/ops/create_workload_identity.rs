//! `CreateWorkloadIdentity`.

use procura_testkit::TestApp;
use procura_wire::Operation::{CreateWorkloadIdentity, GetWorkloadIdentity};
use serde_json::{Map, Value, json};

use crate::arn;

tests! {
    on_both_engines {
        a_new_agent_has_a_name_an_arn_and_its_return_urls
        a_name_that_is_taken_is_a_conflict_and_changes_nothing
        a_recreated_name_is_a_new_agent
        of_many_at_once_one_makes_the_agent
    }
    on_sqlite {
        a_name_outside_of_the_model_is_invalid
        return_urls_are_checked_one_by_one
        at_most_fifty_tags_and_none_of_aws
        several_faults_are_told_together
        what_clients_of_tomorrow_add_is_ignored
    }
}

async fn a_new_agent_has_a_name_an_arn_and_its_return_urls(app: TestApp) {
    let urls = json!([
        "https://app.example/back",
        "myapp:done",
        "http://localhost:3000/"
    ]);
    let body = json!({ "name": "a.gent_1-x", "allowedResourceOauth2ReturnUrls": urls });
    let made = app
        .admin()
        .call(CreateWorkloadIdentity, body)
        .await
        .expect_status(201);
    let expected = json!({
        "name": "a.gent_1-x",
        "workloadIdentityArn": arn::agent("a.gent_1-x"),
        "allowedResourceOauth2ReturnUrls": urls,
    });
    assert_eq!(made.json(), expected);
    assert!(made.record().is_some());
    assert_eq!(made.header("content-type"), Some("application/json"));
    assert_eq!(made.header("cache-control"), Some("no-store"));
    assert_eq!(made.header("x-amzn-requestid").map(str::len), Some(36));

    let plain = app.admin().create_agent("plain").await.expect_status(201);
    assert_eq!(plain.json()["allowedResourceOauth2ReturnUrls"], json!([]));
}

async fn a_name_that_is_taken_is_a_conflict_and_changes_nothing(app: TestApp) {
    let app = app.with_agent("agent").await;
    app.clock().advance(10);
    let body = json!({ "name": "agent", "allowedResourceOauth2ReturnUrls": ["https://b.example"] });
    let taken = app.admin().call(CreateWorkloadIdentity, body).await;
    let taken = taken.expect_error(409, "ConflictException");
    assert!(taken.record().is_some());
    let found = app
        .admin()
        .call(GetWorkloadIdentity, json!({ "name": "agent" }))
        .await
        .json();
    assert_eq!(found["allowedResourceOauth2ReturnUrls"], json!([]));
    assert_eq!(found["createdTime"], found["lastUpdatedTime"]);
}

async fn a_name_outside_of_the_model_is_invalid(app: TestApp) {
    let long = "x".repeat(256);
    for name in ["", "ab", "sp ace", "a/b", "naïve", "abc\n", "a:b:c", &long] {
        let refused = app.admin().create_agent(name).await.expect_invalid("name");
        assert!(
            name.len() < 3 || !refused.text().contains(name),
            "{name:?} is repeated"
        );
    }
    app.admin()
        .create_agent(&"x".repeat(255))
        .await
        .expect_status(201);
    app.admin().create_agent("abc").await.expect_status(201);
    let absent = app.admin().call(CreateWorkloadIdentity, json!({})).await;
    absent.expect_invalid("name");
}

async fn return_urls_are_checked_one_by_one(app: TestApp) {
    let create = async |urls: Value| {
        let body = json!({ "name": "agent", "allowedResourceOauth2ReturnUrls": urls });
        app.admin().call(CreateWorkloadIdentity, body).await
    };
    let field = "allowedResourceOauth2ReturnUrls";
    create(json!(["https://ok.example", "no url"]))
        .await
        .expect_invalid(&format!("{field}.2.member"));
    create(json!([""]))
        .await
        .expect_invalid(&format!("{field}.1.member"));
    create(json!([null]))
        .await
        .expect_invalid(&format!("{field}.1.member"));
    let long = format!("https://{}", "x".repeat(2041));
    create(json!([long]))
        .await
        .expect_invalid(&format!("{field}.1.member"));
    create(json!(vec!["https://x.example"; 101]))
        .await
        .expect_invalid(field);
    create(json!(vec!["https://x.example"; 100]))
        .await
        .expect_status(201);
}

async fn at_most_fifty_tags_and_none_of_aws(app: TestApp) {
    let create = async |tags: Value| {
        app.admin()
            .call(
                CreateWorkloadIdentity,
                json!({ "name": "agent", "tags": tags }),
            )
            .await
    };
    let many = |count: usize| -> Value {
        let pair = |number| (format!("key{number}"), json!("value"));
        (0..count).map(pair).collect::<Map<_, _>>().into()
    };
    create(many(51)).await.expect_invalid("tags");
    create(json!({ "aws:team": "x" }))
        .await
        .expect_invalid("tags");
    create(json!({ "AWS:team": "x" }))
        .await
        .expect_invalid("tags");
    create(json!({ "semi;colon": "x" }))
        .await
        .expect_invalid("tags");
    create(json!({ "team": "semi;colon" }))
        .await
        .expect_invalid("tags.team.member");
    create(json!({ "team": "x".repeat(257) }))
        .await
        .expect_invalid("tags.team.member");
    create(json!({ "x".repeat(129): "x" }))
        .await
        .expect_invalid("tags");
    create(many(50)).await.expect_status(201);
    let tags = app
        .admin()
        .tags(&arn::agent("agent"))
        .await
        .expect_status(200)
        .json();
    assert_eq!(tags["tags"].as_object().map(Map::len), Some(50));
}

async fn several_faults_are_told_together(app: TestApp) {
    let body = json!({ "name": "a", "tags": { "k": "§" } });
    let refused = app.admin().call(CreateWorkloadIdentity, body).await;
    let body = refused
        .expect_invalid("name")
        .expect_invalid("tags.k.member")
        .json();
    assert_eq!(
        body["fieldList"].as_array().map(Vec::len),
        Some(2),
        "{body}"
    );
    assert_eq!(
        body["message"]
            .as_str()
            .map(|m| m.starts_with("2 validation errors")),
        Some(true)
    );
}

async fn a_recreated_name_is_a_new_agent(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "k")
        .await;
    let old = app.agent_host().token("agent").await;
    app.agent_host()
        .api_key(&old, "github")
        .await
        .expect_status(200);
    let delete = procura_wire::Operation::DeleteWorkloadIdentity;
    app.admin()
        .call(delete, json!({ "name": "agent" }))
        .await
        .expect_status(204);
    let app = app.with_agent("agent").await;
    let refused = app.agent_host().api_key(&old, "github").await;
    refused.expect_error(401, "UnauthorizedException");
    let new = app.agent_host().token("agent").await;
    app.agent_host()
        .api_key(&new, "github")
        .await
        .expect_status(200);
}

async fn of_many_at_once_one_makes_the_agent(app: TestApp) {
    let body = json!({ "name": "agent" });
    let request = procura_testkit::Request::of(CreateWorkloadIdentity).json(&body);
    let answers = crate::simultaneous::send(app.admin(), &request).await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 201).count(),
        1
    );
    assert!(
        answers
            .iter()
            .all(|answer| [201, 409].contains(&answer.status))
    );
}

async fn what_clients_of_tomorrow_add_is_ignored(app: TestApp) {
    let body = json!({ "name": "agent", "account": "444455556666", "owner": { "x": [1, true] } });
    let made = app
        .admin()
        .call(CreateWorkloadIdentity, body)
        .await
        .expect_status(201);
    assert_eq!(made.member("workloadIdentityArn"), arn::agent("agent"));
    let other = app.other_account_admin();
    let elsewhere = other
        .call(GetWorkloadIdentity, json!({ "name": "agent" }))
        .await;
    elsewhere.expect_error(404, "ResourceNotFoundException");
}
