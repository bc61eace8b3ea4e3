//! An authorization request: where its answer goes, whether it may be, and what comes next for it.

use serde::{Deserialize, Serialize};

use super::{ErrorCode, Parameters, Refusal, granted, resource};
use crate::redirect_uri::RedirectUri;
use crate::time::Timestamp;
use crate::user_pool_client::{Grant, PoolClient, PoolClientId};

/// The longest `nonce`, in bytes.
const NONCE_BYTES_MAX: usize = 512;
/// The length of a challenge of `S256`: 32 bytes as base64url (RFC 7636 §4.2).
const CHALLENGE_LENGTH: usize = 43;

/// Where an answer goes: known before anything else of a request is looked at, since without it
/// nobody is told what is wrong but the person who sits there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnTo {
    /// One that the client has registered.
    pub redirect_uri: RedirectUri,
    /// Whether the request named it: then who redeems the code has to (RFC 6749 §4.1.3).
    pub is_named: bool,
    /// What the client wants back.
    pub state: Option<String>,
}

impl ReturnTo {
    /// Where the answer to a request of `client` goes; none if it may go nowhere.
    pub fn of(client: &PoolClient, asked: &Parameters) -> Option<Self> {
        let openid = &client.settings.openid;
        if !openid.grants.contains(&Grant::AuthorizationCode) {
            return None;
        }
        let state = asked.get("state").map(str::to_owned);
        let Some(text) = asked.get("redirect_uri") else {
            let redirect_uri = openid.default_redirect_uri.clone()?;
            return Some(Self {
                redirect_uri,
                is_named: false,
                state,
            });
        };
        let redirect_uri: RedirectUri = text.parse().ok()?;
        let mut registered = openid.redirect_uris.iter();
        // SECURITY: byte by byte, but for the port of a loopback host (RFC 9700 §4.1). Held by
        // `a_browser_is_sent_to_registered_places_only`.
        registered
            .any(|uri| uri.allows(&redirect_uri))
            .then_some(Self {
                redirect_uri,
                is_named: true,
                state,
            })
    }
}

/// When the user is to be asked (OpenID Connect Core §3.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Where it is needed.
    IfNeeded,
    /// Never.
    Never,
    /// For the password, always.
    Login,
    /// Whether to go on, at least.
    Consent,
}

impl Prompt {
    pub(super) fn of(text: Option<&str>) -> Result<Self, Refusal> {
        let words = text.unwrap_or_default().split_ascii_whitespace();
        let is_one = words.clone().count() <= 1;
        let mut prompt = Self::IfNeeded;
        for word in words {
            prompt = match (word, prompt) {
                ("none", Self::IfNeeded) if is_one => Self::Never,
                ("none", _) => {
                    let text = "prompt has none beside other values";
                    return Err(ErrorCode::InvalidRequest.because(text));
                }
                ("login" | "select_account", _) | ("consent", Self::Login) => Self::Login,
                ("consent", _) => Self::Consent,
                _ => return Err(ErrorCode::InvalidRequest.because("prompt is not known")),
            };
        }
        Ok(prompt)
    }
}

/// An authorization request that may be: what a code is made for (RFC 6749 §4.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client: PoolClientId,
    /// Where the answer goes.
    pub to: ReturnTo,
    /// Scopes, each once, with a space between.
    pub scope: String,
    /// RFC 7636 §4.2, of `S256`.
    pub challenge: String,
    /// What the ID token says back.
    pub nonce: Option<String>,
    /// For whom the access token is (RFC 8707).
    pub resource: Option<String>,
    /// When the user is to be asked.
    pub prompt: Prompt,
    /// How long ago the password may have been given, in seconds.
    pub max_age_s: Option<u32>,
    /// The name that the form begins with.
    pub login_hint: Option<String>,
}

/// What comes next for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The user gives the password.
    LogIn,
    /// The user, who is signed in, says whether to go on.
    Confirm,
    /// The code is made at once.
    Answer,
    /// Nothing.
    Refuse(Refusal),
}

impl AuthorizationRequest {
    /// The request, if the client may make it: of its scopes, those are had now that `allowed` has.
    ///
    /// # Errors
    /// What the client is told (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6).
    pub fn check(
        client: &PoolClient,
        allowed: &[String],
        to: ReturnTo,
        asked: &Parameters,
    ) -> Result<Self, Refusal> {
        use ErrorCode as Code;
        for (name, code) in [
            ("request", Code::RequestNotSupported),
            ("request_uri", Code::RequestUriNotSupported),
            ("registration", Code::RegistrationNotSupported),
        ] {
            if asked.get(name).is_some() {
                return Err(code.because("objects of a request are not supported"));
            }
        }
        match asked.get("response_type") {
            Some("code") => {}
            None => return Err(Code::InvalidRequest.because("response_type is missing")),
            Some(_) => return Err(Code::UnsupportedResponseType.because("use code")),
        }
        if asked
            .get("response_mode")
            .is_some_and(|mode| mode != "query")
        {
            return Err(Code::InvalidRequest.because("the only response_mode is query"));
        }
        // SECURITY: always, and never `plain` (RFC 9700 §2.1.1, §4.8). Held by
        // `without_pkce_there_is_no_code`.
        if asked.get("code_challenge_method") != Some("S256") {
            return Err(Code::InvalidRequest.because("use PKCE, with code_challenge_method S256"));
        }
        let challenge = asked
            .get("code_challenge")
            .filter(|text| is_challenge(text));
        let challenge = challenge
            .ok_or_else(|| Code::InvalidRequest.because("code_challenge is none of S256"))?;
        let nonce = asked.get("nonce");
        if nonce.is_some_and(|nonce| nonce.len() > NONCE_BYTES_MAX) {
            return Err(Code::InvalidRequest.because("nonce is longer than 512 bytes"));
        }
        let max_age_s = asked.get("max_age").map(str::parse::<u32>).transpose();
        let max_age_s = max_age_s
            .map_err(|_| Code::InvalidRequest.because("max_age is no number of seconds"))?;
        Ok(Self {
            client: client.id.clone(),
            to,
            scope: granted(asked.get("scope"), allowed)?,
            challenge: challenge.to_owned(),
            nonce: nonce.map(str::to_owned),
            resource: resource(asked)?,
            prompt: Prompt::of(asked.get("prompt"))?,
            max_age_s,
            login_hint: asked.get("login_hint").map(str::to_owned),
        })
    }

    /// Whether the client may still make it: settings change while a page is open, and of its scopes
    /// those are had now that `allowed` has.
    pub fn stands(&self, client: &PoolClient, allowed: &[String]) -> bool {
        let openid = &client.settings.openid;
        let uris = openid.redirect_uris.iter();
        let mut uris = uris.chain(openid.default_redirect_uri.as_ref());
        client.id == self.client
            && openid.grants.contains(&Grant::AuthorizationCode)
            && uris.any(|uri| uri.allows(&self.to.redirect_uri))
            && granted(Some(&self.scope), allowed).is_ok()
    }

    /// What comes next in a browser where somebody signed in at `signed_in_at`. A client that
    /// anybody could be (`is_anybodys`: no secret, and no host that is its own) gets nothing without
    /// a word of the user (RFC 8252 §8.6).
    pub fn step(&self, signed_in_at: Option<Timestamp>, is_anybodys: bool, now: Timestamp) -> Step {
        let is_fresh = |at: &Timestamp| {
            self.max_age_s
                .is_none_or(|age_s| now < at.plus_seconds(age_s.into()))
        };
        let is_signed_in = signed_in_at.as_ref().is_some_and(is_fresh);
        match (self.prompt, is_signed_in) {
            (Prompt::Never, false) => {
                Step::Refuse(ErrorCode::LoginRequired.because("nobody is signed in"))
            }
            (Prompt::Never, true) if is_anybodys => {
                Step::Refuse(ErrorCode::InteractionRequired.because("the user has to be asked"))
            }
            (Prompt::Login, _) | (_, false) => Step::LogIn,
            (Prompt::Consent, true) => Step::Confirm,
            (Prompt::IfNeeded, true) if is_anybodys => Step::Confirm,
            (Prompt::IfNeeded | Prompt::Never, true) => Step::Answer,
        }
    }
}

fn is_challenge(text: &str) -> bool {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.len() == CHALLENGE_LENGTH && text.bytes().all(is_base64url)
}
