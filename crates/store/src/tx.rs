//! What a closure sees of a transaction, and what it says of its outcome.

use procura_core::account::AccountId;
use procura_core::audit::record::Entry;
use procura_core::error::Error;
use procura_core::time::Timestamp;

use crate::driver::Session;

/// How a closure ended. `Err` is the third way: everything is undone and nothing is recorded.
#[derive(Debug)]
pub enum Outcome<T> {
    /// It was done: the effect and its record are committed together.
    Done(T, Entry),
    /// It was refused: the effects are undone, the record is committed, and the caller gets the
    /// error with the record's id.
    Refused(Error, Entry),
    /// Housekeeping that no record speaks of. Never for anything that a caller asked for.
    Unrecorded(T),
}

/// A transaction. What belongs to an account is reached through [`Tx::account`].
pub struct Tx<'t> {
    pub(crate) session: Session<'t>,
}

/// The rows of one account, and of no other.
pub struct AccountTx<'t> {
    pub(crate) session: Session<'t>,
    pub(crate) account: AccountId,
}

impl Tx<'_> {
    /// The rows of `account`.
    pub fn account(&mut self, account: AccountId) -> AccountTx<'_> {
        AccountTx {
            session: self.session.reborrow(),
            account,
        }
    }

    /// The time by the database: what nodes compare (leases, sessions, one-time expiry).
    pub fn db_now(&mut self) -> Result<Timestamp, Error> {
        self.session.now()
    }
}

#[cfg(test)]
impl Tx<'_> {
    /// Any statement, for tests that break things on purpose.
    pub(crate) fn raw(&mut self, sql: &'static str) -> Result<u64, Error> {
        self.session.execute(sql, &[])
    }
}
