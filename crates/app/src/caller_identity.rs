//! Who a caller is, told to itself.

use procura_authority::{Caller, Target};
use procura_core::account::AccountId;
use procura_core::error::Error;

use crate::App;
use crate::operation::OpCx;

/// Who a caller is, in the words of the reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerIdentity {
    /// The id.
    pub user_id: String,
    /// The account.
    pub account: AccountId,
    /// The name across AWS.
    pub arn: String,
}

impl App {
    /// Tells the caller who it is.
    pub fn caller_identity(&self, cx: &mut OpCx) -> Result<CallerIdentity, Error> {
        let account = cx.account()?;
        self.authorize(cx, &Target::Account(account))?;
        match &cx.caller {
            Caller::AccessKey { id, .. } => Ok(CallerIdentity {
                user_id: id.to_string(),
                account,
                arn: format!("arn:aws:iam::{account}:user/{id}"),
            }),
            Caller::Operator => Err(Error::internal("an operator has no account")),
        }
    }
}
