//! Registered issuers.

use procura_core::action::Action;
use procura_core::error::Error;
use procura_core::issuer::{IssuerPolicy, RegisteredIssuer};
use serde::{Deserialize, Serialize};

use super::keys::account_id;
use super::{Call, NativeAnswer, reply};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedIssuer {
    issuer: String,
}

#[derive(Deserialize)]
struct NewIssuer {
    issuer: String,
    policy: IssuerPolicy,
}

#[derive(Serialize)]
struct IssuerView {
    issuer: String,
    policy: IssuerPolicy,
    created_at: String,
}

impl From<RegisteredIssuer> for IssuerView {
    fn from(issuer: RegisteredIssuer) -> Self {
        Self {
            issuer: issuer.issuer,
            policy: issuer.policy,
            created_at: issuer.created_at.to_string(),
        }
    }
}

impl Call<'_> {
    pub(super) async fn issuers(&mut self, account: &str) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::ListIssuers;
        let issuers = self.app.issuers(&mut self.cx, account_id(account)?).await?;
        let issuers: Vec<IssuerView> = issuers.into_iter().map(IssuerView::from).collect();
        reply(200, &issuers, self.cx.request)
    }

    pub(super) async fn register_issuer(&mut self, account: &str) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::RegisterIssuer;
        let account = account_id(account)?;
        let new: NewIssuer = self.body().await?;
        let registered = self
            .app
            .register_issuer(&mut self.cx, account, new.issuer, new.policy)
            .await?;
        reply(201, &IssuerView::from(registered.value), self.cx.request)
    }

    /// An issuer is a URL, and so is named in the body instead of the path.
    pub(super) async fn remove_issuer(&mut self, account: &str) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::RemoveIssuer;
        let account = account_id(account)?;
        let named: NamedIssuer = self.body().await?;
        self.app
            .remove_issuer(&mut self.cx, account, named.issuer)
            .await?;
        let removed = serde_json::json!({ "removed": true });
        reply(200, &removed, self.cx.request)
    }
}
