//! An agent that acts for users of the demo provider, from the first question to the token.

use anyhow::{Context as _, bail};
use procura_demo::{DEMO_CLIENT, DEMO_SECRET};
use serde_json::{Value, json};

use super::browser::{Browser, Page, parameter};
use super::client::{Answer, Call, Client};
use super::demo::Demo;

const AGENT: &str = "agent";
const PROVIDER: &str = "demo";
/// Where the application has its users come back to. Nobody serves it.
const RETURN_URL: &str = "https://app.example/linked";
/// 32 bytes in base64url.
const PROOF_CHARACTERS: usize = 43;
/// What is said to who brings no more than the URI.
const NOT_BY_URI: &str = "and not with its sessionUri";

/// A session that has begun.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) url: String,
    pub(super) uri: String,
}

/// What an agent is answered.
#[derive(Debug)]
pub(super) enum Given {
    Token(String),
    Consent(Session),
}

/// Makes the agent, and the provider that `demo` is, which sends users back to this service.
pub(super) fn prepare(client: &mut Client, demo: &Demo) -> anyhow::Result<()> {
    let callbacks = format!("http://{}/identities/oauth2/callback/", client.address());
    demo.provider.allow_redirects_below(callbacks);
    agent(client)?;
    let provider = json!({
        "name": PROVIDER,
        "credentialProviderVendor": "CustomOauth2",
        "oauth2ProviderConfigInput": { "customOauth2ProviderConfig": {
            "oauthDiscovery": { "discoveryUrl": demo.provider.discovery_url() },
            "clientId": DEMO_CLIENT,
            "clientSecret": DEMO_SECRET,
        } },
    });
    let made = post(client, "CreateOauth2CredentialProvider", &provider)?;
    made.expect(&[201]).map(drop)
}

/// Makes the agent.
pub(super) fn agent(client: &mut Client) -> anyhow::Result<()> {
    let agent = json!({ "name": AGENT, "allowedResourceOauth2ReturnUrls": [RETURN_URL] });
    let made = post(client, "CreateWorkloadIdentity", &agent)?;
    made.expect(&[201]).map(drop)
}

/// A workload access token for `user`.
pub(super) fn workload_token(client: &mut Client, user: &str) -> anyhow::Result<String> {
    let body = json!({ "workloadName": AGENT, "userId": user });
    let minted = post(client, "GetWorkloadAccessTokenForUserId", &body)?.expect(&[200])?;
    minted
        .text("workloadAccessToken")
        .context("no workload access token")
}

/// Asks once for a token of the user's, with these members besides.
pub(super) fn ask(client: &mut Client, token: &str, more: &Value) -> anyhow::Result<Answer> {
    let mut body = json!({
        "workloadIdentityToken": token,
        "resourceCredentialProviderName": PROVIDER,
        "scopes": ["repo"],
        "oauth2Flow": "USER_FEDERATION",
        "resourceOauth2ReturnUrl": RETURN_URL,
    });
    if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
        body.extend(more.clone());
    }
    let body = body.to_string();
    let call = Call::post("/identities/oauth2/token", body.as_bytes());
    Ok(client.call(&call)?)
}

/// What an answer gives.
pub(super) fn given(answer: Answer) -> anyhow::Result<Given> {
    let answer = answer.expect(&[200])?;
    if let Some(token) = answer.text("accessToken") {
        return Ok(Given::Token(token));
    }
    match (answer.text("authorizationUrl"), answer.text("sessionUri")) {
        (Some(url), Some(uri)) => Ok(Given::Consent(Session { url, uri })),
        _ => bail!("neither a token nor a session: {}", answer.body),
    }
}

/// Asks, and is given a token.
pub(super) fn token(client: &mut Client, token: &str) -> anyhow::Result<String> {
    match given(ask(client, token, &json!({}))?)? {
        Given::Token(token) => Ok(token),
        Given::Consent(_) => bail!("the user is asked to consent, who has consented"),
    }
}

/// Asks, and is told that the user has to consent.
pub(super) fn begin(client: &mut Client, token: &str) -> anyhow::Result<Session> {
    match given(ask(client, token, &json!({}))?)? {
        Given::Consent(session) => Ok(session),
        Given::Token(_) => bail!("a token without a consent"),
    }
}

/// alice opens the link and allows it at the provider: the callback, which is not opened.
pub(super) fn consent(browser: &mut Browser, session: &Session) -> anyhow::Result<String> {
    let page = browser.get(&session.url)?;
    let location = page.location.clone();
    let url = location.with_context(|| format!("the link leads nowhere: {page:?}"))?;
    browser.consent(&url, "alice")
}

/// alice comes back: the `session_id` that her browser brings to the application.
pub(super) fn come_back(browser: &mut Browser, session: &Session) -> anyhow::Result<String> {
    let callback = consent(browser, session)?;
    session_id(&browser.get(&callback)?, session)
}

/// What a browser is sent back to the application with, that ends this session: its URI, and after
/// a dot what only that browser is given.
pub(super) fn session_id(page: &Page, session: &Session) -> anyhow::Result<String> {
    let location = page.location.as_deref().filter(|_| page.status == 302);
    let location = location.with_context(|| format!("the way back ends: {page:?}"))?;
    let id = parameter(location, "session_id");
    let id = id.with_context(|| format!("no session_id: {location}"))?;
    let proof = id
        .strip_prefix(&session.uri)
        .and_then(|rest| rest.strip_prefix('.'));
    if proof.is_none_or(|proof| proof.len() != PROOF_CHARACTERS) {
        bail!("the session_id is not the URI and a proof: {location}");
    }
    Ok(id)
}

/// Says that `user` came back, with what the browser brought.
pub(super) fn complete(client: &mut Client, id: &str, user: &str) -> anyhow::Result<Answer> {
    let body = json!({ "sessionUri": id, "userIdentifier": { "userId": user } }).to_string();
    let path = "/identities/CompleteResourceTokenAuth";
    Ok(client.call(&Call::post(path, body.as_bytes()))?)
}

/// Who knows the URI of a session to which somebody has consented cannot end it with that.
pub(super) fn uri_ends_nothing(
    client: &mut Client,
    session: &Session,
    user: &str,
) -> anyhow::Result<()> {
    let refused = complete(client, &session.uri, user)?.expect(&[403])?;
    let message = refused.text("message").unwrap_or_default();
    if refused.error.as_deref() != Some("AccessDeniedException") || !message.contains(NOT_BY_URI) {
        bail!("the URI alone: {refused:?}");
    }
    Ok(())
}

/// The whole of it.
pub(super) fn connect(client: &mut Client, user: &str) -> anyhow::Result<()> {
    let token = workload_token(client, user)?;
    let session = begin(client, &token)?;
    let id = come_back(&mut Browser::default(), &session)?;
    uri_ends_nothing(client, &session, user)?;
    complete(client, &id, user)?.expect(&[200]).map(drop)
}

fn post(client: &mut Client, operation: &str, body: &Value) -> anyhow::Result<Answer> {
    let path = format!("/identities/{operation}");
    Ok(client.post(&path, body)?)
}
