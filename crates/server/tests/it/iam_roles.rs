//! Roles: made, read, given policies, deleted, in forms and XML; and who one is.

use procura_core::access_key::Role;
use procura_core::audit::record::Verdict;
use procura_core::iam_role::ManagedPolicy;
use procura_testkit::{ACCOUNT, Client, Request, Setup, TestApp};
use procura_wire::sts;
use serde_json::{Value, json};

tests! {
    on_both_engines {
        a_role_is_made_read_given_policies_and_deleted
        a_name_is_taken_without_regard_to_case
        a_policy_is_attached_by_who_has_it
        whom_a_role_trusts_is_said_by_who_has_what_it_has
        what_a_role_has_is_taken_by_who_has_it
    }
    on_sqlite {
        a_role_lists_in_pages
        a_caller_learns_who_it_is
        a_document_that_is_not_enforced_is_refused
        a_role_is_of_one_account
        who_may_not_is_refused_and_recorded
        what_is_not_had_is_refused
        a_form_is_proved_before_it_is_read
    }
}

const POWER_USER: &str = "arn:aws:iam::aws:policy/AmazonCognitoPowerUser";

fn trusting(principal: &Value) -> String {
    let statement = json!({
        "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole",
    });
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

/// That of the walk-through.
fn document() -> String {
    trusting(&json!({ "Service": "ec2.amazonaws.com" }))
}

async fn create(client: &Client, name: &str) {
    let fields = [
        ("RoleName", name),
        ("AssumeRolePolicyDocument", &document()),
    ];
    client.roles("CreateRole", &fields).await.expect_status(200);
}

async fn attach(client: &Client, name: &str, arn: &str) -> procura_testkit::Response {
    let fields = [("RoleName", name), ("PolicyArn", arn)];
    client.roles("AttachRolePolicy", &fields).await
}

async fn a_role_is_made_read_given_policies_and_deleted(app: TestApp) {
    let admin = app.admin();
    let document = document();
    let fields = [
        ("RoleName", "CognitoRole"),
        ("AssumeRolePolicyDocument", document.as_str()),
        ("Description", "manages <pools> & nothing else"),
        ("Path", "/demo/"),
        ("MaxSessionDuration", "7200"),
    ];
    let made = admin.roles("CreateRole", &fields).await.expect_status(200);
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/demo/CognitoRole");
    assert_eq!(made.element("Arn"), arn);
    assert!(made.element("CreateDate").ends_with('Z'));
    assert!(made.record().is_some());
    let id = made.element("RoleId");
    assert!(id.len() >= 16 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()));

    let named = [("RoleName", "cognitorole")];
    let read = admin.roles("GetRole", &named).await.expect_status(200);
    assert_eq!(read.element("RoleName"), "CognitoRole");
    assert_eq!(read.element("MaxSessionDuration"), "7200");
    assert_eq!(
        read.element("Description"),
        "manages &lt;pools&gt; &amp; nothing else"
    );
    let encoded = read.element("AssumeRolePolicyDocument");
    assert!(encoded.starts_with("%7B%22"), "{encoded}");
    assert!(!read.holds("permit"), "our policies are ours");

    for _ in 0..2 {
        attach(admin, "CognitoRole", POWER_USER)
            .await
            .expect_status(200);
    }
    let listed = admin
        .roles("ListAttachedRolePolicies", &named)
        .await
        .expect_status(200);
    assert_eq!(listed.text().matches("<PolicyArn>").count(), 1);
    assert_eq!(listed.element("PolicyArn"), POWER_USER);
    assert_eq!(listed.element("PolicyName"), "AmazonCognitoPowerUser");
    let written = admin.roles("ListRolePolicies", &named).await;
    assert_eq!(written.expect_status(200).element("PolicyNames"), "");

    let kept = admin.roles("DeleteRole", &named).await;
    kept.expect_code(409, "DeleteConflict");
    let detached = [("RoleName", "CognitoRole"), ("PolicyArn", POWER_USER)];
    admin
        .roles("DetachRolePolicy", &detached)
        .await
        .expect_status(200);
    let again = admin.roles("DetachRolePolicy", &detached).await;
    again.expect_code(404, "NoSuchEntity");
    let deleted = admin.roles("DeleteRole", &named).await.expect_status(200);
    assert!(!deleted.element("RequestId").is_empty());
    for operation in ["GetRole", "DeleteRole", "ListRolePolicies"] {
        let gone = admin.roles(operation, &named).await;
        gone.expect_code(404, "NoSuchEntity");
    }
}

async fn a_name_is_taken_without_regard_to_case(app: TestApp) {
    create(app.admin(), "Role").await;
    let fields = [
        ("RoleName", "rOLE"),
        ("AssumeRolePolicyDocument", &document()),
    ];
    let taken = app.admin().roles("CreateRole", &fields).await;
    let taken = taken.expect_code(409, "EntityAlreadyExists");
    let record = app.record(taken.record().unwrap()).await;
    assert_eq!(record.entry.verdict, Verdict::Deny);
}

/// Each policy, by a caller of each role that may manage roles: only what is covered.
async fn a_policy_is_attached_by_who_has_it(app: TestApp) {
    let account = ACCOUNT.parse().unwrap();
    let both = app
        .new_client(account, vec![Role::Admin, Role::Auditor])
        .await;
    for (client, name) in [(app.admin(), "first"), (&both, "second")] {
        create(client, name).await;
        for policy in ManagedPolicy::ALL {
            let own: &[Role] = match name {
                "first" => &[Role::Admin],
                _ => &[Role::Admin, Role::Auditor],
            };
            let may = policy
                .roles()
                .iter()
                .all(|wanted| own.iter().any(|own| own.covers(*wanted)));
            let answer = attach(client, name, &policy.arn()).await;
            if may {
                answer.expect_status(200);
            } else {
                let refused = answer.expect_code(403, "AccessDenied");
                assert!(refused.holds("ask the operator"), "{}", refused.text());
                assert!(refused.record().is_some());
            }
        }
    }
    let of_first = [("RoleName", "first")];
    let listed = app
        .admin()
        .roles("ListAttachedRolePolicies", &of_first)
        .await;
    let attached = listed.text().matches("<PolicyArn>").count();
    assert_eq!(attached, 3, "{}", listed.text());
    for arn in [
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "arn:aws:iam::procura:policy/AmazonCognitoPowerUser",
    ] {
        let unknown = attach(app.admin(), "first", arn).await;
        let unknown = unknown.expect_code(404, "NoSuchEntity");
        assert!(unknown.holds(POWER_USER), "the known ones are told");
    }
}

async fn whom_a_role_trusts_is_said_by_who_has_what_it_has(app: TestApp) {
    let account = ACCOUNT.parse().unwrap();
    let both = app
        .new_client(account, vec![Role::Admin, Role::Binding])
        .await;
    create(app.admin(), "role").await;
    let document = trusting(&json!({ "AWS": ACCOUNT }));
    let fields = [("RoleName", "role"), ("PolicyDocument", &document)];
    let change = async |client: &Client| client.roles("UpdateAssumeRolePolicy", &fields).await;
    change(app.admin()).await.expect_status(200);
    let binding = ManagedPolicy::Binding.arn();
    attach(&both, "role", &binding).await.expect_status(200);
    let refused = change(app.admin()).await.expect_code(403, "AccessDenied");
    assert!(refused.holds("it has not binding"), "{}", refused.text());
    change(&both).await.expect_status(200);
    let read = app.admin().roles("GetRole", &[("RoleName", "role")]).await;
    assert!(read.element("AssumeRolePolicyDocument").contains(ACCOUNT));
}

async fn what_a_role_has_is_taken_by_who_has_it(app: TestApp) {
    let account = ACCOUNT.parse().unwrap();
    let both = app
        .new_client(account, vec![Role::Admin, Role::Binding])
        .await;
    create(&both, "role").await;
    let binding = ManagedPolicy::Binding.arn();
    attach(&both, "role", &binding).await.expect_status(200);
    let fields = [("RoleName", "role"), ("PolicyArn", binding.as_str())];
    let refused = app.admin().roles("DetachRolePolicy", &fields).await;
    refused.expect_code(403, "AccessDenied");
    let detached = both.roles("DetachRolePolicy", &fields).await;
    detached.expect_status(200);
}

async fn a_role_lists_in_pages(app: TestApp) {
    for name in ["b", "A", "c"] {
        create(app.admin(), name).await;
    }
    let first = app.admin().roles("ListRoles", &[("MaxItems", "2")]).await;
    let first = first.expect_status(200);
    assert_eq!(first.element("RoleName"), "A");
    assert_eq!(first.element("IsTruncated"), "true");
    let marker = first.element("Marker");
    let rest = app.admin().roles("ListRoles", &[("Marker", &marker)]).await;
    let rest = rest.expect_status(200);
    assert_eq!(rest.element("RoleName"), "c");
    assert_eq!(rest.element("IsTruncated"), "false");
    let other = app.other_account_admin();
    let foreign = other.roles("ListRoles", &[("Marker", &marker)]).await;
    foreign.expect_code(400, "ValidationError");
}

async fn a_caller_learns_who_it_is(app: TestApp) {
    for role in Role::ALL {
        let client = app.client_with(role);
        let told = client.tokens("GetCallerIdentity", &[]).await;
        let told = told.expect_status(200);
        assert_eq!(told.element("Account"), ACCOUNT);
        assert_eq!(told.element("UserId"), client.key_id());
        let arn = format!("arn:aws:iam::{ACCOUNT}:user/{}", client.key_id());
        assert_eq!(told.element("Arn"), arn);
        assert!(
            told.text()
                .contains("https://sts.amazonaws.com/doc/2011-06-15/")
        );
    }
}

async fn a_document_that_is_not_enforced_is_refused(app: TestApp) {
    let create = async |document: &str| {
        let fields = [("RoleName", "role"), ("AssumeRolePolicyDocument", document)];
        app.admin().roles("CreateRole", &fields).await
    };
    let everybody = trusting(&json!({ "AWS": "*" }));
    let twice = r#"{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}"#;
    for (document, reason) in [
        (
            everybody.as_str(),
            "statement 1: a principal with a wildcard",
        ),
        (twice, "name"),
        ("{}", "2012-10-17"),
    ] {
        let refused = create(document).await;
        let refused = refused.expect_code(400, "MalformedPolicyDocument");
        assert!(refused.holds(reason), "{}", refused.text());
    }
    // A role is trusted by what it is and not by its name: it has to be there.
    let other = format!("arn:aws:iam::{ACCOUNT}:role/Other");
    let named = trusting(&json!({ "AWS": other }));
    let refused = create(&named).await;
    refused.expect_code(400, "MalformedPolicyDocument");
    self::create(app.admin(), "Other").await;
    create(&named).await.expect_status(200);
}

async fn a_role_is_of_one_account(app: TestApp) {
    create(app.admin(), "role").await;
    let other = app.other_account_admin();
    for operation in ["GetRole", "DeleteRole", "ListAttachedRolePolicies"] {
        let refused = other.roles(operation, &[("RoleName", "role")]).await;
        refused.expect_code(404, "NoSuchEntity");
    }
    attach(other, "role", POWER_USER)
        .await
        .expect_code(404, "NoSuchEntity");
}

async fn who_may_not_is_refused_and_recorded(app: TestApp) {
    create(app.admin(), "role").await;
    for role in [Role::AgentHost, Role::Binding, Role::PoolAdmin] {
        for name in ["role", "ghost"] {
            let refused = app
                .client_with(role)
                .roles("GetRole", &[("RoleName", name)])
                .await;
            let refused = refused.expect_code(403, "AccessDenied");
            let record = app.record(refused.record().unwrap()).await;
            assert_eq!(record.entry.operation, "GetRole");
            assert_eq!(record.entry.verdict, Verdict::Deny);
        }
    }
    let read = app
        .auditor()
        .roles("GetRole", &[("RoleName", "role")])
        .await;
    read.expect_status(200);
    let refused = attach(app.auditor(), "role", POWER_USER).await;
    refused.expect_code(403, "AccessDenied");
}

async fn what_is_not_had_is_refused(app: TestApp) {
    let tag = app.admin().roles("TagRole", &[]).await;
    let tag = tag.expect_code(400, "InvalidAction");
    assert!(tag.holds("in a later release"), "{}", tag.text());
    let unknown = app.admin().tokens("GetRole", &[]).await;
    unknown.expect_code(400, "InvalidAction");
    let fields = [
        ("RoleName", "role"),
        ("AssumeRolePolicyDocument", &document()),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "blue"),
    ];
    let tagged = app.admin().roles("CreateRole", &fields).await;
    let tagged = tagged.expect_code(400, "ValidationError");
    assert!(tagged.holds("Tags is not supported"), "{}", tagged.text());
    let twice = [("RoleName", "a"), ("RoleName", "b")];
    let refused = app.admin().roles("GetRole", &twice).await;
    refused.expect_code(400, "MalformedInput");
}

async fn a_form_is_proved_before_it_is_read(app: TestApp) {
    let admin = app.admin();
    let request = Request::of_form(&sts::SERVICE, "GetCallerIdentity", &[]);
    let tokens = admin.signing(|signer| "sts".clone_into(&mut signer.service));
    let mut changed = tokens.sign(&request);
    let last = changed.body.last_mut().unwrap();
    *last = last.wrapping_add(1);
    let refused = tokens.send_message(&changed).await;
    refused.expect_code(403, "SignatureDoesNotMatch");
    let unsigned = tokens.sign(&request).without("authorization");
    let refused = tokens.send_message(&unsigned).await;
    refused.expect_code(403, "MissingAuthenticationToken");
    // What is signed for one service is not for another.
    let roles = admin.signing(|signer| "iam".clone_into(&mut signer.service));
    let refused = roles.send(&request).await;
    refused.expect_code(400, "InvalidAction");
    let another = admin.signing(|signer| "s3".clone_into(&mut signer.service));
    let refused = another.send(&request).await;
    refused.expect_code(400, "InvalidAction");
}

/// The reference has access management in one place only, and clients sign for that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn access_management_is_signed_for_one_region_wherever_it_is() {
    let app = Setup::default().region("eu-west-1").start().await;
    let global = app.admin();
    let here = global.signing(|signer| "eu-west-1".clone_into(&mut signer.region));
    for client in [global, &here] {
        client.roles("ListRoles", &[]).await.expect_status(200);
    }
    here.tokens("GetCallerIdentity", &[])
        .await
        .expect_status(200);
    let refused = global.tokens("GetCallerIdentity", &[]).await;
    refused.expect_code(403, "SignatureDoesNotMatch");
}
