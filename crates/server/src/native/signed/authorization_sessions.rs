//! Authorization sessions: what one is for.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::authorization_session::{NotNow, State, Status};
use procura_core::error::Error;
use serde::{Deserialize, Serialize};

use crate::ops::Rendered;

/// Which session. Its URI opens it, so it stands in the body and in no address.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    session_uri: String,
}

/// What it is for.
#[derive(Serialize)]
struct Description<'a> {
    id: String,
    agent: &'a str,
    provider: &'a str,
    /// Of the provider's authorization endpoint, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_host: Option<&'a str>,
    scopes: Vec<&'a str>,
    /// `verified` or `asserted`.
    user_kind: &'static str,
    /// The text by which the caller named an asserted user.
    #[serde(skip_serializing_if = "Option::is_none")]
    asserted_user_id: Option<&'a str>,
    /// A word of [`State`], or `expired`.
    state: &'static str,
    /// RFC 3339.
    expires_at: String,
}

/// `POST /v1/authorization-sessions/describe`
pub(super) async fn describe(app: &App, cx: &mut OpCx, input: Input) -> Result<Rendered, Error> {
    let now = cx.now;
    let done = app.describe_session(cx, &input.session_uri).await?;
    let session = &done.value.session;
    let asserted = done.value.asserted_user.as_ref();
    let body = serde_json::to_vec(&Description {
        id: session.id.to_string(),
        agent: done.value.agent.as_str(),
        provider: done.value.provider.as_str(),
        provider_host: done.value.provider_host.as_deref(),
        scopes: session.scopes.iter().collect(),
        user_kind: session.user.kind.as_str(),
        asserted_user_id: asserted.map(|id| id.as_str()),
        state: word(session.status(now), session.state),
        expires_at: session.expires_at.to_string(),
    });
    Ok(Rendered {
        body: body.map_err(Error::internal_source)?,
        record: done.record,
    })
}

/// How a session stands, in a word.
fn word(status: Status, state: State) -> &'static str {
    match status {
        Status::Over(NotNow::Expired) => "expired",
        Status::InProgress | Status::Done | Status::Over(_) => state.as_str(),
    }
}
