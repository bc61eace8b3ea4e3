//! The page on which a user signs in for an application, or says whether to go on.

use std::fmt::Write as _;

use hyper::StatusCode;
use procura_app::pool_openid::authorize::{Asks, LoginPage};
use procura_core::redirect_uri::RedirectUri;
use procura_core::user_pool::PoolId;

use super::words;
use crate::browser::page::{self, Escaped, Theirs, shortened, shortened_host};
use crate::response::Answer;

/// The longest name of an application that is shown whole, in characters.
const NAME_MAX: usize = 64;
/// The same of a host.
const HOST_MAX: usize = 64;

/// The page.
pub(super) fn login(pool: &PoolId, shown: &LoginPage) -> Answer {
    let (title, asks) = match &shown.asks {
        Asks::Password { hint } => (words::SIGN_IN, password(hint.as_deref())),
        Asks::Confirmation { username } => (words::GO_ON, confirmation(username)),
        Asks::NewPassword { session, username } => {
            (words::CHOOSE_PASSWORD, new_password(session, username))
        }
    };
    let mut body = application(shown);
    if let Some(notice) = &shown.notice {
        let notice = words::notice(notice);
        // Writing to a text does not fail.
        let _ = write!(
            body,
            "<p class=\"warning\" role=\"alert\">{}</p>",
            Escaped(&notice)
        );
    }
    let state = Escaped(&shown.state);
    // Writing to a text does not fail.
    let _ = write!(
        body,
        "<form method=\"post\" action=\"/{pool}/login\">\
         <input type=\"hidden\" name=\"request_state\" value=\"{state}\">{asks}\
         <button name=\"decision\" value=\"cancel\" formnovalidate>Cancel</button>\
         <p>{}</p></form>",
        words::ONLY_IF
    );
    page::html_that_leaves(
        StatusCode::OK,
        title,
        &body,
        &leaves_to(&shown.redirect_uri),
    )
}

/// The page that asks whether to sign out.
pub(super) fn logout(pool: &PoolId, state: &str, to: Option<&RedirectUri>) -> Answer {
    let state = Escaped(state);
    let body = format!(
        "<p>{}</p><form method=\"post\" action=\"/{pool}/logout\">\
         <input type=\"hidden\" name=\"request_state\" value=\"{state}\">\
         <button class=\"act\">{}</button></form>",
        words::SIGN_OUT_MEANS,
        words::SIGN_OUT
    );
    match to {
        Some(to) => page::html_that_leaves(StatusCode::OK, words::SIGN_OUT, &body, &leaves_to(to)),
        None => page::html(StatusCode::OK, words::SIGN_OUT, &body),
    }
}

/// Who wants what. SECURITY: the name was chosen by whoever made the client; where the browser goes
/// says whose it is.
fn application(shown: &LoginPage) -> String {
    let name = shortened(&shown.client_name, NAME_MAX);
    let host = shortened_host(shown.redirect_uri.shown(), HOST_MAX);
    let mut body = format!(
        "<p>{} at <strong>{}</strong> wants:</p><ul>",
        Theirs(&name),
        Escaped(&host)
    );
    for scope in &shown.scopes {
        let raw = Escaped(scope);
        // Writing to a text does not fail.
        let _ = match words::scope(scope) {
            Some(meaning) => write!(body, "<li>{meaning}</li>"),
            None => write!(body, "<li><code>{raw}</code></li>"),
        };
    }
    body.push_str("</ul>");
    body
}

fn password(hint: Option<&str>) -> String {
    let hint = Escaped(hint.unwrap_or_default());
    format!(
        "<label>Username <input type=\"text\" name=\"username\" value=\"{hint}\" \
         autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" maxlength=\"128\" \
         required></label>\
         <label>Password <input type=\"password\" name=\"password\" \
         autocomplete=\"current-password\" maxlength=\"256\" required></label>\
         <button class=\"act\" name=\"decision\" value=\"sign_in\">Sign in</button>"
    )
}

fn new_password(session: &str, username: &str) -> String {
    let (session, username) = (Escaped(session), Escaped(username));
    format!(
        "<p>{}</p><input type=\"hidden\" name=\"session\" value=\"{session}\">\
         <input type=\"hidden\" name=\"username\" value=\"{username}\" autocomplete=\"username\">\
         <label>New password <input type=\"password\" name=\"password\" \
         autocomplete=\"new-password\" maxlength=\"256\" required></label>\
         <button class=\"act\" name=\"decision\" value=\"sign_in\">Sign in</button>",
        words::TEMPORARY
    )
}

fn confirmation(username: &str) -> String {
    format!(
        "<p>You are signed in as <strong>{}</strong>.</p>\
         <button class=\"act\" name=\"decision\" value=\"continue\">Continue</button>\
         <button name=\"decision\" value=\"other\">Sign in as somebody else</button>",
        Theirs(username)
    )
}

/// Where the form may lead, as a source of a policy: browsers look at where a form is redirected, too.
fn leaves_to(uri: &RedirectUri) -> String {
    let text = uri.as_str();
    let scheme = text.split(':').next().unwrap_or_default();
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
    let host = uri.shown();
    // An address of IPv6 is no source (CSP 3 §2.3.1).
    if matches!(scheme, "http" | "https") && host.bytes().all(is_host) {
        format!("{scheme}://{host}")
    } else {
        format!("{scheme}:")
    }
}

#[cfg(test)]
mod tests {
    use super::leaves_to;

    #[test]
    fn a_form_leads_to_one_origin() {
        for (uri, source) in [
            (
                "https://app.example:8443/cb?x=y",
                "https://app.example:8443",
            ),
            ("http://localhost:1/cb", "http://localhost:1"),
            ("http://[::1]:1/cb", "http:"),
            ("com.example.app:/cb", "com.example.app:"),
        ] {
            assert_eq!(leaves_to(&uri.parse().unwrap()), source);
        }
    }
}
