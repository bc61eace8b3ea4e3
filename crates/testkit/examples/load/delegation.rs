//! A user who let the agent act, so that there is a token of theirs to ask for.

use procura_demo::{DemoAuthentication, DemoClient};
use procura_testkit::Browser;
use procura_wire::Operation;
use serde_json::{Value, json};

use super::cases::{Cases, prove, user_token};
use super::{Outcome, text};

/// The provider at which users consent.
const PROVIDER: &str = "bench-user";
/// Who consents there.
const AT_PROVIDER: &str = "alice";
/// Where users come back to. Nobody serves it.
pub(crate) const RETURN_URL: &str = "https://app.example/linked";
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
