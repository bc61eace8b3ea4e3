//! Attack 99: a request that somebody has seen is sent again.

use procura_testkit::{Message, Request, Response, TestApp};
use procura_wire::Operation::{self, CreateWorkloadIdentity, ListWorkloadIdentities};
use serde_json::json;
use tokio::task::JoinSet;

use crate::every_operation::{Subject, caller_of};

tests! {
    on_both_engines {
        a_signature_changes_something_once
        a_signature_is_used_up_on_every_node
        a_signature_stays_used_up_after_a_restart
        of_copies_at_the_same_time_one_is_done
        what_is_asked_twice_in_a_second_is_told_to_come_again
    }
    on_sqlite {
        every_change_is_guarded_and_nothing_else_is
        a_copy_with_other_unsigned_headers_is_a_copy
        used_signatures_are_forgotten_when_they_are_too_old
    }
}

/// Longer than an honest client takes to ask again what failed.
const LATER_S: i64 = 3;

fn create(app: &TestApp, name: &str) -> Message {
    let request = Request::of(CreateWorkloadIdentity).json(&json!({ "name": name }));
    app.admin().sign_plainly(&request)
}

fn is_replay(answer: Response) {
    let answer = answer.expect_error(403, "InvalidSignatureException");
    assert_eq!(answer.record(), None, "nobody is proved to have sent it");
    assert!(answer.text().contains("used before"), "{}", answer.text());
}

async fn a_signature_changes_something_once(app: TestApp) {
    let message = create(&app, "agent");
    app.admin().send_message(&message).await.expect_status(201);
    let records = app.records().await.len();
    app.clock().advance(LATER_S);
    is_replay(app.admin().send_message(&message).await);
    app.clock().advance(300 - LATER_S);
    is_replay(app.admin().send_message(&message).await);
    assert_eq!(app.records().await.len(), records);
}

async fn a_signature_is_used_up_on_every_node(app: TestApp) {
    let message = create(&app, "agent");
    app.admin().send_message(&message).await.expect_status(201);
    app.clock().advance(LATER_S);
    // A SQLite file has one node, and this test has nothing to say of it.
    if let Some(other) = app.another_node().await {
        is_replay(other.admin().send_message(&message).await);
        let message = create(&other, "other");
        other
            .admin()
            .send_message(&message)
            .await
            .expect_status(201);
        app.clock().advance(LATER_S);
        is_replay(app.admin().send_message(&message).await);
    }
}

async fn a_signature_stays_used_up_after_a_restart(mut app: TestApp) {
    let message = create(&app, "agent");
    app.admin().send_message(&message).await.expect_status(201);
    app.restart().await;
    app.clock().advance(LATER_S);
    is_replay(app.admin().send_message(&message).await);
    let other = create(&app, "other");
    app.admin().send_message(&other).await.expect_status(201);
}

async fn of_copies_at_the_same_time_one_is_done(app: TestApp) {
    let message = create(&app, "agent");
    let mut sending = JoinSet::new();
    for _ in 0..12 {
        let (client, message) = (app.admin().clone(), message.clone());
        sending.spawn(async move { client.send_message(&message).await.status });
    }
    let statuses = sending.join_all().await;
    let done = statuses.iter().filter(|status| **status == 201).count();
    let again = statuses.iter().filter(|status| **status == 429).count();
    assert_eq!((done, again), (1, 11), "{statuses:?}");
}

/// As boto3 does it, whose retries have the same signature within a second.
async fn what_is_asked_twice_in_a_second_is_told_to_come_again(app: TestApp) {
    let message = create(&app, "agent");
    app.admin().send_message(&message).await.expect_status(201);
    let again = app.admin().send_message(&message).await;
    let again = again.expect_error(429, "ThrottlingException");
    assert_eq!(
        (again.header("retry-after"), again.record()),
        (Some("1"), None)
    );
    // Another body is another signature, also within the second.
    let other = create(&app, "other");
    app.admin().send_message(&other).await.expect_status(201);
    // And in the next second, the same is signed anew.
    app.clock().advance(1);
    let anew = app.admin().send_message(&create(&app, "agent")).await;
    anew.expect_error(409, "ConflictException");
}

async fn every_change_is_guarded_and_nothing_else_is(app: TestApp) {
    let changes = ["Create", "Update", "Delete", "Tag", "Untag"];
    for (number, operation) in Operation::ALL.iter().copied().enumerate() {
        let suffix = format!("{}-{number}", operation.name());
        let subject = Subject::make(&app, &suffix).await;
        let client = caller_of(&app, operation);
        let message = client.sign_plainly(&subject.request(operation));
        let first = client.send_message(&message).await;
        assert_eq!(
            first.status,
            operation.status(),
            "{}: {}",
            operation.name(),
            first.text()
        );
        app.clock().advance(LATER_S);
        let second = client.send_message(&message).await;
        if changes
            .iter()
            .any(|word| operation.name().starts_with(word))
        {
            is_replay(second);
        } else if operation == Operation::CompleteResourceTokenAuth {
            // It can be done once, whoever asks: no signature has to be remembered for that.
            second.expect_error(403, "AccessDeniedException");
        } else {
            second.expect_status(operation.status());
        }
    }
}

async fn a_copy_with_other_unsigned_headers_is_a_copy(app: TestApp) {
    let message = create(&app, "agent");
    app.admin().send_message(&message).await.expect_status(201);
    app.clock().advance(LATER_S);
    let authorization = message.value("authorization");
    for copy in [
        message.clone().add("amz-sdk-invocation-id", "another"),
        message.clone().add("x-forwarded-for", "203.0.113.9"),
        message.clone().in_chunks(),
        message
            .clone()
            .set("authorization", &authorization.replace(", ", ",")),
    ] {
        is_replay(app.admin().send_message(&copy).await);
    }
}

async fn used_signatures_are_forgotten_when_they_are_too_old(app: TestApp) {
    let kept = || {
        app.app()
            .store()
            .run_read("test", |tx| tx.used_signatures())
    };
    app.admin()
        .send_message(&create(&app, "agent"))
        .await
        .expect_status(201);
    let list = Request::of(ListWorkloadIdentities).json(&json!({}));
    app.admin().send(&list).await.expect_status(200);
    assert_eq!(kept().await.unwrap(), 1);
    app.clock().advance(359);
    assert_eq!(app.app().forget_signatures().await.unwrap(), 0);
    app.clock().advance(1);
    assert_eq!(app.app().forget_signatures().await.unwrap(), 1);
    assert_eq!(kept().await.unwrap(), 0);
}
