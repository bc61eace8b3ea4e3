//! What browsers come for: the link of an authorization session, and the way back from a provider.
//! Nobody signs these requests; what a browser may do, its link and its cookie say.

use hyper::header::{
    CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, LOCATION, SET_COOKIE,
};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use procura_app::authorization_session::{FlowCookie, Redirect, Visit};
use procura_core::authorization_session::LIFETIME_S;
use procura_core::error::{Error, Kind};
use procura_core::sabotage::defect;

use crate::response::{self, Answer};
use crate::service::{Peer, Service};
use crate::session_binding::words;

pub(crate) mod page;

/// Where a session's link leads.
const AUTHORIZE: &str = "/identities/oauth2/authorize";
/// Where providers send users back to; an id follows.
const CALLBACK: &str = "/identities/oauth2/callback/";
/// Longest query that is looked at, in bytes.
const QUERY_BYTES_MAX: usize = 16 * 1024;

/// A page.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'a> {
    /// The link of a session.
    Authorize,
    /// The way back from a provider, to the callback of this id.
    Callback(&'a str),
}

impl<'a> Place<'a> {
    /// What metrics and the log call pages.
    pub(crate) const NAMES: [&'static str; 2] = ["AuthorizationRequest", "AuthorizationResponse"];

    /// The page of a path, if it is one.
    pub(crate) fn of(path: &'a str) -> Option<Self> {
        if path == AUTHORIZE {
            return Some(Self::Authorize);
        }
        path.strip_prefix(CALLBACK)
            .filter(|id| !id.is_empty() && !id.contains('/'))
            .map(Self::Callback)
    }

    /// What metrics and the log call it: one of [`Self::NAMES`].
    pub(crate) const fn name(self) -> &'static str {
        let [authorize, callback] = Self::NAMES;
        match self {
            Self::Authorize => authorize,
            Self::Callback(_) => callback,
        }
    }
}

/// Answers a browser.
pub(crate) async fn answer(
    service: &Service,
    peer: Peer,
    place: Place<'_>,
    parts: &Parts,
    visit: &Visit,
) -> Result<Answer, Error> {
    if parts.method != Method::GET {
        return Ok(response::text(
            StatusCode::METHOD_NOT_ALLOWED,
            "open this in a browser\n",
        ));
    }
    // What is loaded ahead of the user would use up what only the user may.
    if is_ahead(&parts.headers) {
        return Ok(response::text(StatusCode::NO_CONTENT, ""));
    }
    if service.check_address(peer, visit.now).is_err() {
        let text = "this address has failed too often; wait a minute";
        return Err(Error::new(Kind::Throttled, text));
    }
    let query = parts.uri.query().unwrap_or_default();
    if query.len() > QUERY_BYTES_MAX {
        return Err(Error::new(Kind::Caller, "the address is too long"));
    }
    let app = &service.app;
    let gone = match place {
        Place::Authorize => match request_uri(query) {
            Some(uri) => app.open_session(visit, &uri).await,
            None => Err(Error::new(
                Kind::Caller,
                "the link is incomplete; copy it whole, from the first letter to the last",
            )),
        },
        Place::Callback(id) => {
            let cookie = |name: &str| cookie(&parts.headers, name);
            app.call_back(visit, id, query, cookie).await
        }
    };
    if gone
        .as_ref()
        .is_err_and(|error| error.kind() == Kind::NotFound)
    {
        service.count_stranger(peer);
    }
    gone.and_then(|redirect| sent_on(&redirect))
}

/// The page that says what went wrong, to a person.
pub(crate) fn failed(error: &Error) -> Answer {
    let status = match error.kind() {
        Kind::Caller | Kind::Unproved => StatusCode::BAD_REQUEST,
        Kind::Denied => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Throttled => StatusCode::TOO_MANY_REQUESTS,
        Kind::Upstream => StatusCode::BAD_GATEWAY,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    };
    // An agent is told of a session in its words, and a person in theirs.
    match words::part(error.public()).map(words::why) {
        Some(words) => page::say(status, words.title, &words.text),
        None => page::say(status, "This did not work", &sentence(error.public())),
    }
}

/// A message as a page says it.
fn sentence(message: &str) -> String {
    let mut rest = message.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(rest).chain(['.']).collect()
}

/// The one `request_uri` of a query.
fn request_uri(query: &str) -> Option<String> {
    let mut values = url::form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name == "request_uri")
        .map(|(_, value)| value.into_owned());
    let value = values.next()?;
    values.next().is_none().then_some(value)
}

/// Whether a browser loads this before its user asks for it.
pub(crate) fn is_ahead(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose", "x-moz"].iter().any(|name| {
        headers
            .get(*name)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.to_ascii_lowercase().contains("prefetch"))
    })
}

/// The value of a cookie. One that is there twice with two values is not looked at: somebody else
/// has set one of them.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    let mut values = all.filter_map(|pair| {
        let (own, value) = pair.trim().split_once('=')?;
        (own == name).then_some(value)
    });
    let value = values.next()?;
    values.all(|other| other == value).then(|| value.to_owned())
}

fn sent_on(redirect: &Redirect) -> Result<Answer, Error> {
    if defect("log-redirect") {
        tracing::debug!(location = redirect.location, "sent on");
    }
    let mut answer = response::text(StatusCode::FOUND, "");
    let headers = answer.headers_mut();
    let location = HeaderValue::from_str(&redirect.location).map_err(Error::internal_source)?;
    headers.insert(LOCATION, location);
    headers.insert(SET_COOKIE, set_cookie(&redirect.cookie)?);
    headers.remove(CONTENT_TYPE);
    // SECURITY: the session's URI and the code stand in addresses; the next page learns of neither.
    headers.insert(
        HeaderName::from_static("referrer-policy"),
        HeaderValue::from_static("no-referrer"),
    );
    Ok(answer)
}

/// SECURITY: a script does not read it, another site's request does not carry it but for the way
/// back itself, and where the origin is secure no other name of the domain can set it (`__Host-`).
fn set_cookie(cookie: &FlowCookie) -> Result<HeaderValue, Error> {
    let is_secure = cookie.name.starts_with("__Host-");
    let (path, secure) = if is_secure {
        ("/", "; Secure")
    } else {
        ("/identities/oauth2", "")
    };
    let (value, age_s) = match &cookie.value {
        Some(value) => (value.expose_secret_text().unwrap_or_default(), LIFETIME_S),
        None => ("", 0),
    };
    let name = &cookie.name;
    let text =
        format!("{name}={value}; Path={path}; Max-Age={age_s}; HttpOnly; SameSite=Lax{secure}");
    let mut value = HeaderValue::from_str(&text).map_err(Error::internal_source)?;
    value.set_sensitive(true);
    Ok(value)
}
