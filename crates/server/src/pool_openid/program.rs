//! What programs ask: tokens, and what is known of a user.

use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use procura_app::App;
use procura_app::authorization_session::Visit;
use procura_app::pool_openid::OpenIdError;
use procura_app::pool_openid::token::Granted;
use procura_core::audit::record::Committed;
use procura_core::error::Error;
use procura_core::pool_authorization::ErrorCode;
use procura_core::secret::Plain;
use serde_json::{Map, Value, json};

use super::form::{Unreadable, authorization, of_body};
use super::{Endpoint, Place};
use crate::error::aws::Exception;
use crate::error::oauth::{self, Scheme};
use crate::response::{Answer, RECORD};
use crate::service::Service;

/// Why a program is not answered.
pub(crate) enum NotAnswered {
    /// It is told why.
    OpenId(OpenIdError, Scheme),
    /// It is told that it is too much, too slow.
    Unread(Box<Exception>),
}

impl From<(Unreadable, Scheme)> for NotAnswered {
    fn from((unreadable, scheme): (Unreadable, Scheme)) -> Self {
        match unreadable {
            Unreadable::Body(unread) => {
                let exception = Exception::of_unread(&unread).of_anybody();
                Self::Unread(Box::new(exception))
            }
            Unreadable::Parameters(refusal) => Self::OpenId(refusal.into(), scheme),
        }
    }
}

/// Answers a program.
pub(crate) async fn asked(
    service: &Service,
    place: &Place,
    (parts, body): (&Parts, Incoming),
    visit: &Visit,
) -> Result<Answer, NotAnswered> {
    let app = &*service.app;
    let header = authorization(&parts.headers);
    if place.endpoint == Endpoint::UserInfo {
        return userinfo(app, place, header, visit).await;
    }
    let scheme = match header {
        Some(_) => Scheme::Basic,
        None => Scheme::None,
    };
    let asked = of_body(service, parts, body).await;
    let asked = asked.map_err(|unreadable| (unreadable, scheme))?;
    let answered = match place.endpoint {
        Endpoint::Token => {
            let granted = app.grant(visit, &place.pool, header, &asked).await;
            match granted {
                Ok(Committed { value, record }) => tokens(&value, visit).map(|mut answer| {
                    let record = record.map(|record| record.to_string());
                    if let Some(Ok(record)) = record.map(|text| text.parse()) {
                        answer.headers_mut().insert(RECORD, record);
                    }
                    answer
                }),
                Err(error) => Err(error),
            }
        }
        Endpoint::Introspect => {
            let told = app.introspect(visit, &place.pool, header, &asked).await;
            told.map(|told| oauth::json_of(StatusCode::OK, &told, visit.request))
        }
        Endpoint::Revoke => {
            let revoked = app.revoke(visit, &place.pool, header, &asked).await;
            revoked.map(|()| oauth::json_of(StatusCode::OK, &json!({}), visit.request))
        }
        Endpoint::Authorize | Endpoint::Login | Endpoint::LogOut | Endpoint::UserInfo => {
            Err(Error::internal("an endpoint on another way than its own").into())
        }
    };
    answered.map_err(|error| NotAnswered::OpenId(error, scheme))
}

/// RFC 6749 §5.1, OpenID Connect Core §3.1.3.3.
fn tokens(granted: &Granted, visit: &Visit) -> Result<Answer, OpenIdError> {
    let mut body = Map::new();
    body.insert("access_token".to_owned(), text(&granted.access)?);
    body.insert("token_type".to_owned(), json!("Bearer"));
    body.insert("expires_in".to_owned(), json!(granted.access_s));
    body.insert("scope".to_owned(), json!(granted.scope));
    if let Some(id) = &granted.id {
        body.insert("id_token".to_owned(), text(id)?);
    }
    if let Some(refresh) = &granted.refresh {
        body.insert("refresh_token".to_owned(), text(refresh)?);
    }
    let body = Value::Object(body);
    Ok(oauth::json_of(StatusCode::OK, &body, visit.request))
}

fn text<K>(token: &Plain<K>) -> Result<Value, Error> {
    let text = token.expose_secret_text();
    let text = text.ok_or_else(|| Error::internal("a token that is not text"))?;
    Ok(json!(text))
}

/// RFC 6750 §2.1: the token stands in the header, and nowhere else.
async fn userinfo(
    app: &App,
    place: &Place,
    header: Option<&str>,
    visit: &Visit,
) -> Result<Answer, NotAnswered> {
    let token = header.and_then(bearer);
    let Some(token) = token else {
        let text = "send an access token in the header Authorization, as Bearer";
        let refusal = ErrorCode::InvalidToken.because(text);
        return Err(NotAnswered::OpenId(refusal.into(), Scheme::BearerWanted));
    };
    match app.userinfo(visit, &place.pool, token).await {
        Ok(told) => Ok(oauth::json_of(StatusCode::OK, &told, visit.request)),
        Err(error) => Err(NotAnswered::OpenId(error, Scheme::Bearer)),
    }
}

fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// What an endpoint is asked with otherwise than it is.
pub(crate) fn another_method(method: &Method) -> OpenIdError {
    let text = if *method == Method::GET {
        "this endpoint is asked with POST"
    } else {
        "this endpoint is asked with GET or POST"
    };
    ErrorCode::InvalidRequest.because(text).into()
}
