//! A client with an access key.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use procura_app::authentication::SignedApi;
use procura_app::temporary_key::TemporaryCredentials;
use procura_core::access_key::AccessKey;
use procura_core::account::AccountId;
use procura_core::secret::{Plain, kind::AccessKeySecret};
use procura_core::time::Clock as _;
use procura_wire::query::Service;
use procura_wire::{Operation, iam, sts};
use serde_json::{Value, json};

use crate::clock::TestClock;
use crate::connection::Connection;
use crate::message::{Message, Request};
use crate::response::Response;
use crate::setup::REGION;
use crate::signer::Signer;

/// What tells apart what is asked twice in the same second, as many clients do it.
static INVOCATIONS: AtomicU64 = AtomicU64::new(0);

/// A client with an access key.
#[derive(Debug, Clone)]
pub struct Client {
    address: SocketAddr,
    clock: Arc<TestClock>,
    account: AccountId,
    signer: Signer,
}

impl Client {
    pub(crate) fn new(
        address: SocketAddr,
        clock: Arc<TestClock>,
        key: &AccessKey,
        secret: &Plain<AccessKeySecret>,
    ) -> Self {
        let signer = Signer {
            key_id: key.id.to_string(),
            secret: secret.expose_secret_text().unwrap().to_owned(),
            region: REGION.to_owned(),
            service: SignedApi::Identity.signing_name().to_owned(),
            session_token: None,
        };
        Self {
            address,
            clock,
            account: key.account,
            signer,
        }
    }

    /// A client that signs with these temporary credentials of the same account.
    pub fn with_temporary_key(&self, credentials: &TemporaryCredentials) -> Self {
        self.signing(|signer| {
            signer.key_id = credentials.key.id.to_string();
            credentials
                .secret
                .expose_secret_text()
                .unwrap()
                .clone_into(&mut signer.secret);
            let token = credentials.token.expose_secret_text().unwrap();
            signer.session_token = Some(token.to_owned());
        })
    }

    /// This client with something wrong about how it signs.
    pub fn signing(&self, change: impl FnOnce(&mut Signer)) -> Self {
        let mut changed = self.clone();
        change(&mut changed.signer);
        changed
    }

    /// This client of user pools: it signs for their service.
    pub fn of_user_pools(&self) -> Self {
        let service = SignedApi::UserPools.signing_name();
        self.signing(|signer| service.clone_into(&mut signer.service))
    }

    /// Calls an operation of roles, signed for them.
    pub async fn roles(&self, action: &str, fields: &[(&str, &str)]) -> Response {
        self.form(&iam::SERVICE, action, fields).await
    }

    /// Calls an operation of putting roles on, signed for it.
    pub async fn tokens(&self, action: &str, fields: &[(&str, &str)]) -> Response {
        self.form(&sts::SERVICE, action, fields).await
    }

    async fn form(&self, service: &Service, action: &str, fields: &[(&str, &str)]) -> Response {
        let client = self.signing(|signer| service.name.clone_into(&mut signer.service));
        client
            .send(&Request::of_form(service, action, fields))
            .await
    }

    /// Where it sends.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its access key.
    pub fn key_id(&self) -> &str {
        &self.signer.key_id
    }

    /// Its secret access key.
    pub fn secret(&self) -> &str {
        &self.signer.secret
    }

    /// Its account.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Signs, now, and never twice the same.
    pub fn sign(&self, request: &Request) -> Message {
        let invocation = INVOCATIONS.fetch_add(1, Ordering::Relaxed).to_string();
        let request = request.clone().header("amz-sdk-invocation-id", &invocation);
        self.sign_plainly(&request)
    }

    /// Signs, now: what is asked twice in the same second has the same signature, as of boto3.
    pub fn sign_plainly(&self, request: &Request) -> Message {
        self.signer
            .sign(request, &self.address.to_string(), self.clock.now())
    }

    /// This client, of another node.
    pub fn at(&self, address: SocketAddr) -> Self {
        Self {
            address,
            ..self.clone()
        }
    }

    /// Signs and sends on a new connection.
    pub async fn send(&self, request: &Request) -> Response {
        self.send_message(&self.sign(request)).await
    }

    /// Sends on a new connection.
    pub async fn send_message(&self, message: &Message) -> Response {
        Connection::open(self.address)
            .await
            .exchange(&message.bytes())
            .await
    }

    /// Calls an operation whose input is its body.
    pub async fn call(&self, operation: Operation, body: Value) -> Response {
        self.send(&Request::of(operation).json(&body)).await
    }

    /// `CreateWorkloadIdentity`.
    pub async fn create_agent(&self, name: &str) -> Response {
        self.call(Operation::CreateWorkloadIdentity, json!({ "name": name }))
            .await
    }

    /// `CreateApiKeyCredentialProvider`.
    pub async fn create_provider(&self, name: &str, api_key: &str) -> Response {
        let body = json!({ "name": name, "apiKey": api_key });
        self.call(Operation::CreateApiKeyCredentialProvider, body)
            .await
    }

    /// `CreateOauth2CredentialProvider` of a custom provider.
    pub async fn create_oauth2_provider(&self, name: &str, config: &Value) -> Response {
        let body = json!({
            "name": name,
            "credentialProviderVendor": "CustomOauth2",
            "oauth2ProviderConfigInput": config,
        });
        self.call(Operation::CreateOauth2CredentialProvider, body)
            .await
    }

    /// `GetWorkloadAccessToken`, which must succeed.
    pub async fn token(&self, agent: &str) -> String {
        let body = json!({ "workloadName": agent });
        let minted = self.call(Operation::GetWorkloadAccessToken, body).await;
        minted.expect_status(200).member("workloadAccessToken")
    }

    /// `GetWorkloadAccessTokenForUserId`, which must succeed.
    pub async fn token_for(&self, agent: &str, user: &str) -> String {
        let body = json!({ "workloadName": agent, "userId": user });
        let minted = self
            .call(Operation::GetWorkloadAccessTokenForUserId, body)
            .await;
        minted.expect_status(200).member("workloadAccessToken")
    }

    /// `GetWorkloadAccessTokenForJWT`.
    pub async fn token_for_jwt(&self, agent: &str, user_token: &str) -> Response {
        let body = json!({ "workloadName": agent, "userToken": user_token });
        self.call(Operation::GetWorkloadAccessTokenForJWT, body)
            .await
    }

    /// `GetResourceOauth2Token` with the flow `M2M`.
    pub async fn machine_token(&self, token: &str, provider: &str, scopes: &[&str]) -> Response {
        let body = json!({
            "workloadIdentityToken": token,
            "resourceCredentialProviderName": provider,
            "scopes": scopes,
            "oauth2Flow": "M2M",
        });
        self.call(Operation::GetResourceOauth2Token, body).await
    }

    /// `GetResourceApiKey`.
    pub async fn api_key(&self, token: &str, provider: &str) -> Response {
        let body = json!({
            "workloadIdentityToken": token,
            "resourceCredentialProviderName": provider,
        });
        self.call(Operation::GetResourceApiKey, body).await
    }

    /// `TagResource`.
    pub async fn tag(&self, arn: &str, tags: Value) -> Response {
        let request = Request::of_tags(Operation::TagResource, arn);
        self.send(&request.json(&json!({ "tags": tags }))).await
    }

    /// `UntagResource`.
    pub async fn untag(&self, arn: &str, query: &str) -> Response {
        self.send(&Request::of_tags(Operation::UntagResource, arn).query(query))
            .await
    }

    /// `ListTagsForResource`.
    pub async fn tags(&self, arn: &str) -> Response {
        self.send(&Request::of_tags(Operation::ListTagsForResource, arn))
            .await
    }
}
