//! Accounts.

use procura_core::account::{Account, AccountId};
use procura_core::error::Error;

use crate::driver::Value;
use crate::row::time;
use crate::tx::Tx;

impl Tx<'_> {
    /// Adds an account; false when there is one of this id.
    pub fn insert_account(&mut self, account: &Account) -> Result<bool, Error> {
        let inserted = self.session.execute(
            "INSERT INTO account (id, name, created_at) VALUES ($1, $2, $3)
             ON CONFLICT (id) DO NOTHING",
            &[
                Value::Text(account.id.as_str()),
                Value::Text(&account.name),
                time(account.created_at),
            ],
        )?;
        Ok(inserted == 1)
    }

    /// Every account, in the order of their ids.
    pub fn accounts(&mut self) -> Result<Vec<Account>, Error> {
        let sql = "SELECT id, name, created_at FROM account ORDER BY id";
        let rows = self.session.rows("account", sql, &[])?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Account {
                    id: row.parsed("id")?,
                    name: row.text("name")?,
                    created_at: row.timestamp("created_at")?,
                })
            })
            .collect()
    }

    /// Whether there is such an account.
    pub fn account_exists(&mut self, id: AccountId) -> Result<bool, Error> {
        let sql = "SELECT created_at FROM account WHERE id = $1";
        Ok(self
            .session
            .row("account", sql, &[Value::Text(id.as_str())])?
            .is_some())
    }
}
