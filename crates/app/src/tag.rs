//! Tags of agents and providers, by ARN.

use std::collections::BTreeMap;

use procura_authority::{AgentOf, ProviderOf, Target};
use procura_core::account::AccountId;
use procura_core::arn::{Arn, Resource};
use procura_core::audit::record::Committed;
use procura_core::credential_provider::CredentialProvider;
use procura_core::error::Error;
use procura_core::tag::Tags;
use procura_core::time::Timestamp;
use procura_core::workload_identity::WorkloadIdentity;
use procura_store::{Outcome, Tx};

use crate::App;
use crate::operation::OpCx;

/// What a caller does to tags.
#[derive(Debug, Clone)]
pub enum TagChange {
    /// Adds these, or replaces their values.
    Set(BTreeMap<String, String>),
    /// Removes these keys.
    Remove(Vec<String>),
}

/// A thing that has tags.
#[derive(Debug, Clone)]
enum Tagged {
    Agent(WorkloadIdentity),
    Provider(CredentialProvider),
}

impl Tagged {
    fn tags(&self) -> &Tags {
        match self {
            Self::Agent(agent) => &agent.tags,
            Self::Provider(provider) => &provider.tags,
        }
    }

    fn target(&self, account: AccountId, now: Timestamp) -> Target<'_> {
        match self {
            Self::Agent(agent) => Target::Agent(AgentOf {
                account,
                agent,
                now,
            }),
            Self::Provider(provider) => Target::Provider(ProviderOf { account, provider }),
        }
    }
}

fn not_found(arn: &Arn) -> Error {
    Error::not_found(format!("{arn} does not exist in this account and region"))
}

fn changed_meanwhile() -> Error {
    Error::conflict("the tags were changed by another request; try again")
}

impl App {
    /// The tags of a thing.
    pub async fn tags(&self, cx: &mut OpCx, arn: Arn) -> Result<Tags, Error> {
        Ok(self.tagged(cx, arn).await?.tags().clone())
    }

    /// Changes the tags of a thing.
    pub async fn change_tags(
        &self,
        cx: &mut OpCx,
        arn: Arn,
        change: TagChange,
    ) -> Result<Committed<()>, Error> {
        let account = cx.account()?;
        let mut tagged = self.tagged(cx, arn).await?;
        let tags = match change {
            TagChange::Set(added) => tagged.tags().with(added)?,
            TagChange::Remove(keys) => tagged.tags().without(&keys),
        };
        match &mut tagged {
            Tagged::Agent(agent) => {
                (agent.tags, agent.updated_at) = (tags, cx.now);
                agent.version += 1;
            }
            Tagged::Provider(provider) => {
                (provider.tags, provider.updated_at) = (tags, cx.now);
                provider.version += 1;
            }
        }
        let done = self.allowed(cx, "tags changed");
        let refused = self.refusal(cx, &changed_meanwhile());
        self.store
            .run_tx("change_tags", move |tx| {
                let mut own = tx.account(account);
                let stored = match &tagged {
                    Tagged::Agent(agent) => own.update_workload_identity(agent)?,
                    Tagged::Provider(provider) => own.update_credential_provider_tags(provider)?,
                };
                if stored {
                    Ok(Outcome::Done((), done.clone()))
                } else {
                    Ok(Outcome::Refused(changed_meanwhile(), refused.clone()))
                }
            })
            .await
    }

    /// The thing that `arn` names, if the caller may do to it what it asks. An ARN of another
    /// account or region is answered like one that does not exist.
    async fn tagged(&self, cx: &mut OpCx, arn: Arn) -> Result<Tagged, Error> {
        let account = cx.account()?;
        cx.about.resource = Some(arn.to_string());
        if arn.account != account || arn.region != self.region {
            return Err(self.absent(cx, &arn));
        }
        let resource = arn.resource.clone();
        let read = move |tx: &mut Tx<'_>| {
            let mut own = tx.account(account);
            match &resource {
                Resource::WorkloadIdentity(name) => {
                    Ok(own.workload_identity(name)?.map(Tagged::Agent))
                }
                Resource::CredentialProvider(vault, kind, name) => Ok(own
                    .credential_provider(vault, *kind, name)?
                    .map(Tagged::Provider)),
            }
        };
        let Some(tagged) = self.store.run_read("tagged", read).await? else {
            return Err(self.absent(cx, &arn));
        };
        match &tagged {
            Tagged::Agent(agent) => cx.about.agent = Some(agent.id),
            Tagged::Provider(provider) => cx.about.provider = Some(provider.id),
        }
        self.authorize(cx, &tagged.target(account, cx.now))?;
        Ok(tagged)
    }

    /// The answer for what is not there: told to who may read such things, or else a denial.
    fn absent(&self, cx: &mut OpCx, arn: &Arn) -> Error {
        let may_know = match &arn.resource {
            Resource::WorkloadIdentity(_) => self.authorize_absent_agent(cx),
            Resource::CredentialProvider(vault, kind, _) => {
                self.authorize_absent_provider(cx, *kind, vault)
            }
        };
        may_know.err().unwrap_or_else(|| not_found(arn))
    }
}
