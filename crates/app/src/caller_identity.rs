//! Who a caller is, told to itself.

use procura_authority::{Caller, Target};
use procura_core::account::AccountId;
use procura_core::error::{Error, Kind};
use procura_core::time::Timestamp;
use procura_core::workload_identity::WorkloadIdentity;
use procura_store::Tx;

use crate::App;
use crate::operation::OpCx;
use crate::web_identity::agent_role_arn;

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

/// The name, across AWS, of what signs with a temporary key.
pub fn session_arn(account: AccountId, role: &str, session: &str) -> String {
    format!("arn:aws:sts::{account}:assumed-role/{role}/{session}")
}

fn session_of(account: AccountId, id: &str, name: &str, session: &str) -> CallerIdentity {
    CallerIdentity {
        user_id: format!("{id}:{session}"),
        account,
        arn: session_arn(account, name, session),
    }
}

fn gone() -> Error {
    Error::new(Kind::Unproved, "the key was taken back; get a new one")
}

/// Who a caller is, and what that rests on.
pub(crate) struct Described {
    pub(crate) identity: CallerIdentity,
    /// The name, across AWS, of what lasts of it: the key, the role, or the agent's own role.
    pub(crate) principal: String,
    /// When what it signs with ends, if it does.
    pub(crate) ends_at: Option<Timestamp>,
    /// The agent that it is.
    pub(crate) agent: Option<WorkloadIdentity>,
}

impl App {
    /// Tells the caller who it is.
    pub async fn caller_identity(&self, cx: &mut OpCx) -> Result<CallerIdentity, Error> {
        let account = cx.account()?;
        self.authorize(cx, &Target::Account(account))?;
        Ok(self.described(cx).await?.identity)
    }

    /// Who the caller is.
    pub(crate) async fn described(&self, cx: &OpCx) -> Result<Described, Error> {
        let account = cx.account()?;
        match &cx.caller {
            Caller::Agent { key, agent, .. } => {
                let (key, agent) = (*key, *agent);
                let read = move |tx: &mut Tx<'_>| {
                    let named = tx.account(account).workload_identity_by_id(agent)?;
                    let session = tx.temporary_key_for_signature(key)?;
                    Ok(named.zip(session))
                };
                let found = self.store.look_up("caller_identity", read).await?;
                let (named, session) = found.ok_or_else(gone)?;
                let name = named.name.to_string();
                let key_end = session.key.expires_at;
                Ok(Described {
                    identity: session_of(account, &agent.to_string(), &name, &session.key.name),
                    principal: agent_role_arn(account, &named.name),
                    ends_at: Some(named.expires_at.map_or(key_end, |end| end.min(key_end))),
                    agent: Some(named),
                })
            }
            Caller::Session { key, role, .. } => {
                let (key, role) = (*key, *role);
                let read = move |tx: &mut Tx<'_>| {
                    let named = tx.account(account).iam_role(role)?;
                    let session = tx.temporary_key_for_signature(key)?;
                    Ok(named.zip(session))
                };
                let found = self.store.look_up("caller_identity", read).await?;
                let (named, session) = found.ok_or_else(gone)?;
                let name = named.name.to_string();
                Ok(Described {
                    identity: session_of(account, &role.to_string(), &name, &session.key.name),
                    principal: named.arn(account),
                    ends_at: Some(session.key.expires_at),
                    agent: None,
                })
            }
            Caller::AccessKey { id, .. } => {
                let arn = format!("arn:aws:iam::{account}:user/{id}");
                Ok(Described {
                    identity: CallerIdentity {
                        user_id: id.to_string(),
                        account,
                        arn: arn.clone(),
                    },
                    principal: arn,
                    ends_at: None,
                    agent: None,
                })
            }
            Caller::Operator => Err(Error::internal("an operator has no account")),
        }
    }
}
