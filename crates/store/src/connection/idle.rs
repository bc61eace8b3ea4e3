//! Which connections were used, and which would die if nobody used them.

use procura_core::account::AccountId;
use procura_core::connection::{Connection, LastUse};
use procura_core::error::Error;
use procura_core::id::ConnectionId;
use procura_core::name::ProviderName;
use procura_core::time::Timestamp;
use procura_core::vendor::Vendor;
use procura_core::workload_access_token::Claims;

use super::{ConnectionKey, TABLE, read};
use crate::driver::Value;
use crate::row::{Row, json, time};
use crate::tx::{AccountTx, Tx};

/// A connection whose tokens were not renewed for long, and that was used lately.
#[derive(Debug, Clone)]
pub struct IdleConnection {
    /// Whose it is.
    pub account: AccountId,
    /// The connection.
    pub connection: Connection,
    /// The name of its provider.
    pub provider: ProviderName,
    /// Its last use; none if a version of the program wrote it that knows more of it than this one.
    pub last_use: Option<LastUse>,
}

/// Which are meant.
#[derive(Debug, Clone, Copy)]
pub struct IdleFilter {
    /// Whose product the provider is.
    pub vendor: Vendor,
    /// Their tokens are no younger than this.
    pub fetched_before: Timestamp,
    /// They were used no earlier than this.
    pub used_after: Timestamp,
    /// If a renewal failed, then the pause after it was over at this moment of the database's.
    pub paused_until: Timestamp,
}

impl AccountTx<'_> {
    /// Writes down a use of the connection of `key`. It changes nothing that is decided on:
    /// neither its generation nor its lease.
    pub fn note_use(&mut self, key: ConnectionKey, last: &LastUse) -> Result<(), Error> {
        let with = json(&last.with)?;
        self.session.execute(
            "UPDATE connection SET used_at = $5, used_by = $6, used_with = $7
             WHERE account = $1 AND agent = $2 AND \"user\" = $3 AND provider = $4",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(key.agent.as_bytes()),
                Value::Blob(key.user.as_bytes()),
                Value::Blob(key.provider.as_bytes()),
                time(last.at),
                Value::Text(last.by.as_str()),
                Value::Text(&with),
            ],
        )?;
        Ok(())
    }
}

impl Tx<'_> {
    /// The connections of a filter that work and can be renewed, of all accounts, after the one
    /// that is named, in the order of accounts and ids.
    pub fn idle_connections(
        &mut self,
        filter: &IdleFilter,
        after: Option<(AccountId, ConnectionId)>,
        limit: u32,
    ) -> Result<Vec<IdleConnection>, Error> {
        let (account, id) = match &after {
            Some((account, id)) => (account.as_str(), id.as_bytes().as_slice()),
            None => ("", [].as_slice()),
        };
        let rows = self.session.rows(
            TABLE,
            "SELECT c.id, c.consent, c.agent, c.\"user\", c.provider, c.consented, c.consent_state,
                    c.consent_ends_at, c.narrowed_at, c.agent_face, c.consent_version, c.generation,
                    c.destination, c.health, c.granted,
                    CAST(CASE WHEN c.refresh_token IS NULL THEN 0 ELSE 1 END AS BIGINT),
                    c.fetched_at, c.expires_at, c.created_at, c.consented_at,
                    c.account, p.name, c.used_at, c.used_by, c.used_with
             FROM connection c
             JOIN oauth2_client o ON o.account = c.account AND o.provider = c.provider
             JOIN credential_provider p ON p.account = c.account AND p.id = c.provider
             WHERE o.vendor = $1 AND c.fetched_at <= $2 AND c.used_at >= $3
               AND c.health = 'live' AND c.refresh_token IS NOT NULL
               AND c.retry_at <= $4
               AND (c.account > $5 OR (c.account = $5 AND c.id > $6))
             ORDER BY c.account, c.id LIMIT $7",
            &[
                Value::Text(filter.vendor.as_str()),
                time(filter.fetched_before),
                time(filter.used_after),
                time(filter.paused_until),
                Value::Text(account),
                Value::Blob(id),
                Value::Int(limit.into()),
            ],
        )?;
        rows.into_iter().map(|mut row| idle(&mut row)).collect()
    }
}

fn idle(row: &mut Row) -> Result<IdleConnection, Error> {
    let connection = read(row)?;
    let (account, provider) = (row.parsed("account")?, row.parsed("provider")?);
    let at = row.timestamp("used_at")?;
    let (by, with) = (row.text("used_by")?, row.text("used_with")?);
    let with = serde_json::from_str::<Claims>(&with).ok();
    Ok(IdleConnection {
        account,
        connection,
        provider,
        last_use: (by.parse().ok())
            .zip(with)
            .map(|(by, with)| LastUse { at, by, with }),
    })
}
