//! A user's browser: cookies, the forms of a page, and a click.

use std::collections::BTreeMap;

use procura_demo::{DEMO_PASSWORD, DemoAuthentication, DemoClient};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::client::{Reply, Served, basic};

/// RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// Where the application of these tests has its users sent back to.
pub(crate) const CALLBACK: &str = "http://127.0.0.1:1/callback";

/// A client that may use the code flow: `app`, with the secret `app-secret`.
pub(crate) fn app() -> DemoClient {
    let authentication = DemoAuthentication::Secret("app-secret".to_owned());
    DemoClient {
        name: "The app".to_owned(),
        redirect_uris: vec![CALLBACK.to_owned()],
        ..DemoClient::new("app", authentication, &["read", "repo"])
    }
}

/// A provider with this client.
pub(crate) async fn served_for(client: DemoClient) -> Served {
    Served::with(|settings| settings.clients.push(client)).await
}

/// An authorization request, a good one until it is changed.
#[derive(Clone)]
pub(crate) struct Ask(Vec<(String, String)>);

impl Ask {
    pub(crate) fn new() -> Self {
        let pairs = [
            ("response_type", "code"),
            ("client_id", "app"),
            ("redirect_uri", CALLBACK),
            ("scope", "read"),
            ("state", "s-1"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self(pairs.to_vec())
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.and(name, value)
    }

    /// With a parameter more, whether or not there is one of this name.
    pub(crate) fn and(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(other, _)| other != name);
        self
    }

    pub(crate) fn path(&self) -> String {
        let query = Serializer::new(String::new())
            .extend_pairs(&self.0)
            .finish();
        format!("/authorize?{query}")
    }
}

/// A user's browser.
pub(crate) struct Browser<'a> {
    served: &'a Served,
    pub(crate) cookies: BTreeMap<String, String>,
}

#[expect(clippy::unwrap_used, reason = "a test's own browser")]
impl<'a> Browser<'a> {
    pub(crate) fn new(served: &'a Served) -> Self {
        Self {
            served,
            cookies: BTreeMap::new(),
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        self.send("GET", path, "").await
    }

    pub(crate) async fn ask(&mut self, ask: &Ask) -> Reply {
        self.get(&ask.path()).await
    }

    /// Sends the form of a page, with these fields besides the hidden ones.
    pub(crate) async fn submit(&mut self, page: &Reply, fields: &[(&str, &str)]) -> Reply {
        let action = attribute(&page.body, "<form", "action").unwrap();
        let mut pairs = hidden(&page.body);
        let own = fields.iter();
        pairs.extend(own.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.post(&action, &pairs).await
    }

    pub(crate) async fn post(&mut self, path: &str, pairs: &[(String, String)]) -> Reply {
        let body = Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.send("POST", path, &body).await
    }

    /// Logs in at the login page, and sees what comes next.
    pub(crate) async fn log_in(&mut self, page: &Reply, user: &str) -> Reply {
        let fields = [("username", user), ("password", DEMO_PASSWORD)];
        let reply = self.submit(page, &fields).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        self.get(reply.header("location").unwrap()).await
    }

    /// Goes through all pages, and says yes; where the browser is sent.
    pub(crate) async fn allow(&mut self, ask: &Ask, user: &str) -> Url {
        let mut reply = self.ask(ask).await;
        if reply.body.contains("action=\"/login\"") {
            reply = self.log_in(&reply, user).await;
        }
        if reply.body.contains("action=\"/consent\"") {
            reply = self.submit(&reply, &[("decision", "allow")]).await;
        }
        location(&reply)
    }

    /// The code of a request that the user allows.
    pub(crate) async fn code(&mut self, ask: &Ask, user: &str) -> String {
        let url = self.allow(ask, user).await;
        parameter(&url, "code").unwrap()
    }

    async fn send(&mut self, method: &str, path: &str, body: &str) -> Reply {
        let cookies = self.cookies.iter();
        let cookies: Vec<String> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let cookies = cookies.join("; ");
        let mut headers = vec![("Content-Type", "application/x-www-form-urlencoded")];
        if !cookies.is_empty() {
            headers.push(("Cookie", &cookies));
        }
        let reply = self
            .served
            .send(method, path, &headers, body)
            .await
            .unwrap();
        if let Some(line) = reply.header("set-cookie") {
            let (pair, _) = line.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        reply
    }
}

/// Redeems a code as `app`, with these parameters changed; one without a value is left out.
pub(crate) async fn redeem(served: &Served, code: &str, changes: &[(&str, &str)]) -> Reply {
    let mut form = BTreeMap::from([
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]);
    form.extend(changes.iter().copied());
    let form: Vec<_> = form.into_iter().collect();
    served
        .token(&[("Authorization", &app_basic())], &form)
        .await
}

/// Uses a refresh token as `app`.
pub(crate) async fn refresh(served: &Served, token: &str) -> Reply {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    served
        .token(&[("Authorization", &app_basic())], &form)
        .await
}

/// What Alice's code gives `app`.
pub(crate) async fn tokens(served: &Served, scope: &str) -> Value {
    let ask = Ask::new().with("scope", scope);
    let code = Browser::new(served).code(&ask, "alice").await;
    let reply = redeem(served, &code, &[]).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

/// The status of a call of the API with this token.
pub(crate) async fn status_of(served: &Served, access_token: &str) -> u16 {
    let header = format!("Bearer {access_token}");
    let headers = [("Authorization", header.as_str())];
    served.get_with("/api/whoami", &headers).await.status
}

/// A member that is text.
#[expect(clippy::unwrap_used, reason = "a test's own reply")]
pub(crate) fn text(reply: &Value, name: &str) -> String {
    reply.get(name).and_then(Value::as_str).unwrap().to_owned()
}

pub(crate) fn app_basic() -> String {
    basic("app", "app-secret")
}

/// Where a reply sends the browser.
#[expect(clippy::unwrap_used, reason = "a test's own reply")]
pub(crate) fn location(reply: &Reply) -> Url {
    assert_eq!(reply.status, 303, "{}", reply.body);
    Url::parse(reply.header("location").unwrap()).unwrap()
}

/// A parameter of a query.
pub(crate) fn parameter(url: &Url, name: &str) -> Option<String> {
    let mut pairs = url.query_pairs();
    let found = pairs.find(|(other, _)| other == name);
    found.map(|(_, value)| value.into_owned())
}

/// The hidden fields of a page.
pub(crate) fn hidden(html: &str) -> Vec<(String, String)> {
    let inputs = html.split("<input ").skip(1);
    let inputs = inputs.filter(|input| input.starts_with("type=\"hidden\""));
    inputs
        .filter_map(|input| {
            Some((
                attribute(input, "", "name")?,
                attribute(input, "", "value")?,
            ))
        })
        .collect()
}

/// The first value of an attribute after `from`, as it stands.
pub(crate) fn attribute(html: &str, from: &str, name: &str) -> Option<String> {
    let (_, rest) = html.split_once(from)?;
    let (_, rest) = rest.split_once(&format!("{name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(value.to_owned())
}
