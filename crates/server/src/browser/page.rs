//! Pages for people: plain HTML that works on a phone and without scripts.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use crate::response::{self, Answer};

/// One column that a thumb can scroll, in the colours that its reader has chosen. Each pair of text
/// and ground has a contrast of at least 4.5 to 1 (WCAG 2.2 §1.4.3).
const STYLE: &str = "\
:root{color-scheme:light dark;--text:#1b1b1b;--ground:#fff;--quiet:#595959;--line:#767676;\
--act:#0b57d0;--on-act:#fff;--alarm:#b3261e}\
@media(prefers-color-scheme:dark){:root{--text:#ededed;--ground:#171717;--quiet:#b5b5b5;\
--line:#8c8c8c;--act:#a8c7fa;--on-act:#0a2351;--alarm:#ff8a80}}\
body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:0 auto;padding:1.5rem 1rem;\
color:var(--text);background:var(--ground);overflow-wrap:anywhere}\
h1{font-size:1.4rem;line-height:1.25;margin:.5rem 0 1rem}\
a{color:var(--act)}\
ul{padding-left:1.3rem}\
li{margin:.4rem 0}\
bdi{display:inline-block;max-width:100%;overflow:hidden;vertical-align:bottom}\
li code{display:block;font-size:.9rem;color:var(--quiet)}\
label{display:flex;gap:.7rem;align-items:center;min-height:3rem}\
input[type=checkbox]{width:1.4rem;height:1.4rem;flex:none}\
input[type=text],input[type=password]{font:inherit;flex:1;min-width:0;min-height:2.6rem;\
padding:0 .6rem;border:.1rem solid var(--line);border-radius:.5rem;\
color:var(--text);background:var(--ground)}\
button{font:inherit;font-weight:600;display:block;width:100%;min-height:3rem;margin:.8rem 0;\
padding:.5rem 1.2rem;border:.1rem solid var(--line);border-radius:.5rem;\
color:var(--text);background:var(--ground)}\
button.act{color:var(--on-act);background:var(--act);border-color:var(--act)}\
:focus-visible{outline:.2rem solid var(--act);outline-offset:.15rem}\
.warning{border-left:.3rem solid var(--alarm);padding-left:.8rem}";

/// SECURITY: nothing is loaded, run, framed or sent anywhere from a page of ours, and no style
/// counts but the one above, whose hash this is. Held by `the_policy_allows_the_one_style`.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; \
                      form-action 'self'; \
                      style-src 'sha256-Sp2YTc1ICR/Z+CxQoeS+q9VACwxE/Hltrgi8rAR7b+Q='";

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
         <body><main><h1>{title}</h1>{body}</main></body></html>\n"
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

/// The same, with a form whose answer leads to `source`, as a policy names it: browsers look at
/// where a form is redirected, too.
pub(crate) fn html_that_leaves(
    status: StatusCode,
    title: &str,
    body: &str,
    source: &str,
) -> Answer {
    let mut answer = html(status, title, body);
    let own = "form-action 'self'";
    let policy = POLICY.replace(own, &format!("{own} {source}"));
    // What is no header is not said, and the form leads nowhere.
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        let name = HeaderName::from_static("content-security-policy");
        answer.headers_mut().insert(name, policy);
    }
    answer
}

/// A text as it stands in HTML. Characters that are not seen, but change how others are read, stand
/// as U+FFFD.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

/// A text that somebody else wrote, as it stands in HTML among words of ours: neither its direction
/// nor its height touches them.
pub(crate) struct Theirs<'a>(pub(crate) &'a str);

/// A text that is too long for a small screen, without its middle.
pub(crate) fn shortened(text: &str, characters_max: usize) -> Cow<'_, str> {
    let characters = text.chars().count();
    if characters <= characters_max {
        return Cow::Borrowed(text);
    }
    let kept = characters_max.saturating_sub(1);
    let end = kept.div_euclid(2);
    let start: String = text.chars().take(kept.saturating_sub(end)).collect();
    let end = text.chars().skip(characters.saturating_sub(end));
    Cow::Owned(start.chars().chain(['\u{2026}']).chain(end).collect())
}

/// A host that is too long for a small screen, by its end: whose it is, its last labels say.
pub(crate) fn shortened_host(host: &str, characters_max: usize) -> Cow<'_, str> {
    let characters = host.chars().count();
    if characters <= characters_max {
        return Cow::Borrowed(host);
    }
    let kept = characters_max.saturating_sub(1);
    let end = host.chars().skip(characters.saturating_sub(kept));
    Cow::Owned(std::iter::once('\u{2026}').chain(end).collect())
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                hidden if is_hidden(hidden) => f.write_str("\u{fffd}")?,
                other => write!(f, "{other}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Theirs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<bdi>{}</bdi>", Escaped(self.0))
    }
}

/// Control characters, those that order or join lines (UAX #9, UAX #14), and those that are not seen
/// at all. The joiners of Persian and of emoji are letters of names, and stay.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use procura_core::digest::sha256;

    use super::{Escaped, POLICY, STYLE, Theirs, shortened, shortened_host};

    #[test]
    fn the_policy_allows_the_one_style() {
        let hash = STANDARD.encode(sha256(&[STYLE.as_bytes()]));
        let source = format!("style-src 'sha256-{hash}'");
        assert!(POLICY.contains(&source), "{source}");
    }

    #[test]
    fn a_text_stays_a_text() {
        let text = Escaped("<script>\"a\" & 'b'").to_string();
        assert_eq!(text, "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;");
    }

    #[test]
    fn what_is_not_seen_stands_as_a_sign_and_letters_stay() {
        let evil = "a\u{202e}b\u{2066}c\u{200f}d\u{200b}e\nf\u{e0041}";
        let seen = "<bdi>a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}f\u{fffd}</bdi>";
        assert_eq!(Theirs(evil).to_string(), seen);
        let names = "José \u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{645}\u{6cc}\u{200c}\u{62e}";
        assert_eq!(Escaped(names).to_string(), names);
    }

    #[test]
    fn a_long_text_keeps_both_ends_and_a_host_its_last() {
        assert_eq!(shortened("agent", 5), "agent");
        assert_eq!(shortened("0123456789", 5), "01…89");
        let host = format!("accounts.google.com.{}.evil.example", "a".repeat(60));
        let shown = shortened_host(&host, 24);
        assert_eq!(shown.chars().count(), 24);
        assert!(shown.starts_with('…') && shown.ends_with("aaa.evil.example"));
        assert_eq!(
            shortened_host("accounts.google.com", 24),
            "accounts.google.com"
        );
    }
}
