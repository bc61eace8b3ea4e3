//! A user's browser, as far as proofs need one: cookies, the two forms of the demo provider, one
//! redirect at a time.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, bail};
use procura_demo::DEMO_PASSWORD;

/// How long an answer may take before the proof fails.
const TIMEOUT: Duration = Duration::from_secs(30);
/// More pages than the demo provider has; then it goes in a circle.
const PAGES_MAX: usize = 10;

/// A browser with its cookies, which it shows to every server: all are of this machine.
#[derive(Debug, Clone, Default)]
pub(super) struct Browser {
    cookies: BTreeMap<String, String>,
}

/// What came.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: u16,
    /// Absolute.
    pub(super) location: Option<String>,
    /// The cookies that it sets, by their names.
    pub(super) cookies: Vec<(String, String)>,
    pub(super) body: String,
    /// All of it, byte for byte.
    pub(super) heard: Vec<u8>,
}

impl Browser {
    /// Opens a plain URL and stays where it is when it is redirected.
    pub(super) fn get(&mut self, url: &str) -> anyhow::Result<Page> {
        self.send("GET", url, "", "")
    }

    /// Whether a token opens the API of the demo provider at `issuer`.
    pub(super) fn opens(issuer: &str, token: &str) -> anyhow::Result<bool> {
        let bearer = format!("authorization: Bearer {token}\r\n");
        let page = Self::default().send("GET", &format!("{issuer}/api/user"), &bearer, "")?;
        Ok(page.status == 200)
    }

    /// Logs in at the demo provider and allows what it asks; `url` is of its authorization endpoint.
    /// Where the browser is sent then.
    pub(super) fn consent(&mut self, url: &str, user: &str) -> anyhow::Result<String> {
        let (demo, _) = parts(url)?;
        let mut page = self.get(url)?;
        for _ in 0..PAGES_MAX {
            if let Some(location) = page.location {
                if parts(&location)?.0 != demo {
                    return Ok(location);
                }
                page = self.get(&location)?;
            } else if let Some(hidden) = page.hidden("/login") {
                let own = format!("username={user}&password={DEMO_PASSWORD}");
                page = self.post(&format!("http://{demo}/login"), &hidden, &own)?;
            } else if let Some(hidden) = page.hidden("/consent") {
                let url = format!("http://{demo}/consent");
                page = self.post(&url, &hidden, "decision=allow")?;
            } else {
                bail!("no page of a consent: {page:?}");
            }
        }
        bail!("the demo provider does not come to an end")
    }

    /// Sends a form: hidden fields of a page, and fields of its own.
    pub(super) fn post(&mut self, url: &str, hidden: &str, own: &str) -> anyhow::Result<Page> {
        self.send("POST", url, "", &format!("{hidden}{own}"))
    }

    /// One whose cookies of these names have this value.
    pub(super) fn with_cookies<'n>(names: impl IntoIterator<Item = &'n str>, value: &str) -> Self {
        let cookie = |name: &str| (name.to_owned(), value.to_owned());
        Self {
            cookies: names.into_iter().map(cookie).collect(),
        }
    }

    /// One with the same cookies, each with this value.
    pub(super) fn with_all_cookies(&self, value: &str) -> Self {
        Self::with_cookies(self.cookies.keys().map(String::as_str), value)
    }

    fn send(&mut self, method: &str, url: &str, more: &str, form: &str) -> anyhow::Result<Page> {
        let (authority, target) = parts(url)?;
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = format!(
            "{method} {target} HTTP/1.1\r\nhost: {authority}\r\norigin: http://{authority}\r\n\
             cookie: {}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n{more}connection: close\r\n\r\n{form}",
            cookies.join("; "),
            form.len()
        );
        let mut stream = TcpStream::connect(authority)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.write_all(request.as_bytes())?;
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply)?;
        self.read(reply, authority)
    }

    fn read(&mut self, all: Vec<u8>, authority: &str) -> anyhow::Result<Page> {
        let reply = String::from_utf8_lossy(&all).into_owned();
        let (head, body) = reply.split_once("\r\n\r\n").context("no answer")?;
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let (mut location, mut cookies) = (None, Vec::new());
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            if name.eq_ignore_ascii_case("location") {
                location = Some(if value.starts_with('/') {
                    format!("http://{authority}{value}")
                } else {
                    value.to_owned()
                });
            } else if name.eq_ignore_ascii_case("set-cookie") {
                let (cookie, attributes) = value.split_once(';').unwrap_or((value, ""));
                let (name, value) = cookie.split_once('=').context("a cookie without value")?;
                if attributes.contains("Max-Age=0") {
                    self.cookies.remove(name);
                } else {
                    self.cookies.insert(name.to_owned(), value.to_owned());
                    cookies.push((name.to_owned(), value.to_owned()));
                }
            }
        }
        Ok(Page {
            status: status.context("no status line")?.parse()?,
            location,
            cookies,
            body: body.to_owned(),
            heard: all,
        })
    }
}

impl Page {
    /// The hidden fields of the form that is posted to `action`, as they are sent.
    pub(super) fn hidden(&self, action: &str) -> Option<String> {
        let (_, form) = self.body.split_once(&format!("action=\"{action}\""))?;
        let (form, _) = form.split_once("</form>")?;
        let inputs = form.split("type=\"hidden\"").skip(1);
        let pairs = inputs.filter_map(|input| {
            // Both are of letters and digits that need no escape.
            let (name, value) = (attribute(input, "name")?, attribute(input, "value")?);
            Some(format!("{name}={value}&"))
        });
        Some(pairs.collect())
    }
}

/// The value of `name` in a form, or in the query of a URL.
pub(super) fn parameter(form: &str, name: &str) -> Option<String> {
    let pairs = form.split_once('?').map_or(form, |(_, query)| query);
    let mut pairs = pairs.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(own, _)| *own == name)?;
    Some(unescaped(value))
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

/// Authority and target of a plain http URL.
fn parts(url: &str) -> anyhow::Result<(&str, &str)> {
    let rest = url.strip_prefix("http://").context("plain http only")?;
    let slash = rest.find('/').context("a URL without path")?;
    Ok(rest.split_at(slash))
}

/// The text of a value of a query or a form.
fn unescaped(value: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), value.bytes());
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| char::from(byte.unwrap_or_default()).to_digit(16);
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let (high, low) = (digit(rest.next()), digit(rest.next()));
                let byte = high.zip(low).map(|(high, low)| high * 16 + low);
                byte.and_then(|byte| byte.try_into().ok())
                    .unwrap_or_default()
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
