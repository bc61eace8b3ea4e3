//! What a decision on the use of a provider rests on, and whether it still holds.

use std::sync::Arc;

use procura_authority::Caller;
use procura_core::access_key::AccessKeyId;
use procura_core::account::AccountId;
use procura_core::credential_provider::{CredentialProvider, ProviderKind};
use procura_core::error::{Error, Kind};
use procura_core::grant::AdministratorGrant;
use procura_core::name::{ProviderName, VaultName};
use procura_core::sabotage::defect;
use procura_core::user::User;
use procura_core::workload_access_token::Claims;
use procura_core::workload_identity::WorkloadIdentity;
use procura_store::{Tx, consent_subject, policies_in_cuts};

use crate::App;
use crate::account_policy::FoundPolicies;
use crate::credential_provider::not_found;
use crate::operation::OpCx;
use crate::through::{ActedThrough, Chain};

/// How often a decision is taken anew when what it was about changes under it.
pub(crate) const DECISIONS_MAX: u32 = 3;
/// Of how many revocations since the decision each is looked at; after more, it is taken anew.
const CUTS_MAX: u32 = 64;

/// What a decision rests on, read in one snapshot.
#[derive(Debug, Clone)]
pub(crate) struct Basis {
    pub(crate) account: AccountId,
    pub(crate) agent: WorkloadIdentity,
    pub(crate) provider: CredentialProvider,
    pub(crate) grants: Vec<AdministratorGrant>,
    epoch: u64,
    /// Everything of it that can be cut, as revocations name it.
    names: Vec<Vec<u8>>,
    /// Whether it rests on a user's own token.
    is_proved: bool,
    /// The keys of who asks and of who asked for the token and for those that it was made of.
    keys: Vec<AccessKeyId>,
    chain: Chain,
    /// The agents that the agent acts through, who began first.
    pub(crate) through: Vec<ActedThrough>,
}

/// The answer when a decision was taken [`DECISIONS_MAX`] times and never held.
pub(crate) fn busy() -> Error {
    let busy = "the agent or the provider keeps changing; try again";
    Error::new(Kind::Throttled, busy)
}

impl App {
    /// Reads what a decision on the use of `name` by the bearer of `claims` rests on. It decides
    /// nothing but what needs no decision: a key, an agent or a provider that is gone.
    pub(crate) async fn basis(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        kind: ProviderKind,
        name: &ProviderName,
    ) -> Result<Basis, Error> {
        let facts = self.facts(cx, claims, kind, name).await?;
        if facts.caller_revoked {
            return Err(Error::denied(
                "the access key was revoked, or its role has less now; sign with another",
            ));
        }
        if facts.issuer_revoked {
            return Err(Error::new(Kind::Unproved, ISSUER_REVOKED));
        }
        if facts.proof_cut {
            return Err(Error::new(Kind::Unproved, PROOF_CUT));
        }
        if let Some(found) = facts.policies {
            let account = cx.account()?;
            cx.policies = self.policies_ready(account, facts.epoch, found).await?;
        }
        cx.epoch = facts.epoch;
        let Some(agent) = facts.agent else {
            let gone = "the workload identity of this token was deleted; get a token of another";
            return Err(Error::new(Kind::Unproved, gone));
        };
        let Some(through) = facts.through else {
            return Err(Error::new(Kind::Unproved, CHAIN_BROKEN));
        };
        let Some(provider) = facts.provider else {
            self.authorize_absent_provider(cx, kind, &VaultName::default_vault())?;
            return Err(not_found(kind, name));
        };
        cx.about.provider = Some(provider.id);
        let mut names = names(cx, claims, &provider, &facts.grants)?;
        names.extend(through.iter().flat_map(ActedThrough::names));
        Ok(Basis {
            account: cx.account()?,
            agent,
            provider,
            grants: facts.grants,
            epoch: facts.epoch,
            names,
            is_proved: claims.subject_token.is_some(),
            keys: [cx.access_key()?]
                .into_iter()
                .chain(claims.all_keys())
                .collect(),
            chain: Chain::of(claims),
            through,
        })
    }

    async fn facts(
        &self,
        cx: &OpCx,
        claims: &Claims,
        kind: ProviderKind,
        name: &ProviderName,
    ) -> Result<Facts, Error> {
        let account = cx.account()?;
        let (agent, name, known_epoch) = (claims.agent, name.clone(), cx.epoch);
        let (caller, issuers) = (cx.access_key()?, claims.all_keys().collect::<Vec<_>>());
        let chain = Chain::of(claims);
        let proved_at = claims.subject_token.map(|_| claims.epoch);
        let (user, minted_at) = (claims.user, claims.epoch);
        let session = match &cx.caller {
            Caller::Session {
                role,
                roles,
                inline,
                ..
            } => Some((*role, roles.clone(), Arc::clone(inline))),
            Caller::AccessKey { .. } | Caller::Agent { .. } | Caller::Operator => None,
        };
        let known = self.held_policies.clone();
        self.store
            .look_up("basis", move |tx: &mut Tx<'_>| {
                let epoch = tx.epoch()?;
                // SECURITY: something was cut since the caller was found good; look again.
                let mut caller_revoked = epoch != known_epoch && is_revoked(tx, caller)?;
                // Nor has a session what was taken from its role since.
                if let Some((role, roles, inline)) =
                    session.as_ref().filter(|_| epoch != known_epoch)
                {
                    let role = tx.account(account).iam_role(*role)?;
                    caller_revoked |= role.is_none_or(|now| {
                        now.roles() != *roles || now.inline_cedar() != inline.as_str()
                    });
                }
                // A token ends with the access key that asked for it, whoever presents it, and with
                // those of the tokens that it was made of. The caller's own was looked at above.
                let mut issuer_revoked = false;
                for issuer in issuers.iter().filter(|issuer| **issuer != caller) {
                    issuer_revoked |= is_revoked(tx, *issuer)?;
                }
                // SECURITY: nor does it outlive the registration of an issuer that may have proved its
                // user. Which one did is not in it; a new token is had for the asking.
                let mut proof_cut = match proved_at {
                    Some(before) if before != epoch => tx.issuer_was_cut(account, before)?,
                    _ => false,
                };
                // Nor that its user signed out, or may not sign in any more.
                if let Some(user) = user.filter(|_| minted_at != epoch) {
                    proof_cut |= tx.user_was_cut(user.id, minted_at)?;
                }
                // Nor that everything of its agent was taken back, whatever the agent may since.
                if minted_at != epoch {
                    for member in chain.agents().chain([agent]) {
                        proof_cut |= tx.agent_tokens_were_cut(member, minted_at)?;
                    }
                }
                // SECURITY: a decision that is taken anew is taken with the policies of now.
                let policies = if epoch == known_epoch {
                    None
                } else {
                    Some(known.find(tx, account, epoch)?)
                };
                let mut own = tx.account(account);
                let vault = VaultName::default_vault();
                let provider = own.credential_provider(&vault, kind, &name)?;
                let grants = match &provider {
                    Some(provider) => own.administrator_grants(provider.id)?,
                    None => Vec::new(),
                };
                let agent = own.workload_identity_by_id(agent)?;
                let through = chain.read(tx, provider.as_ref())?;
                Ok(Facts {
                    agent,
                    through,
                    provider,
                    grants,
                    caller_revoked,
                    issuer_revoked,
                    proof_cut,
                    policies,
                    epoch,
                })
            })
            .await
    }
}

impl Basis {
    /// Whether the decision that was taken on this still holds. Asked in the transaction of the
    /// effect; the provider itself is compared by the method that takes the permit.
    pub(crate) fn still_holds(&self, tx: &mut Tx<'_>) -> Result<bool, Error> {
        let agent = tx
            .account(self.account)
            .workload_identity_by_id(self.agent.id)?;
        let same_agent = agent.is_some_and(|now| now.version == self.agent.version);
        // SECURITY: nor did any of those that it acts through change. Held by
        // `an_agent_that_is_acted_through_takes_its_consent_back_from_all_that_act_through_it`.
        let same_chain = self.chain.still_is(tx, &self.provider, &self.through)?;
        Ok(same_agent && same_chain && !self.was_cut(tx)?)
    }

    fn was_cut(&self, tx: &mut Tx<'_>) -> Result<bool, Error> {
        if tx.epoch()? == self.epoch {
            return Ok(false);
        }
        // SECURITY: a temporary key ends with what it rests on, and no cut names it. Held by
        // `a_release_under_way_stops_with_what_its_key_rests_on` and
        // `a_session_gives_nothing_after_the_end_of_its_key`.
        for key in &self.keys {
            if is_revoked(tx, *key)? {
                return Ok(true);
            }
        }
        let cuts = tx.cuts_after(self.epoch, CUTS_MAX)?;
        if self.is_proved && tx.issuer_was_cut(self.account, self.epoch)? {
            return Ok(true);
        }
        let too_many = u32::try_from(cuts.len()).is_ok_and(|cuts| cuts >= CUTS_MAX);
        Ok(too_many || cuts.iter().any(|cut| self.names.contains(&cut.subject)))
    }
}

pub(crate) const PROOF_CUT: &str = "since this token was made, the registration of an issuer was taken \
                                    back, the user signed out, or everything of the agent was \
                                    revoked; get a new token";

pub(crate) const ISSUER_REVOKED: &str =
    "the access key that this token was issued to was revoked; get a new token";

pub(crate) const CHAIN_BROKEN: &str = "an agent that this token acts through was deleted; begin again \
                                       with a token of an agent that is there";

struct Facts {
    agent: Option<WorkloadIdentity>,
    /// None where one of them is gone.
    through: Option<Vec<ActedThrough>>,
    provider: Option<CredentialProvider>,
    grants: Vec<AdministratorGrant>,
    caller_revoked: bool,
    issuer_revoked: bool,
    proof_cut: bool,
    /// What the account has of policies; none: what the caller was found with.
    policies: Option<FoundPolicies>,
    epoch: u64,
}

fn names(
    cx: &OpCx,
    claims: &Claims,
    provider: &CredentialProvider,
    grants: &[AdministratorGrant],
) -> Result<Vec<Vec<u8>>, Error> {
    let mut names = vec![
        cx.access_key()?.as_str().as_bytes().to_vec(),
        claims.agent.as_bytes().to_vec(),
        provider.id.as_bytes().to_vec(),
        policies_in_cuts(cx.account()?),
    ];
    names.extend(
        claims
            .all_keys()
            .map(|key| key.as_str().as_bytes().to_vec()),
    );
    names.extend(claims.user.map(|user| user.id.as_bytes().to_vec()));
    let consent = |user: User| consent_subject(claims.agent, user.id, provider.id);
    names.extend(claims.user.map(consent));
    if let Caller::Session { role, .. } = &cx.caller {
        names.push(role.as_bytes().to_vec());
    }
    names.extend(grants.iter().map(|grant| grant.id.as_bytes().to_vec()));
    Ok(names)
}

/// Whether an access key was revoked. A temporary one is there while the reason is for which its
/// holder was believed.
pub(crate) fn is_revoked(tx: &mut Tx<'_>, key: AccessKeyId) -> Result<bool, Error> {
    if key.is_temporary() {
        return Ok(tx.temporary_key_for_signature(key)?.is_none());
    }
    let found = tx.access_key_for_signature(key)?;
    let is_revoked = found.is_none_or(|(key, _)| key.revoked_at.is_some());
    Ok(is_revoked && !defect("late-cut"))
}
