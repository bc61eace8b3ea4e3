//! Clients at authorization servers, and tokens of their own.

use anyhow::{Context as _, bail};
use serde_json::json;

use super::{Drive, EACH};
use crate::prove::canary::kind::Kind;
use crate::prove::canary::provider::{BEHAVIOURS, CLIENT};
use crate::prove::canary::secrets::invent;

impl Drive<'_> {
    /// Providers whose servers behave in every way, with every method of authentication; their
    /// names.
    pub(super) fn clients(&mut self, signers: &[String]) -> anyhow::Result<Vec<String>> {
        let mut names = Vec::new();
        for behaviour in BEHAVIOURS {
            for method in [
                "CLIENT_SECRET_BASIC",
                "CLIENT_SECRET_POST",
                "PRIVATE_KEY_JWT",
            ] {
                let name = format!("canary-{behaviour}-{}", method.to_lowercase());
                let secret = invent();
                let mut config = json!({
                    "clientId": CLIENT, "clientSecret": secret,
                    "clientAuthenticationMethod": method,
                    "oauthDiscovery": { "authorizationServerMetadata": {
                        "issuer": self.provider.issuer,
                        "authorizationEndpoint": format!("{}/authorize", self.provider.issuer),
                        "tokenEndpoint": format!("{}/token/{behaviour}", self.provider.issuer),
                        "responseTypes": ["code"],
                    } },
                });
                if method == "PRIVATE_KEY_JWT" {
                    let signer = signers
                        .get(names.len() % signers.len())
                        .context("a signer")?;
                    if let Some(members) = config.as_object_mut() {
                        members.remove("clientSecret");
                        let source = json!({ "kmsKeySource": { "kmsKeyArn": signer } });
                        let signs = json!({ "privateKeySource": source });
                        members.insert("privateKeyJwtConfig".to_owned(), signs);
                    }
                } else {
                    self.plant(Kind::ClientSecret, &secret);
                }
                let body = json!({
                    "name": name, "credentialProviderVendor": "CustomOauth2",
                    "oauth2ProviderConfigInput": { "customOauth2ProviderConfig": config },
                });
                self.ask("CreateOauth2CredentialProvider", &body)?;
                names.push(name);
            }
        }
        Ok(names)
    }

    /// Uses everything with one workload access token.
    pub(super) fn release(&mut self, token: &str, providers: &[String]) -> anyhow::Result<()> {
        for number in 0..EACH {
            let name = format!("canary-key-{number}");
            let body =
                json!({ "workloadIdentityToken": token, "resourceCredentialProviderName": name });
            let key = self
                .ask("api-key", &body)?
                .text("apiKey")
                .context("no key")?;
            let id = self.known.get(&key).copied();
            self.reveals(id.context("a key that nobody set")?);
        }
        let secret = invent();
        self.plant(Kind::CustomParameter, &secret);
        for name in providers {
            let body = json!({
                "workloadIdentityToken": token, "resourceCredentialProviderName": name,
                "oauth2Flow": "M2M", "scopes": ["canary"], "customParameters": { "hint": secret },
            });
            let answer = self
                .post("oauth2/token", &body)
                .context("the connection broke")?;
            let is_granted = answer.status == 200;
            if is_granted != name.starts_with("canary-grant") {
                bail!(
                    "{name}: the service answered {}: {}",
                    answer.status,
                    answer.body
                );
            }
            if let Some(token) = answer.text("accessToken") {
                let id = self.plant(Kind::ProviderToken, &token);
                self.reveals(id);
            }
        }
        Ok(())
    }
}
