//! Revocations: what was cut, each with the deployment-wide epoch that it made.

use procura_core::account::AccountId;
use procura_core::error::Error;
use procura_core::id::{AgentId, RoleId, UserId};
use procura_core::sabotage::defect;
use procura_core::time::Timestamp;

use crate::driver::Value;
use crate::row::{count, time};
use crate::tx::Tx;

/// The PostgreSQL channel that carries each new epoch. Only revoking transactions notify.
const CHANNEL: &str = "procura_revocation";

/// The kind of an issuer. What is cut of one is its registration in one account.
const ISSUER: &str = "issuer";
/// The kind of a user. What is cut is all that was proved of them before.
const USER: &str = "user";
/// The kind of an agent's tokens. What is cut are those that it was given before.
const AGENT_TOKENS: &str = "agent-tokens";
/// The kind of a role. What is cut are the sessions of it.
const ROLE: &str = "iam-role";

/// Something that was cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The epoch that it made.
    pub epoch: u64,
    /// What kind of thing it is.
    pub kind: String,
    /// Which one: the bytes of its id, or of its name.
    pub subject: Vec<u8>,
    /// When.
    pub at: Timestamp,
}

impl Tx<'_> {
    /// The revocation epoch: 0 before the first cut.
    pub fn epoch(&mut self) -> Result<u64, Error> {
        let sql = "SELECT COALESCE(MAX(epoch), 0) FROM revocation";
        match self.session.row("revocation", sql, &[])? {
            Some(mut row) => row.count("epoch"),
            None => Err(Error::inconsistent("revocation", "epoch")),
        }
    }

    /// Cuts `subject` of `kind`: the new epoch.
    pub fn cut(&mut self, kind: &str, subject: &[u8], now: Timestamp) -> Result<u64, Error> {
        let epoch = self.epoch()? + 1;
        self.session.execute(
            "INSERT INTO revocation (epoch, kind, subject, cut_at) VALUES ($1, $2, $3, $4)",
            &[
                count(epoch)?,
                Value::Text(kind),
                Value::Blob(subject),
                time(now),
            ],
        )?;
        self.session.notify(CHANNEL, &epoch.to_string())?;
        Ok(epoch)
    }

    /// What was cut after `epoch`, oldest first.
    pub fn cuts_after(&mut self, epoch: u64, limit: u32) -> Result<Vec<Cut>, Error> {
        let rows = self.session.rows(
            "revocation",
            "SELECT epoch, kind, subject, cut_at FROM revocation
             WHERE epoch > $1 ORDER BY epoch LIMIT $2",
            &[count(epoch)?, Value::Int(limit.into())],
        )?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Cut {
                    epoch: row.count("epoch")?,
                    kind: row.text("kind")?,
                    subject: row.blob("subject")?,
                    at: row.timestamp("cut_at")?,
                })
            })
            .collect()
    }

    /// Cuts what was proved of a user: the new epoch.
    pub fn cut_user(&mut self, user: UserId, now: Timestamp) -> Result<u64, Error> {
        self.cut(USER, user.as_bytes(), now)
    }

    /// Cuts the tokens that an agent was given: the new epoch.
    pub fn cut_agent_tokens(&mut self, agent: AgentId, now: Timestamp) -> Result<u64, Error> {
        self.cut(AGENT_TOKENS, agent.as_bytes(), now)
    }

    /// Whether the tokens that an agent was given were cut after `epoch`.
    pub fn agent_tokens_were_cut(&mut self, agent: AgentId, epoch: u64) -> Result<bool, Error> {
        self.was_cut(AGENT_TOKENS, agent.as_bytes(), epoch)
    }

    /// Whether a user was cut after `epoch`.
    pub fn user_was_cut(&mut self, user: UserId, epoch: u64) -> Result<bool, Error> {
        self.was_cut(USER, user.as_bytes(), epoch)
    }

    fn was_cut(&mut self, kind: &str, subject: &[u8], epoch: u64) -> Result<bool, Error> {
        let row = self.session.row(
            "revocation",
            "SELECT COUNT(*) FROM revocation WHERE epoch > $1 AND kind = $2 AND subject = $3",
            &[count(epoch)?, Value::Text(kind), Value::Blob(subject)],
        )?;
        let cuts = row.map_or(Ok(0), |mut row| row.count("count"))?;
        Ok(cuts > 0 && !defect("late-cut"))
    }

    /// Cuts the sessions of a role: the new epoch.
    pub fn cut_role(&mut self, role: RoleId, now: Timestamp) -> Result<u64, Error> {
        self.cut(ROLE, role.as_bytes(), now)
    }

    /// Cuts an issuer of one account: the new epoch.
    pub fn cut_issuer(
        &mut self,
        account: AccountId,
        issuer: &str,
        now: Timestamp,
    ) -> Result<u64, Error> {
        let subject = format!("{account} {issuer}");
        self.cut(ISSUER, subject.as_bytes(), now)
    }

    /// Whether an issuer of `account` was cut after `epoch`.
    pub fn issuer_was_cut(&mut self, account: AccountId, epoch: u64) -> Result<bool, Error> {
        let rows = self.session.rows(
            "revocation",
            "SELECT subject FROM revocation WHERE epoch > $1 AND kind = $2",
            &[count(epoch)?, Value::Text(ISSUER)],
        )?;
        let of_account = format!("{account} ");
        for mut row in rows {
            if row.blob("subject")?.starts_with(of_account.as_bytes()) && !defect("late-cut") {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
