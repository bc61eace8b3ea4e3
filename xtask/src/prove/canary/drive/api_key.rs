//! API keys.

use serde_json::json;

use super::{Drive, EACH};
use crate::prove::canary::kind::Kind;
use crate::prove::canary::secrets::invent;

impl Drive<'_> {
    pub(super) fn api_keys(&mut self) -> anyhow::Result<()> {
        for number in 0..EACH {
            let (first, second) = (invent(), invent());
            let name = format!("canary-key-{number}");
            let body = json!({ "name": name, "apiKey": first, "tags": { "team": "canary" } });
            self.ask("CreateApiKeyCredentialProvider", &body)?;
            let body = json!({ "name": name, "apiKey": second });
            self.ask("UpdateApiKeyCredentialProvider", &body)?;
            self.plant(Kind::ApiKey, &first);
            self.plant(Kind::ApiKey, &second);
        }
        Ok(())
    }
}
