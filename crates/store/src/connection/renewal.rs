//! Who renews the tokens of a connection: one at a time, whatever the number of nodes.

use procura_core::connection::{Connection, Health, WordlessRefusals};
use procura_core::error::Error;
use procura_core::id::{AgentId, NodeId, UserId};
use procura_core::permit::{Permit, of};
use procura_core::sabotage::defect;
use procura_core::sealing::Sealed;
use procura_core::secret::kind::RefreshToken;
use procura_core::time::Timestamp;

use super::{ConnectionKey, of_provider, read};
use crate::driver::Value;
use crate::row::{count, time};
use crate::tx::{AccountTx, Tx};

/// A connection as one finds it who wants to renew it.
#[derive(Debug, Clone)]
pub struct Renewable {
    /// The connection.
    pub connection: Connection,
    /// Its refresh token, to be opened after the commit; none if there is none.
    pub refresh_token: Option<Sealed<RefreshToken>>,
    /// The generation that the refresh token is sealed for.
    pub refresh_version: u64,
    /// Until when somebody is at it, by the database.
    pub leased_until: Option<Timestamp>,
    /// How often in a row it failed.
    pub failures: u64,
    /// Before when nobody tries again.
    pub retry_at: Timestamp,
    /// How often in a row it was refused without a word.
    pub refusals: WordlessRefusals,
}

/// How a connection is left whose tokens could not be renewed.
#[derive(Debug, Clone, Copy)]
pub struct AfterRenewal {
    /// Who was at it.
    pub node: NodeId,
    /// Whether it works.
    pub health: Health,
    /// How often in a row it failed.
    pub failures: u64,
    /// Before when nobody tries again.
    pub retry_at: Timestamp,
    /// How often in a row it was refused without a word.
    pub refusals: WordlessRefusals,
}

impl AccountTx<'_> {
    /// What renewing the connection of `agent` and `user` needs, at the provider that `permit` names,
    /// if that is still at the version that was decided on.
    pub fn renewable(
        &mut self,
        permit: &Permit<of::UseClientSecret>,
        agent: AgentId,
        user: UserId,
    ) -> Result<Option<Renewable>, Error> {
        let sql = of_provider!(
            "c.refresh_token, c.refresh_version, c.lease_until, c.failures, c.retry_at,
             c.refusals, c.refusals_generation, c.refusals_secret"
        );
        let Some(mut row) = self.row_under(permit, sql, agent, user)? else {
            return Ok(None);
        };
        Ok(Some(Renewable {
            connection: read(&mut row)?,
            refresh_token: row.optional_sealed("refresh_token")?,
            refresh_version: row.count("refresh_version")?,
            leased_until: row.optional_timestamp("lease_until")?,
            failures: row.count("failures")?,
            retry_at: row.timestamp("retry_at")?,
            refusals: WordlessRefusals {
                count: row.count("refusals")?,
                generation: row.count("refusals_generation")?,
                secret_version: row.count("refusals_secret")?,
            },
        }))
    }

    /// Says that `node` renews the tokens of this generation until `until`; false when another was
    /// faster. Who comes too late with what it got still keeps it: what counts is the generation.
    pub fn lease_connection(
        &mut self,
        key: ConnectionKey,
        generation: u64,
        node: NodeId,
        (now, until): (Timestamp, Timestamp),
    ) -> Result<bool, Error> {
        let now = if defect("renewals-uncoordinated") {
            until
        } else {
            now
        };
        let written = self.session.execute(
            "UPDATE connection SET lease_node = $6, lease_until = $7
             WHERE account = $1 AND agent = $2 AND \"user\" = $3 AND provider = $4
               AND generation = $5 AND (lease_until IS NULL OR lease_until <= $8)",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(key.agent.as_bytes()),
                Value::Blob(key.user.as_bytes()),
                Value::Blob(key.provider.as_bytes()),
                count(generation)?,
                Value::Blob(node.as_bytes()),
                time(until),
                time(now),
            ],
        )?;
        Ok(written == 1)
    }

    /// Leaves a connection whose tokens were not renewed; false when they were replaced meanwhile,
    /// and then what is said of the old ones is no matter.
    pub fn leave_connection(
        &mut self,
        key: ConnectionKey,
        generation: u64,
        after: AfterRenewal,
    ) -> Result<bool, Error> {
        let written = self.session.execute(
            // SECURITY: a lease that is another's by now stays.
            "UPDATE connection
             SET lease_until = CASE WHEN lease_node = $12 THEN NULL ELSE lease_until END,
                    lease_node = CASE WHEN lease_node = $12 THEN NULL ELSE lease_node END, health = $6,
                    failures = $7, retry_at = $8, refusals = $9, refusals_generation = $10,
                    refusals_secret = $11
             WHERE account = $1 AND agent = $2 AND \"user\" = $3 AND provider = $4
               AND generation = $5",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(key.agent.as_bytes()),
                Value::Blob(key.user.as_bytes()),
                Value::Blob(key.provider.as_bytes()),
                count(generation)?,
                Value::Text(after.health.as_str()),
                count(after.failures)?,
                time(after.retry_at),
                count(after.refusals.count)?,
                count(after.refusals.generation)?,
                count(after.refusals.secret_version)?,
                Value::Blob(after.node.as_bytes()),
            ],
        )?;
        Ok(written == 1)
    }
}

impl Tx<'_> {
    /// Forgets by whom and when connections were used.
    pub(crate) fn forget_uses(&mut self) -> Result<u64, Error> {
        self.session.execute(
            "UPDATE connection SET used_at = NULL, used_by = NULL, used_with = NULL
             WHERE used_at IS NOT NULL",
            &[],
        )
    }

    /// Takes away what says that `node` is at a renewal: a node that was just started is at none.
    pub fn release_leases(&mut self, node: NodeId) -> Result<u64, Error> {
        self.session.execute(
            "UPDATE connection SET lease_node = NULL, lease_until = NULL WHERE lease_node = $1",
            &[Value::Blob(node.as_bytes())],
        )
    }
}
