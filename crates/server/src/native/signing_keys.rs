//! Keys that sign client assertions.

use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::arn::signing_key_arn;
use procura_core::error::Error;
use procura_core::signing_key::{SigningAlgorithm, SigningKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::keys::account_id;
use super::{Call, NativeAnswer, reply};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSigningKey {
    algorithm: String,
}

#[derive(Serialize)]
struct SigningKeyView {
    id: String,
    arn: String,
    algorithm: &'static str,
    created_at: String,
    /// What is registered at the authorization server: a JSON Web Key Set (RFC 7517 §5).
    jwks: Value,
}

impl Call<'_> {
    pub(super) async fn signing_keys(&mut self, account: &str) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::ListSigningKeys;
        let account = account_id(account)?;
        let keys = self.app.signing_keys(&mut self.cx, account).await?;
        let keys: Result<Vec<_>, _> = keys.iter().map(|key| self.view(account, key)).collect();
        reply(200, &keys?, self.cx.request)
    }

    pub(super) async fn create_signing_key(
        &mut self,
        account: &str,
    ) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::CreateSigningKey;
        let account = account_id(account)?;
        let new: NewSigningKey = self.body().await?;
        let algorithm = SigningAlgorithm::from_name(&new.algorithm)
            .ok_or_else(|| Error::field("algorithm", "use ES256, RS256 or PS256"))?;
        let created = self
            .app
            .create_signing_key(&mut self.cx, account, algorithm)
            .await?;
        reply(201, &self.view(account, &created.value)?, self.cx.request)
    }

    fn view(&self, account: AccountId, key: &SigningKey) -> Result<SigningKeyView, Error> {
        let public: Value = serde_json::from_str(&key.public_jwk)
            .map_err(|_| Error::inconsistent("signing_key", "public_jwk"))?;
        Ok(SigningKeyView {
            id: key.id.to_string(),
            arn: signing_key_arn(self.app.region(), account, key.id),
            algorithm: key.algorithm.as_str(),
            created_at: key.created_at.to_string(),
            jwks: json!({ "keys": [public] }),
        })
    }
}
