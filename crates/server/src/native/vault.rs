//! Encryption keys: which there are, and their rotation.

use procura_app::key_rotation::RotationOf;
use procura_app::vault_keys::{AccountKeys, VaultKeys};
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::error::Error;
use procura_core::id::{KeyId, RecordId};
use serde::{Deserialize, Serialize};

use super::{Call, NativeAnswer, reply};

#[derive(Serialize)]
struct VaultView {
    root_key: KeyId,
    next_root_key: Option<KeyId>,
    rotating: bool,
    rows: u64,
    under_older: u64,
    retired_root_keys: Vec<KeyId>,
    token_key_version: Option<u32>,
    accounts: Vec<AccountView>,
}

#[derive(Serialize)]
struct AccountView {
    account: AccountId,
    version: Option<u32>,
    rotating: bool,
    rows: u64,
    under_older: u64,
}

impl From<AccountKeys> for AccountView {
    fn from(keys: AccountKeys) -> Self {
        Self {
            account: keys.account,
            version: keys.version,
            rotating: keys.rotating,
            rows: keys.wrapped.rows,
            under_older: keys.wrapped.older,
        }
    }
}

impl From<VaultKeys> for VaultView {
    fn from(keys: VaultKeys) -> Self {
        Self {
            root_key: keys.root_key,
            next_root_key: keys.next_root_key,
            rotating: keys.rotating,
            rows: keys.under_root.rows,
            under_older: keys.under_root.older,
            retired_root_keys: keys.retired_root_keys,
            token_key_version: keys.token_key_version,
            accounts: keys.accounts.into_iter().map(AccountView::from).collect(),
        }
    }
}

/// What is to be rotated.
#[derive(Deserialize)]
#[serde(tag = "of", rename_all = "kebab-case", deny_unknown_fields)]
enum NewRotation {
    /// Makes the next root key and uses it for nothing yet.
    PrepareRoot,
    Root {
        #[serde(default)]
        confirm_distributed: bool,
    },
    Account {
        account: AccountId,
    },
    TokenKey,
}

/// What was begun, or joined.
#[derive(Serialize)]
struct RotationView {
    /// As [`under_way`] names it while it lasts.
    name: String,
    /// The id or the version of the new key.
    to: String,
    record: Option<RecordId>,
}

/// What is under way, by its names.
#[derive(Serialize)]
struct UnderWayView {
    under_way: Vec<String>,
    /// Whether the node fails to go on with it.
    failing: bool,
}

fn under_way(of: RotationOf) -> String {
    match of {
        RotationOf::Root => "root".to_owned(),
        RotationOf::Account(account) => account.to_string(),
    }
}

impl Call<'_> {
    pub(super) async fn vault_keys(&mut self) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::ReadVaultKeys;
        let keys = self.app.vault_keys(&mut self.cx).await?;
        reply(200, &VaultView::from(keys), self.cx.request)
    }

    /// The names of what is under way.
    pub(super) async fn rotations(&mut self) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::ReadVaultKeys;
        let (under, failing) = self.app.rotations(&mut self.cx).await?;
        let view = UnderWayView {
            under_way: under.into_iter().map(under_way).collect(),
            failing,
        };
        reply(200, &view, self.cx.request)
    }

    pub(super) async fn rotate(&mut self) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::RotateKeys;
        let new: NewRotation = self.body().await?;
        let (app, cx) = (self.app, &mut self.cx);
        let (name, to, record) = match new {
            NewRotation::PrepareRoot => {
                let begun = app.prepare_root_key(cx).await?;
                ("prepared".to_owned(), begun.value.to_string(), begun.record)
            }
            NewRotation::Root {
                confirm_distributed,
            } => {
                let begun = app.rotate_root_key(cx, confirm_distributed).await?;
                let name = under_way(RotationOf::Root);
                (name, begun.value.to_string(), begun.record)
            }
            NewRotation::Account { account } => {
                let begun = app.rotate_account_key(cx, account).await?;
                let name = under_way(RotationOf::Account(account));
                (name, begun.value.to_string(), begun.record)
            }
            NewRotation::TokenKey => {
                let begun = app.rotate_token_key(cx).await?;
                (
                    "token-key".to_owned(),
                    begun.value.to_string(),
                    begun.record,
                )
            }
        };
        let view = RotationView { name, to, record };
        reply(202, &view, self.cx.request)
    }
}
