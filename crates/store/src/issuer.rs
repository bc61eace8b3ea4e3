//! Registered issuers: whose tokens prove a user, and what they must say.

use procura_core::error::Error;
use procura_core::issuer::{IssuerPolicy, RegisteredIssuer};

use crate::driver::Value;
use crate::row::{Row, count, json, time};
use crate::tx::AccountTx;

const TABLE: &str = "issuer";

impl AccountTx<'_> {
    /// The issuer of this name, if it is registered.
    pub fn issuer(&mut self, issuer: &str) -> Result<Option<RegisteredIssuer>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT issuer, policy, created_at, version
             FROM issuer WHERE account = $1 AND issuer = $2",
            &[Value::Text(self.account.as_str()), Value::Text(issuer)],
        )?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// The registered issuers, by name.
    pub fn issuers(&mut self) -> Result<Vec<RegisteredIssuer>, Error> {
        let rows = self.session.rows(
            TABLE,
            "SELECT issuer, policy, created_at, version
             FROM issuer WHERE account = $1 ORDER BY issuer",
            &[Value::Text(self.account.as_str())],
        )?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    /// Registers an issuer; false when one of this name is registered.
    pub fn insert_issuer(&mut self, issuer: &RegisteredIssuer) -> Result<bool, Error> {
        let inserted = self.session.execute(
            "INSERT INTO issuer (account, issuer, policy, created_at, version)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (account, issuer) DO NOTHING",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(&issuer.issuer),
                Value::Text(&json(&issuer.policy)?),
                time(issuer.created_at),
                count(issuer.version)?,
            ],
        )?;
        Ok(inserted == 1)
    }

    /// Takes a registration back; false when there is none.
    pub fn delete_issuer(&mut self, issuer: &str) -> Result<bool, Error> {
        let deleted = self.session.execute(
            "DELETE FROM issuer WHERE account = $1 AND issuer = $2",
            &[Value::Text(self.account.as_str()), Value::Text(issuer)],
        )?;
        // What it put on is good no more, and counts no more.
        self.session.execute(
            "DELETE FROM temporary_key WHERE account = $1 AND issuer = $2",
            &[Value::Text(self.account.as_str()), Value::Text(issuer)],
        )?;
        Ok(deleted == 1)
    }
}

fn read(row: &mut Row) -> Result<RegisteredIssuer, Error> {
    Ok(RegisteredIssuer {
        issuer: row.text("issuer")?,
        policy: row.json::<IssuerPolicy>("policy")?,
        created_at: row.timestamp("created_at")?,
        version: row.count("version")?,
    })
}
