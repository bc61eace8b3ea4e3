//! The release of an API key to an agent: the whole path of one credential.

use procura_core::access_key::AccessKeyId;
use procura_core::audit::record::Committed;
use procura_core::credential_provider::{CredentialProvider, ProviderKind};
use procura_core::error::{Error, Kind};
use procura_core::grant::AdministratorGrant;
use procura_core::name::{ProviderName, VaultName};
use procura_core::sealing;
use procura_core::secret::{Plain, kind::ApiKey};
use procura_core::workload_access_token::Claims;
use procura_core::workload_identity::WorkloadIdentity;
use procura_store::{Outcome, Tx};

use crate::App;
use crate::api_key_provider::{not_found, secret_place};
use crate::operation::OpCx;

/// How often a decision is taken anew when what it was about changes under it.
const DECISIONS_MAX: u32 = 3;
/// Of how many revocations since the decision each is looked at; after more, it is taken anew.
const CUTS_MAX: u32 = 64;

/// What the decision is about, read in one snapshot.
struct Facts {
    agent: Option<WorkloadIdentity>,
    provider: Option<CredentialProvider>,
    grants: Vec<AdministratorGrant>,
    caller_revoked: bool,
    issuer_revoked: bool,
    epoch: u64,
}

impl App {
    /// Gives the API key of `provider` to the agent of `token`, if the agent, its user and a grant
    /// all allow it. The record is durable before the key is opened.
    pub async fn release_api_key(
        &self,
        cx: &mut OpCx,
        token: &str,
        provider: ProviderName,
    ) -> Result<Committed<Plain<ApiKey>>, Error> {
        cx.about.resource = Some(format!("api-key-provider/{provider}"));
        let claims = self.open_token(cx, token).await?;
        for _ in 0..DECISIONS_MAX {
            if let Some(released) = self.decide_and_release(cx, &claims, &provider).await? {
                return Ok(released);
            }
        }
        let busy = "the agent or the provider keeps changing; try again";
        Err(Error::new(Kind::Throttled, busy))
    }

    /// One decision and its release; none when the world changed between the two.
    async fn decide_and_release(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        name: &ProviderName,
    ) -> Result<Option<Committed<Plain<ApiKey>>>, Error> {
        let account = cx.account()?;
        let facts = self.release_facts(cx, claims, name).await?;
        if facts.caller_revoked {
            return Err(Error::denied("the access key was revoked"));
        }
        if facts.issuer_revoked {
            let gone = "the access key that this token was issued to was revoked; get a new token";
            return Err(Error::new(Kind::Unproved, gone));
        }
        cx.epoch = facts.epoch;
        let Some(agent) = facts.agent else {
            let gone = "the workload identity of this token was deleted; get a token of another";
            return Err(Error::new(Kind::Unproved, gone));
        };
        let Some(provider) = facts.provider else {
            self.authorize_absent_provider(cx, &VaultName::default_vault())?;
            return Err(not_found(name));
        };
        cx.about.provider = Some(provider.id);
        let (permit, reasons) =
            self.authorize_release(cx, claims, &agent, &provider, &facts.grants)?;

        let depends_on = depends_on(cx, claims, &provider, &facts.grants)?;
        // The permit moves into the transaction and ends with it. PostgreSQL may run the closure
        // again after a conflict; each run compares the permit with the row that it then finds.
        let epoch = facts.epoch;
        let under = reasons
            .grant
            .map(|grant| format!(" under {grant}"))
            .unwrap_or_default();
        let entry = self.allowed(cx, format!("released to {}{under}", agent.name));
        let committed = self
            .store
            .run_tx("release_api_key", move |tx| {
                let agent_now = tx.account(account).workload_identity_by_id(agent.id)?;
                let changed = agent_now.is_none_or(|now| now.version != agent.version);
                if changed || was_cut(tx, epoch, &depends_on)? {
                    return Ok(Outcome::Unrecorded(None));
                }
                match tx.account(account).reveal_api_key(&permit)? {
                    Some(revealed) => {
                        let mut entry = entry.clone();
                        let (version, sealed) = (revealed.secret_version, &revealed.sealed);
                        let secret = format!("; secret {version} ({})", sealed.fingerprint());
                        entry.reason.to_mut().push_str(&secret);
                        Ok(Outcome::Done(Some(revealed), entry))
                    }
                    None => Ok(Outcome::Unrecorded(None)),
                }
            })
            .await?;
        let Some(revealed) = committed.value else {
            return Ok(None);
        };
        let key = self.key_of(&revealed.sealed).await?;
        let place = secret_place(
            self.deployment,
            account,
            &provider.id,
            revealed.secret_version,
        );
        let plain =
            sealing::open(&key, &place, &revealed.sealed).map_err(Error::internal_source)?;
        Ok(Some(Committed {
            value: plain,
            record: committed.record,
        }))
    }

    async fn release_facts(
        &self,
        cx: &OpCx,
        claims: &Claims,
        name: &ProviderName,
    ) -> Result<Facts, Error> {
        let account = cx.account()?;
        let (agent, name, known_epoch) = (claims.agent, name.clone(), cx.epoch);
        let (caller, issuer) = (cx.access_key()?, claims.issued_by);
        self.store
            .run_read("release_facts", move |tx: &mut Tx<'_>| {
                let epoch = tx.epoch()?;
                // SECURITY: something was cut since the caller was found good; look again.
                let caller_revoked = epoch != known_epoch && is_revoked(tx, caller)?;
                // A token ends with the access key that asked for it, whoever presents it.
                let issuer_revoked = is_revoked(tx, issuer)?;
                let mut own = tx.account(account);
                let vault = VaultName::default_vault();
                let provider = own.credential_provider(&vault, ProviderKind::ApiKey, &name)?;
                let grants = match &provider {
                    Some(provider) => own.administrator_grants(provider.id)?,
                    None => Vec::new(),
                };
                let agent = own.workload_identity_by_id(agent)?;
                Ok(Facts {
                    agent,
                    provider,
                    grants,
                    caller_revoked,
                    issuer_revoked,
                    epoch,
                })
            })
            .await
    }
}

/// The names of everything that the decision rests on, as revocations name them.
fn depends_on(
    cx: &OpCx,
    claims: &Claims,
    provider: &CredentialProvider,
    grants: &[AdministratorGrant],
) -> Result<Vec<Vec<u8>>, Error> {
    let mut names = vec![
        cx.access_key()?.as_str().as_bytes().to_vec(),
        claims.issued_by.as_str().as_bytes().to_vec(),
        claims.agent.as_bytes().to_vec(),
        provider.id.as_bytes().to_vec(),
    ];
    names.extend(claims.user.map(|user| user.id.as_bytes().to_vec()));
    names.extend(grants.iter().map(|grant| grant.id.as_bytes().to_vec()));
    Ok(names)
}

fn is_revoked(tx: &mut Tx<'_>, key: AccessKeyId) -> Result<bool, Error> {
    let found = tx.access_key_for_signature(key)?;
    Ok(found.is_none_or(|(key, _)| key.revoked_at.is_some()))
}

/// Whether any of `names` was cut after `epoch`.
fn was_cut(tx: &mut Tx<'_>, epoch: u64, names: &[Vec<u8>]) -> Result<bool, Error> {
    if tx.epoch()? == epoch {
        return Ok(false);
    }
    let cuts = tx.cuts_after(epoch, CUTS_MAX)?;
    let too_many = u32::try_from(cuts.len()).is_ok_and(|cuts| cuts >= CUTS_MAX);
    Ok(too_many || cuts.iter().any(|cut| names.contains(&cut.subject)))
}
