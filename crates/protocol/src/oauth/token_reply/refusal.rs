//! A provider's no (RFC 6749 §5.2), and whose fault it is.

use std::fmt;

use serde_json::Value;

use super::super::redaction::{self, LiveSecrets};
use super::{Body, RawReply};

/// Longest wait that is passed on, in seconds.
pub const RETRY_AFTER_S_MAX: u32 = 3600;

/// What a provider said when it gave no token. Redacted: it may be logged, recorded and shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRefusal {
    /// The status of the reply.
    pub status: u16,
    /// `error`, where it has the form of RFC 6749 §5.2 and at most 64 bytes.
    pub code: Option<String>,
    /// `error_description`, or `message` where there is none: at most 200 visible ASCII characters.
    pub description: Option<String>,
    /// `Retry-After` in seconds, at most [`RETRY_AFTER_S_MAX`]. A date is not taken.
    pub retry_after_s: Option<u32>,
    /// Whether the body was empty, or a JSON object without the member `error` that RFC 6749 §5.2
    /// asks for. A page, or what cannot be read, is something else: it may not be the token endpoint
    /// that answered.
    pub without_words: bool,
}

/// Whose fault a refusal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// Whoever asked, or the administrator of the provider: the same request fails again.
    Caller,
    /// The provider is down, or has had enough for now: the same request may succeed later.
    Upstream {
        /// When, if the provider said so.
        retry_after_s: Option<u32>,
    },
}

/// Codes that say "later", whatever the status: RFC 6749 §4.1.2.1, RFC 8628 §3.5, Slack.
const LATER: &[&str] = &[
    "temporarily_unavailable",
    "server_error",
    "slow_down",
    "ratelimited",
];

impl ProviderRefusal {
    /// Whose fault it is: 408, 429 and 5xx are the provider's, so is a code that says "later"; all
    /// else, a redirect included, is the caller's or the administrator's.
    pub fn blame(&self) -> Blame {
        let says_later = self
            .code
            .as_deref()
            .is_some_and(|code| LATER.contains(&code));
        if says_later || matches!(self.status, 408 | 429 | 500..) {
            Blame::Upstream {
                retry_after_s: self.retry_after_s,
            }
        } else {
            Blame::Caller
        }
    }
}

impl std::error::Error for ProviderRefusal {}

impl fmt::Display for ProviderRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.as_deref().unwrap_or("no error code");
        write!(
            f,
            "the token endpoint refused: {code} (status {})",
            self.status
        )?;
        match &self.description {
            Some(description) => write!(f, ": {description}"),
            None => Ok(()),
        }
    }
}

/// A refusal of which only the status is known.
pub(super) fn without_body(reply: &RawReply<'_>) -> ProviderRefusal {
    ProviderRefusal {
        status: reply.status,
        code: None,
        description: None,
        retry_after_s: reply.retry_after.and_then(seconds),
        without_words: reply.body.trim_ascii().is_empty(),
    }
}

/// A refusal with what may be kept of the body. `error_uri` is dropped.
pub(super) fn from_body(
    reply: &RawReply<'_>,
    body: &Body,
    secrets: &LiveSecrets<'_>,
) -> ProviderRefusal {
    let secrets = secrets.with(body.tokens());
    // Facebook's `error` is an object with a message.
    let (code, inner) = match &body.error {
        Some(Value::String(code)) => (redaction::code(code, &secrets), None),
        Some(Value::Object(error)) => (None, error.get("message")),
        _ => (None, None),
    };
    let description = [
        body.error_description.as_ref(),
        body.message.as_ref(),
        inner,
    ]
    .into_iter()
    .flatten()
    .find_map(Value::as_str)
    .and_then(|text| redaction::text(text, &secrets));
    ProviderRefusal {
        code,
        description,
        without_words: body.error.is_none(),
        ..without_body(reply)
    }
}

fn seconds(text: &str) -> Option<u32> {
    let text = text.trim();
    let is_decimal = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_decimal.then(|| text.parse().unwrap_or(u32::MAX).min(RETRY_AFTER_S_MAX))
}
