//! Signing a user in, and remembering it in the browser.

use hyper::header::{HeaderMap, HeaderValue};
use procura_core::entropy::OsEntropy;
use procura_core::error::Error;
use procura_core::secret::Plain;
use procura_core::time::Timestamp;
use procura_protocol::jose::jwt::Claims;
use procura_protocol::oauth::authorization_response::{self, AuthorizationResponse};
use procura_protocol::oauth::pkce;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Shared;
use super::cookie::{Cookie, random_text};
use super::provider::{Asking, NotSignedIn};
use super::words::{self, Words};
use crate::browser::page::shortened;

/// How long somebody is signed in at most, in seconds.
const LOGIN_LIFETIME_S: i64 = 60 * 60;
/// How long a sign-in may take, in seconds.
const ATTEMPT_LIFETIME_S: i64 = 10 * 60;
/// The longest name of a user that is shown whole, in characters: of one that is unique, and of one
/// that users choose.
const SHOWN_MAX: usize = 120;
const NAME_MAX: usize = 60;

/// Who is signed in: the content of a cookie.
#[derive(Serialize, Deserialize)]
pub(super) struct Login {
    /// What proves it to the API.
    pub(super) id_token: String,
    /// What the page calls the user.
    pub(super) shown: String,
    /// What users call themselves, if it is something else.
    pub(super) name: Option<String>,
    /// Who says so.
    pub(super) issuer: String,
    /// What tells this browser from others.
    pub(super) browser: String,
    until_ms: i64,
}

/// A browser in which nobody is signed in: the content of a cookie.
#[derive(Serialize, Deserialize)]
pub(super) struct Visitor {
    /// What tells this browser from others.
    pub(super) browser: String,
}

/// A sign-in that is under way: the content of a cookie.
#[derive(Serialize, Deserialize)]
struct Attempt {
    state: String,
    nonce: String,
    code_verifier: String,
    session_uri: String,
    until_ms: i64,
}

/// Where a browser goes, and what it is told to keep or to forget.
pub(super) struct Going {
    pub(super) location: String,
    pub(super) cookies: Vec<HeaderValue>,
}

/// Why a sign-in came to nothing: what is said, and what the browser is told to forget.
pub(super) struct NotGoing {
    pub(super) words: Words,
    pub(super) cookies: Vec<HeaderValue>,
}

/// Who is signed in in the browser that sent these headers, if somebody is.
pub(super) fn of(shared: &Shared, headers: &HeaderMap, now: Timestamp) -> Option<Login> {
    let login: Login = shared.cookies.kept(headers, Cookie::Login)?;
    (now.millis() < login.until_ms).then_some(login)
}

/// Sends a browser to sign its user in, for this session.
pub(super) async fn begin(
    shared: &Shared,
    now: Timestamp,
    session_uri: &str,
    anew: bool,
) -> Result<Going, Error> {
    let verifier = pkce::code_verifier(&mut OsEntropy);
    let attempt = Attempt {
        state: random_text(),
        nonce: random_text(),
        code_verifier: verifier.expose_secret_text().unwrap_or_default().to_owned(),
        session_uri: session_uri.to_owned(),
        until_ms: now.plus_seconds(ATTEMPT_LIFETIME_S).millis(),
    };
    let asking = Asking {
        state: &attempt.state,
        nonce: &attempt.nonce,
        code_challenge: &pkce::challenge_s256(&verifier),
        anew,
    };
    let location = shared
        .login_provider
        .authorization_url(now, &asking)
        .await?;
    let cookie = Cookie::Attempt {
        state: &attempt.state,
    };
    let kept = shared.cookies.keep(cookie, &attempt, ATTEMPT_LIFETIME_S)?;
    let kept = kept.ok_or_else(|| Error::internal("a sign-in is longer than a cookie"))?;
    Ok(Going {
        location,
        cookies: vec![kept],
    })
}

/// A browser comes back from the provider with `query`.
pub(super) async fn finish(
    shared: &Shared,
    now: Timestamp,
    headers: &HeaderMap,
    query: &str,
) -> Result<Going, NotGoing> {
    let refused = |words| NotGoing {
        words,
        cookies: Vec::new(),
    };
    let response =
        authorization_response::parse(query).map_err(|_| refused(words::OTHER_SIGN_IN))?;
    let cookie = Cookie::Attempt {
        state: response.state(),
    };
    // SECURITY: `state` is good in the browser that it was made for and in no other (RFC 9700
    // §4.7); the cookie is found by it and bound to it. Held by
    // `a_sign_in_of_another_browser_is_refused`.
    let attempt: Option<Attempt> = shared.cookies.kept(headers, cookie);
    let attempt = attempt
        .filter(|attempt| attempt.state == response.state() && now.millis() < attempt.until_ms)
        .ok_or_else(|| refused(words::OTHER_SIGN_IN))?;
    // Whatever comes of it, it was used.
    let mut cookies: Vec<HeaderValue> = shared.cookies.forget(cookie).into_iter().collect();
    match signed_in(shared, now, &response, &attempt).await {
        Ok(login) => {
            cookies.push(login);
            let location = super::visit::page_of(&attempt.session_uri);
            Ok(Going { location, cookies })
        }
        Err(words) => Err(NotGoing { words, cookies }),
    }
}

/// The cookie of the user whom this response proves.
async fn signed_in(
    shared: &Shared,
    now: Timestamp,
    response: &AuthorizationResponse,
    attempt: &Attempt,
) -> Result<HeaderValue, Words> {
    let provider = &shared.login_provider;
    let of_provider = provider.is_of_provider(now, response.iss()).await;
    of_provider.map_err(told)?;
    let AuthorizationResponse::Code { code, .. } = response else {
        return Err(words::SIGN_IN_REFUSED);
    };
    let verifier = Plain::new(attempt.code_verifier.clone().into_bytes());
    let signed_in = provider.redeem(now, code, &verifier, &attempt.nonce).await;
    let signed_in = signed_in.map_err(told)?;
    let ends_at = signed_in.claims.times.expires_at.millis();
    let until_ms = now.plus_seconds(LOGIN_LIFETIME_S).millis().min(ends_at);
    let (shown, name) = shown(&signed_in.claims);
    let login = Login {
        shown,
        name,
        issuer: signed_in.claims.issuer.clone(),
        id_token: signed_in.id_token,
        browser: random_text(),
        until_ms,
    };
    let age_s = (until_ms - now.millis()).div_euclid(1000).max(1);
    let kept = shared.cookies.keep(Cookie::Login, &login, age_s);
    match kept {
        Ok(Some(cookie)) => Ok(cookie),
        Ok(None) => Err(words::SIGN_IN_TOO_LONG),
        Err(error) => {
            tracing::error!(cause = ?error.cause(), "a sign-in could not be kept");
            Err(words::SIGN_IN_UNAVAILABLE)
        }
    }
}

fn told(error: NotSignedIn) -> Words {
    match error {
        NotSignedIn::Unavailable(error) => {
            let cause = error.cause();
            tracing::warn!(?cause, "signing in failed: {}", error.public());
            words::SIGN_IN_UNAVAILABLE
        }
        NotSignedIn::NotProved(error) => {
            tracing::info!("a sign-in proves nobody: {}", error.public());
            words::SIGN_IN_NOT_PROVED
        }
    }
}

/// What the page calls a user: by the one name that is unique, and as people do.
fn shown(claims: &Claims) -> (String, Option<String>) {
    let text = |claim: &str| claims.other(claim).and_then(Value::as_str);
    let address = ["preferred_username", "email"].into_iter().find_map(text);
    let unique = address.unwrap_or(&claims.subject);
    let name = text("name").filter(|name| *name != unique);
    (
        shortened(unique, SHOWN_MAX).into_owned(),
        name.map(|name| shortened(name, NAME_MAX).into_owned()),
    )
}
