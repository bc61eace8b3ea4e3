//! The native API, as far as the local command line needs it: over the socket of the data
//! directory, which only its owner can open (mode 0600). Whoever is there is the operator.

mod agents;
mod audit;
mod backup;
mod connections;
mod expected_account;
mod grants;
mod issuers;
mod keys;
mod policies;
mod policy;
mod pool_keys;
mod record_search;
mod revocations;
pub(crate) mod signed;
mod signing_keys;
mod trust_bindings;
mod vault;

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::{Method, Request, Response};
use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::action::Action;
use procura_core::error::{Error, Kind};
use procura_core::id::RequestId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::error::problem;
use crate::response;

/// What the native API answers with.
pub type NativeAnswer = Response<Full<Bytes>>;

/// The longest body that it takes, in bytes.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Answers a request of the local operator.
pub async fn answer(app: &App, request: Request<Incoming>) -> Result<NativeAnswer, Infallible> {
    let cx = app.operator_cx(Action::ListAccounts);
    let id = cx.request;
    let mut call = Call {
        app,
        cx,
        request: Some(request),
    };
    let answered = call.route().await;
    Ok(match answered {
        Ok(answer) => answer,
        Err(error) => {
            let recorded = app.record_refusal(&call.cx, error).await;
            if let Some(cause) = recorded.cause() {
                tracing::error!(request = %id, ?cause, "failed");
            }
            problem::answer(&recorded, id)
        }
    })
}

/// One call of the operator.
struct Call<'a> {
    app: &'a App,
    cx: OpCx,
    request: Option<Request<Incoming>>,
}

impl Call<'_> {
    async fn route(&mut self) -> Result<NativeAnswer, Error> {
        let (method, path, query) = match &self.request {
            Some(request) => (
                request.method().clone(),
                request.uri().path().to_owned(),
                request.uri().query().unwrap_or_default().to_owned(),
            ),
            None => return Err(Error::internal("a call without a request")),
        };
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (&method, segments.as_slice()) {
            (&Method::GET, ["v1", "status"]) => self.status().await,
            (&Method::GET, ["v1", "accounts"]) => self.accounts().await,
            (&Method::POST, ["v1", "accounts"]) => self.create_account().await,
            (&Method::GET, ["v1", "accounts", account, "keys"]) => self.keys(account).await,
            (&Method::POST, ["v1", "accounts", account, "keys"]) => self.create_key(account).await,
            (&Method::DELETE, ["v1", "accounts", account, "keys", key]) => {
                self.revoke_key(account, key).await
            }
            (&Method::GET, ["v1", "accounts", account, "signing-keys"]) => {
                self.signing_keys(account).await
            }
            (&Method::POST, ["v1", "accounts", account, "signing-keys"]) => {
                self.create_signing_key(account).await
            }
            (&Method::GET, ["v1", "accounts", account, "issuers"]) => self.issuers(account).await,
            (&Method::POST, ["v1", "accounts", account, "issuers"]) => {
                self.register_issuer(account).await
            }
            (&Method::POST, ["v1", "accounts", account, "issuers", "remove"]) => {
                self.remove_issuer(account).await
            }
            (
                _,
                [
                    "v1",
                    "accounts",
                    account,
                    "agents",
                    name,
                    "trusted",
                    rest @ ..,
                ],
            ) => self.route_trusted(&method, account, name, rest).await,
            (_, ["v1", "accounts", account, "agents", rest @ ..]) => {
                self.route_agents(&method, account, rest, &query).await
            }
            (&Method::GET, ["v1", "accounts", account, "grants"]) => self.grants(account).await,
            (&Method::POST, ["v1", "accounts", account, "grants"]) => {
                self.create_grant(account).await
            }
            (&Method::DELETE, ["v1", "accounts", account, "grants", grant]) => {
                self.revoke_grant(account, grant).await
            }
            (_, ["v1", "accounts", account, "policies", rest @ ..]) => {
                self.route_policies(&method, account, rest).await
            }
            (_, ["v1", "accounts", account, "connections", rest @ ..]) => {
                self.route_connections(&method, account, rest, &query).await
            }
            (_, ["v1", "accounts", account, "revocations"]) => {
                self.route_revocations(&method, account).await
            }
            (_, ["v1", "pools", pool, "keys", rest @ ..]) => {
                self.route_pool_keys(&method, pool, rest).await
            }
            (_, ["v1", "audit", rest @ ..]) => self.route_audit(&method, rest, &query).await,
            (_, ["v1", "policy", rest @ ..]) => self.route_policy(&method, rest).await,
            (&Method::GET, ["v1", "vault", "keys"]) => self.vault_keys().await,
            (&Method::GET, ["v1", "vault", "rotations"]) => self.rotations().await,
            (&Method::POST, ["v1", "vault", "rotations"]) => self.rotate().await,
            (&Method::POST, ["v1", "backups"]) => self.create_backup().await,
            _ => Err(no_such(&method, &path)),
        }
    }

    async fn status(&self) -> Result<NativeAnswer, Error> {
        #[derive(Serialize)]
        struct Status<'a> {
            deployment: String,
            region: &'a str,
            policy: &'a str,
            engine: &'a str,
            clock_skew_ms: i64,
        }
        let status = Status {
            deployment: self.app.deployment().to_string(),
            region: self.app.region().as_str(),
            policy: self.app.policy_version(),
            engine: self.app.engine_name(),
            clock_skew_ms: self.app.clock_skew_ms().await?,
        };
        reply(200, &status, self.cx.request)
    }

    async fn body<T: DeserializeOwned>(&mut self) -> Result<T, Error> {
        let request = self
            .request
            .take()
            .ok_or_else(|| Error::internal("body read twice"))?;
        let body = Limited::new(request.into_body(), BODY_BYTES_MAX)
            .collect()
            .await;
        let bytes = body
            .map_err(|_| Error::new(Kind::Caller, "the body is incomplete or too long"))?
            .to_bytes();
        serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))
    }
}

/// A body is not what it should be: about where, and never what stands there.
///
/// SECURITY: the parser repeats the value that it did not expect. What is told is on record, too, and
/// what is on record cannot be taken back: a secret in the wrong place would stand there for ever.
/// Held by `a_secret_in_the_wrong_place_is_not_repeated`.
pub(crate) fn unreadable(error: &serde_json::Error) -> Error {
    let why = match error.classify() {
        Category::Io | Category::Syntax | Category::Eof => "it is not JSON",
        Category::Data => "a member is missing, not known, or of another type",
    };
    let (line, column) = (error.line(), error.column());
    let text = format!("the body cannot be read: {why}, line {line} column {column}");
    Error::new(Kind::Caller, text)
}

fn no_such(method: &Method, path: &str) -> Error {
    Error::not_found(format!("the native API has no {method} {path}"))
}

fn reply<T: Serialize>(status: u16, body: &T, request: RequestId) -> Result<NativeAnswer, Error> {
    let body = serde_json::to_vec(body).map_err(Error::internal_source)?;
    Ok(response::json(status, body, request, None))
}
