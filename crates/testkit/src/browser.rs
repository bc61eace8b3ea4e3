//! A user's browser: cookies, forms and redirects, one step at a time.

use procura_demo::DEMO_PASSWORD;

use crate::connection::Connection;
use crate::message::{Message, percent_encoded};
use crate::response::Response;

/// More redirects than a flow has; then it goes in a circle.
const REDIRECTS_MAX: usize = 20;

/// A user's browser. It knows plain http, 127.0.0.1 and localhost; it runs no scripts, and it
/// shares cookies between the ports of a host, as browsers do.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    cookies: Vec<Cookie>,
}

/// A cookie (RFC 6265 §5.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    /// Whom it is for.
    pub host: String,
    /// Below which path.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// What a browser shows: a response, and where it came from.
#[derive(Debug, Clone)]
pub struct Page {
    /// Absolute.
    pub url: String,
    /// As it came.
    pub response: Response,
}

/// A form of a page.
#[derive(Debug, Clone)]
pub struct Form {
    /// Where it is posted, absolute.
    pub action: String,
    /// The hidden fields, in their order.
    pub hidden: Vec<(String, String)>,
    /// What the browser says of the page in `Origin`.
    origin: String,
}

impl Browser {
    /// One without cookies.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens a URL, and stays where it is when it is redirected.
    pub async fn get(&mut self, url: &str) -> Page {
        self.send("GET", url, None).await
    }

    /// Opens a URL, and goes where it is redirected.
    pub async fn get_and_follow(&mut self, url: &str) -> Page {
        let mut page = self.get(url).await;
        for _ in 0..REDIRECTS_MAX {
            if page.response.header("location").is_none() {
                return page;
            }
            page = self.follow(&page).await;
        }
        panic!("too many redirects: {page:?}");
    }

    /// Goes where a page redirects, and no further.
    pub async fn follow(&mut self, page: &Page) -> Page {
        self.get(&page.location()).await
    }

    /// Posts a form with these fields besides the hidden ones, and stays when it is redirected.
    pub async fn submit(&mut self, form: &Form, fields: &[(&str, &str)]) -> Page {
        let hidden = form.hidden.iter();
        let hidden = hidden.map(|(name, value)| (name.as_str(), value.as_str()));
        let pairs: Vec<String> = hidden
            .chain(fields.iter().copied())
            .map(|(name, value)| format!("{}={}", percent_encoded(name), percent_encoded(value)))
            .collect();
        let body = pairs.join("&");
        self.send("POST", &form.action, Some((&body, &form.origin)))
            .await
    }

    /// Logs in at the demo provider where it asks, and allows what it asks; `url` is of its
    /// authorization endpoint. Where the browser is sent then, which it does not open.
    pub async fn approve_at_demo(&mut self, url: &str, user: &str) -> String {
        self.decide_at_demo(url, user, "allow").await
    }

    /// As [`Self::approve_at_demo`], with a no where a yes is asked for.
    pub async fn deny_at_demo(&mut self, url: &str, user: &str) -> String {
        self.decide_at_demo(url, user, "deny").await
    }

    async fn decide_at_demo(&mut self, url: &str, user: &str, decision: &str) -> String {
        let demo = origin(url);
        let mut page = self.get(url).await;
        for _ in 0..REDIRECTS_MAX {
            if page.response.header("location").is_some() {
                let location = page.location();
                if origin(&location) != demo {
                    return location;
                }
                page = self.get(&location).await;
            } else if let Some(form) = page.form("/login") {
                let fields = [("username", user), ("password", DEMO_PASSWORD)];
                page = self.submit(&form, &fields).await;
            } else if let Some(form) = page.form("/consent") {
                page = self.submit(&form, &[("decision", decision)]).await;
            } else {
                panic!("no page of a flow: {} {}", page.url, page.response.text());
            }
        }
        panic!("too many pages: {page:?}");
    }

    /// The cookies that it has, in the order in which they came.
    pub fn cookies(&self) -> &[Cookie] {
        &self.cookies
    }

    /// Puts a cookie in, in the place of the one with its host, path and name.
    pub fn set_cookie(&mut self, cookie: Cookie) {
        self.forget(&cookie);
        self.cookies.push(cookie);
    }

    /// Forgets all cookies.
    pub fn clear_cookies(&mut self) {
        self.cookies.clear();
    }

    fn forget(&mut self, cookie: &Cookie) {
        let key = |cookie: &Cookie| {
            let Cookie {
                host, path, name, ..
            } = cookie.clone();
            (host, path, name)
        };
        self.cookies.retain(|other| key(other) != key(cookie));
    }

    async fn send(&mut self, method: &str, url: &str, form: Option<(&str, &str)>) -> Page {
        let (url, _) = url.split_once('#').unwrap_or((url, ""));
        let (authority, target) = parts(url);
        let (host, port) = authority.split_once(':').unwrap_or((authority, "80"));
        let mut message = Message {
            method: method.to_owned(),
            target: target.clone(),
            headers: Vec::new(),
            body: Vec::new(),
        }
        .add("host", authority)
        .add("accept", "text/html,*/*;q=0.8");
        let (path, _) = target.split_once('?').unwrap_or((&target, ""));
        let sent = self.cookies.iter();
        let sent: Vec<String> = sent
            .filter(|cookie| cookie.host == host && is_below(path, &cookie.path))
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        if !sent.is_empty() {
            message = message.add("cookie", &sent.join("; "));
        }
        if let Some((body, origin)) = form {
            message = message
                .add("origin", origin)
                .add("content-type", "application/x-www-form-urlencoded")
                .add("content-length", &body.len().to_string())
                .with_body(body.as_bytes().to_vec());
        }
        let ip = if host == "localhost" {
            "127.0.0.1"
        } else {
            host
        };
        let address = format!("{ip}:{port}").parse().unwrap();
        let response = Connection::open(address)
            .await
            .exchange(&message.bytes())
            .await;
        for (_, line) in response
            .headers
            .iter()
            .filter(|(name, _)| name == "set-cookie")
        {
            self.take(line, host);
        }
        Page {
            url: url.to_owned(),
            response,
        }
    }

    /// What a `Set-Cookie` says.
    fn take(&mut self, line: &str, host: &str) {
        let mut parts = line.split(';').map(str::trim);
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let mut cookie = Cookie {
            host: host.to_owned(),
            path: "/".to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let mut is_over = false;
        for part in parts {
            let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
            match attribute.to_ascii_lowercase().as_str() {
                "path" => value.clone_into(&mut cookie.path),
                "max-age" => is_over = value.parse::<i64>().unwrap() <= 0,
                _ => {}
            }
        }
        if is_over {
            self.forget(&cookie);
        } else {
            self.set_cookie(cookie);
        }
    }
}

impl Page {
    /// Where it redirects, absolute.
    #[track_caller]
    pub fn location(&self) -> String {
        let location = self.response.header("location");
        let location = location.unwrap_or_else(|| {
            panic!(
                "no redirect: {} {}",
                self.response.status,
                self.response.text()
            )
        });
        absolute(&self.url, location)
    }

    /// The first form whose `action`, as it stands, is this.
    pub fn form(&self, action: &str) -> Option<Form> {
        let mut forms = self.response.text().split("<form").skip(1);
        let html = forms.find(|html| attribute(html, "action").as_deref() == Some(action))?;
        let (html, _) = html.split_once("</form>")?;
        let inputs = html.split("<input").skip(1);
        let inputs = inputs.filter(|input| attribute(input, "type").as_deref() == Some("hidden"));
        let hidden =
            inputs.map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)));
        // Fetch standard, "append a request Origin header".
        let hides_origin = self.response.header("referrer-policy") == Some("no-referrer");
        Some(Form {
            action: absolute(&self.url, action),
            hidden: hidden.collect::<Option<_>>()?,
            origin: if hides_origin {
                "null".to_owned()
            } else {
                origin(&self.url).to_owned()
            },
        })
    }
}

/// Authority, and what stands in the request line, of a plain http URL.
fn parts(url: &str) -> (&str, String) {
    let rest = url
        .strip_prefix("http://")
        .unwrap_or_else(|| panic!("plain http only: {url}"));
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at(end);
    let slash = if target.starts_with('/') { "" } else { "/" };
    (authority, format!("{slash}{target}"))
}

fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let (_, rest) = url.split_at(start);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    url.split_at(start + end).0
}

fn absolute(base: &str, reference: &str) -> String {
    if reference.starts_with('/') {
        format!("{}{reference}", origin(base))
    } else {
        assert!(reference.contains("://"), "no absolute path: {reference}");
        reference.to_owned()
    }
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
    let value = value.replace("&lt;", "<").replace("&gt;", ">");
    let value = value.replace("&quot;", "\"").replace("&#39;", "'");
    Some(value.replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use procura_demo::{DEMO_CLIENT, DemoProvider, Settings};
    use tokio::net::TcpListener;
    use tokio::task::JoinSet;

    use super::*;
    use crate::TestClock;

    const CALLBACK: &str = "http://localhost:1/callback/p-1";

    #[tokio::test]
    async fn a_user_goes_through_the_pages_of_the_demo_provider() {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let settings = Settings::new(Arc::new(TestClock::default()));
        let demo = DemoProvider::new(socket.local_addr().unwrap(), settings).unwrap();
        demo.allow_redirects_below("http://localhost:1/callback/".to_owned());
        let mut serving = JoinSet::new();
        serving.spawn(demo.clone().serve(socket, std::future::pending()));
        let url = |more: &str| {
            format!(
                "{}/authorize?response_type=code&client_id={DEMO_CLIENT}&redirect_uri={}&state=s\
                 &code_challenge_method=S256&code_challenge={}{more}",
                demo.issuer(),
                percent_encoded(CALLBACK),
                "x".repeat(43),
            )
        };
        let mut browser = Browser::new();
        let denied = browser.deny_at_demo(&url(""), "alice").await;
        assert!(
            denied.starts_with(&format!("{CALLBACK}?error=access_denied")),
            "{denied}"
        );
        let allowed = browser.approve_at_demo(&url(""), "alice").await;
        assert!(
            allowed.starts_with(&format!("{CALLBACK}?code=demo_code_")),
            "{allowed}"
        );
        assert!(allowed.contains("&state=s&iss="), "{allowed}");
        // Allowed before: no page is shown.
        let page = browser.get(&url("")).await;
        assert!(page.location().starts_with(&format!("{CALLBACK}?code=")));
        let page = browser.get_and_follow(&url("&prompt=login")).await;
        assert!(page.form("/login").is_some() && page.form("/consent").is_none());
        assert_eq!(browser.cookies().len(), 1);
    }
}
