//! Flows in which users of the demo provider let agents act: what the tests of them share.

use std::sync::{Arc, Mutex};

use procura_testkit::{Browser, Page, Response, TestApp};
use procura_wire::Operation::{
    CompleteResourceTokenAuth, CreateWorkloadIdentity, GetResourceOauth2Token,
    UpdateWorkloadIdentity,
};
use serde_json::{Value, json};

use crate::oauth2;

/// Where the application of the tests has its users come back to. Nobody serves it.
pub(crate) const RETURN_URL: &str = "https://app.example/linked?tab=1";

/// An app with the agent `agent`, whose users come back to [`RETURN_URL`], and the provider `demo`.
pub(crate) async fn ready(app: TestApp) -> TestApp {
    let config = oauth2::config(&app);
    ready_with(app, &config).await
}

/// The same with another configuration of the provider.
pub(crate) async fn ready_with(app: TestApp, config: &Value) -> TestApp {
    let made = app.admin().create_oauth2_provider("demo", config).await;
    made.expect_status(201);
    agent(&app, "agent").await;
    app
}

/// Makes an agent whose users come back to [`RETURN_URL`].
pub(crate) async fn agent(app: &TestApp, name: &str) {
    let agent = json!({ "name": name, "allowedResourceOauth2ReturnUrls": [RETURN_URL] });
    let made = app.admin().call(CreateWorkloadIdentity, agent).await;
    made.expect_status(201);
}

/// A token of `agent` for a user of the demo provider, proved by a token of the user's own.
pub(crate) async fn token_for(app: &TestApp, agent: &str, user: &str) -> String {
    let proof = app.demo().user_token(user);
    let minted = app.agent_host().token_for_jwt(agent, &proof).await;
    minted.expect_status(200).member("workloadAccessToken")
}

/// Asks for a token of the user for the scope `repo`, with other members in the place of those.
pub(crate) async fn ask(app: &TestApp, token: &str, more: Value) -> Response {
    let mut body = json!({
        "workloadIdentityToken": token,
        "resourceCredentialProviderName": "demo",
        "scopes": ["repo"],
        "oauth2Flow": "USER_FEDERATION",
        "resourceOauth2ReturnUrl": RETURN_URL,
        "customState": "a state",
    });
    let members = body.as_object_mut().unwrap();
    for (name, value) in more.as_object().unwrap() {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    app.agent_host().call(GetResourceOauth2Token, body).await
}

/// A session that has begun.
#[derive(Debug, Clone)]
pub(crate) struct Begun {
    pub(crate) url: String,
    pub(crate) uri: String,
    /// What the browser that came back last was given for its return URL.
    pub(crate) returned: Arc<Mutex<Option<String>>>,
}

impl Begun {
    /// What an answer says of it.
    pub(crate) fn of(asked: &Response) -> Self {
        Self {
            url: asked.member("authorizationUrl"),
            uri: asked.member("sessionUri"),
            returned: Arc::default(),
        }
    }

    /// With what the session is ended; the URI alone where nobody has come back.
    pub(crate) fn session_id(&self) -> String {
        let returned = self.returned.lock().unwrap();
        returned.as_ref().unwrap_or(&self.uri).clone()
    }

    /// Takes what a browser was given that came back, if it came back with something.
    pub(crate) fn came_back(&self, page: &Page) {
        let location = page.response.header("location");
        let url = location.and_then(|location| url::Url::parse(location).ok());
        let id = url.and_then(|url| {
            let mut pairs = url.query_pairs();
            let (_, id) = pairs.find(|(name, _)| name == "session_id")?;
            Some(id.into_owned())
        });
        if id.is_some() {
            *self.returned.lock().unwrap() = id;
        }
    }
}

/// Asks, and is told that the user has to consent.
pub(crate) async fn begin(app: &TestApp, token: &str, more: Value) -> Begun {
    let asked = ask(app, token, more).await;
    let asked = asked.expect_status(200);
    assert_eq!(
        asked.members(),
        ["authorizationUrl", "sessionStatus", "sessionUri"]
    );
    assert_eq!(asked.member("sessionStatus"), "IN_PROGRESS");
    Begun::of(&asked)
}

/// Asks again for what has begun.
pub(crate) async fn poll(app: &TestApp, token: &str, begun: &Begun) -> Response {
    ask(app, token, json!({ "sessionUri": begun.uri })).await
}

/// `user` opens the link in `browser` and says yes at the demo provider: the page that the browser
/// is sent to with the code.
pub(crate) async fn come_back(browser: &mut Browser, begun: &Begun, user: &str) -> Page {
    let opened = browser.get(&begun.url).await;
    assert_eq!(opened.response.status, 302, "{}", opened.response.text());
    let back = browser.approve_at_demo(&opened.location(), user).await;
    let page = browser.get(&back).await;
    begun.came_back(&page);
    page
}

/// A session of this agent at this provider, for alice, who has come back: its URI. One that nobody
/// knows where she cannot be proved.
pub(crate) async fn session_of(app: &TestApp, agent: &str, provider: &str) -> String {
    let proof = app.demo().user_token("alice");
    let minted = app.agent_host().token_for_jwt(agent, &proof).await;
    if minted.status != 200 {
        return format!("urn:ietf:params:oauth:request_uri:{}", "x".repeat(43));
    }
    let token = minted.member("workloadAccessToken");
    let urls = json!({ "name": agent, "allowedResourceOauth2ReturnUrls": [RETURN_URL] });
    let told = app.admin().call(UpdateWorkloadIdentity, urls).await;
    told.expect_status(200);
    let more = json!({ "resourceCredentialProviderName": provider });
    let begun = begin(app, &token, more).await;
    come_back(&mut Browser::new(), &begun, "alice").await;
    begun.session_id()
}

/// Says who came back, by a token of the user's own.
pub(crate) async fn complete(app: &TestApp, begun: &Begun, user: &str) -> Response {
    let proof = app.demo().user_token(user);
    let body = json!({
        "sessionUri": begun.session_id(),
        "userIdentifier": { "userToken": proof },
    });
    app.binding().call(CompleteResourceTokenAuth, body).await
}

/// The whole of it, with `user` saying yes: the access token.
pub(crate) async fn connected(app: &TestApp, token: &str, user: &str, more: Value) -> String {
    let begun = begin(app, token, more.clone()).await;
    let mut browser = Browser::new();
    let back = come_back(&mut browser, &begun, user).await;
    assert_eq!(back.response.status, 302, "{}", back.response.text());
    complete(app, &begun, user).await.expect_status(200);
    let mut more = more;
    more["sessionUri"] = begun.uri.clone().into();
    more["forceAuthentication"] = Value::Null;
    let given = ask(app, token, more).await;
    given.expect_status(200).member("accessToken")
}
