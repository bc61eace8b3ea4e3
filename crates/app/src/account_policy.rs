//! Policies of accounts: written, listed and deleted by the local operator, and found for who asks
//! something of an account.
//!
//! SECURITY: a node uses what an account has now, and not what it had. Each change bumps the
//! revocation epoch in its own transaction; whoever signs is looked up together with the epoch, and
//! what is held here is used only where that is the epoch that it was read at. What is decided on
//! policies that changed meanwhile is decided anew in the transaction of the effect
//! ([`Basis::still_holds`](crate::basis::Basis::still_holds)). Held by
//! `a_policy_of_the_account_stops_a_release_at_once` and
//! `a_release_under_way_is_decided_on_anew_when_the_policies_change`.

use std::sync::Arc;

use moka::sync::Cache;
use procura_authority::{AccountPolicies, Target};
use procura_core::account::AccountId;
use procura_core::account_policy::{AccountPolicy, AccountPolicyId, POLICIES_MAX, PolicyMode};
use procura_core::audit::record::Committed;
use procura_core::digest::sha256;
use procura_core::entropy::random_bytes;
use procura_core::error::{Error, Kind};
use procura_store::{Outcome, PolicySetTag, Tx};

pub use procura_store::PolicyVersion;

use crate::App;
use crate::access_key::no_account;
use crate::operation::OpCx;

/// Of how many accounts the policies are held ready, or that there are none.
const HELD_MAX: u64 = 10_000;
/// How many of its former versions are told of a policy.
const HISTORY_MAX: u32 = 1_000;

/// The policies of accounts, ready to be asked.
#[derive(Clone)]
pub(crate) struct HeldPolicies(Cache<AccountId, Held>);

/// What an account had at an epoch.
#[derive(Clone)]
struct Held {
    epoch: u64,
    set: Option<PolicySetTag>,
    policies: Option<Arc<AccountPolicies>>,
}

/// What an account has, as it was read together with an epoch.
pub(crate) enum FoundPolicies {
    /// What is held.
    Held(Option<Arc<AccountPolicies>>),
    /// The same set as is held, at a later epoch; or another.
    Set(Option<PolicySetTag>, Vec<AccountPolicy>),
}

impl Default for HeldPolicies {
    fn default() -> Self {
        Self(Cache::new(HELD_MAX))
    }
}

impl HeldPolicies {
    /// What `account` has in this transaction, in which the epoch is `epoch`. Where nothing was cut
    /// since it was read last, nothing is read.
    pub(crate) fn find(
        &self,
        tx: &mut Tx<'_>,
        account: AccountId,
        epoch: u64,
    ) -> Result<FoundPolicies, Error> {
        let held = self.0.get(&account);
        if let Some(held) = held.as_ref().filter(|held| held.epoch == epoch) {
            return Ok(FoundPolicies::Held(held.policies.clone()));
        }
        let mut own = tx.account(account);
        let set = own.policy_set()?;
        if let Some(held) = held.filter(|held| held.set == set) {
            let held = Held { epoch, ..held };
            self.0.insert(account, held.clone());
            return Ok(FoundPolicies::Held(held.policies));
        }
        let written = match set {
            Some(_) => own.account_policies()?,
            None => Vec::new(),
        };
        Ok(FoundPolicies::Set(set, written))
    }
}

/// What an operator writes.
#[derive(Debug)]
pub struct NewPolicy {
    /// Under which id.
    pub id: AccountPolicyId,
    /// What it says.
    pub text: String,
    /// What becomes of what it says.
    pub mode: PolicyMode,
    /// Which version it takes the place of, where that matters: 0 for none.
    pub instead_of: Option<u64>,
}

fn not_found(id: &AccountPolicyId) -> Error {
    Error::not_found(format!(
        "policy {id} does not exist in this account; `procura policies list` shows those that do"
    ))
}

fn changed(id: &AccountPolicyId) -> Error {
    Error::conflict(format!(
        "policy {id} is not of the version that was named; look at it again"
    ))
}

fn too_many() -> Error {
    Error::conflict(format!(
        "an account has at most {POLICIES_MAX} policies; delete one first"
    ))
}

impl App {
    /// What `found` is, ready to be asked; it was read at `epoch`.
    pub(crate) async fn policies_ready(
        &self,
        account: AccountId,
        epoch: u64,
        found: FoundPolicies,
    ) -> Result<Option<Arc<AccountPolicies>>, Error> {
        let (set, written) = match found {
            FoundPolicies::Held(policies) => return Ok(policies),
            FoundPolicies::Set(set, written) => (set, written),
        };
        let policies = if written.is_empty() {
            None
        } else {
            Some(self.policies_read(account, set, written).await?)
        };
        let held = Held {
            epoch,
            set,
            policies: policies.clone(),
        };
        self.held_policies.0.insert(account, held);
        Ok(policies)
    }

    /// One after another: requests of one account that come together read its policies once.
    async fn policies_read(
        &self,
        account: AccountId,
        set: Option<PolicySetTag>,
        written: Vec<AccountPolicy>,
    ) -> Result<Arc<AccountPolicies>, Error> {
        let _turn = self.reading_policies.lock().await;
        let held = self.held_policies.0.get(&account);
        let same = held.filter(|held| held.set == set);
        if let Some(policies) = same.and_then(|held| held.policies) {
            return Ok(policies);
        }
        let authority = Arc::clone(&self.authority);
        let read = tokio::task::spawn_blocking(move || authority.read_policies(account, &written));
        let read = read.await.map_err(Error::internal_source)?;
        let read = read.map_err(Error::internal_source)?;
        if read.is_broken() {
            tracing::error!(%account, "a policy cannot be read: the account may nothing");
        }
        Ok(Arc::new(read))
    }

    /// The policies of an account.
    pub async fn account_policies(
        &self,
        cx: &mut OpCx,
        account: AccountId,
    ) -> Result<Vec<AccountPolicy>, Error> {
        cx.about.account = Some(account);
        self.authorize(cx, &Target::Account(account))?;
        self.store
            .run_read("account_policies", move |tx| {
                tx.account(account).account_policies()
            })
            .await
    }

    /// One policy of an account.
    pub async fn account_policy(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        id: AccountPolicyId,
    ) -> Result<AccountPolicy, Error> {
        self.about_policy(cx, account, &id)?;
        let wanted = id.clone();
        let read = move |tx: &mut Tx<'_>| tx.account(account).account_policy(&wanted);
        let found = self.store.run_read("account_policy", read).await?;
        found.ok_or_else(|| not_found(&id))
    }

    /// How a policy was, newest first, also where it was deleted.
    pub async fn account_policy_history(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        id: AccountPolicyId,
    ) -> Result<Vec<PolicyVersion>, Error> {
        self.about_policy(cx, account, &id)?;
        let wanted = id.clone();
        let history = self
            .store
            .run_read("account_policy_history", move |tx| {
                tx.account(account)
                    .account_policy_history(&wanted, HISTORY_MAX)
            })
            .await?;
        if history.is_empty() {
            return Err(not_found(&id));
        }
        Ok(history)
    }

    /// Writes a policy. Every node asks it from the next request on.
    pub async fn put_account_policy(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        new: NewPolicy,
    ) -> Result<Committed<AccountPolicy>, Error> {
        self.about_policy(cx, account, &new.id)?;
        if let Err(refused) = self.authority.check_policy(&new.id, &new.text) {
            // SECURITY: what is wrong is told in full, and is on record without what was written: it
            // may be another file than was meant. Held by `what_is_no_policy_is_not_on_record`.
            let plain = Error::new(Kind::Caller, "the text cannot be a policy");
            let recorded = self.record_refusal(cx, plain).await;
            let told = Error::field("policy", refused.to_string());
            return Err(match recorded.record() {
                Some(record) => told.with_record(record),
                None => recorded,
            });
        }
        let said = format!(
            "wrote it {}, sha256 {}",
            new.mode.as_str(),
            digest(&new.text)
        );
        self.write_policy(cx, account, new, &said).await
    }

    /// Has a policy count, or has it logged only.
    pub async fn set_account_policy_mode(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        id: AccountPolicyId,
        mode: PolicyMode,
    ) -> Result<Committed<AccountPolicy>, Error> {
        let now = self.account_policy(cx, account, id).await?;
        if self.authority.check_policy(&now.id, &now.text).is_err() {
            let text = "the policy cannot be read by this version; write it anew";
            return Err(Error::conflict(text));
        }
        let said = format!("made it {}", mode.as_str());
        let same = NewPolicy {
            id: now.id,
            text: now.text,
            mode,
            instead_of: Some(now.version),
        };
        self.write_policy(cx, account, same, &said).await
    }

    /// Deletes a policy; what it was is kept.
    pub async fn delete_account_policy(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        id: AccountPolicyId,
    ) -> Result<Committed<()>, Error> {
        self.about_policy(cx, account, &id)?;
        let (done, now, by) = (self.allowed(cx, "deleted"), cx.now, cx.caller_name());
        let refused = self.refusal(cx, &not_found(&id));
        let tag = self.with_rng(|rng| random_bytes(rng));
        self.store
            .run_tx("delete_account_policy", move |tx| {
                let mut own = tx.account(account);
                if !own.delete_account_policy(&id, (now, &by), &tag)? {
                    return Ok(Outcome::Refused(not_found(&id), refused.clone()));
                }
                tx.cut_policies(account, now)?;
                Ok(Outcome::Done((), done.clone()))
            })
            .await
    }

    fn about_policy(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        id: &AccountPolicyId,
    ) -> Result<(), Error> {
        cx.about.account = Some(account);
        cx.about.resource = Some(format!("policy/{id}"));
        self.authorize(cx, &Target::Account(account))
    }

    async fn write_policy(
        &self,
        cx: &OpCx,
        account: AccountId,
        new: NewPolicy,
        said: &str,
    ) -> Result<Committed<AccountPolicy>, Error> {
        let (done, now, by) = (self.allowed(cx, said), cx.now, cx.caller_name());
        let absent = self.refusal(cx, &no_account(account));
        let stale = self.refusal(cx, &changed(&new.id));
        let full = self.refusal(cx, &too_many());
        let tag = self.with_rng(|rng| random_bytes(rng));
        self.store
            .run_tx("put_account_policy", move |tx| {
                if !tx.account_exists(account)? {
                    return Ok(Outcome::Refused(no_account(account), absent.clone()));
                }
                let mut own = tx.account(account);
                let before = own.account_policy(&new.id)?;
                let version = before.as_ref().map_or(0, |before| before.version);
                if new.instead_of.is_some_and(|named| named != version) {
                    return Ok(Outcome::Refused(changed(&new.id), stale.clone()));
                }
                let count = usize::try_from(own.account_policy_count()?);
                if before.is_none() && count.is_ok_and(|count| count >= POLICIES_MAX) {
                    return Ok(Outcome::Refused(too_many(), full.clone()));
                }
                let written = AccountPolicy {
                    id: new.id.clone(),
                    version: own.last_policy_version(&new.id)?.saturating_add(1),
                    mode: new.mode,
                    text: new.text.clone(),
                    updated_at: now,
                    updated_by: by.clone(),
                };
                own.put_account_policy(&written, &tag)?;
                tx.cut_policies(account, now)?;
                Ok(Outcome::Done(written, done.clone()))
            })
            .await
    }
}

fn digest(text: &str) -> String {
    let digest = hex::encode(sha256(&[text.as_bytes()]));
    digest.chars().take(12).collect()
}
