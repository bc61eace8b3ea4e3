//! What holds for every operation: a good request of each, and the errors that all declare.

use procura_server::Limits;
use procura_testkit::{Request, Setup, TestApp};
use procura_wire::Operation;
use serde_json::{Value, json};

use crate::{arn, delegation, oauth2};

tests! {
    on_both_engines {
        every_operation_fails_without_the_store
    }
    on_sqlite {
        every_operation_answers_a_good_request
        every_operation_refuses_a_body_that_is_no_json
    }
}

/// What a request of an operation is about; nobody else uses these names.
pub(crate) struct Subject {
    agent: String,
    provider: String,
    new: String,
    token: String,
    user_token: String,
    /// A session whose user has come back; alice, by `user_token`.
    session: String,
    /// The configuration of an OAuth 2 provider.
    config: Value,
}

/// In the form of a session's URI.
const NO_SESSION: &str = "urn:ietf:params:oauth:request_uri:none";

impl Subject {
    /// An agent, a provider and a token that exist, and a name that nothing has.
    pub(crate) async fn make(app: &TestApp, suffix: &str) -> Self {
        let (agent, provider) = (format!("agent-{suffix}"), format!("provider-{suffix}"));
        app.admin().create_agent(&agent).await.expect_status(201);
        app.admin()
            .create_provider(&provider, "canary-key")
            .await
            .expect_status(201);
        let config = oauth2::config(app);
        app.admin()
            .create_oauth2_provider(&provider, &config)
            .await
            .expect_status(201);
        let token = app.agent_host().token(&agent).await;
        let session = if suffix.starts_with(Operation::CompleteResourceTokenAuth.name()) {
            delegation::session_of(app, &agent, &provider).await
        } else {
            NO_SESSION.to_owned()
        };
        Self {
            session,
            agent,
            provider,
            new: format!("new-{suffix}"),
            token,
            user_token: app.demo().user_token("alice"),
            config,
        }
    }

    /// Names that nothing has.
    fn nothing() -> Self {
        let name = |text: &str| text.to_owned();
        Self {
            agent: name("agent"),
            provider: name("provider"),
            new: name("new"),
            token: name("t"),
            user_token: name("a.b.c"),
            session: name(NO_SESSION),
            config: oauth2::unreachable_config(),
        }
    }

    /// A request of `operation` that is as it should be.
    pub(crate) fn request(&self, operation: Operation) -> Request {
        match operation {
            Operation::TagResource => Request::of_tags(operation, &arn::agent(&self.agent))
                .json(&json!({ "tags": { "a": "b" } })),
            Operation::UntagResource => {
                Request::of_tags(operation, &arn::agent(&self.agent)).query("tagKeys=a")
            }
            Operation::ListTagsForResource => {
                Request::of_tags(operation, &arn::provider(&self.provider))
            }
            _ => Request::of(operation).json(&self.body(operation)),
        }
    }

    fn body(&self, operation: Operation) -> Value {
        match operation {
            Operation::CreateWorkloadIdentity => json!({ "name": self.new }),
            Operation::GetWorkloadIdentity
            | Operation::UpdateWorkloadIdentity
            | Operation::DeleteWorkloadIdentity => json!({ "name": self.agent }),
            Operation::CreateApiKeyCredentialProvider => json!({ "name": self.new, "apiKey": "k" }),
            Operation::UpdateApiKeyCredentialProvider => {
                json!({ "name": self.provider, "apiKey": "k" })
            }
            Operation::GetApiKeyCredentialProvider
            | Operation::DeleteApiKeyCredentialProvider
            | Operation::GetOauth2CredentialProvider
            | Operation::DeleteOauth2CredentialProvider => {
                json!({ "name": self.provider })
            }
            Operation::CreateOauth2CredentialProvider => json!({
                "name": self.new,
                "credentialProviderVendor": "CustomOauth2",
                "oauth2ProviderConfigInput": self.config,
            }),
            Operation::UpdateOauth2CredentialProvider => json!({
                "name": self.provider,
                "credentialProviderVendor": "CustomOauth2",
                "oauth2ProviderConfigInput": self.config,
            }),
            Operation::GetWorkloadAccessTokenForJWT => {
                json!({ "workloadName": self.agent, "userToken": self.user_token })
            }
            Operation::GetResourceOauth2Token => json!({
                "workloadIdentityToken": self.token,
                "resourceCredentialProviderName": self.provider,
                "scopes": ["read"],
                "oauth2Flow": "M2M",
            }),
            Operation::CompleteResourceTokenAuth => json!({
                "sessionUri": self.session,
                "userIdentifier": { "userToken": self.user_token },
            }),
            Operation::GetWorkloadAccessToken => json!({ "workloadName": self.agent }),
            Operation::GetWorkloadAccessTokenForUserId => {
                json!({ "workloadName": self.agent, "userId": "alice" })
            }
            Operation::GetResourceApiKey => json!({
                "workloadIdentityToken": self.token,
                "resourceCredentialProviderName": self.provider,
            }),
            Operation::ListWorkloadIdentities
            | Operation::ListApiKeyCredentialProviders
            | Operation::ListOauth2CredentialProviders
            | Operation::GetTokenVault
            | Operation::TagResource
            | Operation::UntagResource
            | Operation::ListTagsForResource => json!({}),
        }
    }
}

/// The client that may call an operation.
pub(crate) fn caller_of(app: &TestApp, operation: Operation) -> &procura_testkit::Client {
    match operation {
        Operation::GetWorkloadAccessToken
        | Operation::GetWorkloadAccessTokenForUserId
        | Operation::GetWorkloadAccessTokenForJWT
        | Operation::GetResourceApiKey
        | Operation::GetResourceOauth2Token => app.agent_host(),
        Operation::CompleteResourceTokenAuth => app.binding(),
        _ => app.admin(),
    }
}

async fn every_operation_answers_a_good_request(app: TestApp) {
    for operation in Operation::ALL.iter().copied() {
        let subject = Subject::make(&app, operation.name()).await;
        let answer = caller_of(&app, operation)
            .send(&subject.request(operation))
            .await;
        let answer = answer.expect_status(operation.status());
        assert_eq!(answer.error_type(), None);
        assert_eq!(answer.header("x-amzn-requestid").map(str::len), Some(36));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

async fn every_operation_refuses_a_body_that_is_no_json(app: TestApp) {
    for operation in Operation::ALL.iter().copied() {
        let request = Subject::nothing().request(operation).body(b"{\"canary");
        let refused = caller_of(&app, operation).send(&request).await;
        let refused = refused.expect_error(400, "ValidationException");
        assert_eq!(
            refused.member("reason"),
            "CannotParse",
            "{}",
            operation.name()
        );
        assert!(!refused.holds("canary"));
        assert!(refused.record().is_some());
    }
}

async fn every_operation_fails_without_the_store(app: TestApp) {
    let subject = Subject::make(&app, "x").await;
    app.close_store().await;
    for operation in Operation::ALL.iter().copied() {
        let failed = caller_of(&app, operation)
            .send(&subject.request(operation))
            .await;
        let failed = failed.expect_error(500, "InternalServerException");
        assert_eq!(failed.members(), ["message"]);
        for inside in ["store", "closed", "sqlite", "postgres", "canary"] {
            assert!(!failed.text().contains(inside), "{}", failed.text());
        }
    }
}

/// A node that holds as many unproved bytes as it may is busy to all that send more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
pub(crate) async fn every_operation_is_throttled_when_the_node_is_full() {
    let limits = Limits {
        unproved_body_bytes: 0,
        ..Limits::default()
    };
    let app = Setup::default().limits(limits).start().await;
    for operation in Operation::ALL.iter().copied() {
        let request = match operation {
            Operation::UntagResource | Operation::ListTagsForResource => {
                Subject::nothing().request(operation).body(b"{}")
            }
            _ => Subject::nothing().request(operation),
        };
        let refused = caller_of(&app, operation).send(&request).await;
        let refused = refused.expect_error(429, "ThrottlingException");
        assert_eq!(refused.header("retry-after"), Some("1"));
    }
}
