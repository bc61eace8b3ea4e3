//! What is posted to an authorization server as its client, and what it answers.

use procura_core::error::Error;
use procura_core::id::ProviderId;
use procura_protocol::oauth::token_reply::{self, RawReply, ReplyError, TokenReply};
use procura_protocol::oauth::token_request::TokenRequest;
use procura_protocol::oauth::vendor_table::Dialect;

use super::{JSON, outbound_url};
use crate::App;
use crate::outbound::{Form, OutboundError, Reply};

/// The longest answer of a token endpoint, in bytes.
const TOKEN_REPLY_BYTES_MAX: usize = 256 * 1024;

/// What an authorization server answered, of which nothing is made yet.
pub(crate) struct Answer {
    pub(crate) host: String,
    pub(crate) reply: Reply,
}

/// Why there is no answer.
pub(crate) struct Unanswered {
    pub(crate) silence: Silence,
    pub(crate) error: Error,
}

/// What is known of a request without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silence {
    /// It was not sent: the server is left alone for a while.
    LeftAlone,
    /// It was not sent: the server was not reached.
    Unreached,
    /// It was not sent, for a reason of ours.
    Unsent,
    /// It was sent, and nothing whole came back.
    Lost,
    /// It was sent, and what came back is none.
    Unusable,
}

impl Silence {
    fn of(error: &OutboundError) -> Self {
        match error {
            OutboundError::Unreachable { .. } => Self::Unreached,
            OutboundError::Refused(_)
            | OutboundError::Busy { .. }
            | OutboundError::Unsendable { .. } => Self::Unsent,
            OutboundError::TimedOut { .. } | OutboundError::Broken { .. } => Self::Lost,
            OutboundError::TooLarge { .. } | OutboundError::Redirected { .. } => Self::Unusable,
        }
    }

    /// Whether the server has certainly not seen the request.
    pub(crate) fn is_unsent(self) -> bool {
        match self {
            Self::LeftAlone | Self::Unreached | Self::Unsent => true,
            Self::Lost | Self::Unusable => false,
        }
    }
}

impl From<Unanswered> for Error {
    fn from(unanswered: Unanswered) -> Self {
        unanswered.error
    }
}

impl App {
    /// Posts `request` to `endpoint`, the token endpoint of `provider`, unless that one is left alone
    /// for a while.
    pub(crate) async fn post_for_tokens(
        &self,
        provider: ProviderId,
        endpoint: &str,
        request: &TokenRequest,
    ) -> Result<Answer, Unanswered> {
        let trial = self
            .circuits
            .enter(provider, self.now())
            .map_err(|error| Unanswered {
                silence: Silence::LeftAlone,
                error,
            })?;
        let posted = self
            .post_as_client(endpoint, request, TOKEN_REPLY_BYTES_MAX)
            .await;
        // SECURITY: only what whoever asks has no hand in. A server that says 500 to an odd parameter
        // is not closed for others by it.
        match &posted {
            Ok(answer) if !matches!(answer.reply.status, 502..=504) => trial.answered(),
            Ok(_) => trial.failed(self.now()),
            Err(unanswered) => match unanswered.silence {
                Silence::Unreached | Silence::Lost => trial.failed(self.now()),
                Silence::Unusable => trial.answered(),
                // It was not asked.
                Silence::LeftAlone | Silence::Unsent => {}
            },
        }
        posted
    }

    /// Posts `request` to `endpoint`; the answer has at most `bytes_max` bytes.
    pub(crate) async fn post_as_client(
        &self,
        endpoint: &str,
        request: &TokenRequest,
        bytes_max: usize,
    ) -> Result<Answer, Unanswered> {
        let url = outbound_url(endpoint).map_err(|error| Unanswered {
            silence: Silence::Unsent,
            error,
        })?;
        let form = Form {
            accept: JSON,
            authorization: request.authorization(),
            headers: &[],
            body: request.form(),
        };
        match self.outbound.post_form(&url, form, bytes_max).await {
            Ok(reply) => Ok(Answer {
                host: url.host().to_owned(),
                reply,
            }),
            Err(error) => Err(Unanswered {
                silence: Silence::of(&error),
                error: error.into(),
            }),
        }
    }
}

impl Answer {
    /// The tokens, if it grants any; `request` is what it answers to.
    pub(crate) fn tokens(
        &self,
        dialect: &Dialect,
        request: &TokenRequest,
    ) -> Result<TokenReply, ReplyError> {
        let after = self.reply.retry_after;
        let after = after.map(|after| after.as_secs().to_string());
        let raw = RawReply {
            status: self.reply.status,
            retry_after: after.as_deref(),
            body: &self.reply.body,
        };
        token_reply::parse(&raw, dialect, &request.live_secrets())
    }
}
