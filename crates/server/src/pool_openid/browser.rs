//! What browsers come for: the request of an application, and the page on which users sign in.

use hyper::body::Incoming;
use hyper::header::{
    CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, ORIGIN, SET_COOKIE,
};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use procura_app::App;
use procura_app::authorization_session::Visit;
use procura_app::pool_openid::OpenIdError;
use procura_app::pool_openid::authorize::{Returned, Shown};
use procura_app::pool_openid::login::Given;
use procura_app::pool_openid::logout::LoggedOut;
use procura_core::error::{Error, Kind};
use procura_core::pool_authorization::{ErrorCode, Parameters};
use procura_core::secret::Plain;
use procura_core::user_pool::PoolId;

use super::cookie::{Cookie, brought};
use super::form::{Unreadable, of_body, of_query};
use super::{Endpoint, Place, page, words};
use crate::browser::is_ahead;
use crate::browser::page::say;
use crate::response::{self, Answer};
use crate::service::Service;

/// Answers a browser.
pub(crate) async fn visited(
    service: &Service,
    place: &Place,
    (parts, body): (&Parts, Incoming),
    visit: &Visit,
) -> Result<Answer, OpenIdError> {
    let (app, pool, headers) = (&*service.app, &place.pool, &parts.headers);
    let is_post = parts.method == Method::POST;
    if !is_post && is_ahead(headers) {
        return Ok(response::text(StatusCode::NO_CONTENT, ""));
    }
    let asked = if is_post {
        let read = of_body(service, parts, body).await;
        read.map_err(|unreadable| unread(&unreadable))?
    } else {
        of_query(parts)?
    };
    let cookies = brought(app, pool, headers);
    let state = asked.get("request_state");
    let is_form = is_post && (place.endpoint == Endpoint::Login || state.is_some());
    if is_form && is_cross_site(app, headers) {
        let words = words::cross_site();
        return Ok(say(words.status, words.title, &words.text));
    }
    if place.endpoint == Endpoint::LogOut {
        let gone = match state.filter(|_| is_form) {
            Some(state) => app.answer_logout_page(visit, pool, state, &cookies).await?,
            None => app.log_out(visit, pool, &asked, &cookies).await?,
        };
        return Ok(logged_out(app, pool, gone)?);
    }
    let shown = if is_form && place.endpoint == Endpoint::Login {
        let answered = (
            asked.get("request_state").unwrap_or_default(),
            given(&asked)?,
        );
        app.answer_login_page(visit, pool, answered, &cookies)
            .await?
    } else {
        app.open_authorization(visit, pool, &asked, &cookies)
            .await?
    };
    Ok(match shown {
        Shown::Returned(returned) => sent_back(app, pool, &returned)?,
        Shown::Page(shown) => {
            let mut answer = page::login(pool, &shown);
            if let Some(cookie) = &shown.form_cookie {
                let cookie = Cookie::Form.set(app, pool, Some(cookie))?;
                answer.headers_mut().append(SET_COOKIE, cookie);
            }
            answer
        }
    })
}

fn logged_out(app: &App, pool: &PoolId, gone: LoggedOut) -> Result<Answer, Error> {
    match gone {
        LoggedOut::Asked {
            state,
            form_cookie,
            redirect_uri,
        } => {
            let mut answer = page::logout(pool, &state, redirect_uri.as_ref());
            if let Some(cookie) = &form_cookie {
                let cookie = Cookie::Form.set(app, pool, Some(cookie))?;
                answer.headers_mut().append(SET_COOKIE, cookie);
            }
            Ok(answer)
        }
        LoggedOut::Done { location } => {
            let mut answer = match location {
                Some(location) => sent_to(&location)?,
                None => say(StatusCode::OK, words::SIGNED_OUT, words::CLOSE),
            };
            let cookie = Cookie::Session.set(app, pool, None)?;
            answer.headers_mut().append(SET_COOKIE, cookie);
            Ok(answer)
        }
    }
}

/// The page that says what went wrong, to a person.
pub(crate) fn failed(error: &OpenIdError) -> Answer {
    let words = words::why(error);
    say(words.status, words.title, &words.text)
}

fn unread(unreadable: &Unreadable) -> OpenIdError {
    match unreadable {
        Unreadable::Parameters(refusal) => (*refusal).into(),
        Unreadable::Body(_) => Error::new(Kind::Caller, "the form did not come whole").into(),
    }
}

/// What a user answered.
fn given(asked: &Parameters) -> Result<Given, OpenIdError> {
    match asked.get("decision") {
        Some("cancel") => return Ok(Given::Cancelled),
        Some("continue") => return Ok(Given::Confirmed),
        Some("other") => return Ok(Given::SomebodyElse),
        Some("sign_in") | None => {}
        Some(_) => {
            let text = "decision is one of the buttons of the page";
            return Err(ErrorCode::InvalidRequest.because(text).into());
        }
    }
    let username = asked.get("username").unwrap_or_default().to_owned();
    let password = asked.get("password").unwrap_or_default();
    let password = Plain::new(password.as_bytes().to_vec());
    Ok(match asked.get("session") {
        None => Given::Password { username, password },
        Some(session) => Given::NewPassword {
            session: session.to_owned(),
            username,
            password,
        },
    })
}

/// SECURITY: browsers that say where a form comes from say that it is ours, or nothing: our pages
/// keep their address to themselves, so that `Origin` is `null`.
fn is_cross_site(app: &App, headers: &HeaderMap) -> bool {
    let is_other = |site: &HeaderValue| site != "same-origin";
    let is_foreign = |origin: &HeaderValue| origin != "null" && origin != app.origin();
    headers.get("sec-fetch-site").is_some_and(is_other)
        || headers.get(ORIGIN).is_some_and(is_foreign)
}

fn sent_back(app: &App, pool: &PoolId, returned: &Returned) -> Result<Answer, Error> {
    let mut answer = sent_to(&returned.location)?;
    if let Some(session) = &returned.session {
        let cookie = Cookie::Session.set(app, pool, Some(session))?;
        answer.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(answer)
}

/// SECURITY: with 303, so that no browser posts a password again (RFC 9700 §4.12).
fn sent_to(location: &str) -> Result<Answer, Error> {
    let mut answer = response::text(StatusCode::SEE_OTHER, "");
    let headers = answer.headers_mut();
    let location = HeaderValue::from_str(location).map_err(Error::internal_source)?;
    headers.insert(LOCATION, location);
    headers.remove(CONTENT_TYPE);
    // SECURITY: the code stands in the address; what the next page loads does not learn ours.
    headers.insert(
        HeaderName::from_static("referrer-policy"),
        HeaderValue::from_static("no-referrer"),
    );
    Ok(answer)
}
