//! How many uses are left of what is good for so many.

use procura_core::error::Error;
use procura_core::id::TaskUseId;
use procura_core::time::Timestamp;

use crate::driver::Value;
use crate::row::{count, time};
use crate::tx::{AccountTx, Tx};

const TABLE: &str = "task_use";

impl Tx<'_> {
    /// Deletes at most `limit` counts of what is over at `now`: how many it were.
    pub fn sweep_task_uses(&mut self, now: Timestamp, limit: u32) -> Result<u64, Error> {
        self.session.execute(
            "DELETE FROM task_use WHERE (account, id) IN
                 (SELECT account, id FROM task_use WHERE expires_at <= $1 LIMIT $2)",
            &[time(now), Value::Int(limit.into())],
        )
    }
}

impl AccountTx<'_> {
    /// Adds a count of so many uses, for what is over at `expires_at`.
    pub fn insert_task_use(
        &mut self,
        id: TaskUseId,
        uses: u64,
        expires_at: Timestamp,
    ) -> Result<(), Error> {
        self.session.execute(
            "INSERT INTO task_use (account, id, uses_left, expires_at) VALUES ($1, $2, $3, $4)",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
                count(uses)?,
                time(expires_at),
            ],
        )?;
        Ok(())
    }

    /// How many uses are left; none where there is no such count, or it is over.
    pub fn task_uses_left(&mut self, id: TaskUseId) -> Result<u64, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT uses_left FROM task_use WHERE account = $1 AND id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        row.map_or(Ok(0), |mut row| row.count("uses_left"))
    }

    /// Takes one use of each count, if each has one left. Where one has none, what was taken of the
    /// others is undone only if the transaction refuses.
    pub fn take_task_uses(&mut self, ids: &[TaskUseId]) -> Result<bool, Error> {
        for id in ids {
            let taken = self.session.execute(
                "UPDATE task_use SET uses_left = uses_left - 1
                 WHERE account = $1 AND id = $2 AND uses_left > 0",
                &[
                    Value::Text(self.account.as_str()),
                    Value::Blob(id.as_bytes()),
                ],
            )?;
            if taken != 1 {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
