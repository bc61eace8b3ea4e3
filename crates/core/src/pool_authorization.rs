//! What the authorization server of a user pool decides (RFC 6749, RFC 9700, OpenID Connect Core
//! 1.0): whether a request may be, when a user has to sign in for it, who redeems a code, and which
//! refresh token goes on.

mod parameters;
mod refusal;
mod request;

pub use self::parameters::{InvalidParameters, Parameters};
pub use self::refusal::{ErrorCode, Refusal};
pub use self::request::{AuthorizationRequest, Prompt, ReturnTo, Step};

use crate::id::{PoolUserId, SignInId};
use crate::redirect_uri::RedirectUri;
use crate::time::Timestamp;
use crate::user_pool_client::PoolClientId;

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
        // Nor does who saw it pass by and has not what it was asked for with.
        let uri = self.redirect_uri.as_ref().map(RedirectUri::as_str);
        if uri != who.redirect_uri.as_deref() || self.challenge != who.challenge {
            return Redemption::Refused(NOT_REDEEMED);
        }
        if let Some(sign_in) = self.sign_in {
            return Redemption::Reused(sign_in);
        }
        if now >= self.expires_at {
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
