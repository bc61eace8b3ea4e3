//! A browser: the cookie that tells it from others, and the forms that it was given.

use axum::http::header::{COOKIE, HOST, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_core::digest::{constant_time_eq, hmac_sha256, length_prefixed};

use crate::issued::random_text;
use crate::provider::DemoProvider;

/// Length of a cookie's value: 24 bytes as base64url.
const COOKIE_BYTES: usize = 32;

/// What a form is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    Login,
    Consent,
}

/// A browser, whether or not somebody is logged in with it.
pub(crate) struct Session {
    cookie: String,
    /// The browser does not have the cookie yet.
    is_new: bool,
    /// Who is logged in.
    pub(crate) user: Option<String>,
}

impl Session {
    /// The browser that sent these headers; a new one if it has no cookie, or several.
    pub(crate) fn of(provider: &DemoProvider, headers: &HeaderMap) -> Self {
        let Some(cookie) = cookie(provider, headers) else {
            return Self {
                cookie: random_text(),
                is_new: true,
                user: None,
            };
        };
        let user = provider.visits().user(&cookie, provider.now());
        Self {
            cookie,
            is_new: false,
            user,
        }
    }

    /// SECURITY: logs a user in under a new cookie, so that one that somebody else put there is
    /// worth nothing; held by `a_login_changes_the_cookie`.
    pub(crate) fn log_in(&mut self, provider: &DemoProvider, user: &str) {
        let mut visits = provider.visits();
        visits.log_out(&self.cookie);
        self.cookie = visits.log_in(user, provider.now());
        self.is_new = true;
        self.user = Some(user.to_owned());
    }

    pub(crate) fn log_out(&mut self, provider: &DemoProvider) {
        provider.visits().log_out(&self.cookie);
        self.user = None;
    }

    /// What a form carries: it holds in this browser, for this request, for this form.
    pub(crate) fn form_token(&self, provider: &DemoProvider, form: Form, request: &str) -> String {
        let form = match form {
            Form::Login => "login",
            Form::Consent => "consent",
        };
        let fields = [form.as_bytes(), self.cookie.as_bytes(), request.as_bytes()];
        let mac = hmac_sha256(provider.form_key(), &length_prefixed(&fields));
        URL_SAFE_NO_PAD.encode(mac)
    }

    /// SECURITY: whether a form that comes back was given to this browser; held by
    /// `a_form_of_another_browser_is_refused`.
    pub(crate) fn gave(
        &self,
        provider: &DemoProvider,
        form: Form,
        request: &str,
        token: &str,
    ) -> bool {
        let expected = self.form_token(provider, form, request);
        !self.is_new && constant_time_eq(expected.as_bytes(), token.as_bytes())
    }

    /// A response to this browser: with the cookie, if it has another one or none.
    pub(crate) fn give(&self, provider: &DemoProvider, mut response: Response) -> Response {
        if !self.is_new {
            return response;
        }
        let (name, value) = (cookie_name(provider), &self.cookie);
        // A provider on plain http: `Secure` would keep the cookie away. Lax, because the client
        // sends the browser here.
        let line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax");
        if let Ok(line) = HeaderValue::from_str(&line) {
            response.headers_mut().append(SET_COOKIE, line);
        }
        response
    }
}

/// SECURITY: a page of another origin whose name was made to resolve to this machine could use the
/// pages in a user's name otherwise, and read tokens; held by
/// `a_user_token_is_given_under_the_servers_own_address_only` and
/// `the_pages_are_served_under_the_servers_own_address_only`.
pub(crate) fn misdirected(provider: &DemoProvider, headers: &HeaderMap) -> Option<Response> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    if host == Some(provider.authority().as_str()) {
        return None;
    }
    let hint = format!("ask for this at {}\n", provider.issuer());
    Some((StatusCode::MISDIRECTED_REQUEST, hint).into_response())
}

/// Browsers share cookies between the ports of a host.
fn cookie_name(provider: &DemoProvider) -> String {
    format!("demo_login_{}", provider.port())
}

fn cookie(provider: &DemoProvider, headers: &HeaderMap) -> Option<String> {
    let name = cookie_name(provider);
    let lines = headers.get_all(COOKIE).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut values = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(other, _)| *other == name);
    let (_, value) = values.next()?;
    let is_one = values.next().is_none() && value.len() == COOKIE_BYTES;
    is_one.then(|| value.to_owned())
}
