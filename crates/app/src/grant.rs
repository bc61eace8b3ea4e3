//! Administrators' grants: which agents may use a provider's own credential, and what of it.

use procura_authority::Target;
use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::credential_provider::ProviderKind;
use procura_core::error::Error;
use procura_core::grant::{AdministratorGrant, Covered, WithUser};
use procura_core::id::{GrantId, ProviderId};
use procura_core::name::{ProviderName, VaultName, WorkloadName};
use procura_core::time::Timestamp;
use procura_store::{Outcome, Tx};

use crate::App;
use crate::credential_provider;
use crate::operation::OpCx;
use crate::workload_identity::not_found as agent_not_found;

/// What is granted.
#[derive(Debug)]
pub struct NewGrant {
    /// The kind of the provider.
    pub kind: ProviderKind,
    /// The name of the provider.
    pub provider: ProviderName,
    /// The agent; none means every agent of the account.
    pub agent: Option<WorkloadName>,
    /// What of the provider.
    pub scopes: Covered,
    /// Whether the agent needs a user behind it.
    pub with_user: WithUser,
}

fn not_found(id: GrantId) -> Error {
    Error::not_found(format!(
        "grant {id} does not exist in this account; `procura grants list` shows those that do"
    ))
}

impl App {
    /// Grants a provider's own credential.
    pub async fn create_grant(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        new: NewGrant,
    ) -> Result<Committed<AdministratorGrant>, Error> {
        cx.about.account = Some(account);
        self.authorize(cx, &Target::Account(account))?;
        let NewGrant {
            kind,
            provider: provider_name,
            agent: agent_name,
            scopes,
            with_user,
        } = new;
        let (wanted, by) = (provider_name.clone(), agent_name.clone());
        let read = move |tx: &mut Tx<'_>| {
            let mut own = tx.account(account);
            let provider = own.credential_provider(&VaultName::default_vault(), kind, &wanted)?;
            let agent = match &by {
                Some(name) => own.workload_identity(name)?.map(|agent| agent.id),
                None => None,
            };
            Ok((provider, agent))
        };
        let (provider, agent) = self.store.run_read("grant_names", read).await?;
        let provider =
            provider.ok_or_else(|| credential_provider::not_found(kind, &provider_name))?;
        if let (Some(name), None) = (&agent_name, agent) {
            return Err(agent_not_found(name));
        }
        let grant = AdministratorGrant {
            id: self.with_rng(|rng| GrantId::generate(cx.now, rng)),
            agent,
            provider: provider.id,
            scopes,
            with_user,
            created_at: cx.now,
        };
        cx.about.provider = Some(provider.id);
        cx.about.agent = agent;
        cx.about.resource = Some(format!("grant/{}", grant.id));
        let done = self.allowed(cx, format!("granted, with_user {}", with_user.as_str()));
        self.store
            .run_tx("create_grant", move |tx| {
                tx.account(account).insert_administrator_grant(&grant)?;
                Ok(Outcome::Done(grant.clone(), done.clone()))
            })
            .await
    }

    /// Lists the grants of an account.
    pub async fn grants(
        &self,
        cx: &mut OpCx,
        account: AccountId,
    ) -> Result<Vec<AdministratorGrant>, Error> {
        cx.about.account = Some(account);
        self.authorize(cx, &Target::Account(account))?;
        self.store
            .run_read("grants", move |tx| {
                tx.account(account).all_administrator_grants()
            })
            .await
    }

    /// Takes a grant back; uses that were decided on it and are not done yet are decided anew.
    pub async fn revoke_grant(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        id: GrantId,
    ) -> Result<Committed<()>, Error> {
        cx.about.account = Some(account);
        cx.about.resource = Some(format!("grant/{id}"));
        self.authorize(cx, &Target::Account(account))?;
        let (done, now) = (self.allowed(cx, "revoked"), cx.now);
        let refused = self.refusal(cx, &not_found(id));
        self.store
            .run_tx("revoke_grant", move |tx| {
                if !tx.account(account).delete_administrator_grant(id)? {
                    return Ok(Outcome::Refused(not_found(id), refused.clone()));
                }
                tx.cut("grant", id.as_bytes(), now)?;
                Ok(Outcome::Done((), done.clone()))
            })
            .await
    }

    /// The grant that is made with a provider: the baseline gives every agent of the account every
    /// scope of it, other policies give nothing.
    pub(crate) fn grant_on_creation(
        &self,
        provider: ProviderId,
        now: Timestamp,
    ) -> Option<AdministratorGrant> {
        self.authority
            .grants_on_provider_creation()
            .then(|| AdministratorGrant {
                id: self.with_rng(|rng| GrantId::generate(now, rng)),
                agent: None,
                provider,
                scopes: Covered::Every,
                with_user: WithUser::Optional,
                created_at: now,
            })
    }
}
