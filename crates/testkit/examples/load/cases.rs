//! What is asked: a case is a list of requests, made and signed.

use std::net::SocketAddr;

use procura_core::time::{Clock as _, SystemClock};
use procura_demo::DemoProvider;
use procura_protocol::jose::Algorithm;
use procura_testkit::{Request, Signer};
use procura_wire::Operation;
use serde_json::{Value, json};

use crate::delegation;
use crate::drive::{self, CONNECTIONS, Load, exchange_once};
use crate::token_endpoint::{self, TokenEndpoint};
use crate::workload;
use crate::{Outcome, address, text};

/// The agent, and the provider of the API key that is asked for.
const AGENT: &str = "bench";
const PROVIDER: &str = "bench-key";
/// The provider of the demo authorization server, which `dev` makes.
const MACHINE: &str = "demo";
/// How long an API key is, in bytes.
const KEY_BYTES: usize = 700;
/// How many users the tokens that are seen once are of.
const USERS: usize = 1000;
/// So many tokens that are seen once are made for each second: more than can be verified.
pub(crate) const COLD_PER_SECOND: f64 = 8000.0;
/// So many rows are made, or read, before the next are signed.
const CHUNK: u64 = 10_000;

/// Everything that can be asked of one service.
#[derive(Clone)]
pub(crate) struct Cases {
    hello: SocketAddr,
    pub(crate) server: SocketAddr,
    pub(crate) signer: Signer,
    pub(crate) issuer: DemoProvider,
    /// The workload access token.
    token: String,
    /// The same, for a user who let the agent act.
    user: String,
    /// The same, for users among many who did.
    pub(crate) users: Vec<String>,
    /// Users' tokens that are seen again and again.
    warm: Vec<String>,
    /// Ours: that of a user pool.
    pool: TokenEndpoint,
    /// Somebody else's, where there is one.
    peer: Option<TokenEndpoint>,
}

impl Cases {
    /// Makes what the cases are about, where it is not there yet.
    pub(crate) async fn begin(login: &Value, issuer: DemoProvider) -> Outcome<Self> {
        let warm = (0..CONNECTIONS).map(|user| user_token(&issuer, user));
        let mut cases = Self {
            hello: address(login, "hello")?,
            server: address(login, "server")?,
            signer: Signer {
                key_id: text(login, "key")?.to_owned(),
                secret: text(login, "secret")?.to_owned(),
                region: text(login, "region")?.to_owned(),
                service: "bedrock-agentcore".to_owned(),
                session_token: None,
            },
            warm: warm.collect(),
            issuer,
            token: String::new(),
            user: String::new(),
            users: Vec::new(),
            pool: TokenEndpoint::default(),
            peer: token_endpoint::peer(login)?,
        };
        let agent = json!({
            "name": AGENT,
            "allowedResourceOauth2ReturnUrls": [delegation::RETURN_URL],
        });
        cases
            .make(Operation::CreateWorkloadIdentity, &agent)
            .await?;
        let key = json!({ "name": PROVIDER, "apiKey": "k".repeat(KEY_BYTES) });
        cases
            .make(Operation::CreateApiKeyCredentialProvider, &key)
            .await?;
        let minted = cases
            .said(Operation::GetWorkloadAccessToken, &mint())
            .await?;
        text(&minted, "workloadAccessToken")?.clone_into(&mut cases.token);
        cases.make_user_provider().await?;
        cases.user = cases.connect(0).await?;
        cases.pool = cases.make_pool().await?;
        cases.make_workloads().await?;
        Ok(cases)
    }

    /// What has to be known of what was made: others make it complete.
    pub(crate) fn made(&self) -> Value {
        json!({
            "issuer": self.issuer.issuer(),
            "pool": self.pool.pool,
            "agents": workload::names().collect::<Vec<_>>(),
            "audience": workload::AUDIENCE,
        })
    }

    /// What is answered to one request.
    pub(crate) async fn said(&self, operation: Operation, body: &Value) -> Outcome<Value> {
        let answer = exchange_once(self.server, &self.signed(operation, body, 0)).await?;
        match answer.status {
            200 => Ok(serde_json::from_slice(&answer.body)?),
            status => Err(format!("{operation:?}: {status} {}", answer.text()).into()),
        }
    }

    /// Makes something; that it is there already is no failure.
    pub(crate) async fn make(&self, operation: Operation, body: &Value) -> Outcome<()> {
        let request = self.signed(operation, body, 0);
        let answer = exchange_once(self.server, &request).await?;
        match answer.status {
            201 | 409 => Ok(()),
            400 if answer.text().contains("exist") => Ok(()),
            status => Err(format!("{operation:?}: {status} {}", answer.text()).into()),
        }
    }

    /// A figure counts only for what is on record.
    pub(crate) async fn check_records(&self) -> Outcome<()> {
        for case in [
            "api-key",
            "m2m-cached",
            "user-token",
            "jwt-warm",
            "jwt-cold",
            "mint",
            "pool-token",
            "web-identity",
        ] {
            let load = self.load(case, 0.0)?;
            let first = load.requests.first().ok_or("no request")?;
            let answer = exchange_once(self.server, first).await?;
            if answer.status != 200 || !answer.head().contains("x-procura-record: ") {
                let text = answer.text();
                return Err(format!("{case}: {} without record: {text}", answer.status).into());
            }
        }
        Ok(())
    }

    /// What a case sends in `seconds`.
    pub(crate) fn load(&self, case: &str, seconds: f64) -> Outcome<Load> {
        let load = match case {
            "hello" => {
                let request = format!("GET / HTTP/1.1\r\nhost: {}\r\n\r\n", self.hello);
                let requests = vec![request.into_bytes()];
                return Ok(Load::again(self.hello, requests));
            }
            "api-key" => self.again(Operation::GetResourceApiKey, |_| self.use_key(PROVIDER)),
            "m2m-cached" => self.again(Operation::GetResourceOauth2Token, |_| {
                json!({
                    "workloadIdentityToken": self.token,
                    "resourceCredentialProviderName": MACHINE,
                    "scopes": ["read"],
                    "oauth2Flow": "M2M",
                })
            }),
            "user-token" => self.again(Operation::GetResourceOauth2Token, |_| {
                delegation::ask(&self.user)
            }),
            "user-tokens" => self.again(Operation::GetResourceOauth2Token, |at| {
                delegation::ask(self.users.get(at).map_or("", String::as_str))
            }),
            "jwt-warm" => self.again(Operation::GetWorkloadAccessTokenForJWT, |at| {
                prove(self.warm.get(at).map_or("", String::as_str))
            }),
            "jwt-cold" => self.cold(seconds),
            "pool-token" => self.pool.load()?,
            "oidc-provider" => self.peer.as_ref().ok_or("there is no peer")?.load()?,
            "web-identity" => self.prove_workloads(seconds),
            "mint" => self.again(Operation::GetWorkloadAccessToken, |_| mint()),
            "deny" => {
                let mut impostor = self.clone();
                impostor.signer.secret.push('x');
                let load = impostor.again(Operation::GetWorkloadAccessToken, |_| mint());
                Load {
                    expected: 403,
                    ..load
                }
            }
            other => return Err(format!("there is no case {other}").into()),
        };
        Ok(load)
    }

    /// Rows of the vault, each with a key of its own.
    pub(crate) async fn fill(&self, rows: u64) -> Outcome<Value> {
        self.in_chunks(rows, 201, |row| {
            let key = format!("{row:0>KEY_BYTES$}");
            let body = json!({ "name": row_name(row), "apiKey": key });
            (Operation::CreateApiKeyCredentialProvider, body)
        })
        .await
    }

    /// Reads as many rows as there are, each once.
    pub(crate) async fn read(&self, rows: u64) -> Outcome<Value> {
        self.in_chunks(rows, 200, |row| {
            (Operation::GetResourceApiKey, self.use_key(&row_name(row)))
        })
        .await
    }

    async fn in_chunks(
        &self,
        rows: u64,
        expected: u16,
        request: impl Fn(u64) -> (Operation, Value),
    ) -> Outcome<Value> {
        let (mut from, mut seconds) = (0, 0.0);
        while from < rows {
            let to = rows.min(from + CHUNK);
            let requests = (from..to).map(|row| {
                let (operation, body) = request(row);
                self.signed(operation, &body, row)
            });
            let load = Load::once(self.server, requests.collect(), expected);
            let done = drive::run(load, None).await?;
            seconds += done.get("seconds").and_then(Value::as_f64).unwrap_or(0.0);
            from = to;
        }
        Ok(json!({ "requests": rows, "seconds": seconds }))
    }

    /// A request for each connection, which repeats it.
    fn again(&self, operation: Operation, body: impl Fn(usize) -> Value) -> Load {
        let requests = (0..CONNECTIONS).zip(0..).map(|(at, invocation)| {
            let body = body(at);
            self.signed(operation, &body, invocation)
        });
        Load::again(self.server, requests.collect())
    }

    /// Tokens that nobody has seen.
    fn cold(&self, seconds: f64) -> Load {
        let mut requests = Vec::new();
        let mut of_seconds = 0.0;
        for (user, invocation) in (0..USERS).cycle().zip(0..) {
            if of_seconds > seconds {
                break;
            }
            of_seconds += COLD_PER_SECOND.recip();
            let body = prove(&user_token(&self.issuer, user));
            let operation = Operation::GetWorkloadAccessTokenForJWT;
            requests.push(self.signed(operation, &body, invocation));
        }
        Load::once(self.server, requests, 200)
    }

    /// Signed now; `invocation` tells apart what is asked twice in a second.
    fn signed(&self, operation: Operation, body: &Value, invocation: u64) -> Vec<u8> {
        let request = Request::of(operation)
            .json(body)
            .header("amz-sdk-invocation-id", &invocation.to_string());
        let host = self.server.to_string();
        self.signer.sign(&request, &host, SystemClock.now()).bytes()
    }

    fn use_key(&self, provider: &str) -> Value {
        json!({
            "workloadIdentityToken": self.token,
            "resourceCredentialProviderName": provider,
        })
    }
}

fn mint() -> Value {
    json!({ "workloadName": AGENT })
}

pub(crate) fn prove(user_token: &str) -> Value {
    json!({ "workloadName": AGENT, "userToken": user_token })
}

/// A new token of a user: ES256, never the same.
pub(crate) fn user_token(issuer: &DemoProvider, user: usize) -> String {
    let claims = json!({ "sub": format!("user-{user}") });
    issuer.user_token_with(claims, Algorithm::Es256, Some("at+jwt"))
}

fn row_name(row: u64) -> String {
    format!("row-{row}")
}
