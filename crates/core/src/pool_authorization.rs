//! What the authorization server of a user pool decides (RFC 6749, RFC 9700, OpenID Connect Core
//! 1.0): whether a request may be, when a user has to sign in for it, who redeems a code, and which
//! refresh token goes on.

mod parameters;
mod refusal;

use serde::{Deserialize, Serialize};

pub use self::parameters::{InvalidParameters, Parameters};
pub use self::refusal::{ErrorCode, Refusal};

use crate::id::{PoolUserId, SignInId};
use crate::redirect_uri::RedirectUri;
use crate::time::Timestamp;
use crate::user_pool_client::{Grant, PoolClient, PoolClientId};

/// How long a code is good, in seconds.
pub const CODE_LIFETIME_S: i64 = 60;
/// How long a code is remembered after that, in seconds: its second use ends what the first gave.
pub const CODE_REMEMBERED_S: i64 = 600;
/// How long a browser stays signed in, in seconds.
pub const LOGIN_LIFETIME_S: i64 = 3600;
/// How long a user has for the page, in seconds.
pub const PAGE_LIFETIME_S: i64 = 1800;
/// How many generations of refresh tokens are remembered: a use of one of them that is over is known
/// for what it is. Of older ones nothing is known, and nothing is ended by them.
pub const GENERATIONS_REMEMBERED: u64 = 100;

/// The scope without which there is no ID token (OpenID Connect Core §3.1.2.1).
pub const OPENID: &str = "openid";
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
    fn of(text: Option<&str>) -> Result<Self, Refusal> {
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
    /// The request, if the client may make it.
    ///
    /// # Errors
    /// What the client is told (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6).
    pub fn check(client: &PoolClient, to: ReturnTo, asked: &Parameters) -> Result<Self, Refusal> {
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
            scope: granted(asked.get("scope"), &client.settings.openid.scopes)?,
            challenge: challenge.to_owned(),
            nonce: nonce.map(str::to_owned),
            resource: resource(asked)?,
            prompt: Prompt::of(asked.get("prompt"))?,
            max_age_s,
            login_hint: asked.get("login_hint").map(str::to_owned),
        })
    }

    /// Whether the client may still make it: settings change while a page is open.
    pub fn stands(&self, client: &PoolClient) -> bool {
        let openid = &client.settings.openid;
        let uris = openid.redirect_uris.iter();
        let mut uris = uris.chain(openid.default_redirect_uri.as_ref());
        client.id == self.client
            && openid.grants.contains(&Grant::AuthorizationCode)
            && uris.any(|uri| uri.allows(&self.to.redirect_uri))
            && granted(Some(&self.scope), &openid.scopes).is_ok()
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

/// The scopes that are given: those that are asked for, if `allowed` has them all; all of `allowed`
/// where none is asked for (RFC 6749 §3.3).
///
/// # Errors
/// `invalid_scope`.
pub fn granted(asked: Option<&str>, allowed: &[String]) -> Result<String, Refusal> {
    let unknown = || ErrorCode::InvalidScope.because("the client may not ask for this scope");
    let mut scopes: Vec<&str> = Vec::new();
    let asked = asked.unwrap_or_default();
    for scope in asked.split(' ').filter(|scope| !scope.is_empty()) {
        if !allowed.iter().any(|allowed| allowed == scope) {
            return Err(unknown());
        }
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    if scopes.is_empty() {
        scopes = allowed.iter().map(String::as_str).collect();
    }
    if scopes.is_empty() {
        return Err(unknown());
    }
    Ok(scopes.join(" "))
}

/// Whether a text of scopes has one.
pub fn has_scope(scopes: &str, scope: &str) -> bool {
    scopes.split(' ').any(|own| own == scope)
}

/// For whom the token is to be: an absolute `https` URI without a fragment, or `http` on a loopback
/// host (RFC 8707 §2).
///
/// # Errors
/// `invalid_target`.
pub fn resource(asked: &Parameters) -> Result<Option<String>, Refusal> {
    let Some(text) = asked.get("resource") else {
        return Ok(None);
    };
    let wrong = || ErrorCode::InvalidTarget.because("resource is no https URI without a fragment");
    // The form is that of a place on the web, which a redirect URI has, too.
    let uri: RedirectUri = text.parse().map_err(|_| wrong())?;
    let is_web = ["https://", "http://"]
        .iter()
        .any(|scheme| uri.as_str().starts_with(scheme));
    is_web.then(|| Some(text.to_owned())).ok_or_else(wrong)
}

/// A code as it is kept (RFC 6749 §4.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationCode {
    /// Who signed in.
    pub pool_user: PoolUserId,
    /// For which client.
    pub client: PoolClientId,
    /// Where the browser was sent, if the request named it.
    pub redirect_uri: Option<RedirectUri>,
    /// RFC 7636 §4.2, of `S256`.
    pub challenge: String,
    /// What was granted.
    pub scope: String,
    /// What the ID token says back.
    pub nonce: Option<String>,
    /// For whom the access token is.
    pub resource: Option<String>,
    /// When the user gave the password.
    pub authenticated_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// What it was redeemed for.
    pub sign_in: Option<SignInId>,
}

/// Who wants to redeem a code.
#[derive(Debug, Clone)]
pub struct Redeemer {
    /// The client, which has shown that it is that.
    pub client: PoolClientId,
    /// What it says of the request.
    pub redirect_uri: Option<String>,
    /// The challenge that its verifier makes.
    pub challenge: String,
    /// For whom it wants the token.
    pub resource: Option<String>,
}

/// What becomes of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redemption {
    /// It is redeemed.
    Redeemed,
    /// It is not, and stays what it is.
    Refused(Refusal),
    /// It was redeemed before, for this: which ends (RFC 6749 §4.1.2, RFC 9700 §4.5).
    Reused(SignInId),
}

/// What is said of a code that cannot be redeemed, whatever is wrong.
pub const NOT_REDEEMED: Refusal = Refusal {
    code: ErrorCode::InvalidGrant,
    text: "the code is not valid for this request; begin again at the authorization endpoint",
};

impl AuthorizationCode {
    /// The code that a user's yes makes.
    pub fn for_request(
        request: &AuthorizationRequest,
        user: PoolUserId,
        authenticated_at: Timestamp,
        now: Timestamp,
    ) -> Self {
        let to = &request.to;
        Self {
            pool_user: user,
            client: request.client.clone(),
            redirect_uri: to.is_named.then(|| to.redirect_uri.clone()),
            challenge: request.challenge.clone(),
            scope: request.scope.clone(),
            nonce: request.nonce.clone(),
            resource: request.resource.clone(),
            authenticated_at,
            expires_at: now.plus_seconds(CODE_LIFETIME_S),
            sign_in: None,
        }
    }

    /// What becomes of it when somebody wants to redeem it.
    pub fn redeemed_by(&self, who: &Redeemer, now: Timestamp) -> Redemption {
        // SECURITY: what another client does with it changes nothing for who may redeem it. Held by
        // `a_code_is_of_its_client_and_good_once`.
        if self.client != who.client {
            return Redemption::Refused(NOT_REDEEMED);
        }
        if let Some(sign_in) = self.sign_in {
            return Redemption::Reused(sign_in);
        }
        let uri = self.redirect_uri.as_ref().map(RedirectUri::as_str);
        if now >= self.expires_at
            || uri != who.redirect_uri.as_deref()
            || self.challenge != who.challenge
        {
            return Redemption::Refused(NOT_REDEEMED);
        }
        match check_resource(self.resource.as_deref(), who.resource.as_deref()) {
            Ok(()) => Redemption::Redeemed,
            Err(refusal) => Redemption::Refused(refusal),
        }
    }
}

/// Whether who comes back for tokens wants them for the same place (RFC 8707 §2.2).
///
/// # Errors
/// `invalid_target`.
pub fn check_resource(granted: Option<&str>, asked: Option<&str>) -> Result<(), Refusal> {
    if asked.is_none() || asked == granted {
        Ok(())
    } else {
        Err(ErrorCode::InvalidTarget.because("the grant is for another resource"))
    }
}

/// What becomes of a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// It begins the next generation.
    Advances,
    /// It is the one before, and its answer may have been lost: it gets another of the newest
    /// generation.
    Repeats,
    /// Somebody else has used it: the sign-in ends (RFC 9700 §4.14.2).
    Reused,
}

/// What becomes of a refresh token of generation `presented`, while `newest` is the newest one and
/// began at `began_at`. The generation before is good for `grace_s` seconds, until one of the newest
/// is used: by then that has become the one before.
pub fn refresh(
    presented: u64,
    (newest, began_at): (u64, Timestamp),
    grace_s: u8,
    now: Timestamp,
) -> Refresh {
    if presented == newest {
        Refresh::Advances
    } else if presented.checked_add(1) == Some(newest)
        && now < began_at.plus_seconds(grace_s.into())
    {
        Refresh::Repeats
    } else {
        Refresh::Reused
    }
}

#[cfg(test)]
mod tests;
