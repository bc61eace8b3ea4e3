//! Pages for people: plain HTML that works without scripts, in no frame, and is kept nowhere.

use std::sync::LazyLock;

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use procura_core::digest::sha256;

/// What a page or a redirect with a code carries, whatever it says.
pub(crate) const PRIVATE: [(HeaderName, &str); 4] = [
    (CACHE_CONTROL, "no-store"),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
];

const STYLE: &str = "\
:root{color-scheme:light dark;font:1.1rem/1.5 system-ui,sans-serif}\
body{max-width:26rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.4rem}\
label{display:block;margin:1rem 0}\
input,button{font:inherit;padding:.5rem .8rem}\
input{display:block;box-sizing:border-box;width:100%}\
button{margin:.5rem .5rem .5rem 0}\
.note{font-size:.9rem;opacity:.8}\
.fault{border-left:.3rem solid #c33;padding-left:.7rem}";

/// The one style that a page may have.
static STYLE_SOURCE: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(sha256(&[STYLE.as_bytes()]));
    format!("'sha256-{hash}'")
});

/// A page before it is sent.
pub(crate) struct Page<'a> {
    /// Plain text.
    pub(crate) title: &'a str,
    /// HTML: every value in it went through [`escaped`].
    pub(crate) body: &'a str,
    /// Where its forms may lead in the end, besides here: an origin.
    pub(crate) leads_to: Option<&'a str>,
}

impl Page<'_> {
    pub(crate) fn response(&self, status: StatusCode) -> Response {
        let title = escaped(self.title);
        let html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n\
             {}</body>\n</html>\n",
            self.body
        );
        // Browsers hold every redirect after a form to `form-action`, also those of the server that
        // is redirected to: on the user's own machine these may lead to any port.
        let forms = self.leads_to.map_or_else(String::new, |origin| {
            format!(" {origin} http://127.0.0.1:* http://localhost:*")
        });
        let policy = format!(
            "default-src 'none'; style-src {}; form-action 'self'{forms}; base-uri 'none'; \
             frame-ancestors 'none'",
            *STYLE_SOURCE
        );
        let own = [
            (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
            (CONTENT_SECURITY_POLICY, policy),
        ];
        (status, PRIVATE, own, html).into_response()
    }
}

/// A page that says what is wrong, and leads nowhere.
pub(crate) fn fault(status: StatusCode, hint: &str) -> Response {
    let body = format!("<p class=\"fault\">{}</p>\n", escaped(hint));
    let page = Page {
        title: "This does not work",
        body: &body,
        leads_to: None,
    };
    page.response(status)
}

/// A text as it stands in HTML, between tags and in quotes.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
