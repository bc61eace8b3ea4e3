//! Rotation: a new root key, a new key of an account, and everything below it wrapped anew.
//!
//! A rotation is begun by a caller and done in the background, and each of its steps leaves a
//! database that every node can read. What is under way stands in the database as a mark
//! (`rotation/root`, `rotation/account/<id>`), so that the next start goes on with it. The order is
//! the whole safety of it; `docs/decisions/0016` has it with what is left after a crash.

mod account;
mod root;

use std::sync::atomic::Ordering;
use std::time::Duration;

use procura_core::account::AccountId;
use procura_core::encryption_key::{EncryptionKey, KeyPurpose};
use procura_core::error::Error;
use procura_core::id::{DeploymentId, KeyId};
use procura_core::sealing::{self, Location, Sealed, SealingKey, Subject};
use procura_core::secret::{Plain, kind::RotationMark};
use procura_store::Outcome;

use crate::App;
use crate::task::Stop;

/// How many rows are wrapped anew in one transaction.
const BATCH: u32 = 200;
/// How often the root key of the database is compared with ours, and a failed rotation tried again.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// What the names of marks begin with.
const MARKS: &str = "rotation/";
const ROOT_MARK: &str = "rotation/root";
const ACCOUNT_MARKS: &str = "rotation/account/";

/// What a rotation replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotationOf {
    /// The root key.
    Root,
    /// The key of an account.
    Account(AccountId),
}

impl RotationOf {
    fn mark_name(self) -> String {
        match self {
            Self::Root => ROOT_MARK.to_owned(),
            Self::Account(account) => format!("{ACCOUNT_MARKS}{account}"),
        }
    }

    fn from_mark(name: &str) -> Option<Self> {
        match name.strip_prefix(ACCOUNT_MARKS) {
            Some(account) => account.parse().ok().map(Self::Account),
            None => (name == ROOT_MARK).then_some(Self::Root),
        }
    }
}

/// A rotation that is under way, by its mark in the database.
pub(crate) struct Mark {
    pub(crate) of: RotationOf,
    /// Sealed under the root key that everything is to be under: the new one, where it is rotated.
    sealed: Sealed<RotationMark>,
    version: u64,
}

impl Mark {
    /// The root key that the mark is sealed under.
    pub(crate) fn root(&self) -> Result<KeyId, Error> {
        let key = self.sealed.key().map_err(Error::internal_source)?;
        Ok(key.0)
    }
}

/// Where a secret of the deployment lies.
pub(crate) fn secret_place(deployment: DeploymentId, name: &str, version: u64) -> Location<'_> {
    Location {
        deployment,
        account: None,
        subject: Subject::Deployment,
        table: "deployment_secret",
        column: "secret",
        row: name.as_bytes(),
        row_version: version,
        destination: None,
    }
}

impl App {
    /// What is under way.
    pub(crate) async fn marks(&self) -> Result<Vec<Mark>, Error> {
        let read = |tx: &mut procura_store::Tx<'_>| tx.deployment_secrets::<RotationMark>(MARKS);
        let rows = self.store.run_read("rotation_marks", read).await?;
        let mark = |(name, sealed, version): (String, _, _)| {
            let of = RotationOf::from_mark(&name);
            let of = of.ok_or_else(|| Error::inconsistent("deployment_secret", "name"))?;
            Ok(Mark {
                of,
                sealed,
                version,
            })
        };
        rows.into_iter().map(mark).collect()
    }

    fn seal_mark(
        &self,
        of: RotationOf,
        text: &str,
        under: &SealingKey,
    ) -> Result<Sealed<RotationMark>, Error> {
        let name = of.mark_name();
        let place = secret_place(self.deployment, &name, 1);
        let plain = Plain::new(text.as_bytes().to_vec());
        self.with_rng(|rng| sealing::seal(rng, under, &place, &plain))
            .map_err(Error::internal_source)
    }

    /// What the mark says. Whoever can write to the database, and has no root key, cannot make one.
    fn open_mark(&self, mark: &Mark) -> Result<String, Error> {
        let under = self.keyring.root_of(mark.root()?)?;
        let name = mark.of.mark_name();
        let place = secret_place(self.deployment, &name, mark.version);
        let plain = sealing::open(&under, &place, &mark.sealed).map_err(Error::internal_source)?;
        let text = plain.expose_secret_text().map(str::to_owned);
        text.ok_or_else(|| Error::inconsistent("deployment_secret", "secret"))
    }

    /// Goes on with every rotation that is under way, until they are done or `is_over`. Each runs
    /// once in this process.
    pub async fn finish_rotations(
        &self,
        is_over: &(dyn Fn() -> bool + Send + Sync),
    ) -> Result<(), Error> {
        let _alone = self.rotating.lock().await;
        for mark in self.marks().await? {
            match mark.of {
                RotationOf::Root => self.finish_root(&mark, is_over).await?,
                RotationOf::Account(account) => {
                    self.finish_account(account, &mark, is_over).await?;
                }
            }
        }
        Ok(())
    }

    /// Does the rotations that are begun, and those that a start finds; and follows another node
    /// that has rotated the root key.
    pub(crate) async fn rotate_when_told(&self, mut stop: Stop) {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut is_due = true;
        while !stop.is_requested() {
            if is_due {
                let stopping = stop.clone();
                let done = self
                    .finish_rotations(&move || stopping.is_requested())
                    .await;
                if let Err(error) = &done {
                    tracing::error!(cause = ?error.cause(), "a rotation of keys does not go on");
                }
                is_due = done.is_err();
                self.rotations_fail.store(is_due, Ordering::Relaxed);
            }
            tokio::select! {
                _ = tick.tick() => {
                    if let Err(error) = self.follow_root_key().await {
                        tracing::error!(cause = ?error.cause(), "the root key cannot be followed");
                    }
                }
                () = self.rotations.notified() => is_due = true,
                () = stop.requested() => return,
            }
        }
    }

    /// Wraps the keys of `rows` under `above`, in one transaction; how many it did itself.
    async fn wrap_batch(&self, rows: Vec<EncryptionKey>, above: &SealingKey) -> Result<u64, Error> {
        let mut wrapped = Vec::with_capacity(rows.len());
        for row in rows {
            let anew = self.wrap_anew(&row, above).await?;
            wrapped.push((row, anew));
        }
        let committed = self
            .store
            .run_tx("wrap_anew", move |tx| {
                let mut done = 0;
                for (row, anew) in &wrapped {
                    done += u64::from(tx.rewrap_encryption_key(row, anew)?);
                }
                Ok(Outcome::Unrecorded(done))
            })
            .await?;
        Ok(committed.value)
    }

    /// Forgets which key of an account, or which token key, is the newest.
    fn forget_newest(&self, account: Option<AccountId>) {
        let purpose = match account {
            Some(_) => KeyPurpose::Account,
            None => KeyPurpose::Token,
        };
        self.keyring.forget_newest(account, purpose);
    }
}

#[cfg(test)]
mod tests;
