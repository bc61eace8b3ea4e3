//! Which workloads are an agent: said, listed and taken back by the local operator, for one account.

use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::error::Error;
use procura_core::id::TrustBindingId;
use procura_core::name::WorkloadName;
use procura_core::trust_binding::{BINDINGS_MAX, TrustBinding, TrustedWorkload};
use procura_protocol::oauth::endpoint_url::EndpointUrl;
use procura_protocol::oauth::issuer::Issuer;
use procura_store::{Outcome, Tx};

use crate::App;
use crate::operation::OpCx;
use crate::workload_identity::not_found;

fn no_binding(id: TrustBindingId) -> Error {
    Error::not_found(format!(
        "the agent has no trust binding {id}; `procura agents trusted` shows those that it has"
    ))
}

fn too_many() -> Error {
    Error::conflict("an agent has at most 20 trust bindings; take one back first")
}

impl App {
    /// Says that whoever bears such a token is this agent.
    pub async fn trust_workload(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        name: WorkloadName,
        workload: TrustedWorkload,
    ) -> Result<Committed<TrustBinding>, Error> {
        let agent = self.agent_to_manage(cx, account, &name).await?;
        let workload = self.check_trusted(workload)?;
        let binding = TrustBinding {
            id: self.with_rng(|rng| TrustBindingId::generate(cx.now, rng)),
            agent: agent.id,
            workload,
            created_at: cx.now,
        };
        let TrustedWorkload {
            issuer,
            audience,
            subject,
            ..
        } = &binding.workload;
        let done = self.allowed(
            cx,
            format!("{}: {subject} of {issuer}, for {audience}", binding.id),
        );
        let (full, gone) = (
            self.refusal(cx, &too_many()),
            self.refusal(cx, &not_found(&name)),
        );
        self.store
            .run_tx("trust_workload", move |tx| {
                let mut own = tx.account(account);
                if own.workload_identity_by_id(binding.agent)?.is_none() {
                    return Ok(Outcome::Refused(not_found(&name), gone.clone()));
                }
                let bindings = own.trust_bindings(binding.agent)?.len();
                if u32::try_from(bindings).is_ok_and(|count| count >= BINDINGS_MAX) {
                    return Ok(Outcome::Refused(too_many(), full.clone()));
                }
                own.insert_trust_binding(&binding)?;
                Ok(Outcome::Done(binding.clone(), done.clone()))
            })
            .await
    }

    /// Lists which workloads are an agent.
    pub async fn trusted_workloads(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        name: WorkloadName,
    ) -> Result<Vec<TrustBinding>, Error> {
        let agent = self.agent_to_manage(cx, account, &name).await?;
        let read = move |tx: &mut Tx<'_>| tx.account(account).trust_bindings(agent.id);
        self.store.run_read("trust_bindings", read).await
    }

    /// Takes a binding back. Keys that rest on it, and tokens that were made with them, end with it.
    pub async fn distrust_workload(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        name: WorkloadName,
        id: TrustBindingId,
    ) -> Result<Committed<()>, Error> {
        let agent = self.agent_to_manage(cx, account, &name).await?;
        let (done, now) = (self.allowed(cx, format!("took {id} back")), cx.now);
        let refused = self.refusal(cx, &no_binding(id));
        self.store
            .run_tx("distrust_workload", move |tx| {
                if !tx.account(account).delete_trust_binding(agent.id, id)? {
                    return Ok(Outcome::Refused(no_binding(id), refused.clone()));
                }
                // Whoever decided by a key that is gone looks again.
                tx.cut("trust-binding", id.as_bytes(), now)?;
                Ok(Outcome::Done((), done.clone()))
            })
            .await
    }

    fn check_trusted(&self, workload: TrustedWorkload) -> Result<TrustedWorkload, Error> {
        let workload = workload
            .checked()
            .map_err(|error| Error::field("issuer", error.to_string()))?;
        Issuer::parse(&workload.issuer)
            .map_err(|error| Error::field("issuer", error.to_string()))?;
        if self.own_issuer(&workload.issuer).is_some() {
            let text = "a user pool of this service issues tokens to users, not to workloads";
            return Err(Error::field("issuer", text));
        }
        if let Some(uri) = &workload.jwks_uri {
            EndpointUrl::parse(uri).map_err(|error| Error::field("jwks_uri", error.to_string()))?;
        }
        Ok(workload)
    }
}
