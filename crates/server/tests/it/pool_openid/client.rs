//! An application of a pool, as it speaks to the endpoints.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use procura_core::digest::sha256;

use procura_testkit::{Browser, Connection, Message, Page, Response, TestApp};
use procura_wire::cognito::Operation::{
    self, AdminCreateUser, AdminSetUserPassword, CreateResourceServer, CreateUserPool,
    CreateUserPoolClient,
};
use serde_json::{Value, json};

use crate::pool_sign_in::text;
pub(super) use crate::pool_sign_in::{PASSWORD, call};

pub(super) const CALLBACK: &str = "https://app.example/cb";
/// RFC 7636 appendix B.
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A pool with the user alice, and an application.
#[derive(Clone)]
pub(super) struct Pool {
    pub(super) address: SocketAddr,
    pub(super) id: String,
    pub(super) client: String,
    pub(super) secret: Option<String>,
}

/// What the maker of an application asks for.
pub(super) fn app_settings() -> Value {
    json!({
        "ClientName": "Calendar+Co",
        "GenerateSecret": true,
        "AllowedOAuthFlowsUserPoolClient": true,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid", "email", "aws.cognito.signin.user.admin"],
        "CallbackURLs": [CALLBACK],
        "LogoutURLs": ["https://app.example/bye"],
    })
}

impl Pool {
    pub(super) async fn new(app: &TestApp) -> Self {
        Self::with(app, json!({})).await
    }

    pub(super) async fn with(app: &TestApp, more: Value) -> Self {
        let admin = app.admin();
        let made = call(admin, CreateUserPool, json!({ "PoolName": "users" })).await;
        let pool = Self {
            address: app.address(),
            id: text(&made.expect_status(200), "/UserPool/Id"),
            client: String::new(),
            secret: None,
        };
        let attributes = json!([
            { "Name": "email", "Value": "alice@example.com" },
            { "Name": "email_verified", "Value": "true" },
            { "Name": "phone_number", "Value": "+15550100" },
        ]);
        let user = json!({
            "UserPoolId": pool.id, "Username": "alice", "UserAttributes": attributes,
        });
        call(admin, AdminCreateUser, user).await.expect_status(200);
        pool.set_password(app, true).await;
        pool.another_client(app, more).await
    }

    pub(super) async fn set_password(&self, app: &TestApp, is_permanent: bool) {
        let body = json!({
            "UserPoolId": self.id, "Username": "alice", "Password": PASSWORD,
            "Permanent": is_permanent,
        });
        let set = call(app.admin(), AdminSetUserPassword, body).await;
        set.expect_status(200);
    }

    /// Something about alice.
    pub(super) async fn of_user(&self, app: &TestApp, operation: Operation) {
        let body = json!({ "UserPoolId": self.id, "Username": "alice" });
        call(app.admin(), operation, body).await.expect_status(200);
    }

    /// The same pool, by another application.
    pub(super) async fn another_client(&self, app: &TestApp, more: Value) -> Self {
        let mut body = app_settings();
        let members = body.as_object_mut().unwrap();
        members.insert("UserPoolId".to_owned(), json!(self.id));
        members.extend(more.as_object().unwrap().clone());
        let made = call(app.admin(), CreateUserPoolClient, body).await;
        let made = made.expect_status(200);
        let secret = made.json();
        let secret = secret.pointer("/UserPoolClient/ClientSecret");
        Self {
            client: text(&made, "/UserPoolClient/ClientId"),
            secret: secret.and_then(Value::as_str).map(str::to_owned),
            ..self.clone()
        }
    }

    /// The pool has a resource server with these scopes.
    pub(super) async fn has_server(&self, app: &TestApp, identifier: &str, scopes: &[&str]) {
        let scopes = scopes
            .iter()
            .map(|name| json!({ "ScopeName": name, "ScopeDescription": "does it" }));
        let body = json!({
            "UserPoolId": self.id, "Identifier": identifier, "Name": "it",
            "Scopes": scopes.collect::<Vec<_>>(),
        });
        let made = call(app.admin(), CreateResourceServer, body).await;
        made.expect_status(200);
    }

    /// The answer to a client that asks for itself.
    pub(super) async fn asks_for_itself(&self, more: &[(&str, &str)]) -> Response {
        let mut pairs = vec![("grant_type", "client_credentials")];
        pairs.extend(more);
        self.asks("/oauth2/token", &pairs).await
    }

    pub(super) fn issuer(&self) -> String {
        format!("http://{}/{}", self.address, self.id)
    }

    pub(super) fn path(&self, path: &str) -> String {
        format!("/{}{path}", self.id)
    }

    /// The request that an honest application makes, with changes: a `None` takes a parameter out.
    pub(super) fn authorize_url(&self, changes: &[(&str, Option<&str>)]) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(sha256(&[VERIFIER.as_bytes()]));
        let mut pairs = vec![
            ("response_type", "code".to_owned()),
            ("client_id", self.client.clone()),
            ("redirect_uri", CALLBACK.to_owned()),
            ("scope", "openid email".to_owned()),
            ("state", "s-1".to_owned()),
            ("nonce", "n-1".to_owned()),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256".to_owned()),
        ];
        for (name, value) in changes {
            pairs.retain(|(own, _)| own != name);
            if let Some(value) = value {
                pairs.push((name, (*value).to_owned()));
            }
        }
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs);
        format!("{}/oauth2/authorize?{}", self.issuer(), query.finish())
    }

    /// Where alice is sent who signs in in this browser.
    pub(super) async fn signs_in(
        &self,
        browser: &mut Browser,
        changes: &[(&str, Option<&str>)],
    ) -> Answered {
        let page = browser.get(&self.authorize_url(changes)).await;
        Answered::of(&self.gives(browser, &page, "alice", PASSWORD).await)
    }

    /// What comes of a name and a password on a page.
    pub(super) async fn gives(
        &self,
        browser: &mut Browser,
        page: &Page,
        username: &str,
        password: &str,
    ) -> Page {
        let form = page.form(&self.path("/login"));
        assert!(form.is_some(), "no form: {}", page.response.text());
        let form = form.unwrap();
        let fields = [("username", username), ("password", password)];
        browser.submit(&form, &fields).await
    }

    /// A code that alice gives in a browser of her own.
    pub(super) async fn code(&self, changes: &[(&str, Option<&str>)]) -> String {
        let answered = self.signs_in(&mut Browser::new(), changes).await;
        answered.get("code")
    }

    /// The tokens of alice.
    pub(super) async fn tokens(&self, changes: &[(&str, Option<&str>)]) -> Value {
        let code = self.code(changes).await;
        self.redeems(&code, &[]).await.expect_status(200).json()
    }

    pub(super) async fn redeems(&self, code: &str, changes: &[(&str, Option<&str>)]) -> Response {
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        changed(&mut pairs, changes);
        self.asks("/oauth2/token", &pairs).await
    }

    pub(super) async fn refreshes(
        &self,
        token: &str,
        changes: &[(&str, Option<&str>)],
    ) -> Response {
        let mut pairs = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
        changed(&mut pairs, changes);
        self.asks("/oauth2/token", &pairs).await
    }

    /// Asks with what shows that it is the application.
    pub(super) async fn asks(&self, path: &str, pairs: &[(&str, &str)]) -> Response {
        if let Some(secret) = &self.secret {
            let header = basic(&self.client, secret);
            return self.posts(path, pairs, Some(&header)).await;
        }
        let mut pairs = pairs.to_vec();
        pairs.push(("client_id", &self.client));
        self.posts(path, &pairs, None).await
    }

    pub(super) async fn posts(
        &self,
        path: &str,
        pairs: &[(&str, &str)],
        authorization: Option<&str>,
    ) -> Response {
        let form = encoded(pairs);
        let mut message = self
            .message("POST", &self.path(path))
            .add("content-type", "application/x-www-form-urlencoded")
            .add("content-length", &form.len().to_string());
        if let Some(authorization) = authorization {
            message = message.add("authorization", authorization);
        }
        self.sends(&message.with_body(form.into_bytes())).await
    }

    pub(super) fn message(&self, method: &str, target: &str) -> Message {
        let message = Message {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        message.add("host", &self.address.to_string())
    }

    pub(super) async fn sends(&self, message: &Message) -> Response {
        let mut connection = Connection::open(self.address).await;
        connection.exchange(&message.bytes()).await
    }

    pub(super) async fn userinfo(&self, token: &str) -> Response {
        let message = self.message("GET", &self.path("/oauth2/userInfo"));
        let message = message.add("authorization", &format!("Bearer {token}"));
        self.sends(&message).await
    }
}

fn changed<'a>(pairs: &mut Vec<(&'a str, &'a str)>, changes: &[(&'a str, Option<&'a str>)]) {
    for (name, value) in changes {
        pairs.retain(|(own, _)| own != name);
        pairs.extend(value.map(|value| (*name, value)));
    }
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(pairs);
    form.finish()
}

pub(super) fn basic(client: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{client}:{secret}")))
}

/// What is asked of a program, and was refused with this status and this code.
#[track_caller]
pub(super) fn refused(answer: &Response, status: u16, code: &str) {
    let json = answer.json();
    let error = json.pointer("/error").and_then(Value::as_str);
    assert_eq!((answer.status, error), (status, Some(code)), "{json}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

/// The claims of a token, unverified.
pub(super) fn claims(token: &Value) -> Value {
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// Where a browser was sent.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) to: String,
    pub(super) pairs: Vec<(String, String)>,
}

impl Answered {
    #[track_caller]
    pub(super) fn of(page: &Page) -> Self {
        assert_eq!(page.response.status, 303, "{}", page.response.text());
        assert_eq!(page.response.header("cache-control"), Some("no-store"));
        assert_eq!(page.response.header("referrer-policy"), Some("no-referrer"));
        let location = page.location();
        let (to, query) = location.split_once('?').unwrap();
        let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        Self {
            to: to.to_owned(),
            pairs: pairs.collect(),
        }
    }

    #[track_caller]
    pub(super) fn get(&self, name: &str) -> String {
        let mut all = self.pairs.iter().filter(|(own, _)| own == name);
        let value = all.next().map(|(_, value)| value.clone());
        assert!(value.is_some(), "no {name}: {self:?}");
        assert!(all.next().is_none(), "{name} stands twice");
        value.unwrap()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(own, _)| own == name)
    }
}
