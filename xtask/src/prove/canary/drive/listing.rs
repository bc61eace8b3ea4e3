//! What is read: lists, single things, tags; and what is deleted.

use anyhow::Context as _;
use serde_json::json;

use super::{ACCOUNT, AGENT, Drive, WITNESS};
use crate::prove::client::Call;

impl Drive<'_> {
    fn tags(&mut self) -> anyhow::Result<()> {
        let arn = self.ask("GetWorkloadIdentity", &json!({ "name": AGENT }))?;
        let arn = arn.text("workloadIdentityArn").context("no ARN")?;
        let path = format!("/tags/{}", arn.replace(':', "%3A").replace('/', "%2F"));
        let tags = json!({ "tags": { "team": "canary" } }).to_string();
        let tag = Call::post(&path, tags.as_bytes());
        let list = Call {
            method: "GET",
            body: &[],
            ..tag
        };
        let untag = Call {
            method: "DELETE",
            query: "tagKeys=team",
            ..list
        };
        for call in [tag, list, untag] {
            let answer = self.say(&call).context("the connection broke")?;
            answer.expect(&[200, 204])?;
        }
        Ok(())
    }

    pub(super) fn read_lists(&mut self) -> anyhow::Result<()> {
        for what in [
            "WorkloadIdentities",
            "ApiKeyCredentialProviders",
            "Oauth2CredentialProviders",
        ] {
            let page = self.ask(&format!("List{what}"), &json!({ "maxResults": 1 }))?;
            let next = json!({ "maxResults": 1, "nextToken": page.text("nextToken") });
            self.post(&format!("List{what}"), &next);
        }
        self.ask("GetApiKeyCredentialProvider", &json!({ "name": WITNESS }))?;
        let name = json!({ "name": "canary-grant-client_secret_post" });
        self.ask("GetOauth2CredentialProvider", &name)?;
        self.ask("GetWorkloadIdentity", &json!({ "name": AGENT }))?;
        self.ask("get-token-vault", &json!({}))?;
        let urls = json!({ "name": AGENT, "allowedResourceOauth2ReturnUrls": ["https://h/back"] });
        self.ask("UpdateWorkloadIdentity", &urls)?;
        self.tags()?;
        self.post(
            "DeleteApiKeyCredentialProvider",
            &json!({ "name": "canary-key-2" }),
        );
        self.post("DeleteOauth2CredentialProvider", &name);
        self.post("DeleteWorkloadIdentity", &json!({ "name": AGENT }));
        for list in ["keys", "signing-keys", "issuers"] {
            self.command(&[list, "list", "--account", ACCOUNT], Vec::new())?;
        }
        for words in [
            &["accounts", "list"][..],
            &["doctor"],
            &["audit", "tail", "-n", "1000"],
        ] {
            self.command(words, Vec::new())?;
        }
        let dev = self.known.get(&self.login.secret).copied();
        self.command(&["env"], dev.into_iter().collect())?;
        Ok(())
    }
}
