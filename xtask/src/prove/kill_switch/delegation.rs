//! What there is of providers before a switch is thrown: one of keys, one of tokens, and a user who has
//! consented to the second, once for good and some times more.

use std::collections::BTreeSet;
use std::sync::Mutex;

use anyhow::{Context as _, bail};
use procura_demo::{DEMO_CLIENT, DEMO_SECRET, Misbehaviour};
use serde_json::{Value, json};

use super::pool::ONCE;
use super::world::{Place, USER, lock, take};
use crate::prove::browser::{Browser, parameter};
use crate::prove::speaker::{Node, Said};

/// Where the application has its users come back to. Nobody serves it.
pub(super) const RETURN_URL: &str = "https://app.example/linked";

/// Two providers.
pub(super) struct Providers {
    pub(super) keys: String,
    pub(super) key_grant: String,
    pub(super) tokens: String,
    pub(super) machine_grant: String,
    /// What browsers brought back with which nobody has ended a session.
    ends: Mutex<Vec<String>>,
}

impl Providers {
    pub(super) fn new(place: &Place<'_>, number: usize) -> anyhow::Result<Self> {
        let (keys, tokens) = (format!("keys-{number}"), format!("tokens-{number}"));
        let body = json!({ "name": keys, "apiKey": "k" });
        let key_grant = made(place, "CreateApiKeyCredentialProvider", &body)?;
        let config = json!({
            "oauthDiscovery": { "discoveryUrl": place.demo.provider.discovery_url() },
            "clientId": DEMO_CLIENT, "clientSecret": DEMO_SECRET,
            "onBehalfOfTokenExchangeConfig": { "grantType": "TOKEN_EXCHANGE" },
        });
        let body = json!({
            "name": tokens, "credentialProviderVendor": "CustomOauth2",
            "oauth2ProviderConfigInput": { "customOauth2ProviderConfig": config },
        });
        let machine_grant = made(place, "CreateOauth2CredentialProvider", &body)?;
        Ok(Self {
            keys,
            key_grant,
            tokens,
            machine_grant,
            ends: Mutex::default(),
        })
    }

    /// The user of `token` consents: once to the end, and then so far that only the end is left.
    pub(super) fn connect(
        &self,
        place: &Place<'_>,
        token: &str,
        proof: &str,
    ) -> anyhow::Result<()> {
        let mut browser = Browser::default();
        for _ in 0..=ONCE {
            let id = self.consent(place, &mut browser, token)?;
            lock(&self.ends).push(id);
        }
        // The first is ended first: those that follow are of a user who has a connection.
        let first = lock(&self.ends).remove(0);
        end(place, &first, proof)?.given().map(drop)
    }

    /// The user consents at the provider and comes back: what the browser brings.
    fn consent(
        &self,
        place: &Place<'_>,
        browser: &mut Browser,
        token: &str,
    ) -> anyhow::Result<String> {
        let more = json!({ "forceAuthentication": true, "resourceOauth2ReturnUrl": RETURN_URL });
        let asked = self.ask(place, token, "USER_FEDERATION", &more)?.given()?;
        let page = browser.get(&asked.text("/authorizationUrl")?)?;
        let there = page.location.context("the link leads nowhere")?;
        let callback = browser.consent(&there, USER)?;
        let page = browser.get(&callback)?;
        let back = page.location.clone().unwrap_or_default();
        parameter(&back, "session_id").with_context(|| format!("no way back: {page:?}"))
    }

    /// Asks for a token of the provider's.
    fn ask(
        &self,
        place: &Place<'_>,
        token: &str,
        flow: &str,
        more: &Value,
    ) -> anyhow::Result<Said> {
        let mut body = json!({
            "workloadIdentityToken": token, "resourceCredentialProviderName": self.tokens,
            "scopes": ["repo"], "oauth2Flow": flow,
        });
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        place.asked.agents(&place.admin, "oauth2/token", &body)
    }

    /// A token, and not the question whether the user consents.
    pub(super) fn users_token(&self, place: &Place<'_>, token: &str) -> anyhow::Result<Said> {
        let more = json!({ "resourceOauth2ReturnUrl": RETURN_URL });
        let said = self.ask(place, token, "USER_FEDERATION", &more)?;
        Ok(said.only_with("\"accessToken\""))
    }

    pub(super) fn machine_token(&self, place: &Place<'_>, token: &str) -> anyhow::Result<Said> {
        self.ask(place, token, "M2M", &json!({}))
    }

    /// What the provider gives for the user's own token, whose issuer it takes at its word.
    pub(super) fn exchanged_token(&self, place: &Place<'_>, token: &str) -> anyhow::Result<Said> {
        self.ask(place, token, "ON_BEHALF_OF_TOKEN_EXCHANGE", &json!({}))
    }

    /// Ends one of the sessions, for the user of `proof`.
    pub(super) fn complete(&self, place: &Place<'_>, proof: &str) -> anyhow::Result<Said> {
        end(place, &take(&self.ends)?, proof)
    }

    pub(super) fn api_key(&self, place: &Place<'_>, token: &str) -> anyhow::Result<Said> {
        let body = json!({
            "workloadIdentityToken": token, "resourceCredentialProviderName": self.keys,
        });
        place.asked.agents(&place.admin, "api-key", &body)
    }
}

fn end(place: &Place<'_>, id: &str, proof: &str) -> anyhow::Result<Said> {
    let body = json!({ "sessionUri": id, "userIdentifier": { "userToken": proof } });
    let operation = "CompleteResourceTokenAuth";
    place.asked.agents(&place.admin, operation, &body)
}

/// Browsers come back from the provider to this node, and it exchanges the tokens of the users of the
/// service's own pools.
pub(super) fn prepare(place: &Place<'_>, node: &Node) {
    let believes = Misbehaviour::BelievesEveryIssuer;
    place.demo.provider.misbehave(Some(believes));
    let callbacks = format!("http://{}/identities/oauth2/callback/", node.address);
    place.demo.provider.allow_redirects_below(callbacks);
}

/// Makes a provider; the grant that comes with it.
fn made(place: &Place<'_>, operation: &str, body: &Value) -> anyhow::Result<String> {
    let before = grants(place)?;
    let said = place.thrown_at.agents(&place.admin, operation, body)?;
    said.given().with_context(|| operation.to_owned())?;
    let new: Vec<String> = grants(place)?.difference(&before).cloned().collect();
    match new.as_slice() {
        [grant] => Ok(grant.clone()),
        others => bail!("{operation} made {} grants", others.len()),
    }
}

fn grants(place: &Place<'_>) -> anyhow::Result<BTreeSet<String>> {
    let listed = place.operator(&["grants", "list"])?;
    let listed = listed.as_array().context("grants list")?;
    let ids = listed.iter().filter_map(|grant| grant.get("id"));
    Ok(ids.filter_map(Value::as_str).map(str::to_owned).collect())
}
