//! The API, as an agent's host calls it: over HTTP, and signed with the key of `procura dev`.

use std::fmt;

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use procura_app::authentication::SIGNING_NAME;
use procura_core::secret::Plain;
use procura_core::secret::kind::AccessKeySecret;
use procura_core::time::{Clock as _, SystemClock};
use procura_protocol::egress::OutboundUrl;
use procura_protocol::sigv4::signing::{self, Signer};
use procura_wire::Operation;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::loopback;
use crate::instance::Instance;

/// The API, as the holder of the key of `procura dev`.
pub(super) struct Api<'a> {
    instance: &'a Instance,
    secret: Plain<AccessKeySecret>,
}

/// The API said no.
#[derive(Debug)]
pub(super) struct Refused {
    /// The name of the exception.
    pub(super) exception: String,
    pub(super) message: String,
    /// The audit record of it.
    pub(super) record: Option<String>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refused {}

impl<'a> Api<'a> {
    pub(super) fn new(instance: &'a Instance) -> Self {
        let secret = instance.secret_access_key.clone().into_bytes();
        Self {
            instance,
            secret: Plain::new(secret),
        }
    }

    /// Calls an operation whose path has no labels. An error may be [`Refused`].
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        operation: Operation,
        body: &Value,
    ) -> anyhow::Result<T> {
        self.post(operation.name(), operation.uri_template(), body)
            .await
    }

    /// Posts `body` to `path`; `name` is what it is called. An error may be [`Refused`].
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        name: &str,
        path: &str,
        body: &Value,
    ) -> anyhow::Result<T> {
        let url = format!("{}{path}", self.instance.api);
        let url: OutboundUrl = url.parse().context("instance.json names no API")?;
        let body = body.to_string().into_bytes();
        let signer = Signer {
            access_key_id: &self.instance.access_key_id,
            secret: &self.secret,
            region: &self.instance.region,
            service: SIGNING_NAME,
        };
        let host = loopback::host(&url);
        let headers = signer.sign_post(&host, url.url().path(), &body, SystemClock.now());
        let mut authorization = HeaderValue::from_str(&headers.authorization)?;
        authorization.set_sensitive(true);
        let request = Request::post("/")
            .header(CONTENT_TYPE, signing::CONTENT_TYPE)
            .header("x-amz-date", headers.amz_date)
            .header(AUTHORIZATION, authorization)
            .body(Full::new(Bytes::from(body)))?;
        let answer = loopback::send(&url, request).await;
        let answer = answer.with_context(|| name.to_owned())?;
        if answer.status().is_success() {
            let read = serde_json::from_slice(answer.body());
            return read.with_context(|| format!("the answer to {name} cannot be read"));
        }
        let said: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        // The native operations answer with problems (RFC 9457).
        let message = said.get("message").or_else(|| said.get("detail"));
        let message = message.and_then(Value::as_str);
        let header = |name: &str| {
            let value = answer.headers().get(name);
            let value = value.and_then(|value| value.to_str().ok());
            value.map(str::to_owned)
        };
        let refused = Refused {
            exception: header("x-amzn-errortype").unwrap_or_default(),
            message: message.unwrap_or("no reason is given").to_owned(),
            record: header("x-procura-record"),
        };
        Err(anyhow::Error::new(refused).context(format!("{name} was refused")))
    }
}
