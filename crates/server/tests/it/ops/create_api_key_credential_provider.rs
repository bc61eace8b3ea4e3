//! `CreateApiKeyCredentialProvider`.

use procura_testkit::{Request, TestApp};
use procura_wire::Operation::{CreateApiKeyCredentialProvider, DeleteApiKeyCredentialProvider};
use serde_json::{Value, json};

use crate::{arn, simultaneous};

tests! {
    on_both_engines {
        a_new_provider_has_arns_and_never_shows_its_key
        a_name_that_is_taken_is_a_conflict_and_keeps_the_key
        a_recreated_name_has_another_secret
        of_many_at_once_one_makes_the_provider
    }
    on_sqlite {
        a_name_outside_of_the_model_is_invalid
        a_key_is_required_and_not_empty
        a_key_that_lies_elsewhere_is_not_supported
        tags_are_checked_as_those_of_agents
        the_key_lies_nowhere_in_the_clear
    }
}

async fn a_new_provider_has_arns_and_never_shows_its_key(app: TestApp) {
    let made = app
        .admin()
        .create_provider("git_hub-1", "canary-key")
        .await
        .expect_status(201);
    assert!(!made.holds("canary"));
    assert!(made.record().is_some());
    let body = made.json();
    let expected = [
        "apiKeySecretArn",
        "apiKeySecretSource",
        "credentialProviderArn",
        "name",
    ];
    assert_eq!(made.members(), expected);
    assert_eq!(body["name"], "git_hub-1");
    assert_eq!(body["credentialProviderArn"], arn::provider("git_hub-1"));
    assert_eq!(body["apiKeySecretSource"], "MANAGED");
    let secret = body["apiKeySecretArn"]["secretArn"].as_str().unwrap();
    assert!(arn::is_secret_of(secret, "git_hub-1"), "{secret}");
}

async fn a_name_that_is_taken_is_a_conflict_and_keeps_the_key(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "first")
        .await;
    let conflict = app.admin().create_provider("github", "second").await;
    assert!(
        conflict
            .expect_error(409, "ConflictException")
            .record()
            .is_some()
    );
    let token = app.agent_host().token("agent").await;
    let released = app
        .agent_host()
        .api_key(&token, "github")
        .await
        .expect_status(200);
    assert_eq!(released.member("apiKey"), "first");
}

async fn a_name_outside_of_the_model_is_invalid(app: TestApp) {
    for name in ["", "sp ace", "a.b", "a/b", "naïve", &"x".repeat(129)] {
        app.admin()
            .create_provider(name, "k")
            .await
            .expect_invalid("name");
    }
    app.admin()
        .create_provider("x", "k")
        .await
        .expect_status(201);
    app.admin()
        .create_provider(&"x".repeat(128), "k")
        .await
        .expect_status(201);
}

async fn a_key_is_required_and_not_empty(app: TestApp) {
    let create = async |body: Value| app.admin().call(CreateApiKeyCredentialProvider, body).await;
    create(json!({ "name": "github" }))
        .await
        .expect_invalid("apiKey");
    create(json!({ "name": "github", "apiKey": "" }))
        .await
        .expect_invalid("apiKey");
    let long = "canary".repeat(10_923);
    let refused = create(json!({ "name": "github", "apiKey": long })).await;
    assert!(!refused.expect_invalid("apiKey").holds("canary"));
    let longest = "x".repeat(65_536);
    create(json!({ "name": "github", "apiKey": longest }))
        .await
        .expect_status(201);
}

async fn a_key_that_lies_elsewhere_is_not_supported(app: TestApp) {
    let create = async |body: Value| app.admin().call(CreateApiKeyCredentialProvider, body).await;
    let body = json!({ "name": "github", "apiKeySecretSource": "EXTERNAL" });
    create(body).await.expect_invalid("apiKeySecretSource");
    let config = json!({ "secretId": "id", "jsonKey": "key" });
    let body = json!({ "name": "github", "apiKey": "k", "apiKeySecretConfig": config });
    create(body).await.expect_invalid("apiKeySecretConfig");
    let body = json!({ "name": "github", "apiKey": "k", "apiKeySecretSource": "ELSEWHERE" });
    create(body).await.expect_invalid("apiKeySecretSource");
    let body = json!({ "name": "github", "apiKey": "k", "apiKeySecretSource": "MANAGED" });
    create(body).await.expect_status(201);
}

async fn tags_are_checked_as_those_of_agents(app: TestApp) {
    let create = async |tags: Value| {
        let body = json!({ "name": "github", "apiKey": "k", "tags": tags });
        app.admin().call(CreateApiKeyCredentialProvider, body).await
    };
    create(json!({ "aws:x": "y" })).await.expect_invalid("tags");
    create(json!({ "team": "a" })).await.expect_status(201);
    let tags = app
        .admin()
        .tags(&arn::provider("github"))
        .await
        .expect_status(200);
    assert_eq!(tags.json(), json!({ "tags": { "team": "a" } }));
}

async fn the_key_lies_nowhere_in_the_clear(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "canary-key-7f3a")
        .await;
    let token = app
        .agent_host()
        .token_for("agent", "canary-user-7f3a")
        .await;
    app.agent_host()
        .api_key(&token, "github")
        .await
        .expect_status(200);
    let mut folders = vec![app.directory().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let holds = |text: &str| {
                bytes
                    .windows(text.len())
                    .any(|part| part == text.as_bytes())
            };
            for secret in [
                "canary-key",
                "canary-user",
                app.agent_host().secret(),
                &token,
            ] {
                assert!(!holds(secret), "{} holds {secret}", path.display());
            }
        }
    }
}

async fn a_recreated_name_has_another_secret(app: TestApp) {
    let first = app
        .admin()
        .create_provider("github", "k")
        .await
        .expect_status(201)
        .json();
    let deleted = app
        .admin()
        .call(DeleteApiKeyCredentialProvider, json!({ "name": "github" }));
    deleted.await.expect_status(204);
    let second = app
        .admin()
        .create_provider("github", "k")
        .await
        .expect_status(201)
        .json();
    assert_eq!(
        first["credentialProviderArn"],
        second["credentialProviderArn"]
    );
    assert_ne!(first["apiKeySecretArn"], second["apiKeySecretArn"]);
}

async fn of_many_at_once_one_makes_the_provider(app: TestApp) {
    let body = json!({ "name": "github", "apiKey": "k" });
    let request = Request::of(CreateApiKeyCredentialProvider).json(&body);
    let answers = simultaneous::send(app.admin(), &request).await;
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
