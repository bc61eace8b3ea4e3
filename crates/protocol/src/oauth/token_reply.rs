//! What a token endpoint answered (RFC 6749 §5.1 and §5.2).
//!
//! Strict where two readers could see two answers, tolerant where vendors depart from the RFC and
//! no meaning is lost: the departures are named at each member, or stand in a vendor's
//! [`Dialect`]. Members that we do not know are left alone.

use procura_core::secret::Plain;
use procura_core::secret::kind::{AccessToken, RefreshToken};
use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::redaction::LiveSecrets;
use super::token_request::{ACCESS_TOKEN_TYPE, JWT_TYPE};
use super::vendor_table::{Dialect, TokenPlace};
use crate::strict_json::{self, Limits, StrictJsonError};
use procura_core::scope::{Scopes, ScopesError};

mod account;
mod refusal;
#[cfg(test)]
mod tests;

pub use self::account::{AccountError, IdToken, ProviderAccount};
pub use self::refusal::{Blame, ProviderRefusal, RETRY_AFTER_S_MAX};

/// Largest body, in bytes.
pub const BODY_BYTES_MAX: usize = 512 * 1024;
/// Longest token, in bytes.
pub const TOKEN_BYTES_MAX: usize = 131_072;
/// Longest life of a token, in seconds: ten years. A longer one is taken as this.
pub const EXPIRES_IN_S_MAX: u32 = 10 * 365 * 24 * 60 * 60;
const LIMITS: Limits = Limits {
    depth_max: 16,
    keys_max: 1_000,
    key_bytes_max: 512,
    string_bytes_max: 2 * TOKEN_BYTES_MAX,
    nul_in_strings: false,
    object_only: true,
};

/// What came back.
#[derive(Clone, Copy)]
pub struct RawReply<'a> {
    /// The status.
    pub status: u16,
    /// The header `Retry-After`, if there is one.
    pub retry_after: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

/// A token was issued.
#[derive(Debug)]
pub struct TokenReply {
    /// `access_token`: 1 to [`TOKEN_BYTES_MAX`] visible ASCII characters.
    pub access_token: Plain<AccessToken>,
    /// `refresh_token`, of the same form. An empty one is none: who had one before keeps that
    /// (RFC 6749 §6).
    pub refresh_token: Option<Plain<RefreshToken>>,
    /// `expires_in`, in seconds: 1 to [`EXPIRES_IN_S_MAX`]. Counts from the moment of the reply.
    pub expires_in_s: Option<u32>,
    /// `scope`: what was granted, if it is said. Ask [`Self::granted`].
    pub scopes: Option<Scopes>,
    /// `id_token`, of which nothing was looked at. Ask [`IdToken::account`] once the rest is safe.
    pub id_token: Option<IdToken>,
    /// `issued_token_type` of an exchange (RFC 8693 §2.2.1). Ask [`Self::check_issued`].
    pub issued_token_type: Option<IssuedTokenType>,
}

/// What an exchange issued, as the reply says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssuedTokenType {
    /// An access token, or a JWT, which is used as one.
    AccessToken,
    /// Anything else: a token for another purpose, or no word at all.
    Other,
}

impl TokenReply {
    /// Whether what was issued for another token is an access token. RFC 8693 §2.2.1 demands that an
    /// exchange says so (`is_exchange`); whoever says it elsewhere is believed, too.
    ///
    /// # Errors
    /// It is something else, or nobody knows.
    pub fn check_issued(&self, is_exchange: bool) -> Result<(), Unreadable> {
        match self.issued_token_type {
            Some(IssuedTokenType::AccessToken) => Ok(()),
            None if !is_exchange => Ok(()),
            Some(IssuedTokenType::Other) | None => Err(Unreadable::IssuedTokenType),
        }
    }

    /// What was granted. RFC 6749 §5.1: a reply that says nothing grants what was requested; one
    /// that says something grants that, be it more or less (attack 15 of the catalogue).
    pub fn granted(&self, requested: &Scopes) -> Scopes {
        self.scopes.clone().unwrap_or_else(|| requested.clone())
    }
}

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// The provider said no, or failed.
    #[error(transparent)]
    Refused(ProviderRefusal),
    /// The provider said yes in a way that we do not take.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

/// Why a reply of success is not taken. Never what stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// More than [`BODY_BYTES_MAX`].
    #[error("the token endpoint answered with more than 512 KiB")]
    TooLarge,
    /// No body.
    #[error("the token endpoint answered with nothing; check its URL")]
    Empty,
    /// Looks like a page for people.
    #[error("the token endpoint answered with a page instead of JSON; check its URL")]
    Html,
    /// Looks like a form.
    #[error("the token endpoint answered with a form instead of JSON; ask it for application/json")]
    Form,
    /// Two readers could read it differently, or it is no JSON object.
    #[error("the answer of the token endpoint is ambiguous or not JSON: {0}")]
    Json(StrictJsonError),
    /// A member is of another type than the standards say.
    #[error("a member of the token endpoint's answer has the wrong type")]
    WrongType,
    /// No `access_token`.
    #[error("the token endpoint answered without an access_token")]
    NoAccessToken,
    /// Empty, longer than [`TOKEN_BYTES_MAX`], or not visible ASCII.
    #[error("the token endpoint answered with a token that cannot be sent in a header")]
    Token,
    /// No `token_type`.
    #[error("the token endpoint answered without a token_type")]
    NoTokenType,
    /// Not a bearer token.
    #[error(
        "the token endpoint issued a token of type {0}; configure the client for Bearer tokens"
    )]
    TokenType(OtherTokenType),
    /// `issued_token_type` is missing, or no access token (RFC 8693 §2.2.1).
    #[error("the token endpoint did not say in issued_token_type that it issued an access token")]
    IssuedTokenType,
    /// `expires_in` is not a number of at least 1.
    #[error("the token endpoint answered with an expires_in that is not a number of seconds")]
    ExpiresIn,
    /// `scope` is no set of scopes.
    #[error("the token endpoint answered with an unusable scope: {0}")]
    Scope(ScopesError),
}

/// A type of tokens that is no bearer token, by its registered name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OtherTokenType {
    /// RFC 9449 §5: bound to a key.
    #[error("DPoP")]
    Dpop,
    /// A draft that was never finished.
    #[error("mac")]
    Mac,
    /// RFC 8693 §2.2.1: not for use as an access token.
    #[error("N_A")]
    NotApplicable,
    /// Any other.
    #[error("unknown to us")]
    Unknown,
}

/// As it stands in the body. A `null` is an absent member.
#[derive(Deserialize)]
struct Body {
    access_token: Option<SecretText>,
    refresh_token: Option<SecretText>,
    id_token: Option<SecretText>,
    token_type: Option<String>,
    expires_in: Option<Value>,
    scope: Option<Value>,
    error: Option<Value>,
    error_description: Option<Value>,
    message: Option<Value>,
    ok: Option<Value>,
    issued_token_type: Option<Value>,
    /// Filled where the dialect says so: another vendor's `authed_user` may be anything.
    #[serde(skip)]
    of_user: Option<OfUser>,
}

#[derive(Deserialize)]
struct WithUser {
    authed_user: Option<OfUser>,
}

/// A token that has an object to itself.
#[derive(Deserialize)]
struct OfUser {
    access_token: Option<SecretText>,
    refresh_token: Option<SecretText>,
    token_type: Option<String>,
    expires_in: Option<Value>,
    scope: Option<Value>,
}

#[derive(Deserialize)]
#[serde(from = "String")]
struct SecretText(Zeroizing<String>);

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

/// Reads a reply. `secrets` are those of the request; none of them, and no token of the reply, is
/// left in an error.
///
/// A status of 2xx with a member `error` is a refusal (GitHub and Slack answer so); so is one with
/// an `ok` that is not `true`, where the dialect knows that member.
///
/// # Errors
/// No token was issued, or not one that we can use.
pub fn parse(
    reply: &RawReply<'_>,
    dialect: &Dialect,
    secrets: &LiveSecrets<'_>,
) -> Result<TokenReply, ReplyError> {
    let body = read(reply.body, dialect);
    let is_success = matches!(reply.status, 200..=299);
    match body {
        Ok(body) if !is_success || body.says_no(dialect) => Err(ReplyError::Refused(
            refusal::from_body(reply, &body, secrets),
        )),
        Ok(body) => Ok(issued(body, dialect)?),
        Err(_) if !is_success => Err(ReplyError::Refused(refusal::without_body(reply))),
        Err(unreadable) => Err(unreadable.into()),
    }
}

impl Body {
    fn says_no(&self, dialect: &Dialect) -> bool {
        let is_not_ok = self.ok.as_ref().is_some_and(|ok| *ok != Value::Bool(true));
        self.error.is_some() || dialect.says_ok && is_not_ok
    }

    /// Every token that stands in it.
    fn tokens(&self) -> impl Iterator<Item = &str> {
        let of_user = self.of_user.as_ref();
        let tokens = [
            self.access_token.as_ref(),
            self.refresh_token.as_ref(),
            self.id_token.as_ref(),
            of_user.and_then(|user| user.access_token.as_ref()),
            of_user.and_then(|user| user.refresh_token.as_ref()),
        ];
        tokens.into_iter().flatten().map(|text| text.0.as_str())
    }

    /// The token of the user, where it has an object to itself.
    fn of_the_user(self) -> Self {
        match self.of_user {
            Some(user) if user.access_token.is_some() => Self {
                access_token: user.access_token,
                refresh_token: user.refresh_token,
                token_type: user.token_type,
                expires_in: user.expires_in,
                scope: user.scope,
                of_user: None,
                ..self
            },
            _ => self,
        }
    }
}

/// What an answer says that has no token in it.
pub(super) struct Said {
    /// Whether it has a member `error`.
    pub(super) says_no: bool,
    /// What may be kept of it.
    pub(super) words: ProviderRefusal,
}

/// Reads what an answer without a token says, whatever its status: for [`super::revocation`].
pub(super) fn refusal(reply: &RawReply<'_>, secrets: &LiveSecrets<'_>) -> Said {
    match read(reply.body, &Dialect::STANDARD) {
        Ok(body) => Said {
            says_no: body.error.is_some(),
            words: refusal::from_body(reply, &body, secrets),
        },
        Err(_) => Said {
            says_no: false,
            words: refusal::without_body(reply),
        },
    }
}

fn read(bytes: &[u8], dialect: &Dialect) -> Result<Body, Unreadable> {
    if bytes.len() > BODY_BYTES_MAX {
        return Err(Unreadable::TooLarge);
    }
    let trimmed = bytes.trim_ascii();
    if trimmed.is_empty() {
        return Err(Unreadable::Empty);
    }
    strict_json::check(bytes, &LIMITS).map_err(|error| {
        if trimmed.starts_with(b"<") {
            Unreadable::Html
        } else if trimmed.starts_with(b"access_token=") || trimmed.starts_with(b"error=") {
            Unreadable::Form
        } else {
            Unreadable::Json(error)
        }
    })?;
    let mut body: Body = serde_json::from_slice(bytes).map_err(|_| Unreadable::WrongType)?;
    if dialect.token_place == TokenPlace::AuthedUser {
        let with: WithUser = serde_json::from_slice(bytes).map_err(|_| Unreadable::WrongType)?;
        body.of_user = with.authed_user;
    }
    Ok(body)
}

fn issued(body: Body, dialect: &Dialect) -> Result<TokenReply, Unreadable> {
    let body = body.of_the_user();
    let access_token = body.access_token.ok_or(Unreadable::NoAccessToken)?;
    check_token_type(body.token_type.as_deref(), dialect)?;
    Ok(TokenReply {
        access_token: token(&access_token)?,
        refresh_token: body
            .refresh_token
            .as_ref()
            .filter(|text| !text.0.is_empty())
            .map(token)
            .transpose()?,
        expires_in_s: body.expires_in.as_ref().map(seconds).transpose()?,
        scopes: body
            .scope
            .as_ref()
            .map(|scope| granted(scope, dialect))
            .transpose()?,
        id_token: body.id_token.and_then(|SecretText(text)| IdToken::of(text)),
        issued_token_type: body.issued_token_type.as_ref().map(issued_type),
    })
}

/// RFC 8693 §3.
fn issued_type(word: &Value) -> IssuedTokenType {
    match word.as_str() {
        Some(ACCESS_TOKEN_TYPE | JWT_TYPE) => IssuedTokenType::AccessToken,
        Some(_) | None => IssuedTokenType::Other,
    }
}

/// RFC 6750 §2.1 is narrower; what matters is that it can stand in a header and is one word.
fn token<K>(text: &SecretText) -> Result<Plain<K>, Unreadable> {
    let bytes = text.0.as_bytes();
    let has_form = !bytes.is_empty()
        && bytes.len() <= TOKEN_BYTES_MAX
        && bytes.iter().all(u8::is_ascii_graphic);
    if has_form {
        Ok(Plain::new(bytes.to_vec()))
    } else {
        Err(Unreadable::Token)
    }
}

/// RFC 6749 §7.1: a client must not use a token whose type it does not understand. Case does not
/// matter (§5.1).
fn check_token_type(word: Option<&str>, dialect: &Dialect) -> Result<(), Unreadable> {
    let Some(word) = word else {
        return if dialect.token_type_optional {
            Ok(())
        } else {
            Err(Unreadable::NoTokenType)
        };
    };
    let is = |other: &str| word.eq_ignore_ascii_case(other);
    if is("Bearer") || dialect.bearer_words.iter().any(|other| is(other)) {
        return Ok(());
    }
    Err(Unreadable::TokenType(if is("DPoP") {
        OtherTokenType::Dpop
    } else if is("mac") {
        OtherTokenType::Mac
    } else if is("N_A") {
        OtherTokenType::NotApplicable
    } else {
        OtherTokenType::Unknown
    }))
}

/// A number, or a string of decimal digits (Microsoft's older endpoint and others). A fraction is
/// rounded down; what is below one second is refused, negative numbers with it; what is above
/// [`EXPIRES_IN_S_MAX`] is taken as that. A number that is no finite double is no JSON to us.
fn seconds(value: &Value) -> Result<u32, Unreadable> {
    let digits = match value {
        Value::Number(number) => match number.as_u64() {
            Some(whole) => whole.to_string(),
            None => format!(
                "{:.0}",
                number.as_f64().ok_or(Unreadable::ExpiresIn)?.floor()
            ),
        },
        Value::String(text) => text.clone(),
        _ => return Err(Unreadable::ExpiresIn),
    };
    let is_decimal = !digits.is_empty()
        && digits.len() <= 400
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_decimal {
        return Err(Unreadable::ExpiresIn);
    }
    // Digits that do not fit are more than ten years.
    let seconds = digits.parse().unwrap_or(u32::MAX).min(EXPIRES_IN_S_MAX);
    if seconds == 0 {
        return Err(Unreadable::ExpiresIn);
    }
    Ok(seconds)
}

/// A string, or a list of strings (Twitch).
fn granted(value: &Value, dialect: &Dialect) -> Result<Scopes, Unreadable> {
    match value {
        Value::String(text) => Scopes::from_text(text, dialect.reply_separator),
        Value::Array(items) => {
            let items: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            Scopes::from_items(items.ok_or(Unreadable::WrongType)?)
        }
        _ => return Err(Unreadable::WrongType),
    }
    .map_err(Unreadable::Scope)
}
