//! Each operation, called with each role: the answers are what the table of the policies says.

use procura_core::access_key::Role;
use procura_core::action::Action;
use procura_core::audit::record::Verdict;
use procura_testkit::authority::{Rules, Who, row};
use procura_testkit::{ACCOUNT, Setup, TestApp};
use procura_wire::Operation;
use serde_json::json;

use crate::arn;
use crate::every_operation::Subject;

tests! {
    on_both_engines {
        the_answers_are_what_the_table_says
    }
    on_sqlite {
        who_may_not_ask_is_not_told_what_exists
        roles_of_one_key_add_up
    }
}

/// What an operation is for the policies.
fn action_of(operation: Operation) -> Action {
    let named = |action: &Action| action.name() == operation.name();
    Action::ALL.into_iter().find(named).unwrap()
}

fn may(operation: Operation, role: Role, rules: Rules) -> bool {
    row(action_of(operation))
        .callers(rules)
        .contains(&Who::Role(role))
}

async fn the_answers_are_what_the_table_says(app: TestApp) {
    for operation in Operation::ALL.iter().copied() {
        for role in Role::ALL {
            let case = format!("{}-{}", operation.name(), role.as_str());
            let subject = Subject::make(&app, &case).await;
            let answer = app
                .client_with(role)
                .send(&subject.request(operation))
                .await;
            if may(operation, role, Rules::Baseline) {
                assert_eq!(
                    answer.status,
                    operation.status(),
                    "{case}: {}",
                    answer.text()
                );
                continue;
            }
            assert_eq!(answer.error_type(), Some("AccessDeniedException"), "{case}");
            let answer = answer.expect_error(403, "AccessDeniedException");
            assert!(!answer.holds("canary"));
            let record = app.record(answer.record().unwrap()).await;
            assert_eq!(record.entry.verdict, Verdict::Deny, "{case}");
            assert_eq!(record.entry.operation, operation.name());
            let denied = record.entry.denied.expect("a no of the policies says why");
            assert_eq!(denied.question, "call", "{case}");
            assert!(denied.attributes["principal"].contains(app.client_with(role).key_id()));
            assert!(denied.attributes["principal in"].contains(role.as_str()));
        }
        let request = Subject::make(&app, operation.name())
            .await
            .request(operation);
        let unsigned = app.admin().sign(&request).without("authorization");
        let refused = app.admin().send_message(&unsigned).await;
        refused.expect_error(403, "MissingAuthenticationTokenException");
    }
}

/// Under the strict rules too; there a use is refused for want of a grant, and a user's token for
/// want of a registered issuer, which are no matters of who calls.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_strict_answers_are_what_the_table_says() {
    let app = Setup::default().rules(Rules::Strict).start().await;
    for operation in Operation::ALL.iter().copied() {
        for role in Role::ALL {
            let case = format!("{}-{}", operation.name(), role.as_str());
            let subject = Subject::make(&app, &case).await;
            let answer = app
                .client_with(role)
                .send(&subject.request(operation))
                .await;
            let expected = match operation {
                _ if !may(operation, role, Rules::Strict) => 403,
                // No user can begin a session here, so there is none to complete.
                Operation::GetResourceApiKey
                | Operation::GetResourceOauth2Token
                | Operation::CompleteResourceTokenAuth => 403,
                Operation::GetWorkloadAccessTokenForJWT => 401,
                _ => operation.status(),
            };
            assert_eq!(answer.status, expected, "{case}: {}", answer.text());
        }
    }
}

async fn who_may_not_ask_is_not_told_what_exists(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "k")
        .await;
    let ask = async |operation: Operation, name: &str| {
        let body = json!({ "name": name, "workloadName": name, "userId": "alice", "apiKey": "k" });
        let answer = app.binding().call(operation, body).await;
        (
            answer.status,
            answer.error_type().map(str::to_owned),
            answer.json(),
        )
    };
    for operation in [
        Operation::GetWorkloadIdentity,
        Operation::UpdateWorkloadIdentity,
        Operation::DeleteWorkloadIdentity,
        Operation::GetWorkloadAccessToken,
        Operation::GetWorkloadAccessTokenForUserId,
    ] {
        let (there, absent) = (ask(operation, "agent").await, ask(operation, "ghost").await);
        assert_eq!((there.0, absent.0), (403, 403), "{}", operation.name());
        assert_eq!(there.1, absent.1);
    }
    for operation in [
        Operation::GetApiKeyCredentialProvider,
        Operation::UpdateApiKeyCredentialProvider,
        Operation::DeleteApiKeyCredentialProvider,
    ] {
        let (there, absent) = (
            ask(operation, "github").await,
            ask(operation, "ghost").await,
        );
        assert_eq!((there.0, absent.0), (403, 403), "{}", operation.name());
        assert_eq!(there.1, absent.1);
    }
    for name in ["agent", "ghost"] {
        let refused = app.binding().tags(&arn::agent(name)).await;
        refused.expect_error(403, "AccessDeniedException");
    }
}

async fn roles_of_one_key_add_up(app: TestApp) {
    let roles = vec![Role::Admin, Role::AgentHost];
    let both = app.new_client(ACCOUNT.parse().unwrap(), roles).await;
    both.create_agent("agent").await.expect_status(201);
    both.create_provider("github", "k").await.expect_status(201);
    let token = both.token("agent").await;
    both.api_key(&token, "github").await.expect_status(200);
}
