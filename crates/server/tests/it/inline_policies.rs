//! Policies that are written into roles: what a session has by them, who writes them, and that they
//! hold at once.

use procura_core::access_key::Role;
use procura_core::audit::record::Verdict;
use procura_testkit::{ACCOUNT, Client, Response, TestApp};
use procura_wire::Operation::{
    DeleteWorkloadIdentity, GetWorkloadAccessToken, GetWorkloadIdentity, ListWorkloadIdentities,
};
use serde_json::{Value, json};

use crate::role_sessions::{put_on, root};
use crate::user_proof::agent;

tests! {
    on_both_engines {
        a_session_has_what_is_written_into_its_role_from_the_next_request_on
        another_node_asks_what_is_written_now
        a_policy_is_written_by_who_has_what_it_gives
        a_deny_wins_and_the_record_says_so
    }
    on_sqlite {
        a_policy_is_put_read_listed_and_deleted
        what_is_written_into_a_role_is_taken_by_who_has_it
        what_forbids_is_taken_by_who_has_what_the_role_has
        a_session_gives_nothing_that_is_written_into_its_role
        whom_a_role_trusts_is_said_by_who_has_what_is_written_into_it
        a_session_is_made_longer_by_who_has_what_its_role_has
        a_policy_that_is_not_enforced_is_refused
        a_role_has_only_so_much_written_into_it
    }
}

const MINT: &str = "bedrock-agentcore:GetWorkloadAccessToken";
const READ: &str = "bedrock-agentcore:GetWorkloadIdentity";

fn arn(agent: &str) -> String {
    format!(
        "arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:workload-identity-directory/default/\
         workload-identity/{agent}"
    )
}

fn document(effect: &str, actions: &[&str], resource: &str) -> String {
    let statement = json!({ "Effect": effect, "Action": actions, "Resource": resource });
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

async fn having(app: &TestApp, roles: &[Role]) -> Client {
    app.new_client(ACCOUNT.parse().unwrap(), roles.to_vec())
        .await
}

/// Who has everything that a document can give.
async fn everything(app: &TestApp) -> Client {
    having(app, &[Role::Admin, Role::AgentHost, Role::Binding]).await
}

/// A role that has nothing yet, which every key may put on.
async fn role(maker: &Client, name: &str) {
    let fields = [("RoleName", name), ("AssumeRolePolicyDocument", &root())];
    maker.roles("CreateRole", &fields).await.expect_status(200);
}

async fn put(client: &Client, role: &str, policy: &str, document: &str) -> Response {
    let fields = [
        ("RoleName", role),
        ("PolicyName", policy),
        ("PolicyDocument", document),
    ];
    client.roles("PutRolePolicy", &fields).await
}

async fn delete(client: &Client, role: &str, policy: &str) -> Response {
    let fields = [("RoleName", role), ("PolicyName", policy)];
    client.roles("DeleteRolePolicy", &fields).await
}

async fn attach(client: &Client, role: &str, policy: &str) -> Response {
    let arn = format!("arn:aws:iam::procura:policy/{policy}");
    let fields = [("RoleName", role), ("PolicyArn", arn.as_str())];
    client.roles("AttachRolePolicy", &fields).await
}

async fn mints(client: &Client, agent: &str) -> u16 {
    let body = json!({ "workloadName": agent });
    client.call(GetWorkloadAccessToken, body).await.status
}

async fn reads(client: &Client, agent: &str) -> u16 {
    let body = json!({ "name": agent });
    client.call(GetWorkloadIdentity, body).await.status
}

async fn a_session_has_what_is_written_into_its_role_from_the_next_request_on(app: TestApp) {
    let app = agent(app).await.with_agent("other").await;
    let maker = everything(&app).await;
    role(&maker, "worn").await;
    let worn = put_on(app.admin(), "worn").await;
    assert_eq!(mints(&worn, "agent").await, 403);
    let one = document("Allow", &[MINT], &arn("agent"));
    put(&maker, "worn", "one", &one).await.expect_status(200);
    assert_eq!(mints(&worn, "agent").await, 200);
    assert_eq!(mints(&worn, "other").await, 403);
    assert_eq!(reads(&worn, "agent").await, 403);
    // Its caller is an administrator, and its session is what the role is.
    let denied = worn.create_agent("third").await;
    denied.expect_error(403, "AccessDeniedException");
    let all = document("Allow", &[MINT, READ], "*");
    put(&maker, "worn", "all", &all).await.expect_status(200);
    assert_eq!(mints(&worn, "other").await, 200);
    assert_eq!(reads(&worn, "agent").await, 200);
    delete(&maker, "worn", "all").await.expect_status(200);
    assert_eq!(mints(&worn, "other").await, 403);
    assert_eq!(mints(&worn, "agent").await, 200);
    // The credential itself is asked of the agent, its user and the grants as ever.
    let token = worn.token("agent").await;
    let refused = worn.api_key(&token, "github").await;
    refused.expect_error(403, "AccessDeniedException");
    let uses = document("Allow", &["bedrock-agentcore:GetResource*"], "*");
    put(&maker, "worn", "uses", &uses).await.expect_status(200);
    worn.api_key(&token, "github").await.expect_status(200);
}

async fn another_node_asks_what_is_written_now(app: TestApp) {
    let app = agent(app).await;
    let maker = everything(&app).await;
    role(&maker, "worn").await;
    let worn = put_on(app.admin(), "worn").await;
    let Some(other) = app.another_node().await else {
        return;
    };
    let there = worn.at(other.address());
    let read = document("Allow", &[READ], "*");
    put(&maker, "worn", "read", &read).await.expect_status(200);
    assert_eq!(reads(&there, "agent").await, 200);
    let deny = document("Deny", &[READ], &arn("agent"));
    put(&maker, "worn", "deny", &deny).await.expect_status(200);
    assert_eq!(reads(&there, "agent").await, 403);
    delete(&maker, "worn", "deny").await.expect_status(200);
    assert_eq!(reads(&there, "agent").await, 200);
    delete(&maker, "worn", "read").await.expect_status(200);
    assert_eq!(reads(&there, "agent").await, 403);
}

async fn a_policy_is_written_by_who_has_what_it_gives(app: TestApp) {
    let maker = everything(&app).await;
    role(app.admin(), "role").await;
    for (roles, action, may) in [
        (vec![Role::Admin], "cognito-idp:*", true),
        (vec![Role::Admin], "iam:*", true),
        (vec![Role::Admin], READ, true),
        (vec![Role::Admin], MINT, false),
        (vec![Role::Admin], "bedrock-agentcore:*", false),
        (vec![Role::Admin], "*", false),
        (vec![Role::Admin, Role::AgentHost], MINT, true),
        (vec![Role::Admin, Role::AgentHost], "*", false),
        (vec![Role::AgentHost], MINT, false),
        (vec![Role::PoolAdmin], "cognito-idp:*", false),
        (vec![Role::Auditor], READ, false),
    ] {
        let client = having(&app, &roles).await;
        let gives = document("Allow", &[action], "*");
        let answer = put(&client, "role", "policy", &gives).await;
        if may {
            answer.expect_status(200);
            delete(&client, "role", "policy").await.expect_status(200);
        } else {
            let refused = answer.expect_code(403, "AccessDenied");
            let record = app.record(refused.record().unwrap()).await.entry;
            assert_eq!(record.verdict, Verdict::Deny);
            assert_eq!(record.operation, "PutRolePolicy");
        }
    }
    // To say what nobody may gives nothing.
    let deny = document("Deny", &["*"], "*");
    put(app.admin(), "role", "deny", &deny)
        .await
        .expect_status(200);
    let refused = put(app.auditor(), "role", "deny", &deny).await;
    refused.expect_code(403, "AccessDenied");
    let gives = document("Allow", &["*"], "*");
    put(&maker, "role", "policy", &gives)
        .await
        .expect_status(200);
}

async fn a_deny_wins_and_the_record_says_so(app: TestApp) {
    let app = agent(app).await.with_agent("other").await;
    let maker = everything(&app).await;
    role(&maker, "worn").await;
    attach(&maker, "worn", "AgentHost").await.expect_status(200);
    let worn = put_on(app.admin(), "worn").await;
    assert_eq!(mints(&worn, "agent").await, 200);
    let deny = document("Deny", &[MINT], &arn("agent"));
    put(&maker, "worn", "no-agent", &deny)
        .await
        .expect_status(200);
    let all = document("Allow", &[MINT], "*");
    put(&maker, "worn", "all", &all).await.expect_status(200);
    let body = json!({ "workloadName": "agent" });
    let refused = worn.call(GetWorkloadAccessToken, body).await;
    assert!(!refused.holds("no-agent"), "{}", refused.text());
    let refused = refused.expect_error(403, "AccessDeniedException");
    let record = app.record(refused.record().unwrap()).await.entry;
    let told = format!("{record:?}");
    assert!(
        told.contains("forbidden by inline/no-agent/1/agents"),
        "{told}"
    );
    assert_eq!(mints(&worn, "other").await, 200);
    assert_eq!(reads(&worn, "agent").await, 200);
    delete(&maker, "worn", "no-agent").await.expect_status(200);
    assert_eq!(mints(&worn, "agent").await, 200);
}

async fn a_policy_is_put_read_listed_and_deleted(app: TestApp) {
    let admin = app.admin();
    role(admin, "role").await;
    let gives = document("Allow", &["cognito-idp:*"], "*");
    for name in ["second", "first", "first"] {
        let answer = put(admin, "ROLE", name, &gives).await;
        assert!(answer.expect_status(200).record().is_some());
    }
    let named = [("RoleName", "role")];
    let listed = admin.roles("ListRolePolicies", &named).await;
    let listed = listed.expect_status(200);
    let text = listed.text();
    assert_eq!(text.matches("<member>").count(), 2, "{text}");
    assert!(text.find("first") < text.find("second"), "{text}");
    let one = [("RoleName", "role"), ("PolicyName", "first")];
    let read = app.auditor().roles("GetRolePolicy", &one).await;
    let read = read.expect_status(200);
    assert_eq!(read.element("RoleName"), "role");
    assert_eq!(read.element("PolicyName"), "first");
    assert!(read.element("PolicyDocument").starts_with("%7B%22"));
    assert!(!read.holds("permit"), "our policies are ours");
    let refused = app.agent_host().roles("GetRolePolicy", &one).await;
    refused.expect_code(403, "AccessDenied");
    let foreign = app.other_account_admin().roles("GetRolePolicy", &one).await;
    foreign.expect_code(404, "NoSuchEntity");
    let kept = admin.roles("DeleteRole", &named).await;
    kept.expect_code(409, "DeleteConflict");
    for name in ["first", "second"] {
        delete(admin, "role", name).await.expect_status(200);
        let gone = delete(admin, "role", name).await;
        gone.expect_code(404, "NoSuchEntity");
    }
    let gone = admin.roles("GetRolePolicy", &one).await;
    gone.expect_code(404, "NoSuchEntity");
    admin.roles("DeleteRole", &named).await.expect_status(200);
}

async fn what_is_written_into_a_role_is_taken_by_who_has_it(app: TestApp) {
    let maker = everything(&app).await;
    role(&maker, "role").await;
    for (name, effect) in [("gives", "Allow"), ("takes", "Deny")] {
        let written = document(effect, &[MINT], "*");
        put(&maker, "role", name, &written).await.expect_status(200);
        let refused = delete(app.admin(), "role", name).await;
        refused.expect_code(403, "AccessDenied");
        // Nor is it replaced by what would be allowed as a new one.
        let harmless = document("Allow", &["cognito-idp:*"], "*");
        let refused = put(app.admin(), "role", name, &harmless).await;
        refused.expect_code(403, "AccessDenied");
        delete(&maker, "role", name).await.expect_status(200);
    }
}

async fn what_forbids_is_taken_by_who_has_what_the_role_has(app: TestApp) {
    let maker = everything(&app).await;
    let auditor = having(
        &app,
        &[Role::Admin, Role::AgentHost, Role::Binding, Role::Auditor],
    )
    .await;
    role(&maker, "role").await;
    attach(&auditor, "role", "Auditor").await.expect_status(200);
    let deny = document("Deny", &["*"], "*");
    put(&maker, "role", "deny", &deny).await.expect_status(200);
    let refused = delete(&maker, "role", "deny").await;
    refused.expect_code(403, "AccessDenied");
    let refused = put(&maker, "role", "deny", &document("Deny", &[READ], "*")).await;
    refused.expect_code(403, "AccessDenied");
    delete(&auditor, "role", "deny").await.expect_status(200);
}

/// Whoever may write roles by what is written into its own has nothing to hand on, and whom something
/// is denied writes it for nobody.
async fn a_session_gives_nothing_that_is_written_into_its_role(app: TestApp) {
    let maker = everything(&app).await;
    role(&maker, "worn").await;
    role(&maker, "other").await;
    let all = document("Allow", &["*"], "*");
    put(&maker, "worn", "all", &all).await.expect_status(200);
    let worn = put_on(app.admin(), "worn").await;
    for role in ["worn", "other"] {
        for action in ["*", "iam:PutRolePolicy", READ] {
            let gives = document("Allow", &[action], "*");
            let refused = put(&worn, role, "more", &gives).await;
            refused.expect_code(403, "AccessDenied");
        }
        attach(&worn, role, "Admin")
            .await
            .expect_code(403, "AccessDenied");
    }
    let refused = delete(&worn, "worn", "all").await;
    refused.expect_code(403, "AccessDenied");
    delete(&maker, "worn", "all").await.expect_status(200);
    // An administrator but for one action.
    attach(&maker, "worn", "Admin").await.expect_status(200);
    let reading = document("Allow", &[READ], "*");
    put(&worn, "other", "read", &reading)
        .await
        .expect_status(200);
    let deny = document("Deny", &[READ], "*");
    put(&maker, "worn", "deny", &deny).await.expect_status(200);
    for name in ["read", "new"] {
        let refused = put(&worn, "other", name, &reading).await;
        refused.expect_code(403, "AccessDenied");
    }
    let refused = delete(&worn, "worn", "deny").await;
    refused.expect_code(403, "AccessDenied");
    attach(&worn, "other", "Admin")
        .await
        .expect_code(403, "AccessDenied");
    let pools = document("Allow", &["cognito-idp:*"], "*");
    put(&worn, "other", "pools", &pools)
        .await
        .expect_status(200);
}

async fn whom_a_role_trusts_is_said_by_who_has_what_is_written_into_it(app: TestApp) {
    let maker = everything(&app).await;
    role(&maker, "role").await;
    let mint = document("Allow", &[MINT], "*");
    put(&maker, "role", "mint", &mint).await.expect_status(200);
    let fields = [("RoleName", "role"), ("PolicyDocument", &root())];
    let change = async |client: &Client| client.roles("UpdateAssumeRolePolicy", &fields).await;
    let refused = change(app.admin()).await.expect_code(403, "AccessDenied");
    assert!(
        refused.holds("GetWorkloadAccessToken"),
        "{}",
        refused.text()
    );
    change(&maker).await.expect_status(200);
}

async fn a_session_is_made_longer_by_who_has_what_its_role_has(app: TestApp) {
    let maker = everything(&app).await;
    role(&maker, "role").await;
    let update = async |client: &Client, seconds: &str, description: &str| {
        let fields = [
            ("RoleName", "role"),
            ("Description", description),
            ("MaxSessionDuration", seconds),
        ];
        client.roles("UpdateRole", &fields).await
    };
    let updated = update(app.admin(), "7200", "for two hours").await;
    assert!(updated.expect_status(200).record().is_some());
    let named = [("RoleName", "role")];
    let read = app.auditor().roles("GetRole", &named).await;
    let read = read.expect_status(200);
    assert_eq!(read.element("MaxSessionDuration"), "7200");
    assert_eq!(read.element("Description"), "for two hours");
    // What is not said stays.
    let answer = app.admin().roles("UpdateRole", &named).await;
    answer.expect_status(200);
    let read = app.auditor().roles("GetRole", &named).await;
    assert_eq!(read.element("Description"), "for two hours");
    let mint = document("Allow", &[MINT], "*");
    put(&maker, "role", "mint", &mint).await.expect_status(200);
    let refused = update(app.admin(), "14400", "").await;
    refused.expect_code(403, "AccessDenied");
    update(app.admin(), "3600", "").await.expect_status(200);
    update(&maker, "14400", "").await.expect_status(200);
    update(app.admin(), "1", "")
        .await
        .expect_code(400, "ValidationError");
    update(app.auditor(), "3600", "")
        .await
        .expect_code(403, "AccessDenied");
}

async fn a_policy_that_is_not_enforced_is_refused(app: TestApp) {
    let maker = everything(&app).await;
    role(&maker, "role").await;
    let twice = r#"{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}"#;
    let canary: Value = json!({ "StringEquals": { "aws:canary": "canary" } });
    let statement = json!({
        "Effect": "Allow", "Action": MINT, "Resource": "*", "Condition": canary,
    });
    let condition = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
    for (document, reason) in [
        (twice.to_owned(), "name"),
        ("{}".to_owned(), "2012-10-17"),
        (condition, "statement 1: Condition is not supported"),
        (
            document("Allow", &["s3:canary"], "*"),
            "statement 1: an action",
        ),
        (
            document("Allow", &[MINT], "arn:canary"),
            "statement 1: action 1",
        ),
    ] {
        let refused = put(&maker, "role", "policy", &document).await;
        let refused = refused.expect_code(400, "MalformedPolicyDocument");
        assert!(refused.holds(reason), "{}", refused.text());
        assert!(!refused.holds("canary"), "{}", refused.text());
        let record = app.record(refused.record().unwrap()).await;
        assert!(!format!("{record:?}").contains("canary"));
    }
}

async fn a_role_has_only_so_much_written_into_it(app: TestApp) {
    let maker = everything(&app).await;
    role(&maker, "role").await;
    let one = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
    let statements = vec![one; 50];
    let much = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let refused = put(&maker, "role", "much", &much).await;
    refused.expect_code(409, "LimitExceeded");
    let long = document("Allow", &[MINT], &arn(&"a".repeat(10_240)));
    let refused = put(&maker, "role", "long", &long).await;
    refused.expect_code(400, "MalformedPolicyDocument");
    let small = document("Allow", &[MINT], "*");
    for name in 0..10 {
        let answer = put(&maker, "role", &format!("p{name}"), &small).await;
        answer.expect_status(200);
    }
    let refused = put(&maker, "role", "another", &small).await;
    refused.expect_code(409, "LimitExceeded");
    put(&maker, "role", "p1", &small).await.expect_status(200);
    let worn = put_on(app.admin(), "role").await;
    let body = json!({ "name": "agent" });
    let denied = worn.call(DeleteWorkloadIdentity, body).await;
    denied.expect_error(403, "AccessDeniedException");
    let denied = worn.call(ListWorkloadIdentities, json!({})).await;
    denied.expect_error(403, "AccessDeniedException");
}
