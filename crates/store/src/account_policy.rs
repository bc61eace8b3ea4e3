//! Policies of accounts: as they are, as they were, and which an account has now.

use procura_core::account::AccountId;
use procura_core::account_policy::{AccountPolicy, AccountPolicyId, PolicyMode};
use procura_core::error::Error;
use procura_core::time::Timestamp;

use crate::driver::Value;
use crate::row::{Row, count, time};
use crate::tx::{AccountTx, Tx};

const TABLE: &str = "account_policy";
const HISTORY: &str = "account_policy_version";
/// The kind of what is cut with every change: the policies of an account.
const POLICIES: &str = "policies";

/// Which policies an account has: another with every change, and never one again.
pub type PolicySetTag = [u8; 16];

/// A policy as it was once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVersion {
    /// Which one in the order of all that were written under this id.
    pub version: u64,
    /// What it said, and what became of it; none: it was deleted.
    pub said: Option<(PolicyMode, String)>,
    /// When.
    pub updated_at: Timestamp,
    /// By whom.
    pub updated_by: String,
}

/// What the cut of the policies of an account is of.
pub fn policies_in_cuts(account: AccountId) -> Vec<u8> {
    format!("{POLICIES} {account}").into_bytes()
}

impl Tx<'_> {
    /// Cuts the policies that an account had: the new epoch.
    pub fn cut_policies(&mut self, account: AccountId, now: Timestamp) -> Result<u64, Error> {
        self.cut(POLICIES, &policies_in_cuts(account), now)
    }

    /// Whether the policies of `account` changed after `epoch`.
    pub fn policies_were_cut(&mut self, account: AccountId, epoch: u64) -> Result<bool, Error> {
        let row = self.session.row(
            "revocation",
            "SELECT COUNT(*) FROM revocation WHERE epoch > $1 AND kind = $2 AND subject = $3",
            &[
                count(epoch)?,
                Value::Text(POLICIES),
                Value::Blob(&policies_in_cuts(account)),
            ],
        )?;
        Ok(row.map_or(Ok(0), |mut row| row.count("count"))? > 0)
    }
}

impl AccountTx<'_> {
    /// Which policies the account has; none where it never had any.
    pub fn policy_set(&mut self) -> Result<Option<PolicySetTag>, Error> {
        let row = self.session.row(
            "account_policy_set",
            "SELECT tag FROM account_policy_set WHERE account = $1",
            &[Value::Text(self.account.as_str())],
        )?;
        row.map(|mut row| {
            let tag = row.blob("tag")?;
            PolicySetTag::try_from(tag.as_slice())
                .map_err(|_| Error::inconsistent("account_policy_set", "tag"))
        })
        .transpose()
    }

    /// The policies of the account, by id.
    pub fn account_policies(&mut self) -> Result<Vec<AccountPolicy>, Error> {
        let rows = self.session.rows(
            TABLE,
            "SELECT id, version, mode, document, updated_at, updated_by
             FROM account_policy WHERE account = $1 ORDER BY id",
            &[Value::Text(self.account.as_str())],
        )?;
        rows.into_iter().map(read).collect()
    }

    /// How many policies the account has.
    pub fn account_policy_count(&mut self) -> Result<u64, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT COUNT(*) FROM account_policy WHERE account = $1",
            &[Value::Text(self.account.as_str())],
        )?;
        row.map_or(Ok(0), |mut row| row.count("count"))
    }

    /// The policy of this id.
    pub fn account_policy(&mut self, id: &AccountPolicyId) -> Result<Option<AccountPolicy>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, version, mode, document, updated_at, updated_by
             FROM account_policy WHERE account = $1 AND id = $2",
            &[Value::Text(self.account.as_str()), Value::Text(id.as_str())],
        )?;
        row.map(read).transpose()
    }

    /// How it was, newest first; empty where nothing was ever written under this id.
    pub fn account_policy_history(
        &mut self,
        id: &AccountPolicyId,
        limit: u32,
    ) -> Result<Vec<PolicyVersion>, Error> {
        let rows = self.session.rows(
            HISTORY,
            "SELECT version, mode, document, updated_at, updated_by
             FROM account_policy_version WHERE account = $1 AND id = $2
             ORDER BY version DESC LIMIT $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(id.as_str()),
                Value::Int(limit.into()),
            ],
        )?;
        rows.into_iter().map(read_version).collect()
    }

    /// The number of what was written last under this id, also of what was deleted; 0 for nothing.
    pub fn last_policy_version(&mut self, id: &AccountPolicyId) -> Result<u64, Error> {
        let last = self.account_policy_history(id, 1)?;
        Ok(last.first().map_or(0, |last| last.version))
    }

    /// Writes a policy in the place of the one of this id. The account has the set `tag` with it.
    pub fn put_account_policy(
        &mut self,
        policy: &AccountPolicy,
        tag: &PolicySetTag,
    ) -> Result<(), Error> {
        self.session.execute(
            "INSERT INTO account_policy
                 (account, id, version, mode, document, updated_at, updated_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (account, id) DO UPDATE SET version = excluded.version,
                 mode = excluded.mode, document = excluded.document,
                 updated_at = excluded.updated_at, updated_by = excluded.updated_by",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(policy.id.as_str()),
                count(policy.version)?,
                Value::Text(policy.mode.as_str()),
                Value::Text(&policy.text),
                time(policy.updated_at),
                Value::Text(&policy.updated_by),
            ],
        )?;
        let version = PolicyVersion {
            version: policy.version,
            said: Some((policy.mode, policy.text.clone())),
            updated_at: policy.updated_at,
            updated_by: policy.updated_by.clone(),
        };
        self.keep_policy_version(&policy.id, &version)?;
        self.set_policy_set(tag)
    }

    /// Deletes a policy; false when there is none of this id. The account has the set `tag` without it.
    pub fn delete_account_policy(
        &mut self,
        id: &AccountPolicyId,
        (now, by): (Timestamp, &str),
        tag: &PolicySetTag,
    ) -> Result<bool, Error> {
        let deleted = self.session.execute(
            "DELETE FROM account_policy WHERE account = $1 AND id = $2",
            &[Value::Text(self.account.as_str()), Value::Text(id.as_str())],
        )?;
        if deleted != 1 {
            return Ok(false);
        }
        let version = PolicyVersion {
            version: self.last_policy_version(id)?.saturating_add(1),
            said: None,
            updated_at: now,
            updated_by: by.to_owned(),
        };
        self.keep_policy_version(id, &version)?;
        self.set_policy_set(tag)?;
        Ok(true)
    }

    fn keep_policy_version(
        &mut self,
        id: &AccountPolicyId,
        version: &PolicyVersion,
    ) -> Result<(), Error> {
        let (mode, document) = match &version.said {
            Some((mode, text)) => (Value::Text(mode.as_str()), Value::Text(text)),
            None => (Value::Null, Value::Null),
        };
        self.session.execute(
            "INSERT INTO account_policy_version
                 (account, id, version, mode, document, updated_at, updated_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(id.as_str()),
                count(version.version)?,
                mode,
                document,
                time(version.updated_at),
                Value::Text(&version.updated_by),
            ],
        )?;
        Ok(())
    }

    fn set_policy_set(&mut self, tag: &PolicySetTag) -> Result<(), Error> {
        self.session.execute(
            "INSERT INTO account_policy_set (account, tag) VALUES ($1, $2)
             ON CONFLICT (account) DO UPDATE SET tag = excluded.tag",
            &[Value::Text(self.account.as_str()), Value::Blob(tag)],
        )?;
        Ok(())
    }
}

fn read(mut row: Row) -> Result<AccountPolicy, Error> {
    Ok(AccountPolicy {
        id: row.parsed("id")?,
        version: row.count("version")?,
        mode: row.word("mode", PolicyMode::from_stored)?,
        text: row.text("document")?,
        updated_at: row.timestamp("updated_at")?,
        updated_by: row.text("updated_by")?,
    })
}

fn read_version(mut row: Row) -> Result<PolicyVersion, Error> {
    let inconsistent = || Error::inconsistent(HISTORY, "mode");
    let version = row.count("version")?;
    let said = match (row.optional_text("mode")?, row.optional_text("document")?) {
        (Some(mode), Some(text)) => {
            let mode = PolicyMode::from_stored(&mode).ok_or_else(inconsistent)?;
            Some((mode, text))
        }
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return Err(inconsistent()),
    };
    Ok(PolicyVersion {
        version,
        said,
        updated_at: row.timestamp("updated_at")?,
        updated_by: row.text("updated_by")?,
    })
}
