//! What a user sees and says of the consents that they gave: `/v1/accounts/{account}/my/consents`. Who
//! the user is, a token of their own says (`Authorization: Bearer`), by the rules of
//! `GetWorkloadAccessTokenForJWT`, and nothing else of the request does.

use hyper::header::{ETAG, HeaderMap, HeaderValue, IF_MATCH};
use hyper::{Method, StatusCode};
use procura_app::App;
use procura_app::connections::ListedConnection;
use procura_app::own_consents::{Meant, OwnUser, PRECONDITION};
use procura_app::revocation::Answer as Revoked;
use procura_core::account::AccountId;
use procura_core::consent::{ConsentChange, ConsentState, ConsentTag};
use procura_core::error::{Error, Kind};
use procura_core::id::{ConnectionId, RecordId, RequestId};
use procura_core::scope::Scopes;
use procura_core::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::problem;
use crate::native::unreadable;
use crate::response::{self, Answer};

/// What metrics and the log call it.
pub(crate) const NAME: &str = "OwnConsents";
/// The longest body, in bytes.
pub(crate) const BODY_BYTES_MAX: usize = 16 * 1024;
/// How many consents a list gives that says no limit.
const LIMIT: u32 = 50;

/// The consents of who asks, or one of them, by the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnConsents {
    pub(crate) account: AccountId,
    id: Option<String>,
}

/// What is asked of them.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a Method,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    pub(crate) request: RequestId,
}

#[derive(Serialize)]
struct NamedView {
    id: String,
    name: String,
}

#[derive(Serialize)]
struct ConsentView {
    id: String,
    agent: NamedView,
    provider: NamedView,
    /// What the user lets the agent have.
    scopes: Vec<String>,
    /// What the provider granted, of which the tokens are that it has of it.
    granted_scopes: Vec<String>,
    /// [`ConsentState::as_str`]
    state: &'static str,
    /// From when on it covers nothing, if there is an end.
    expires_at: Option<String>,
    /// When the user last took scopes out of it.
    narrowed_at: Option<String>,
    first_consented_at: String,
    last_consented_at: String,
    /// Whether the provider still renews its tokens, as far as is known: `live` or `ended`.
    health: &'static str,
}

#[derive(Serialize)]
struct ListView {
    consents: Vec<ConsentView>,
    /// Where the list goes on, if it does.
    next: Option<String>,
}

#[derive(Serialize)]
struct RevokedView {
    id: String,
    /// It is: nothing here uses it from now on, on no node.
    revoked: bool,
    /// What became of its tokens at the provider: a word, and a sentence.
    at_provider: &'static str,
    said: String,
    /// What is left to do, if anything is.
    advice: Option<&'static str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    scopes: Option<Vec<String>>,
    state: Option<String>,
    #[serde(default, deserialize_with = "end")]
    expires_at: End,
}

/// What is said of the end.
#[derive(Default)]
enum End {
    /// Nothing: it stays.
    #[default]
    Unsaid,
    /// `null`: there is none.
    Never,
    /// This time.
    At(String),
}

fn end<'de, D: Deserializer<'de>>(member: D) -> Result<End, D::Error> {
    let text = Option::<String>::deserialize(member)?;
    Ok(text.map_or(End::Never, End::At))
}

impl From<&ListedConnection> for ConsentView {
    fn from(listed: &ListedConnection) -> Self {
        let connection = &listed.connection;
        let consent = &connection.consent;
        let text = |at: Timestamp| at.to_string();
        let words = |scopes: &Scopes| scopes.iter().map(str::to_owned).collect();
        Self {
            id: connection.id.to_string(),
            agent: NamedView {
                id: consent.agent.to_string(),
                name: listed.agent.to_string(),
            },
            provider: NamedView {
                id: consent.provider.to_string(),
                name: listed.provider.to_string(),
            },
            scopes: words(&consent.scopes),
            granted_scopes: words(&connection.granted),
            state: consent.terms.state.as_str(),
            expires_at: consent.terms.ends_at.map(text),
            narrowed_at: consent.terms.narrowed_at.map(text),
            first_consented_at: text(connection.created_at),
            last_consented_at: text(connection.consented_at),
            health: connection.health.as_str(),
        }
    }
}

impl OwnConsents {
    /// What a path asks for: `/v1/accounts/{account}/my/consents`, or one below it.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let (account, rest) = path.strip_prefix("/v1/accounts/")?.split_once('/')?;
        let rest = rest.strip_prefix("my/consents")?;
        let id = match rest.strip_prefix('/') {
            Some(id) if !id.contains('/') => Some(id.to_owned()),
            None if rest.is_empty() => None,
            _ => return None,
        };
        Some(Self {
            account: account.parse().ok()?,
            id,
        })
    }

    /// Whether this is asked at all.
    pub(crate) fn has_method(&self, method: &Method) -> bool {
        match self.id {
            None => method == Method::GET,
            Some(_) => [Method::GET, Method::PATCH, Method::DELETE].contains(method),
        }
    }

    /// Does it, for who was proved.
    pub(crate) async fn answer(
        &self,
        app: &App,
        own: &OwnUser,
        asked: &Asked<'_>,
    ) -> Result<Answer, Error> {
        let Some(id) = &self.id else {
            return list(app, own, asked).await;
        };
        let id: ConnectionId = id
            .parse()
            .map_err(|_| Error::field("consent", "not the id of a consent (con_…)"))?;
        match *asked.method {
            Method::PATCH => change(app, own, id, asked).await,
            Method::DELETE => {
                let revoked = app.revoke_own_consent(own, id).await?;
                let view = revoked_view(&revoked.value);
                json(&view, asked.request, revoked.record)
            }
            _ => {
                let found = app.own_consent(own, id).await?;
                shown(&found, asked.request, None)
            }
        }
    }

    /// What is answered instead.
    pub(crate) fn failed(error: &Error, request: RequestId) -> Answer {
        let is_precondition = error.at_field() == Some(PRECONDITION);
        let mut answer = match (is_precondition, error.kind()) {
            // RFC 9110 §15.5.13 and RFC 6585 §3.
            (true, Kind::Conflict) => refused(412, "precondition failed", error, request),
            (true, Kind::Caller) => refused(428, "precondition required", error, request),
            _ => problem::answer(error, request),
        };
        if answer.status() == StatusCode::UNAUTHORIZED {
            // RFC 6750 §3.
            let scheme = HeaderValue::from_static("Bearer");
            let headers = answer.headers_mut();
            headers.insert(hyper::header::WWW_AUTHENTICATE, scheme);
        }
        answer
    }
}

fn refused(status: u16, title: &str, error: &Error, request: RequestId) -> Answer {
    problem::render(status, title, error.public(), request, error.record())
}

async fn list(app: &App, own: &OwnUser, asked: &Asked<'_>) -> Result<Answer, Error> {
    let (mut limit, mut after) = (LIMIT, None);
    for pair in asked.query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=').unwrap_or((pair, "")) {
            ("limit", value) => {
                let no_number = |_| Error::field("limit", "limit is a number");
                limit = value.parse().map_err(no_number)?;
            }
            ("next", value) => {
                let odd = |_| Error::field("next", "not what a list goes on with");
                after = Some(value.parse().map_err(odd)?);
            }
            _ => {
                let text = "the parameters are limit and next";
                return Err(Error::field("query", text));
            }
        }
    }
    let page = app.own_consents(own, after, limit).await?;
    let view = ListView {
        consents: page.items.iter().map(ConsentView::from).collect(),
        next: page.next,
    };
    json(&view, asked.request, None)
}

async fn change(
    app: &App,
    own: &OwnUser,
    id: ConnectionId,
    asked: &Asked<'_>,
) -> Result<Answer, Error> {
    let meant = meant(asked.headers)?;
    let change: Change = serde_json::from_slice(asked.body).map_err(|error| unreadable(&error))?;
    let scopes = change.scopes.map(Scopes::from_items).transpose();
    let state = change.state.map(|word| {
        let odd = || Error::field("state", "state is active or paused");
        ConsentState::from_stored(&word).ok_or_else(odd)
    });
    let time = |text: String| -> Result<Timestamp, Error> {
        let odd = |_| Error::field("expires_at", "write expires_at as RFC 3339 has it, or null");
        text.parse::<Timestamp>().map_err(odd)
    };
    let ends_at = match change.expires_at {
        End::Unsaid => None,
        End::Never => Some(None),
        End::At(text) => Some(Some(time(text)?)),
    };
    let wanted = ConsentChange {
        scopes: scopes.map_err(|error| Error::field("scopes", error.to_string()))?,
        state: state.transpose()?,
        ends_at,
    };
    let changed = app.change_own_consent(own, id, meant, &wanted).await?;
    shown(&changed.value, asked.request, changed.record)
}

/// Which version is meant: a change of what somebody else changed meanwhile would undo that.
fn meant(headers: &HeaderMap) -> Result<Meant, Error> {
    let mut values = headers.get_all(IF_MATCH).iter();
    let value = values.next().and_then(|value| value.to_str().ok());
    let quoted = |text: &str| {
        let inner = text.strip_prefix('"')?.strip_suffix('"')?;
        inner.parse::<ConsentTag>().ok()
    };
    let odd = || {
        let text = "send If-Match, once, with the ETag that the consent was answered with";
        Error::new(Kind::Caller, text).of_field(PRECONDITION)
    };
    match (value, values.next()) {
        (Some("*"), None) => Ok(Meant::Any),
        (Some(text), None) => quoted(text).map(Meant::Only).ok_or_else(odd),
        _ => Err(odd()),
    }
}

fn revoked_view(answer: &Revoked) -> RevokedView {
    RevokedView {
        id: answer.listed.connection.id.to_string(),
        revoked: true,
        at_provider: answer.at_provider.as_str(),
        said: answer.at_provider.said().into_owned(),
        advice: answer.at_provider.advice(),
    }
}

fn shown(
    listed: &ListedConnection,
    request: RequestId,
    record: Option<RecordId>,
) -> Result<Answer, Error> {
    let mut answer = json(&ConsentView::from(listed), request, record)?;
    let tag = format!("\"{}\"", ConsentTag::of(&listed.connection.consent));
    let tag = HeaderValue::from_str(&tag).map_err(Error::internal_source)?;
    answer.headers_mut().insert(ETAG, tag);
    Ok(answer)
}

fn json<T: Serialize>(
    view: &T,
    request: RequestId,
    record: Option<RecordId>,
) -> Result<Answer, Error> {
    let body = serde_json::to_vec(view).map_err(Error::internal_source)?;
    Ok(response::json(200, body, request, record))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_the_consents_of_who_asks_or_one_of_them() {
        let all = OwnConsents::of("/v1/accounts/111111111111/my/consents").unwrap();
        assert_eq!(all.id, None);
        assert!(all.has_method(&Method::GET) && !all.has_method(&Method::DELETE));
        let one = OwnConsents::of("/v1/accounts/111111111111/my/consents/con_1").unwrap();
        assert_eq!(one.id.as_deref(), Some("con_1"));
        assert!(one.has_method(&Method::PATCH) && !one.has_method(&Method::POST));
        for path in [
            "/v1/accounts/111111111111/my/consentsx",
            "/v1/accounts/111111111111/my/consents/a/b",
            "/v1/accounts/1/my/consents",
            "/v1/accounts/111111111111/consents",
        ] {
            assert_eq!(OwnConsents::of(path), None, "{path}");
        }
    }
}
