//! Connections: what an agent has to say of a token that it got.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::unauthorized_report::UnauthorizedReport;
use procura_core::digest::Sha256;
use procura_core::error::Error;
use procura_core::scope::Scopes;
use serde::{Deserialize, Serialize};

use crate::ops::{Rendered, checked};

/// Which token a resource refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    workload_identity_token: String,
    resource_credential_provider_name: String,
    /// Those with which the token was asked for.
    scopes: Vec<String>,
    /// Base64url, without padding, of the SHA-256 of the token (`ath`, RFC 9449 §4.2).
    access_token_hash: String,
}

/// What came of it.
#[derive(Serialize)]
struct Output {
    /// A word of [`procura_app::unauthorized_report::Outcome`].
    outcome: &'static str,
    /// What the agent does next.
    advice: &'static str,
}

/// `POST /v1/connections/report-unauthorized`
pub(super) async fn report_unauthorized(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Rendered, Error> {
    let provider = &input.resource_credential_provider_name;
    let report = UnauthorizedReport {
        provider: checked("resource_credential_provider_name", provider)?,
        scopes: Scopes::from_items(&input.scopes)
            .map_err(|error| Error::field("scopes", error.to_string()))?,
        token_hash: hash(&input.access_token_hash)?,
    };
    let done = app
        .report_unauthorized(cx, &input.workload_identity_token, report)
        .await?;
    let output = Output {
        outcome: done.value.as_str(),
        advice: done.value.advice(),
    };
    Ok(Rendered {
        body: serde_json::to_vec(&output).map_err(Error::internal_source)?,
        record: done.record,
    })
}

fn hash(text: &str) -> Result<Sha256, Error> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| {
            Error::field(
                "access_token_hash",
                "is not the SHA-256 of a token in base64url without padding",
            )
        })
}
