//! The way of a browser's request: who is signed in, what is asked, what was decided.

use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, LOCATION, SET_COOKIE};
use hyper::http::request::Parts;
use hyper::{Method, Request, StatusCode};
use procura_core::authorization_session::SessionUri;
use procura_core::error::Error;
use procura_core::time::Timestamp;

use super::api::{CameBack, Refusal, Session, WhoseSession};
use super::confirmation::{self, Asked};
use super::cookie::{Cookie, random_text};
use super::login::{self, Going, NotGoing, Visitor};
use super::words::{self, Words};
use super::{AssertedUsers, Shared};
use crate::body;
use crate::browser::{self, page};
use crate::response::{self, Answer};

/// The page to which users come back.
pub(super) const LINKED: &str = "/linked";
/// Where users sign in with another account.
const LOGIN: &str = "/login";
/// Where the sign-in provider sends users back to.
pub(super) const CALLBACK: &str = "/callback";
/// Longest query that is looked at, in bytes.
const QUERY_BYTES_MAX: usize = 16 * 1024;
/// Longest form that is looked at, in bytes.
const FORM_BYTES_MAX: usize = 16 * 1024;
/// How long a browser in which nobody is signed in is known, in seconds.
const VISITOR_LIFETIME_S: i64 = 60 * 60;

/// The page of a session, on this origin.
pub(super) fn page_of(session_uri: &str) -> String {
    address(LINKED, session_uri)
}

/// Where a user signs in anew, for a session.
pub(super) fn login_of(session_uri: &str) -> String {
    address(LOGIN, session_uri)
}

fn address(path: &str, session_uri: &str) -> String {
    let uri: String = url::form_urlencoded::byte_serialize(session_uri.as_bytes()).collect();
    format!("{path}?session_id={uri}")
}

/// Answers a browser.
pub(super) async fn answer(shared: &Shared, request: Request<Incoming>) -> Answer {
    let (parts, body) = request.into_parts();
    if parts.method == Method::GET && parts.uri.path() == "/healthz" {
        return response::text(StatusCode::OK, "ok\n");
    }
    let visit = Visit {
        shared,
        now: shared.clock.now(),
        parts: &parts,
    };
    match visit.answer(body).await {
        Ok(answer) => answer,
        Err(Wrong::Said(words)) => said(&words),
        Err(Wrong::Failed(error)) => {
            tracing::error!(cause = ?error.cause(), "a page failed: {}", error.public());
            said(&words::SIGN_IN_UNAVAILABLE)
        }
    }
}

/// Why a visit ends with words.
enum Wrong {
    Said(Words),
    /// Ours.
    Failed(Error),
}

impl From<Words> for Wrong {
    fn from(words: Words) -> Self {
        Self::Said(words)
    }
}

impl From<Error> for Wrong {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// One request.
struct Visit<'a> {
    shared: &'a Shared,
    now: Timestamp,
    parts: &'a Parts,
}

impl Visit<'_> {
    async fn answer(&self, body: Incoming) -> Result<Answer, Wrong> {
        let headers = &self.parts.headers;
        // SECURITY: a name of somebody else that was made to lead to this machine has no page here.
        if !self.shared.base_url.is_secure() && !self.is_meant(headers) {
            return Err(words::MISDIRECTED.into());
        }
        let query = self.parts.uri.query().unwrap_or_default();
        if query.len() > QUERY_BYTES_MAX {
            return Err(words::LINK_INCOMPLETE.into());
        }
        let (method, path) = (&self.parts.method, self.parts.uri.path());
        if *method == Method::GET && browser::is_ahead(headers) {
            return Ok(response::text(StatusCode::NO_CONTENT, ""));
        }
        match (method, path) {
            (&Method::GET, LINKED) => self.linked(query).await,
            (&Method::POST, LINKED) => self.decided(body).await,
            (&Method::GET, LOGIN) => {
                let uri = session_uri(&pairs(query))?;
                self.sign_in(&uri, true).await
            }
            (&Method::GET, CALLBACK) => {
                match login::finish(self.shared, self.now, headers, query).await {
                    Ok(going) => sent_on(&going),
                    Err(NotGoing { words, cookies }) => Ok(with_cookies(said(&words), cookies)),
                }
            }
            _ => Err(words::NO_PAGE.into()),
        }
    }

    fn is_meant(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        host == Some(self.shared.base_url.authority())
    }

    async fn sign_in(&self, uri: &str, anew: bool) -> Result<Answer, Wrong> {
        match login::begin(self.shared, self.now, uri, anew).await {
            Ok(going) => sent_on(&going),
            Err(error) => {
                let cause = error.cause();
                tracing::warn!(?cause, "nobody can sign in: {}", error.public());
                Err(words::SIGN_IN_UNAVAILABLE.into())
            }
        }
    }

    /// A user comes back from the provider at which the agent is to act.
    async fn linked(&self, query: &str) -> Result<Answer, Wrong> {
        let pairs = pairs(query);
        match one(&pairs, "error") {
            None => {}
            Some("access_denied") => return Err(words::NOT_CONSENTED.into()),
            Some(_) => return Err(words::PROVIDER_REFUSED.into()),
        }
        let uri = session_uri(&pairs)?;
        // Nobody can be asked to prove who is only a name; so what kind of user it is, is asked
        // first, where such users are taken at all.
        if self.shared.asserted_users == AssertedUsers::Confirmed {
            let session = self.describe(&uri).await?;
            if let WhoseSession::Asserted(name) = &session.user {
                return self.ask_visitor(&session, &uri, name.as_deref());
            }
        }
        let headers = &self.parts.headers;
        let Some(login) = login::of(self.shared, headers, self.now) else {
            return self.sign_in(&uri, false).await;
        };
        let session = self.describe(&uri).await?;
        if session.user != WhoseSession::Verified {
            return Err(words::ASSERTED_REFUSED.into());
        }
        let token = self.shared.cookies.form_token(&login.browser, &uri);
        let asked = Asked::User(&login);
        Ok(confirmation::page(&session, &uri, &asked, &token))
    }

    fn ask_visitor(
        &self,
        session: &Session,
        uri: &str,
        name: Option<&str>,
    ) -> Result<Answer, Wrong> {
        let name = name.ok_or(words::ASSERTED_REFUSED)?;
        let cookies = &self.shared.cookies;
        let headers = &self.parts.headers;
        let visitor: Option<Visitor> = cookies.kept(headers, Cookie::Visitor);
        let visitor = visitor.unwrap_or_else(|| Visitor {
            browser: random_text(),
        });
        let token = cookies.form_token(&visitor.browser, uri);
        let answer = confirmation::page(session, uri, &Asked::Asserted(name), &token);
        let kept = cookies.keep(Cookie::Visitor, &visitor, VISITOR_LIFETIME_S)?;
        Ok(with_cookies(answer, kept))
    }

    /// What the session is for, if it can be completed.
    async fn describe(&self, uri: &str) -> Result<Session, Words> {
        let described = self.shared.api.describe(self.now, uri).await;
        let session = described.map_err(|refusal| {
            tracing::info!(status = refusal.status, "refused: {}", refusal.message);
            words::refused(&refusal)
        })?;
        match session.not_now {
            Some(not_now) => Err(words::why(not_now)),
            None => Ok(session),
        }
    }

    /// The form of the page comes back.
    async fn decided(&self, body: Incoming) -> Result<Answer, Wrong> {
        let headers = &self.parts.headers;
        let timeout = self.shared.limits.body_timeout;
        let held = body::read(body, FORM_BYTES_MAX, &self.shared.budget, timeout).await;
        let held = held.map_err(|_| words::LINK_INCOMPLETE)?;
        let pairs: Vec<_> = url::form_urlencoded::parse(&held.bytes)
            .into_owned()
            .collect();
        let uri = session_uri(&pairs)?;
        let token = one(&pairs, "token").unwrap_or_default();
        let login = login::of(self.shared, headers, self.now);
        let visitor: Option<Visitor> = self.shared.cookies.kept(headers, Cookie::Visitor);
        let gave = |browser: &str| self.shared.cookies.gave(browser, &uri, token);
        let login = login.filter(|login| gave(&login.browser));
        let is_visitors = visitor.is_some_and(|visitor| gave(&visitor.browser));
        // SECURITY: nothing is done for a form that was not given to this browser for this session.
        // Held by `a_form_that_another_site_posts_is_refused`.
        if is_cross_site(headers) || (login.is_none() && !is_visitors) {
            return Err(words::FORM_OVER.into());
        }
        match one(&pairs, "decision") {
            Some("continue") => {}
            Some("cancel") => return Err(words::CANCELLED.into()),
            _ => return Err(words::LINK_INCOMPLETE.into()),
        }
        let session = self.describe(&uri).await?;
        let who = match (&session.user, &login, self.shared.asserted_users) {
            (WhoseSession::Verified, Some(login), _) => CameBack::Proved(&login.id_token),
            (WhoseSession::Verified, None, _) => return Err(words::FORM_OVER.into()),
            (WhoseSession::Asserted(Some(name)), None, AssertedUsers::Confirmed) => {
                if one(&pairs, "understood") != Some("yes") {
                    return Err(words::NOT_UNDERSTOOD.into());
                }
                CameBack::Asserted(name)
            }
            (WhoseSession::Asserted(_), _, _) => return Err(words::ASSERTED_REFUSED.into()),
        };
        match self.shared.api.complete(self.now, &uri, &who).await {
            Ok(()) => Ok(said(&words::done(&session))),
            Err(refusal) => Err(self.refused(&uri, &refusal).await.into()),
        }
    }

    /// What to say of a session that could not be completed.
    async fn refused(&self, uri: &str, refusal: &Refusal) -> Words {
        tracing::info!(status = refusal.status, "refused: {}", refusal.message);
        if refusal.not_now().is_some() {
            return words::refused(refusal);
        }
        // The provider of the agent's tokens may have failed: then the session says so.
        match self.describe(uri).await {
            Ok(_) => words::refused(refusal),
            Err(words) => words,
        }
    }
}

/// Whether a browser says that another origin had it send this; those that say nothing are old.
fn is_cross_site(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| site != "same-origin")
}

fn pairs(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// The value of a name that stands once.
fn one<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut values = pairs.iter().filter(|(own, _)| own == name);
    let (_, value) = values.next()?;
    values.next().is_none().then_some(value.as_str())
}

/// The one session of a query or a form, if it has the form of ours.
fn session_uri(pairs: &[(String, String)]) -> Result<String, Words> {
    let text = one(pairs, "session_id");
    let is_returned = |text: &&str| SessionUri::parse_returned(text).is_some();
    let text = text.filter(is_returned).ok_or(words::LINK_INCOMPLETE)?;
    Ok(text.to_owned())
}

fn said(words: &Words) -> Answer {
    page::say(words.status, words.title, &words.text)
}

fn with_cookies(mut answer: Answer, cookies: impl IntoIterator<Item = HeaderValue>) -> Answer {
    for cookie in cookies {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    answer
}

fn sent_on(going: &Going) -> Result<Answer, Wrong> {
    let mut answer = response::text(StatusCode::FOUND, "");
    let headers = answer.headers_mut();
    let location = HeaderValue::from_str(&going.location).map_err(Error::internal_source)?;
    headers.insert(LOCATION, location);
    headers.remove(CONTENT_TYPE);
    // SECURITY: the session's URI stands in the address of the page; the provider does not learn it.
    headers.insert(
        HeaderName::from_static("referrer-policy"),
        HeaderValue::from_static("no-referrer"),
    );
    Ok(with_cookies(answer, going.cookies.iter().cloned()))
}
