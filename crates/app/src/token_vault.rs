//! The token vault: one per account, `default`, under the service's own keys.

use procura_authority::Target;
use procura_core::error::Error;
use procura_core::name::VaultName;
use procura_core::time::Timestamp;

use crate::App;
use crate::operation::OpCx;

/// The settings of a vault.
#[derive(Debug, Clone)]
pub struct TokenVault {
    /// Its id.
    pub id: VaultName,
    /// When its settings were last changed: when the account was made.
    pub last_modified: Timestamp,
}

impl App {
    /// Reads the settings of a vault.
    pub async fn token_vault(&self, cx: &mut OpCx, id: VaultName) -> Result<TokenVault, Error> {
        let account = cx.account()?;
        cx.about.resource = Some(format!("token-vault/{id}"));
        self.authorize(
            cx,
            &Target::Vault {
                account,
                vault: &id,
            },
        )?;
        if id != VaultName::default_vault() {
            return Err(Error::not_found(format!(
                "token vault {id} does not exist; an account has one, named default"
            )));
        }
        let accounts = self
            .store
            .run_read("token_vault", |tx| tx.accounts())
            .await?;
        let owner = accounts.into_iter().find(|owner| owner.id == account);
        let owner = owner.ok_or_else(|| Error::internal("the caller's account has no row"))?;
        Ok(TokenVault {
            id,
            last_modified: owner.created_at,
        })
    }
}
