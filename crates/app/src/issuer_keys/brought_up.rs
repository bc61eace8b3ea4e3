//! How many issuers each account has made us call that were not held.
//!
//! Whoever invents issuers makes us call out; ten a minute is more than any honest account needs.
//! One that a whole crowd names at once is one, and one that the operator registered is none.

use std::collections::HashMap;

use procura_core::account::AccountId;
use procura_core::digest::{Sha256, sha256};
use procura_core::error::{Error, Kind};
use procura_core::time::Timestamp;

use super::KeySource;

/// How many issuers that are not held an account may bring up in a minute.
const NEW_ISSUERS_PER_MINUTE: usize = 10;
const MINUTE_MS: i64 = 60_000;
/// With so many accounts, those are cleared away that brought up nothing lately.
const ACCOUNTS_KEPT: usize = 1024;

/// What each account brought up within the last minute: a digest of the issuer, and when.
#[derive(Default)]
pub(super) struct BroughtUp(HashMap<AccountId, Vec<(Sha256, Timestamp)>>);

impl BroughtUp {
    /// Counts an issuer that is not held, unless that is one too many.
    pub(super) fn count(
        &mut self,
        account: AccountId,
        (issuer, _): &KeySource,
        now: Timestamp,
    ) -> Result<(), Error> {
        let is_recent =
            |(_, at): &(Sha256, Timestamp)| (0..MINUTE_MS).contains(&(now.millis() - at.millis()));
        if self.0.len() >= ACCOUNTS_KEPT {
            self.0.retain(|_, lately| lately.iter().any(is_recent));
        }
        let lately = self.0.entry(account).or_default();
        lately.retain(is_recent);
        let issuer = sha256(&[issuer.as_bytes()]);
        if lately.iter().any(|(known, _)| *known == issuer) {
            return Ok(());
        }
        if lately.len() >= NEW_ISSUERS_PER_MINUTE {
            let text = "this account has named too many new issuers within a minute; try again in \
                        one, or have the issuer registered";
            return Err(Error::new(Kind::Throttled, text));
        }
        lately.push((issuer, now));
        Ok(())
    }
}
