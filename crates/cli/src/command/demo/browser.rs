//! A user's browser, for who has none at hand: cookies, forms and redirects, on this machine only.
//! It runs no scripts; the pages of the service and of the demo provider have none.

use anyhow::{Context as _, bail};
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderValue, LOCATION, SET_COOKIE};
use procura_protocol::egress::OutboundUrl;

use super::loopback;

/// More pages and redirects than a flow has; then it goes in a circle.
const STEPS_MAX: usize = 40;

/// Who sits before the browser.
pub(super) struct Person<'a> {
    /// The name at the demo provider.
    pub(super) user: &'a str,
    /// The password there.
    pub(super) password: &'a str,
    /// The demo provider, where alone the password is typed.
    pub(super) demo: &'a OutboundUrl,
}

/// A browser. It shares cookies between the ports of a host, as browsers do.
#[derive(Default)]
pub(super) struct Browser {
    cookies: Vec<Cookie>,
}

/// A cookie (RFC 6265 §5.3).
#[derive(Clone, PartialEq, Eq)]
struct Cookie {
    host: String,
    path: String,
    name: String,
    value: String,
}

/// What a browser shows.
struct Page {
    url: OutboundUrl,
    is_success: bool,
    /// Where it redirects.
    location: Option<OutboundUrl>,
    html: String,
}

/// A form of a page.
struct Form {
    action: OutboundUrl,
    /// The hidden fields, in their order.
    hidden: Vec<(String, String)>,
}

impl Browser {
    /// Opens `link` and does what a person does who wants the agent to act: logs in at the demo
    /// provider, allows, comes back, signs in, continues.
    pub(super) async fn consent(&mut self, link: &str, who: &Person<'_>) -> anyhow::Result<()> {
        let link: OutboundUrl = link.parse().context("the link")?;
        let mut page = self.get(&link).await?;
        let mut has_continued = false;
        for _ in 0..STEPS_MAX {
            if let Some(location) = page.location.take() {
                page = self.get(&location).await?;
                continue;
            }
            let Some(form) = page.form()? else {
                if has_continued && page.is_success {
                    return Ok(());
                }
                bail!("{} says: {}", page.url.authority(), page.says());
            };
            let is_demo = form.action.authority() == who.demo.authority();
            page = match form.action.url().path() {
                // SECURITY: a password is for who it was made for, and not for whoever shows a form
                // (test: a_password_is_typed_at_the_demo_provider_only).
                "/login" if is_demo => {
                    let fields = [("username", who.user), ("password", who.password)];
                    self.submit(&form, &fields).await?
                }
                "/consent" if is_demo => self.submit(&form, &[("decision", "allow")]).await?,
                "/linked" if !is_demo => {
                    has_continued = true;
                    self.submit(&form, &[("decision", "continue")]).await?
                }
                path => bail!(
                    "{} shows a form that is not known: {path}",
                    page.url.authority()
                ),
            };
        }
        bail!("the pages go in a circle");
    }

    async fn get(&mut self, url: &OutboundUrl) -> anyhow::Result<Page> {
        self.send(url, Request::get("/"), Bytes::new()).await
    }

    /// Posts a form with these fields besides the hidden ones.
    async fn submit(&mut self, form: &Form, fields: &[(&str, &str)]) -> anyhow::Result<Page> {
        let hidden = form.hidden.iter();
        let hidden = hidden.map(|(name, value)| (name.as_str(), value.as_str()));
        // A query is written as a form is.
        let mut written = form.action.url().clone();
        let pairs = hidden.chain(fields.iter().copied());
        written.query_pairs_mut().clear().extend_pairs(pairs);
        let body = written.query().unwrap_or_default().to_owned();
        let request = Request::post("/").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(&form.action, request, body.into()).await
    }

    async fn send(
        &mut self,
        url: &OutboundUrl,
        mut request: hyper::http::request::Builder,
        body: Bytes,
    ) -> anyhow::Result<Page> {
        let (host, path) = (url.host(), url.url().path());
        let cookies = self.cookies_for(host, path);
        if !cookies.is_empty() {
            let mut cookies = HeaderValue::from_str(&cookies)?;
            cookies.set_sensitive(true);
            request = request.header(COOKIE, cookies);
        }
        let request = request.header(ACCEPT, "text/html,*/*;q=0.8");
        let answer = loopback::send(url, request.body(Full::new(body))?).await?;
        for line in answer.headers().get_all(SET_COOKIE) {
            self.take(line.to_str().context("a cookie")?, host);
        }
        let location = answer.headers().get(LOCATION);
        let location = location.filter(|_| answer.status().is_redirection());
        let location = location.map(|location| absolute(url, location.to_str()?));
        Ok(Page {
            url: url.clone(),
            is_success: answer.status().is_success(),
            location: location.transpose().context("a redirect")?,
            html: String::from_utf8_lossy(answer.body()).into_owned(),
        })
    }

    /// The value of `Cookie`.
    fn cookies_for(&self, host: &str, path: &str) -> String {
        let sent = self.cookies.iter();
        let sent = sent.filter(|cookie| cookie.host == host && is_below(path, &cookie.path));
        let pairs: Vec<String> = sent
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        pairs.join("; ")
    }

    /// What a `Set-Cookie` of `host` says; nothing, if it cannot be read (RFC 6265 §5.2).
    fn take(&mut self, line: &str, host: &str) {
        let mut parts = line.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let mut cookie = Cookie {
            host: host.to_owned(),
            path: "/".to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let mut is_over = false;
        for part in parts {
            let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
            if attribute.eq_ignore_ascii_case("path") && value.starts_with('/') {
                value.clone_into(&mut cookie.path);
            } else if attribute.eq_ignore_ascii_case("max-age") {
                is_over = value.parse::<i64>().is_ok_and(|age_s| age_s <= 0);
            }
        }
        self.cookies.retain(|other| {
            (&other.host, &other.path, &other.name) != (&cookie.host, &cookie.path, &cookie.name)
        });
        if !is_over {
            self.cookies.push(cookie);
        }
    }
}

impl Page {
    /// The first form.
    fn form(&self) -> anyhow::Result<Option<Form>> {
        let Some((_, html)) = self.html.split_once("<form") else {
            return Ok(None);
        };
        let (html, _) = html.split_once("</form>").unwrap_or((html, ""));
        let action = attribute(html, "action").context("a form that leads nowhere")?;
        let inputs = html.split("<input").skip(1);
        let hidden = inputs
            .filter(|input| attribute(input, "type").as_deref() == Some("hidden"))
            .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)));
        Ok(Some(Form {
            action: absolute(&self.url, &action)?,
            hidden: hidden.collect(),
        }))
    }

    /// Its words, without its form.
    fn says(&self) -> String {
        let (_, body) = self.html.split_once("<body>").unwrap_or(("", &self.html));
        let pieces = body.split('<').enumerate().map(|(at, piece)| match at {
            0 => piece,
            _ => piece.split_once('>').map_or("", |(_, text)| text),
        });
        let text = unescaped(&pieces.collect::<Vec<_>>().join(" "));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn absolute(base: &OutboundUrl, reference: &str) -> anyhow::Result<OutboundUrl> {
    Ok(base.url().join(reference)?.as_str().parse()?)
}

/// RFC 6265 §5.1.4.
fn is_below(path: &str, cookie_path: &str) -> bool {
    path.strip_prefix(cookie_path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || cookie_path.ends_with('/'))
}

/// The value of an attribute of the first tag.
fn attribute(html: &str, name: &str) -> Option<String> {
    let (tag, _) = html.split_once('>')?;
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(unescaped(value))
}

fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    let text = text.replace("&quot;", "\"").replace("&#39;", "'");
    // Last, so that what was escaped twice stays escaped once.
    text.replace("&amp;", "&")
}

#[cfg(test)]
mod tests;
