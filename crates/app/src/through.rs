//! The agents that an agent acts through, as a decision rests on them.

use procura_authority::{AgentOf, Through};
use procura_core::account::AccountId;
use procura_core::connection::{Consent, Health, agreed};
use procura_core::consent::ConsentState;
use procura_core::credential_provider::{CredentialProvider, ProviderKind};
use procura_core::error::Error;
use procura_core::id::{AgentId, ProviderId, UserId};
use procura_core::scope::Scopes;
use procura_core::time::Timestamp;
use procura_core::workload_access_token::Claims;
use procura_core::workload_identity::WorkloadIdentity;
use procura_store::{ConnectionKey, Tx};

/// An agent that the agent acts through, and what the user lets it have of the provider.
#[derive(Debug, Clone)]
pub(crate) struct ActedThrough {
    agent: WorkloadIdentity,
    consent: Option<Consent>,
}

/// Which agents are acted through, and for whom.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    account: AccountId,
    agents: Vec<AgentId>,
    user: Option<UserId>,
}

impl Chain {
    pub(crate) fn of(claims: &Claims) -> Self {
        Self {
            account: claims.account,
            agents: claims.chain.clone(),
            user: claims.user.map(|user| user.id),
        }
    }

    /// The agents, who began first.
    pub(crate) fn agents(&self) -> impl Iterator<Item = AgentId> {
        self.agents.iter().copied()
    }

    /// The agents, with what the user lets them have of `provider`; none where one is gone.
    pub(crate) fn read(
        &self,
        tx: &mut Tx<'_>,
        provider: Option<&CredentialProvider>,
    ) -> Result<Option<Vec<ActedThrough>>, Error> {
        let mut own = tx.account(self.account);
        let mut read = Vec::with_capacity(self.agents.len());
        for id in &self.agents {
            let Some(agent) = own.workload_identity_by_id(*id)? else {
                return Ok(None);
            };
            let consent = match (self.user, provider) {
                (Some(user), Some(provider)) if provider.kind == ProviderKind::Oauth2 => {
                    consent(&mut own, agent.id, user, provider.id)?
                }
                _ => None,
            };
            read.push(ActedThrough { agent, consent });
        }
        Ok(Some(read))
    }

    /// Whether they are what they were when they were `read`.
    pub(crate) fn still_is(
        &self,
        tx: &mut Tx<'_>,
        provider: &CredentialProvider,
        read: &[ActedThrough],
    ) -> Result<bool, Error> {
        if self.agents.is_empty() {
            return Ok(true);
        }
        let now = self.read(tx, Some(provider))?;
        Ok(now.is_some_and(|now| {
            now.len() == read.len() && now.iter().zip(read).all(|(now, before)| now.is(before))
        }))
    }
}

impl ActedThrough {
    fn is(&self, before: &Self) -> bool {
        let same = self.agent.id == before.agent.id && self.agent.version == before.agent.version;
        same && self.consent == before.consent
    }

    /// Whether the user paused what this agent was given.
    pub(crate) fn is_paused(&self) -> bool {
        let mut consent = self.consent.iter();
        consent.any(|consent| consent.terms.state == ConsentState::Paused)
    }

    /// It, as the questions are asked about it.
    pub(crate) const fn asked(&self, account: AccountId, now: Timestamp) -> Through<'_> {
        Through {
            agent: AgentOf {
                account,
                agent: &self.agent,
                now,
            },
            consent: self.consent.as_ref(),
        }
    }

    /// Everything of it that can be cut, as revocations name it.
    pub(crate) fn names(&self) -> impl Iterator<Item = Vec<u8>> {
        let consent = self
            .consent
            .iter()
            .map(|consent| consent.id.as_bytes().to_vec());
        std::iter::once(self.agent.id.as_bytes().to_vec()).chain(consent)
    }
}

/// What the user lets an agent have: what both the user and the provider agreed to, at the server that
/// the provider is configured for now, as long as it works.
fn consent(
    own: &mut procura_store::AccountTx<'_>,
    agent: AgentId,
    user: UserId,
    provider: ProviderId,
) -> Result<Option<Consent>, Error> {
    let key = ConnectionKey {
        agent,
        user,
        provider,
    };
    let (Some(connection), Some((client, _))) =
        (own.connection(key)?, own.oauth2_client(provider)?)
    else {
        return Ok(None);
    };
    let is_good = connection.health == Health::Live
        && connection.destination == client.configuration.destination()
        && (connection.covers(&Scopes::NONE) || connection.can_be_narrowed(&Scopes::NONE));
    Ok(is_good.then(|| Consent {
        scopes: agreed(&connection.consent.scopes, &connection.granted),
        ..connection.consent
    }))
}
