//! Signatures that were used, until they would be too old anyway.

use procura_core::digest::Sha256;
use procura_core::error::Error;
use procura_core::time::Timestamp;

use crate::driver::Value;
use crate::row::time;
use crate::tx::Tx;

const TABLE: &str = "used_signature";

impl Tx<'_> {
    /// Uses a signature at `now` and keeps it for `kept_ms` by the clock of the database; when it
    /// was used before, when that was.
    pub fn use_signature(
        &mut self,
        fingerprint: &Sha256,
        now: Timestamp,
        kept_ms: u32,
    ) -> Result<Option<Timestamp>, Error> {
        let db_now = self.session.now()?;
        let end = Timestamp::from_millis(db_now.millis().saturating_add(kept_ms.into()));
        let inserted = self.session.execute(
            "INSERT INTO used_signature (fingerprint, used_at, expires_at) VALUES ($1, $2, $3)
             ON CONFLICT (fingerprint) DO NOTHING",
            &[Value::Blob(fingerprint), time(now), time(end)],
        )?;
        if inserted == 1 {
            return Ok(None);
        }
        let sql = "SELECT used_at FROM used_signature WHERE fingerprint = $1";
        let row = self.session.row(TABLE, sql, &[Value::Blob(fingerprint)])?;
        let mut row = row.ok_or_else(|| Error::inconsistent(TABLE, "fingerprint"))?;
        row.timestamp("used_at").map(Some)
    }

    /// Forgets at most `limit` signatures whose time is over: how many it were.
    pub fn forget_signatures(&mut self, limit: u32) -> Result<u64, Error> {
        let db_now = self.session.now()?;
        self.session.execute(
            "DELETE FROM used_signature WHERE fingerprint IN (
                 SELECT fingerprint FROM used_signature WHERE expires_at <= $1
                 ORDER BY expires_at LIMIT $2
             )",
            &[time(db_now), Value::Int(limit.into())],
        )
    }

    /// How many signatures are kept.
    pub fn used_signatures(&mut self) -> Result<u64, Error> {
        let row = self
            .session
            .row(TABLE, "SELECT COUNT(*) FROM used_signature", &[])?;
        let mut row = row.ok_or_else(|| Error::inconsistent(TABLE, "count"))?;
        row.count("count")
    }
}
