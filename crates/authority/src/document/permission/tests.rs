//! What documents give, and what is refused of them.
#![expect(
    clippy::needless_pass_by_value,
    reason = "documents are written where they are used"
)]

use std::collections::BTreeSet;

use procura_core::action::Action;
use procura_core::name::Region;
use serde_json::{Value, json};

use super::resource::Place;
use super::{Here, everything, names, translate};
use crate::inline::Inline;
use crate::policies::schema;
use crate::rules::SCHEMA;
use crate::table::{Who, row};
use crate::tests::fixture::own;

const AGENT: &str = "arn:aws:bedrock-agentcore:us-east-1:111111111111:workload-identity-directory/default/workload-identity/one";
const PROVIDER: &str = "arn:aws:bedrock-agentcore:us-east-1:111111111111:token-vault/default/apikeycredentialprovider/github";

fn with(statement: Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

fn allow(action: Value, resource: Value) -> String {
    with(json!({ "Effect": "Allow", "Action": action, "Resource": resource }))
}

fn read(document: &str) -> Result<Inline, String> {
    let region: Region = "us-east-1".parse().unwrap();
    let here = Here {
        account: own(),
        region: &region,
    };
    translate(document, &"policy".parse().unwrap(), here)
        .map(|cedar| Inline::read(&cedar))
        .map_err(|error| error.to_string())
}

fn refused(document: &str) -> String {
    read(document).expect_err("it is taken")
}

fn given(action: &str) -> BTreeSet<Action> {
    let read = read(&allow(json!(action), json!("*"))).unwrap();
    assert!(read.forbids().is_empty());
    read.permits().clone()
}

#[test]
fn every_action_that_has_a_name_is_given() {
    let mut all = BTreeSet::new();
    for (service, names) in names() {
        for name in names {
            let given = given(&format!("{service}:{name}"));
            assert!(given.iter().any(|action| action.name() == name), "{name}");
            let shouted = format!("{}:{}", service.to_uppercase(), name.to_uppercase());
            assert_eq!(self::given(&shouted), given, "{name}");
            all.extend(given);
        }
    }
    assert_eq!(all, everything());
    assert_eq!(given("*"), all);
}

/// What is about no named thing is about all that the schema has; what names things, about these.
#[test]
fn an_action_is_about_what_the_schema_asks_it_about() {
    let schema = schema(SCHEMA).unwrap();
    let requests: Vec<_> = schema.request_envs().collect();
    for action in everything() {
        let asked: BTreeSet<&str> = requests
            .iter()
            .filter(|request| request.principal().basename() == "Caller")
            .filter(|request| request.action().id().unescaped() == action.name())
            .map(|request| request.resource().basename())
            // About an agent only agents are asked that prove who they are, and they have no role on.
            .filter(|kind| action != Action::GetWebIdentityToken || *kind != "Agent")
            .collect();
        let places = Place::ALL.into_iter().filter(|place| place.has(action));
        let known: BTreeSet<&str> = places.map(Place::kind).collect();
        assert_eq!(known, asked, "{action:?}");
    }
}

/// What only the operator may, and what is asked of agents and users, has no name in documents.
#[test]
fn no_document_names_what_no_role_has() {
    for action in everything() {
        let callers = row(action).baseline;
        assert!(
            callers.iter().any(|who| matches!(who, Who::Role(_))),
            "{action:?}"
        );
    }
    for action in [
        Action::TrustWorkload,
        Action::CreateAccessKey,
        Action::RegisterIssuer,
        Action::ReadAudit,
        Action::CreateGrant,
        Action::GetConnection,
        Action::ReleaseUserToken,
        Action::AssumeRole,
    ] {
        assert!(!everything().contains(&action), "{action:?}");
    }
}

#[test]
fn a_wildcard_stands_for_the_actions_that_there_are() {
    let admin = given("cognito-idp:Admin*");
    assert!(admin.contains(&Action::AdminCreateUser));
    assert!(
        admin
            .iter()
            .all(|action| action.name().starts_with("Admin"))
    );
    let several = given("bedrock-agentcore:*WorkloadIdentit*");
    assert!(several.contains(&Action::ListWorkloadIdentities));
    assert!(several.contains(&Action::GetWorkloadIdentity));
    assert_eq!(several.len(), 5, "{several:?}");
}

#[test]
fn what_goes_with_an_action_is_given_with_it() {
    let mint = given("bedrock-agentcore:GetWorkloadAccessToken");
    assert!(mint.contains(&Action::DelegateToken));
    let token = given("bedrock-agentcore:GetResourceOauth2Token");
    assert!(token.contains(&Action::ReportUnauthorized));
    let binding = given("bedrock-agentcore:CompleteResourceTokenAuth");
    assert!(binding.contains(&Action::BindAssertedUser));
}

#[test]
fn resources_are_named_by_their_arns() {
    let mint = json!("bedrock-agentcore:GetWorkloadAccessToken");
    for resource in [
        AGENT.to_owned(),
        AGENT.replace("/one", "/*"),
        AGENT.replace("us-east-1", "*").replace("111111111111", "*"),
        AGENT.replace("/default/workload-identity/one", "/*"),
    ] {
        let taken = read(&allow(mint.clone(), json!(resource)));
        assert!(taken.is_ok(), "{resource}: {taken:?}");
    }
    // An agent's statement as the reference has it: each action is about what it can be about, and
    // handing a token on goes with the first.
    let actions = json!([mint, "bedrock-agentcore:GetResourceApiKey"]);
    let both = read(&allow(actions, json!([AGENT, PROVIDER]))).unwrap();
    assert_eq!(both.permits().len(), 3);
    for (action, resource) in [
        (
            "cognito-idp:*",
            "arn:aws:cognito-idp:us-east-1:111111111111:userpool/*",
        ),
        ("iam:GetRole", "arn:aws:iam::111111111111:role/*"),
        (
            "bedrock-agentcore:GetTokenVault",
            "arn:aws:bedrock-agentcore:us-east-1:111111111111:token-vault/default",
        ),
    ] {
        let taken = read(&allow(json!(action), json!(resource)));
        assert!(taken.is_ok(), "{resource}: {taken:?}");
    }
}

#[test]
fn what_is_not_enforced_is_refused_with_the_statement_and_the_reason() {
    let mint = "bedrock-agentcore:GetWorkloadAccessToken";
    let full = |member: &str, value: Value| {
        let mut statement = json!({ "Effect": "Allow", "Action": mint, "Resource": "*" });
        statement[member] = value;
        with(statement)
    };
    let of = |action: &str, resource: &str| allow(json!(action), json!(resource));
    for (document, reason) in [
        (
            full("NotAction", json!("a:b")),
            "NotAction is not supported",
        ),
        (
            full("NotResource", json!("*")),
            "NotResource is not supported",
        ),
        (full("Principal", json!("*")), "Principal has no place here"),
        (full("Condition", json!({})), "Condition is not supported"),
        (full("Effect", json!("allow")), "Effect has to be"),
        (full("Other", json!(1)), "no other members"),
        (
            with(json!({ "Effect": "Allow", "Action": mint })),
            "Resource has to be",
        ),
        (of("secretsmanager:GetSecretValue", "*"), "of no service"),
        (of("s*:GetCallerIdentity", "*"), "of no service"),
        (of("sts:AssumeRole", "*"), "puts no other on"),
        (of("iam:CreateAccessKey", "*"), "names nothing that iam has"),
        (of("bedrock-agentcore:TrustWorkload", "*"), "names nothing"),
        (of("bedrock-agentcore:Get?orkload*", "*"), "names nothing"),
        (of("GetWorkloadAccessToken", "*"), "a service, a colon"),
        (of(mint, "arn:*"), "action 1 is about no resource"),
        (of(mint, PROVIDER), "action 1 is about no resource"),
        (
            of(mint, &AGENT.replace("1111", "2222")),
            "action 1 is about no resource",
        ),
        (
            of(mint, &AGENT.replace("us-east-1", "eu-west-1")),
            "action 1 is about",
        ),
        (
            of(mint, &AGENT.replace("/one", "/on?")),
            "action 1 is about no resource",
        ),
        (
            of(mint, &AGENT.replace("/one", "/\"")),
            "action 1 is about no resource",
        ),
        (
            of("bedrock-agentcore:CreateWorkloadIdentity", AGENT),
            "action 1 is about",
        ),
        (
            of(
                "cognito-idp:ListUsers",
                "arn:aws:cognito-idp:us-east-1:111111111111:userpool/us-east-1_abc",
            ),
            "action 1 is about no resource",
        ),
        (
            allow(json!(mint), json!([AGENT, PROVIDER])),
            "resource 2 is nothing that an action",
        ),
    ] {
        let said = refused(&document);
        assert!(said.starts_with("statement 1: "), "{said}");
        assert!(said.contains(reason), "{document}: {said}");
    }
    let old = json!({ "Version": "2008-10-17", "Statement": [] }).to_string();
    assert!(refused(&old).contains("2012-10-17"));
}

#[test]
fn a_deny_of_making_what_is_named_is_refused() {
    let deny = |action: &str, resource: Value| {
        let statement = json!({ "Effect": "Deny", "Action": action, "Resource": resource });
        read(&with(statement))
    };
    let directory = AGENT.replace("/workload-identity/one", "");
    let every = "bedrock-agentcore:*WorkloadIdentity";
    let refused = deny(every, json!(AGENT)).unwrap_err();
    assert!(refused.contains("a Deny of making"), "{refused}");
    assert!(deny(every, json!([AGENT, directory])).is_ok());
    assert!(deny("bedrock-agentcore:DeleteWorkloadIdentity", json!(AGENT)).is_ok());
}

#[test]
fn a_refusal_repeats_nothing_of_the_document() {
    let secret = "hunter2";
    for document in [
        allow(json!(secret), json!("*")),
        allow(json!(format!("iam:{secret}")), json!("*")),
        allow(json!(format!("{secret}:*")), json!("*")),
        allow(json!("iam:*"), json!(secret)),
        with(json!({ "Effect": secret, "Action": "*", "Resource": "*" })),
        with(json!({ "Effect": "Allow", "Action": "*", "Resource": "*", secret: 1 })),
        json!({ "Version": secret }).to_string(),
    ] {
        assert!(!refused(&document).contains(secret));
    }
}

/// The page says what there is.
#[test]
fn the_documentation_names_every_action() {
    let page = include_str!("../../../../../docs/roles.md");
    for (service, names) in names() {
        for name in names {
            assert!(page.contains(&format!("`{name}`")), "{service}:{name}");
        }
    }
}
