//! Taking a token back (RFC 7009): the request, and what was answered.

use procura_core::secret::Plain;
use procura_core::secret::kind::{AccessToken, RefreshToken};

use super::redaction::LiveSecrets;
use super::token_reply::{self, Blame, ProviderRefusal, RawReply};
use super::token_request::{ClientAuthentication, RequestError, TokenRequest, token_text};

#[cfg(test)]
mod tests;

/// What is taken back.
#[derive(Debug, Clone, Copy)]
pub enum Revocable<'a> {
    /// A server must know these (§2). Most end the access tokens that came of it, too (§2.1).
    RefreshToken(&'a Plain<RefreshToken>),
    /// A server should know these.
    AccessToken(&'a Plain<AccessToken>),
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revocation {
    /// The token is good for nothing any more, or never was (§2.2).
    Revoked,
    /// The server does not take back tokens of this type (§2.2.1): try the other of the two.
    UnsupportedTokenType,
    /// Not now (§2.2.1): the token must be taken for good until it was tried again.
    Later {
        /// In how many seconds, if the server said so.
        retry_after_s: Option<u32>,
    },
    /// The server said no, in its words as far as they may be kept. The token may still be good.
    Refused(ProviderRefusal),
}

/// Writes the request (§2.1). `token_parameter` is the vendor's word for the token, which is `token`
/// everywhere but at vendors whose row says otherwise.
///
/// # Errors
/// The first value that may not stand in a request.
pub fn request(
    what: Revocable<'_>,
    token_parameter: &'static str,
    client: &ClientAuthentication<'_>,
) -> Result<TokenRequest, RequestError> {
    let (token, hint) = match what {
        Revocable::RefreshToken(token) => (token_text(token), "refresh_token"),
        Revocable::AccessToken(token) => (token_text(token), "access_token"),
    };
    let mut request = TokenRequest::empty();
    request.push_secret(token_parameter, token.ok_or(RequestError::Token)?);
    request.push("token_type_hint", hint);
    request.authenticate(client)?;
    Ok(request)
}

/// Reads the answer. `secrets` are those of the request. The status decides (§2.2), but a success
/// with a member `error` is none: a token is not called revoked by a server that says otherwise.
pub fn read(reply: &RawReply<'_>, secrets: &LiveSecrets<'_>) -> Revocation {
    let refusal = token_reply::refusal(reply, secrets);
    if matches!(reply.status, 200..=299) && !refusal.says_no {
        return Revocation::Revoked;
    }
    let refusal = refusal.words;
    match (refusal.code.as_deref(), refusal.blame()) {
        (Some("unsupported_token_type"), _) => Revocation::UnsupportedTokenType,
        // §2.2 has it as a success; some servers say it in words.
        (Some("invalid_token"), _) if reply.status == 400 => Revocation::Revoked,
        (_, Blame::Upstream { retry_after_s }) => Revocation::Later { retry_after_s },
        (_, Blame::Caller) => Revocation::Refused(refusal),
    }
}
