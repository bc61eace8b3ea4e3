//! Documents and what becomes of them.
#![expect(
    clippy::needless_pass_by_value,
    reason = "documents are written where they are used"
)]

use std::collections::BTreeMap;

use procura_core::account::AccountId;
use procura_core::entropy::OsEntropy;
use procura_core::id::RoleId;
use procura_core::time::Timestamp;
use serde_json::{Value, json};

use super::trust::{Assuming, Trust, named_roles, translate};

const ROOT: &str = "arn:aws:iam::000000000000:root";
const KEY: &str = "arn:aws:iam::000000000000:user/PRCAAAAAAAAAAAAAAAAA";
const ROLE: &str = "arn:aws:iam::000000000000:role/a/Name";
const PROVIDER: &str = "arn:aws:iam::000000000000:oidc-provider/localhost:9400/pool";

fn with(statement: Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

fn allow(principal: Value, action: &str, condition: Value) -> String {
    with(json!({
        "Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition,
    }))
}

fn compiled(document: &str) -> Trust {
    let cedar = translate(document, AccountId::DEV, &BTreeMap::new());
    Trust::compile(&cedar.unwrap_or_else(|error| panic!("{error}"))).unwrap()
}

fn refused(document: &str) -> String {
    match translate(document, AccountId::DEV, &BTreeMap::new()) {
        Ok(cedar) => panic!("taken as {cedar}"),
        Err(error) => error.to_string(),
    }
}

fn caller(trust: &Trust, names: &[&str], external_id: Option<&str>) -> bool {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    trust.may_assume(&Assuming::Caller {
        names: &names,
        session_name: "session",
        external_id,
    })
}

fn user(trust: &Trust, issuer: &str, subject: &str, audiences: &[&str], team: &str) -> bool {
    let audiences: Vec<String> = audiences.iter().map(|&name| name.to_owned()).collect();
    let mut claims = BTreeMap::new();
    if !team.is_empty() {
        claims.insert("custom:team".to_owned(), team.to_owned());
    }
    trust.may_assume(&Assuming::WebIdentity {
        issuer,
        subject,
        audiences: &audiences,
        claims: &claims,
        session_name: "session",
    })
}

#[test]
fn the_document_of_the_walk_through_is_taken_and_trusts_nobody_here() {
    let document = with(json!({
        "Effect": "Allow",
        "Principal": { "Service": "ec2.amazonaws.com" },
        "Action": "sts:AssumeRole",
    }));
    let trust = compiled(&document);
    assert!(!caller(&trust, &[ROOT, KEY, "ec2.amazonaws.com"], None));
    assert!(!user(&trust, "ec2.amazonaws.com", "s", &["a"], ""));
}

#[test]
fn a_caller_is_trusted_by_account_key_or_role() {
    for root in [ROOT, "000000000000"] {
        let trust = compiled(&allow(json!({ "AWS": root }), "sts:AssumeRole", json!({})));
        assert!(caller(&trust, &[ROOT, KEY], None));
        assert!(!caller(&trust, &["arn:aws:iam::111111111111:root"], None));
    }
    let trust = compiled(&allow(json!({ "AWS": [KEY] }), "sts:AssumeRole", json!({})));
    assert!(caller(&trust, &[ROOT, KEY], None));
    assert!(!caller(&trust, &[ROOT], None));
    assert!(!user(&trust, KEY, KEY, &[KEY], ""));
}

#[test]
fn a_role_is_trusted_by_its_id_and_not_by_its_name() {
    let document = allow(json!({ "AWS": ROLE }), "sts:AssumeRole", json!({}));
    assert!(refused(&document).contains("existing role"));
    let named = named_roles(&document, AccountId::DEV).unwrap();
    assert_eq!(named, [(ROLE.to_owned(), "Name".parse().unwrap())]);
    let id = RoleId::generate(Timestamp::from_millis(1), &mut OsEntropy);
    let roles = BTreeMap::from([(ROLE.to_owned(), id)]);
    let cedar = translate(&document, AccountId::DEV, &roles).unwrap();
    let trust = Trust::compile(&cedar).unwrap();
    assert!(caller(&trust, &[ROOT, &id.to_string()], None));
    assert!(!caller(&trust, &[ROOT, ROLE], None));
}

#[test]
fn what_is_denied_is_not_allowed() {
    let document = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": ROOT }, "Action": "sts:AssumeRole" },
        { "Effect": "Deny", "Principal": { "AWS": KEY }, "Action": ["sts:AssumeRole"] },
    ]})
    .to_string();
    let trust = compiled(&document);
    assert!(caller(&trust, &[ROOT], None));
    assert!(!caller(&trust, &[ROOT, KEY], None));
}

#[test]
fn conditions_of_callers_hold() {
    let with = |condition| compiled(&allow(json!({ "AWS": ROOT }), "sts:AssumeRole", condition));
    let trust = with(json!({ "StringEquals": { "sts:ExternalId": ["one", "two"] } }));
    assert!(caller(&trust, &[ROOT], Some("two")));
    assert!(!caller(&trust, &[ROOT], Some("three")));
    assert!(!caller(&trust, &[ROOT], None));
    let trust = with(json!({ "StringNotEquals": { "sts:ExternalId": ["one", "two"] } }));
    assert!(!caller(&trust, &[ROOT], Some("two")));
    assert!(caller(&trust, &[ROOT], Some("three")));
    // None at all is like nothing.
    let trust = with(json!({ "StringLike": { "sts:ExternalId": "*" } }));
    assert!(caller(&trust, &[ROOT], Some("any")));
    assert!(!caller(&trust, &[ROOT], None));
    let trust = with(json!({ "StringLike": { "sts:RoleSessionName": "sess*" } }));
    assert!(caller(&trust, &[ROOT], None));
    let trust = with(json!({ "StringEquals": { "sts:RoleSessionName": "sess*" } }));
    assert!(!caller(&trust, &[ROOT], None));
}

fn federated(condition: Value) -> String {
    allow(
        json!({ "Federated": PROVIDER }),
        "sts:AssumeRoleWithWebIdentity",
        condition,
    )
}

#[test]
fn a_user_is_trusted_by_issuer_subject_audience_and_claims() {
    let trust = compiled(&federated(json!({
        "StringEquals": {
            "localhost:9400/pool:aud": "client",
            "localhost:9400/pool:custom:team": "blue",
        },
        "StringLike": { "localhost:9400/pool:sub": "al*" },
    })));
    let (issuer, client) = ("http://localhost:9400/pool", &["other", "client"][..]);
    assert!(user(&trust, issuer, "alice", client, "blue"));
    assert!(!user(&trust, issuer, "bob", client, "blue"));
    assert!(!user(&trust, issuer, "alice", &["other"], "blue"));
    assert!(!user(&trust, issuer, "alice", client, "red"));
    assert!(!user(&trust, issuer, "alice", client, ""));
    assert!(!user(
        &trust,
        "http://localhost:9400/pool2",
        "alice",
        client,
        "blue"
    ));
    assert!(!caller(&trust, &[ROOT, KEY, PROVIDER], None));
}

#[test]
fn an_issuer_is_trusted_for_named_subjects_and_audiences_only() {
    let (sub, aud) = ("localhost:9400/pool:sub", "localhost:9400/pool:aud");
    for condition in [
        json!({}),
        json!({ "StringEquals": { sub: "alice" } }),
        json!({ "StringEquals": { aud: "client" } }),
        json!({ "StringEquals": { aud: "client" }, "StringLike": { sub: "*" } }),
        json!({ "StringEquals": { aud: "client" }, "StringLike": { sub: ["alice", "**"] } }),
        json!({ "StringEquals": { aud: "client" }, "StringNotEquals": { sub: "bob" } }),
    ] {
        let reason = refused(&federated(condition));
        assert!(
            reason.starts_with("statement 1: a federated principal"),
            "{reason}"
        );
    }
    let deny = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Deny", "Principal": { "Federated": PROVIDER },
        "Action": "sts:AssumeRoleWithWebIdentity",
    }});
    assert!(!user(
        &compiled(&deny.to_string()),
        "http://localhost:9400/pool",
        "a",
        &["c"],
        ""
    ));
}

#[test]
fn what_is_not_supported_is_refused_with_the_statement_and_the_reason() {
    let aws = || json!({ "AWS": ROOT });
    let with_member = |name: &str, value: Value| {
        let mut statement = json!({
            "Effect": "Allow", "Principal": aws(), "Action": "sts:AssumeRole",
        });
        statement[name] = value;
        with(statement)
    };
    for (document, reason) in [
        (String::new(), "not valid JSON"),
        ("[]".to_owned(), "no JSON object"),
        (json!({ "Statement": [] }).to_string(), "2012-10-17"),
        (
            json!({ "Version": "2008-10-17", "Statement": [] }).to_string(),
            "2012-10-17",
        ),
        (
            json!({ "Version": "2012-10-17", "Statement": [] }).to_string(),
            "1 to 50",
        ),
        (
            json!({ "Version": "2012-10-17", "Statement": [{}], "X": 1 }).to_string(),
            "no other members",
        ),
        (
            with_member("NotPrincipal", aws()),
            "statement 1: NotPrincipal",
        ),
        (
            with_member("NotAction", json!("x")),
            "statement 1: NotAction",
        ),
        (
            with_member("NotResource", json!("x")),
            "statement 1: NotResource",
        ),
        (with_member("Resource", json!("*")), "statement 1: Resource"),
        (
            with_member("Elsewhere", json!("x")),
            "statement 1: a statement has Sid",
        ),
        (with_member("Effect", json!("Maybe")), "statement 1: Effect"),
        (
            with_member("Principal", json!("*")),
            "statement 1: Principal",
        ),
        (with_member("Principal", json!({ "AWS": "*" })), "everybody"),
        (
            with_member(
                "Principal",
                json!({ "AWS": "arn:aws:iam::000000000000:user/*" }),
            ),
            "everybody",
        ),
        (
            with_member(
                "Principal",
                json!({ "AWS": "arn:aws:iam::111111111111:root" }),
            ),
            "account",
        ),
        (
            with_member("Principal", json!({ "AWS": "111111111111" })),
            "account",
        ),
        (
            with_member(
                "Principal",
                json!({ "AWS": "arn:aws:iam::000000000000:user/bob" }),
            ),
            "PRCA",
        ),
        (
            with_member("Principal", json!({ "CanonicalUser": "x" })),
            "kind",
        ),
        (
            with_member("Principal", json!({ "Service": "example.com" })),
            "service",
        ),
        (
            with_member("Principal", json!({ "Federated": PROVIDER })),
            "the action is",
        ),
        (
            with_member(
                "Principal",
                json!({ "Federated": "cognito-identity.amazonaws.com" }),
            ),
            "oidc",
        ),
        (with_member("Action", json!("*")), "not supported"),
        (with_member("Action", json!("sts:*")), "not supported"),
        (with_member("Action", json!("sts:TagSession")), "alone"),
        (
            with_member(
                "Action",
                json!(["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"]),
            ),
            "no principal",
        ),
        (
            with_member("Condition", json!({ "Bool": { "x": "true" } })),
            "operator",
        ),
        (
            with_member(
                "Condition",
                json!({ "ForAllValues:StringEquals": { "sts:ExternalId": "x" } }),
            ),
            "operator",
        ),
        (
            with_member(
                "Condition",
                json!({ "StringEquals": { "aws:SourceIp": "x" } }),
            ),
            "key",
        ),
        (
            with_member(
                "Condition",
                json!({ "StringLike": { "sts:ExternalId": "a?" } }),
            ),
            "a ?",
        ),
        (
            with_member(
                "Condition",
                json!({ "StringEquals": { "sts:ExternalId": "${aws:x}" } }),
            ),
            "variables",
        ),
        (
            with_member(
                "Condition",
                json!({ "StringEquals": { "sts:ExternalId": "\" || true || \"" } }),
            ),
            "printable",
        ),
        (
            with_member(
                "Condition",
                json!({ "StringEquals": { "sts:ExternalId": [] } }),
            ),
            "text",
        ),
    ] {
        let found = refused(&document);
        assert!(found.contains(reason), "{found} has not {reason}");
    }
    let federated_session = federated(json!({ "StringEquals": { "sts:ExternalId": "x" } }));
    assert!(refused(&federated_session).contains("condition key"));
    let second = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": ROOT }, "Action": "sts:AssumeRole" },
        { "Effect": "Allow", "Principal": { "AWS": ROOT }, "Action": "s3:GetObject" },
    ]});
    assert!(refused(&second.to_string()).starts_with("statement 2: "));
}

#[test]
fn what_would_be_long_to_translate_is_refused() {
    let long = "000000000000".repeat(1000);
    let document = allow(json!({ "AWS": long }), "sts:AssumeRole", Value::Null);
    assert!(refused(&document).contains("10240 bytes"));
    let starry = format!("{}a", "*a".repeat(9));
    let condition = json!({ "StringLike": { "sts:RoleSessionName": starry } });
    let document = allow(json!({ "AWS": ROOT }), "sts:AssumeRole", condition);
    assert!(refused(&document).contains("8 wildcards"));
}

#[test]
fn tags_of_sessions_beside_the_others_say_nothing() {
    let trust = compiled(&with(json!({
        "Sid": "x", "Effect": "Allow", "Principal": { "AWS": ROOT },
        "Action": ["sts:AssumeRole", "sts:TagSession"],
    })));
    assert!(caller(&trust, &[ROOT], None));
}
