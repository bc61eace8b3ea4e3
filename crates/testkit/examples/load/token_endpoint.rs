//! Clients that ask for tokens of their own (RFC 6749 §4.4): at a user pool, and at a server that
//! somebody else wrote.

use std::net::SocketAddr;

use procura_core::time::{Clock as _, SystemClock};
use procura_testkit::Request;
use procura_wire::cognito::Operation;
use serde_json::{Value, json};

use super::cases::Cases;
use super::drive::{CONNECTIONS, Load, exchange_once};
use super::{Outcome, text};

/// The client of the peer, as `xtask/node/token_endpoint.mjs` knows it.
const OF_PEER: (&str, &str, &str) = ("bench", "bench-secret", "read");
/// What is asked for at the pool.
const SERVER: &str = "bench";
const SCOPE: &str = "bench/read";

/// Where tokens are asked for, and by whom.
#[derive(Clone, Default)]
pub(crate) struct TokenEndpoint {
    /// The id of the pool; empty for the peer.
    pub(crate) pool: String,
    address: Option<SocketAddr>,
    path: String,
    /// What is sent.
    form: String,
}

/// The peer, where the command names one.
pub(crate) fn peer(login: &Value) -> Outcome<Option<TokenEndpoint>> {
    let Some(address) = login.get("peer").and_then(Value::as_str) else {
        return Ok(None);
    };
    let (id, secret, scope) = OF_PEER;
    Ok(Some(TokenEndpoint {
        pool: String::new(),
        address: Some(address.parse()?),
        path: "/token".to_owned(),
        form: form(id, secret, scope),
    }))
}

fn form(id: &str, secret: &str, scope: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_id", id)
        .append_pair("client_secret", secret)
        .append_pair("scope", scope)
        .finish()
}

impl TokenEndpoint {
    /// What is sent there again and again.
    pub(crate) fn load(&self) -> Outcome<Load> {
        let address = self.address.ok_or("there is no token endpoint")?;
        let (path, form, length) = (&self.path, &self.form, self.form.len());
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {length}\r\n\
             content-type: application/x-www-form-urlencoded\r\n\r\n{form}"
        );
        let requests = vec![request.into_bytes(); CONNECTIONS];
        Ok(Load::again(address, requests))
    }
}

impl Cases {
    /// A pool, and its client.
    pub(crate) async fn make_pool(&self) -> Outcome<TokenEndpoint> {
        let pool = json!({ "PoolName": "bench" });
        let pool = self.of_pools(Operation::CreateUserPool, &pool).await?;
        let pool = member(&pool, "/UserPool/Id")?;
        let server = json!({
            "UserPoolId": pool,
            "Identifier": SERVER,
            "Name": SERVER,
            "Scopes": [{ "ScopeName": "read", "ScopeDescription": "Read" }],
        });
        self.of_pools(Operation::CreateResourceServer, &server)
            .await?;
        let client = json!({
            "UserPoolId": pool,
            "ClientName": "bench",
            "GenerateSecret": true,
            "AllowedOAuthFlowsUserPoolClient": true,
            "AllowedOAuthFlows": ["client_credentials"],
            "AllowedOAuthScopes": [SCOPE],
        });
        let client = self
            .of_pools(Operation::CreateUserPoolClient, &client)
            .await?;
        let id = member(&client, "/UserPoolClient/ClientId")?;
        let secret = member(&client, "/UserPoolClient/ClientSecret")?;
        let metadata = format!("/{pool}/.well-known/openid-configuration");
        let request = Request::new("GET", &metadata);
        let host = self.server.to_string();
        let request = self.signer.sign(&request, &host, SystemClock.now());
        let answer = exchange_once(self.server, &request.bytes()).await?;
        let metadata: Value = serde_json::from_slice(&answer.body)?;
        let endpoint = url::Url::parse(text(&metadata, "token_endpoint")?)?;
        Ok(TokenEndpoint {
            pool,
            address: Some(self.server),
            path: endpoint.path().to_owned(),
            form: form(&id, &secret, SCOPE),
        })
    }

    async fn of_pools(&self, operation: Operation, body: &Value) -> Outcome<Value> {
        let request = Request::of_user_pools(operation, body);
        let mut signer = self.signer.clone();
        "cognito-idp".clone_into(&mut signer.service);
        let host = self.server.to_string();
        let message = signer.sign(&request, &host, SystemClock.now());
        let answer = exchange_once(self.server, &message.bytes()).await?;
        match answer.status {
            200 => Ok(serde_json::from_slice(&answer.body)?),
            status => Err(format!("{operation:?}: {status} {}", answer.text()).into()),
        }
    }
}

fn member(answer: &Value, path: &str) -> Outcome<String> {
    let text = answer.pointer(path).and_then(Value::as_str);
    let text = text.ok_or_else(|| format!("no {path}"))?;
    Ok(text.to_owned())
}
