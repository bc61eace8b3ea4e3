//! Keys of callers, and keys that sign.

use anyhow::Context as _;
use serde_json::{Value, json};

use super::{ACCOUNT, AGENT, Drive, EACH, WITNESS};
use crate::prove::canary::kind::Kind;

impl Drive<'_> {
    /// Their ARNs.
    pub(super) fn signing_keys(&mut self) -> anyhow::Result<Vec<String>> {
        let mut arns = Vec::new();
        for _ in 0..EACH {
            let create = [
                "signing-keys",
                "create",
                "--account",
                ACCOUNT,
                "--output",
                "json",
            ];
            let printed: Value = serde_json::from_slice(&self.command(&create, Vec::new())?)?;
            let arn = printed.pointer("/0/arn").or_else(|| printed.get("arn"));
            arns.push(arn.and_then(Value::as_str).context("no ARN")?.to_owned());
        }
        Ok(arns)
    }

    /// A new key with this role: its id and its secret, which is told once.
    pub(super) fn new_access_key(&mut self, role: &str) -> anyhow::Result<(String, String)> {
        let create = [
            "keys",
            "create",
            "--account",
            ACCOUNT,
            "--role",
            role,
            "--output",
            "json",
        ];
        let printed = self.command(&create, Vec::new())?;
        let printed: Value = serde_json::from_slice(&printed)?;
        let text = |member: &str| {
            let value = printed
                .pointer(&format!("/0/{member}"))
                .or_else(|| printed.get(member));
            value
                .and_then(Value::as_str)
                .map(str::to_owned)
                .context("no access key")
        };
        let (key, secret) = (text("id")?, text("secret")?);
        let id = self.plant(Kind::AccessKeySecret, &secret);
        if let Some(chunk) = self.printed.last_mut() {
            chunk.meant.push(id);
        }
        Ok((key, secret))
    }

    pub(super) fn access_keys(&mut self) -> anyhow::Result<()> {
        for role in ["agent-host", "auditor", "binding"] {
            let (key, secret) = self.new_access_key(role)?;
            // What its role may and may not; then with a wrong secret; then revoked.
            let own = std::mem::replace(&mut self.login.key, key.clone());
            let own_secret = std::mem::replace(&mut self.login.secret, secret.clone());
            for secret in [secret, own_secret.clone()] {
                self.login.secret = secret;
                self.client = None;
                self.post("GetWorkloadAccessToken", &json!({ "workloadName": AGENT }));
                self.post("GetApiKeyCredentialProvider", &json!({ "name": WITNESS }));
                self.reveal_last_token();
            }
            (self.login.key, self.login.secret) = (own, own_secret);
            self.client = None;
            self.command(&["keys", "revoke", &key, "--account", ACCOUNT], Vec::new())?;
        }
        Ok(())
    }

    /// A token among the last two answers is one more that was meant to be told.
    fn reveal_last_token(&mut self) {
        let from = self.answers.len().saturating_sub(2);
        for at in from..self.answers.len() {
            let Some(chunk) = self.answers.get(at) else {
                continue;
            };
            let text = String::from_utf8_lossy(&chunk.bytes).into_owned();
            let token = text
                .split('"')
                .find(|word| word.starts_with("procura_wat_"));
            if let Some(token) = token {
                let id = self.plant(Kind::WorkloadToken, token);
                if let Some(chunk) = self.answers.get_mut(at) {
                    chunk.meant.push(id);
                }
            }
        }
    }
}
