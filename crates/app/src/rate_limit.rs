//! How often a caller, an account and an address may ask this node, before they are refused.
//!
//! What a request is measured by is what it has proved, an access key and its account, or the
//! address of its connection; never what it says of itself in a header.
//! [Decision 0018](../../../docs/decisions/0018-who-is-refused-for-asking-too-often.md)

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use moka::sync::Cache;
use procura_authority::Caller;
use procura_core::access_key::AccessKeyId;
use procura_core::account::AccountId;
use procura_core::id::{AgentId, RoleId};
use procura_core::peer::PeerNetwork;
use procura_core::rate::{Empty, FullAt, Rate};
use procura_core::time::Timestamp;

/// How many buckets of a kind are remembered. A bucket that is forgotten is full again; what asks
/// often is what is remembered.
pub const BUCKETS_MAX: u64 = 100_000;

/// What is measured apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// What is configured and read.
    Control,
    /// Workload access tokens.
    Mint,
    /// Uses of credentials.
    Use,
}

/// How often whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Of an access key: operations that configure and read.
    pub control: Rate,
    /// Of an access key: workload access tokens.
    pub mints: Rate,
    /// Of an access key: uses of credentials.
    pub uses: Rate,
    /// Of an account: everything.
    pub account: Rate,
    /// Of an address: failures to authenticate. While it has none left, all of its requests are
    /// refused; behind a proxy, its address is that of everybody.
    pub address_failures: Rate,
    /// Of an address: requests that nobody signs, whether they succeed or not.
    pub unsigned: Rate,
}

impl Default for RateLimits {
    fn default() -> Self {
        let rate = |per_second, burst| Rate { per_second, burst };
        Self {
            control: rate(200, 400),
            mints: rate(5_000, 10_000),
            uses: rate(5_000, 10_000),
            account: rate(10_000, 20_000),
            address_failures: rate(20, 200),
            unsigned: rate(50, 200),
        }
    }
}

impl RateLimits {
    /// More than any machine does.
    pub const fn none() -> Self {
        const MORE: Rate = Rate {
            per_second: 10_000_000,
            burst: 10_000_000,
        };
        Self {
            control: MORE,
            mints: MORE,
            uses: MORE,
            account: MORE,
            address_failures: MORE,
            unsigned: MORE,
        }
    }
}

/// Which bucket was empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bucket {
    /// That of the failures of an address.
    Address,
    /// That of what nobody signs, of an address.
    Unsigned,
    /// That of an access key, for a class.
    Principal(Class),
    /// That of an account.
    Account,
}

impl Bucket {
    /// Every bucket.
    pub const ALL: [Self; 6] = [
        Self::Address,
        Self::Unsigned,
        Self::Principal(Class::Control),
        Self::Principal(Class::Mint),
        Self::Principal(Class::Use),
        Self::Account,
    ];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Unsigned => "address_unsigned",
            Self::Principal(Class::Control) => "key_control",
            Self::Principal(Class::Mint) => "key_mint",
            Self::Principal(Class::Use) => "key_use",
            Self::Account => "account",
        }
    }
}

/// Asked too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttled {
    /// What was empty.
    pub bucket: Bucket,
    /// When to come again, in whole seconds from now; at least 1.
    pub retry_after_s: u32,
}

/// Who has a bucket of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Principal {
    Key(AccessKeyId),
    Agent(AgentId),
    Role(RoleId),
}

/// Buckets of one kind.
struct Buckets<K>(Cache<K, Arc<AtomicI64>>);

impl<K: Hash + Eq + Send + Sync + 'static> Buckets<K> {
    fn new() -> Self {
        Self(Cache::new(BUCKETS_MAX))
    }

    /// Moves the bucket of `key` on by `step`, which sees what nobody else changes meanwhile.
    fn step(
        &self,
        key: K,
        step: impl Fn(FullAt) -> Result<FullAt, Empty>,
    ) -> Result<FullAt, Empty> {
        let bucket = self.0.get_with(key, Arc::default);
        let mut known = bucket.load(Ordering::Relaxed);
        loop {
            let next = step(FullAt::from_micros(known))?;
            let order = Ordering::Relaxed;
            match bucket.compare_exchange_weak(known, next.micros(), order, order) {
                Ok(_) => return Ok(next),
                Err(other) => known = other,
            }
        }
    }
}

/// The buckets of a node.
pub struct RateLimiter {
    limits: RateLimits,
    addresses: Buckets<PeerNetwork>,
    unsigned: Buckets<PeerNetwork>,
    principals: Buckets<(Principal, Class)>,
    accounts: Buckets<AccountId>,
}

impl std::fmt::Debug for RateLimiter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RateLimiter({:?})", self.limits)
    }
}

impl RateLimiter {
    /// Full buckets.
    pub fn new(limits: RateLimits) -> Self {
        Self {
            limits,
            addresses: Buckets::new(),
            unsigned: Buckets::new(),
            principals: Buckets::new(),
            accounts: Buckets::new(),
        }
    }

    /// Whether an address may ask at all: nothing is taken, and an address that never failed is not
    /// remembered.
    pub fn check_address(&self, peer: PeerNetwork, now: Timestamp) -> Result<(), Throttled> {
        let Some(bucket) = self.addresses.0.get(&peer) else {
            return Ok(());
        };
        let full_at = FullAt::from_micros(bucket.load(Ordering::Relaxed));
        match self.limits.address_failures.take(full_at, now) {
            Ok(_) => Ok(()),
            Err(empty) => Err(throttled(Bucket::Address, empty)),
        }
    }

    /// Counts a failure of an address to authenticate.
    pub fn count_failure(&self, peer: PeerNetwork, now: Timestamp) {
        let rate = self.limits.address_failures;
        // Charging does not refuse.
        let _charged = self
            .addresses
            .step(peer, |full_at| Ok(rate.charge(full_at, now)));
    }

    /// Takes one of the requests of an address that nobody signs: what succeeds costs as much as
    /// what does not, and neither takes from the failures of the address.
    pub fn admit_unsigned(&self, peer: PeerNetwork, now: Timestamp) -> Result<(), Throttled> {
        let rate = self.limits.unsigned;
        self.unsigned
            .step(peer, |full_at| rate.take(full_at, now))
            .map_err(|empty| throttled(Bucket::Unsigned, empty))?;
        Ok(())
    }

    /// Takes one of a proved caller's requests. The key is asked before the account, so that a key
    /// that asks too often takes nothing from the others of its account.
    pub fn admit(&self, caller: &Caller, class: Class, now: Timestamp) -> Result<(), Throttled> {
        let (principal, account) = match caller {
            Caller::AccessKey { id, account, .. } => (Principal::Key(*id), account),
            // Of an agent that signs, all temporary keys have one bucket.
            Caller::Agent { agent, account, .. } => (Principal::Agent(*agent), account),
            // Nor has who puts a role on again and again more than who signs with it once.
            Caller::Session { role, account, .. } => (Principal::Role(*role), account),
            Caller::Operator => return Ok(()),
        };
        let rate = match class {
            Class::Control => self.limits.control,
            Class::Mint => self.limits.mints,
            Class::Use => self.limits.uses,
        };
        self.principals
            .step((principal, class), |full_at| rate.take(full_at, now))
            .map_err(|empty| throttled(Bucket::Principal(class), empty))?;
        let rate = self.limits.account;
        self.accounts
            .step(*account, |full_at| rate.take(full_at, now))
            .map_err(|empty| throttled(Bucket::Account, empty))?;
        Ok(())
    }

    /// How many buckets are remembered: of the failures of addresses, of what nobody signs, of keys
    /// and of accounts.
    pub fn remembered(&self) -> [u64; 4] {
        self.addresses.0.run_pending_tasks();
        self.unsigned.0.run_pending_tasks();
        self.principals.0.run_pending_tasks();
        self.accounts.0.run_pending_tasks();
        [
            self.addresses.0.entry_count(),
            self.unsigned.0.entry_count(),
            self.principals.0.entry_count(),
            self.accounts.0.entry_count(),
        ]
    }
}

fn throttled(bucket: Bucket, empty: Empty) -> Throttled {
    Throttled {
        bucket,
        retry_after_s: empty.retry_after_s,
    }
}

#[cfg(test)]
mod tests;
