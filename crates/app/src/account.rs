//! Accounts: made and listed by the local operator.

use procura_authority::Target;
use procura_core::account::{Account, AccountId};
use procura_core::audit::record::Committed;
use procura_core::error::Error;
use procura_store::Outcome;

use crate::App;
use crate::operation::OpCx;

fn taken(id: AccountId) -> Error {
    Error::conflict(format!("account {id} already exists"))
}

impl App {
    /// Makes an account.
    pub async fn create_account(
        &self,
        cx: &mut OpCx,
        id: AccountId,
        name: String,
    ) -> Result<Committed<Account>, Error> {
        cx.about.account = Some(id);
        cx.about.resource = Some(format!("account/{id}"));
        self.authorize(cx, &Target::Deployment)?;
        let account = Account {
            id,
            name,
            created_at: cx.now,
        };
        let done = self.allowed(cx, "created");
        let refused = self.refusal(cx, &taken(id));
        self.store
            .run_tx("create_account", move |tx| {
                if tx.insert_account(&account)? {
                    Ok(Outcome::Done(account.clone(), done.clone()))
                } else {
                    Ok(Outcome::Refused(taken(id), refused.clone()))
                }
            })
            .await
    }

    /// Lists accounts.
    pub async fn accounts(&self, cx: &mut OpCx) -> Result<Vec<Account>, Error> {
        self.authorize(cx, &Target::Deployment)?;
        self.store.run_read("accounts", |tx| tx.accounts()).await
    }
}
