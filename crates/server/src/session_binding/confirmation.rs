//! The page that asks: who wants what, for whom, where; Continue or Cancel.

use std::fmt::Write as _;

use hyper::StatusCode;

use super::api::Session;
use super::login::Login;
use super::visit::{self, LINKED};
use super::words;
use crate::browser::page::{self, Escaped, Theirs, shortened, shortened_host};
use crate::response::Answer;

/// The longest name of an agent that is shown whole, in characters: what stands behind it is seen on
/// the screen of a phone, too.
const AGENT_MAX: usize = 64;
/// The same of a provider.
const PROVIDER_MAX: usize = 48;
/// The same of a host.
const HOST_MAX: usize = 64;

/// For whom the page asks.
pub(super) enum Asked<'a> {
    /// The user who is signed in.
    User(&'a Login),
    /// A user whom nobody has proved, by the name that a caller wrote.
    Asserted(&'a str),
}

/// The page. `token` is what its form carries.
pub(super) fn page(session: &Session, session_uri: &str, asked: &Asked<'_>, token: &str) -> Answer {
    let agent = shortened(&session.agent, AGENT_MAX);
    let mut body = format!(
        "<p>The agent <strong>{}</strong> wants to act for you at {}.</p>",
        Escaped(&agent),
        place(session)
    );
    write_scopes(&mut body, session);
    let action = match asked {
        Asked::User(login) => {
            write_user(&mut body, login, session_uri);
            ""
        }
        Asked::Asserted(name) => {
            write_asserted(&mut body, name);
            "<p><label><input type=\"checkbox\" name=\"understood\" value=\"yes\" required> I have \
             read this.</label></p>"
        }
    };
    let (uri, token) = (Escaped(session_uri), Escaped(token));
    // Writing to a text does not fail.
    let _ = write!(
        body,
        "<form method=\"post\" action=\"{LINKED}\">\
         <input type=\"hidden\" name=\"session_id\" value=\"{uri}\">\
         <input type=\"hidden\" name=\"token\" value=\"{token}\">{action}\
         <p>Continue only if you have just asked for this yourself. If somebody sent you this link, \
         press Cancel.</p>\
         <button class=\"act\" name=\"decision\" value=\"continue\">Continue</button>\
         <button name=\"decision\" value=\"cancel\" formnovalidate>Cancel</button></form>"
    );
    page::html(StatusCode::OK, "Let this agent act for you?", &body)
}

/// Where the agent will act. SECURITY: the name was chosen by whoever administers the providers, and
/// can be that of another; the host is where the user said yes (attack 17 of the catalogue). Held by
/// `a_provider_by_the_name_of_another_is_told_by_its_host`.
fn place(session: &Session) -> String {
    let name = shortened(&session.provider, PROVIDER_MAX);
    let name = Escaped(&name);
    match &session.provider_host {
        Some(host) => {
            let host = shortened_host(host, HOST_MAX);
            format!("<strong>{}</strong>, here called {name}", Escaped(&host))
        }
        None => format!("<strong>{name}</strong>"),
    }
}

fn write_scopes(body: &mut String, session: &Session) {
    if session.scopes.is_empty() {
        body.push_str("<p>It asks for what the provider gives to everybody.</p>");
        return;
    }
    body.push_str("<p>It will be able to:</p><ul>");
    for scope in &session.scopes {
        let raw = Escaped(scope);
        // Writing to a text does not fail.
        let _ = match words::scope(scope) {
            Some(meaning) => write!(body, "<li>{meaning} <code>{raw}</code></li>"),
            None => write!(body, "<li><code>{raw}</code></li>"),
        };
    }
    body.push_str("</ul>");
}

fn write_user(body: &mut String, login: &Login, session_uri: &str) {
    let (shown, issuer) = (Theirs(&login.shown), Escaped(&login.issuer));
    // What anybody can call themselves stands behind what they cannot.
    let name = login.name.as_deref().map(Theirs);
    let name = name.map(|name| format!(" ({name})")).unwrap_or_default();
    let anew = visit::login_of(session_uri);
    let anew = Escaped(&anew);
    // Writing to a text does not fail.
    let _ = write!(
        body,
        "<p>You are signed in as <strong>{shown}</strong>{name}, by {issuer}. \
         <a href=\"{anew}\">Not you?</a></p>"
    );
}

fn write_asserted(body: &mut String, name: &str) {
    let name = Theirs(name);
    // Writing to a text does not fail.
    let _ = write!(
        body,
        "<p class=\"warning\">Nobody has proved who you are. The application says that this is \
         <strong>{name}</strong>, which is only a name that it wrote: whoever has the link can \
         continue. This page takes its word for it in development only.</p>"
    );
}

#[cfg(test)]
mod tests {
    use super::super::api::WhoseSession;
    use super::*;

    #[test]
    fn what_others_chose_stays_a_text() {
        let evil = "<script>alert(\"1\")</script>&'";
        let session = Session {
            agent: evil.to_owned(),
            provider: evil.to_owned(),
            provider_host: Some(evil.to_owned()),
            scopes: vec![evil.to_owned(), "repo".to_owned()],
            user: WhoseSession::Verified,
            not_now: None,
        };
        let answer = page(&session, evil, &Asked::Asserted(evil), evil);
        let body = format!("{:?}", answer.body());
        assert!(!body.contains("<script"), "{body}");
        assert!(body.contains("&lt;script&gt;alert("), "{body}");
        assert!(
            body.contains("<li>Read and change your repositories"),
            "{body}"
        );
    }
}
