//! A user who let the agent act, so that there is a token of theirs to ask for.

use procura_demo::{DemoAuthentication, DemoClient};
use procura_testkit::Browser;
use procura_wire::Operation;
use serde_json::{Value, json};

use tokio::task::JoinSet;

use super::cases::{Cases, prove, user_token};
use super::drive::{CONNECTIONS, now};
use super::{Outcome, text};

/// The provider at which users consent.
const PROVIDER: &str = "bench-user";
/// Who consents there.
const AT_PROVIDER: &str = "alice";
/// Where users come back to. Nobody serves it.
pub(crate) const RETURN_URL: &str = "https://app.example/linked";
/// How many users consent at once.
const LANES: usize = 16;
const CLIENT: (&str, &str) = ("bench", "bench-secret");

impl Cases {
    /// Makes the provider at which users consent.
    pub(crate) async fn make_user_provider(&self) -> Outcome<()> {
        let (id, secret) = CLIENT;
        let prefix = format!("http://{}/identities/oauth2/callback/", self.server);
        self.issuer.add_client(DemoClient {
            redirect_prefix: Some(prefix),
            ..DemoClient::new(id, DemoAuthentication::Secret(secret.to_owned()), &["read"])
        });
        let discovery = format!("{}/.well-known/openid-configuration", self.issuer.issuer());
        let provider = json!({
            "name": PROVIDER,
            "credentialProviderVendor": "CustomOauth2",
            "oauth2ProviderConfigInput": { "customOauth2ProviderConfig": {
                "oauthDiscovery": { "discoveryUrl": discovery },
                "clientId": id,
                "clientSecret": secret,
            }},
        });
        self.make(Operation::CreateOauth2CredentialProvider, &provider)
            .await
    }

    /// Has the user with this number let the agent act: the user's workload access token.
    pub(crate) async fn connect(&self, user: usize) -> Outcome<String> {
        let proof = user_token(&self.issuer, user);
        let minted = Operation::GetWorkloadAccessTokenForJWT;
        let minted = self.said(minted, &prove(&proof)).await?;
        let token = text(&minted, "workloadAccessToken")?.to_owned();
        let begun = Operation::GetResourceOauth2Token;
        let begun = self.said(begun, &ask(&token)).await?;
        if begun.get("accessToken").is_some() {
            return Ok(token);
        }
        let mut browser = Browser::new();
        let opened = browser.get(text(&begun, "authorizationUrl")?).await;
        let back = browser
            .approve_at_demo(&opened.location(), AT_PROVIDER)
            .await;
        let returned = url::Url::parse(&browser.get(&back).await.location())?;
        let session = returned
            .query_pairs()
            .find(|(name, _)| name == "session_id");
        let (_, session) = session.ok_or("nobody came back with a session")?;
        let done = json!({ "sessionUri": session, "userIdentifier": { "userToken": proof } });
        self.said(Operation::CompleteResourceTokenAuth, &done)
            .await?;
        Ok(token)
    }
}

impl Cases {
    /// Has so many users let the agent act, several at a time: how long that took. What asks for
    /// tokens then is of users that are spread over all of them.
    pub(crate) async fn connect_all(&mut self, connections: usize) -> Outcome<Value> {
        let begin = now();
        let mut lanes = JoinSet::new();
        for lane in 0..LANES {
            let cases = self.clone();
            lanes.spawn(async move {
                for user in (lane..connections).step_by(LANES) {
                    cases.connect(user).await?;
                }
                Outcome::Ok(())
            });
        }
        while let Some(done) = lanes.join_next().await {
            done??;
        }
        let seconds = now().duration_since(begin).as_secs_f64();
        let mut users = Vec::with_capacity(CONNECTIONS);
        for at in 0..CONNECTIONS {
            // Now, so that none is over before it is used.
            users.push(self.connect(at * connections / CONNECTIONS).await?);
        }
        self.users = users;
        Ok(json!({ "requests": connections, "seconds": seconds }))
    }
}

/// What asks for a user's token.
pub(crate) fn ask(token: &str) -> Value {
    json!({
        "workloadIdentityToken": token,
        "resourceCredentialProviderName": PROVIDER,
        "scopes": ["read"],
        "oauth2Flow": "USER_FEDERATION",
        "resourceOauth2ReturnUrl": RETURN_URL,
    })
}
