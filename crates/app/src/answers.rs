//! Answers from the rules in force: why something was refused, what the rules are, who may do what.

pub use procura_authority::PolicyInForce;
use procura_authority::{Rules, Target, Who, row};
use procura_core::access_key::AccessKey;
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::audit::record::Record;
use procura_core::credential_provider::ProviderKind;
use procura_core::error::Error;
use procura_core::id::RecordId;
use procura_core::name::{ProviderName, WorkloadName};
use procura_store::Tx;

use crate::App;
use crate::operation::OpCx;

/// A record with what it names, as far as that is still there.
#[derive(Debug)]
pub struct Why {
    /// The record.
    pub record: Record,
    /// The name of its agent.
    pub agent: Option<WorkloadName>,
    /// Its provider.
    pub provider: Option<(ProviderKind, ProviderName)>,
    /// The policies that it names, as they are now.
    pub policies: Vec<PolicyInForce>,
    /// Whether the rules in force are those that decided.
    pub are_same_rules: bool,
}

/// Who may call an operation.
#[derive(Debug)]
pub struct WhoCan {
    /// Which rules say so.
    pub version: String,
    /// Roles, agents, the operator; none where the rules are somebody's own, of which no table says
    /// who may.
    pub callers: Option<&'static [Who]>,
    /// The access keys of the account that have such a role and are not revoked.
    pub keys: Vec<AccessKey>,
}

impl App {
    /// Why something was decided as it was: a record, and what stands behind what it names.
    pub async fn why(&self, cx: &mut OpCx, id: RecordId) -> Result<Why, Error> {
        self.authorize(cx, &Target::Deployment)?;
        let read = move |tx: &mut Tx<'_>| {
            let Some(line) = tx.audit_record(id)? else {
                return Ok(None);
            };
            let record = Record::from_line(&line)
                .map_err(|_| Error::inconsistent("audit_record", "line"))?;
            let Some(account) = record.entry.account else {
                return Ok(Some((record, None, None)));
            };
            let (agent, provider) = (record.entry.agent, record.entry.provider);
            let mut own = tx.account(account);
            let agent = match agent {
                Some(agent) => own.workload_identity_by_id(agent)?.map(|agent| agent.name),
                None => None,
            };
            let provider = match provider {
                Some(provider) => own.credential_provider_by_id(provider)?,
                None => None,
            };
            let provider = provider.map(|provider| (provider.kind, provider.name));
            Ok(Some((record, agent, provider)))
        };
        let found = self.store.run_read("why", read).await?;
        let none = || Error::not_found(format!("there is no record {id}"));
        let (record, agent, provider) = found.ok_or_else(none)?;
        let denied = record.entry.denied.as_ref();
        let named = denied.map_or(&[][..], |denied| denied.policies.as_slice());
        let policies = self.authority.policies().iter();
        let policies = policies.filter(|policy| named.contains(&policy.id));
        Ok(Why {
            policies: policies.cloned().collect(),
            are_same_rules: record.entry.policy.as_deref() == Some(self.policy_version()),
            record,
            agent,
            provider,
        })
    }

    /// The rules in force.
    pub fn policies_in_force(&self, cx: &mut OpCx) -> Result<&[PolicyInForce], Error> {
        self.authorize(cx, &Target::Deployment)?;
        Ok(self.authority.policies())
    }

    /// Who may call an operation, and with which access keys of `account`, if one is named.
    pub async fn who_can(
        &self,
        cx: &mut OpCx,
        asked: Action,
        account: Option<AccountId>,
    ) -> Result<WhoCan, Error> {
        cx.about.account = account;
        self.authorize(cx, &Target::Deployment)?;
        let callers = self.callers_of(asked);
        let keys = match account {
            None => Vec::new(),
            Some(account) => {
                let read = move |tx: &mut Tx<'_>| tx.account(account).access_keys();
                let keys = self.store.run_read("who_can", read).await?;
                keys_of(keys, callers.unwrap_or_default())
            }
        };
        Ok(WhoCan {
            version: self.policy_version().to_owned(),
            callers,
            keys,
        })
    }

    /// What the table says of the rules in force, if they are compiled in.
    pub(crate) fn callers_of(&self, asked: Action) -> Option<&'static [Who]> {
        let rules: Option<Rules> = self.authority.rules();
        rules.map(|rules| row(asked).callers(rules))
    }
}

/// Those of the keys that are good and have one of these roles.
pub(crate) fn keys_of(keys: Vec<AccessKey>, callers: &[Who]) -> Vec<AccessKey> {
    let has_one = |key: &AccessKey| {
        let mut roles = key.roles.iter();
        key.revoked_at.is_none() && roles.any(|role| callers.contains(&Who::Role(*role)))
    };
    keys.into_iter().filter(has_one).collect()
}
