//! Pages for people: plain HTML that works on a phone and without scripts.

use std::fmt;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use crate::response::{self, Answer};

const STYLE: &str = "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:2rem auto;\
                     padding:0 1rem;color:#111;background:#fff;overflow-wrap:anywhere}\
                     h1{font-size:1.4rem}\
                     button{font:inherit;padding:.6rem 1.2rem;margin:.5rem .5rem .5rem 0}\
                     .note{font-size:.9rem;color:#555}\
                     .warning{border-left:.3rem solid #c33;padding-left:.7rem}";

/// SECURITY: nothing is loaded, run, framed or sent anywhere from a page of ours.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; \
                      base-uri 'none'; form-action 'self'";

/// A page that says one thing.
pub(crate) fn say(status: StatusCode, title: &str, text: &str) -> Answer {
    html(status, title, &format!("<p>{}</p>", Escaped(text)))
}

/// A page. What stands in `body` went through [`Escaped`] where it is not ours.
pub(crate) fn html(status: StatusCode, title: &str, body: &str) -> Answer {
    let title = Escaped(title);
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style></head>\
         <body><h1>{title}</h1>{body}</body></html>\n"
    );
    let mut answer: Answer = response::text(status, "");
    *answer.body_mut() = Full::new(Bytes::from(html));
    let headers = Response::headers_mut(&mut answer);
    for (name, value) in [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (HeaderName::from_static("content-security-policy"), POLICY),
        (HeaderName::from_static("x-frame-options"), "DENY"),
        (HeaderName::from_static("x-content-type-options"), "nosniff"),
        (HeaderName::from_static("referrer-policy"), "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// A text as it stands in HTML.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => write!(f, "{other}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Escaped;

    #[test]
    fn a_text_stays_a_text() {
        let text = Escaped("<script>\"a\" & 'b'").to_string();
        assert_eq!(text, "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;");
    }
}
