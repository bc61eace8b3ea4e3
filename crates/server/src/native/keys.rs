//! Accounts and access keys.

use procura_core::access_key::{AccessKey, Role};
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::error::Error;
use serde::{Deserialize, Serialize};

use super::{Call, NativeAnswer, reply};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewAccount {
    id: AccountId,
    name: String,
}

#[derive(Serialize)]
struct AccountView {
    id: AccountId,
    name: String,
    created_at: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewKey {
    roles: Vec<Role>,
}

#[derive(Serialize)]
struct KeyView {
    id: String,
    account: AccountId,
    roles: Vec<Role>,
    created_at: String,
    revoked_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl From<AccessKey> for KeyView {
    fn from(key: AccessKey) -> Self {
        Self {
            id: key.id.to_string(),
            account: key.account,
            roles: key.roles,
            created_at: key.created_at.to_string(),
            revoked_at: key.revoked_at.map(|at| at.to_string()),
            secret: None,
        }
    }
}

pub(super) fn account_id(text: &str) -> Result<AccountId, Error> {
    text.parse()
        .map_err(|_| Error::field("account", "an account id is 12 decimal digits"))
}

impl Call<'_> {
    pub(super) async fn accounts(&mut self) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::ListAccounts;
        let accounts = self.app.accounts(&mut self.cx).await?;
        let view = |account: procura_core::account::Account| AccountView {
            id: account.id,
            name: account.name,
            created_at: account.created_at.to_string(),
        };
        let accounts: Vec<AccountView> = accounts.into_iter().map(view).collect();
        reply(200, &accounts, self.cx.request)
    }

    pub(super) async fn create_account(&mut self) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::CreateAccount;
        let new: NewAccount = self.body().await?;
        let created = self
            .app
            .create_account(&mut self.cx, new.id, new.name)
            .await?
            .value;
        let view = AccountView {
            id: created.id,
            name: created.name,
            created_at: created.created_at.to_string(),
        };
        reply(201, &view, self.cx.request)
    }

    pub(super) async fn keys(&mut self, account: &str) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::ListAccessKeys;
        let keys = self
            .app
            .access_keys(&mut self.cx, account_id(account)?)
            .await?;
        let keys: Vec<KeyView> = keys.into_iter().map(KeyView::from).collect();
        reply(200, &keys, self.cx.request)
    }

    pub(super) async fn create_key(&mut self, account: &str) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::CreateAccessKey;
        let account = account_id(account)?;
        let new: NewKey = self.body().await?;
        let created = self
            .app
            .create_access_key(&mut self.cx, account, new.roles)
            .await?;
        let (key, secret) = created.value;
        let mut view = KeyView::from(key);
        // Told once, to the operator who asked.
        view.secret = secret.expose_secret_text().map(str::to_owned);
        reply(201, &view, self.cx.request)
    }

    pub(super) async fn revoke_key(
        &mut self,
        account: &str,
        key: &str,
    ) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::RevokeAccessKey;
        let account = account_id(account)?;
        let key = key
            .parse()
            .map_err(|_| Error::field("key", "not an access key id"))?;
        self.app
            .revoke_access_key(&mut self.cx, account, key)
            .await?;
        reply(
            200,
            &serde_json::json!({ "revoked": true }),
            self.cx.request,
        )
    }
}
