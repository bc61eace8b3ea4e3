//! Workload access tokens, with a user and without.

use anyhow::Context as _;
use serde_json::json;

use super::{AGENT, Drive, EACH};
use crate::prove::canary::kind::Kind;
use crate::prove::canary::secrets::invent;

impl Drive<'_> {
    pub(super) fn workload_tokens(&mut self) -> anyhow::Result<Vec<String>> {
        let mut asked = vec![("GetWorkloadAccessToken", json!({ "workloadName": AGENT }))];
        for _ in 0..EACH {
            let (user, subject) = (
                format!("canary-{}", invent()),
                format!("canary-{}", invent()),
            );
            let token = self.provider.user_token(&subject)?;
            self.plant(Kind::UserId, &user);
            self.plant(Kind::UserId, &subject);
            self.plant(Kind::UserToken, &token);
            let body = json!({ "workloadName": AGENT, "userId": user });
            asked.push(("GetWorkloadAccessTokenForUserId", body));
            let body = json!({ "workloadName": AGENT, "userToken": token });
            asked.push(("GetWorkloadAccessTokenForJWT", body));
        }
        let mut tokens = Vec::new();
        for (operation, body) in asked {
            let token = self.ask(operation, &body)?.text("workloadAccessToken");
            let token = token.context("no token")?;
            let id = self.plant(Kind::WorkloadToken, &token);
            self.reveals(id);
            tokens.push(token);
        }
        Ok(tokens)
    }
}
