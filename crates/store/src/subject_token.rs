//! The tokens by which users were proved, sealed under the user's key, until they end.

use procura_core::digest::Sha256;
use procura_core::error::Error;
use procura_core::id::{SubjectTokenId, UserId};
use procura_core::sealing::Sealed;
use procura_core::secret::kind::UserToken;
use procura_core::time::Timestamp;

use crate::driver::Value;
use crate::row::time;
use crate::tx::{AccountTx, Tx};

const TABLE: &str = "subject_token";

impl AccountTx<'_> {
    /// The row of this token of this user.
    pub fn subject_token(
        &mut self,
        user: UserId,
        token_hash: &Sha256,
    ) -> Result<Option<SubjectTokenId>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id FROM subject_token
             WHERE account = $1 AND \"user\" = $2 AND token_hash = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(user.as_bytes()),
                Value::Blob(token_hash),
            ],
        )?;
        row.map(|mut row| row.id("id", SubjectTokenId::from_slice))
            .transpose()
    }

    /// Keeps a token of a user; false when it is kept already. It is sealed for version 1.
    pub fn insert_subject_token(
        &mut self,
        id: SubjectTokenId,
        user: UserId,
        token_hash: &Sha256,
        token: &Sealed<UserToken>,
        expires_at: Timestamp,
    ) -> Result<bool, Error> {
        let inserted = self.session.execute(
            "INSERT INTO subject_token (account, id, \"user\", token_hash, token, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (account, \"user\", token_hash) DO NOTHING",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
                Value::Blob(user.as_bytes()),
                Value::Blob(token_hash),
                Value::Blob(token.as_bytes()),
                time(expires_at),
            ],
        )?;
        Ok(inserted == 1)
    }
}

impl Tx<'_> {
    /// Deletes tokens that were over before `now`; how many. At most `limit`, so that nobody waits
    /// long.
    pub fn sweep_subject_tokens(&mut self, now: Timestamp, limit: u32) -> Result<u64, Error> {
        self.session.execute(
            "DELETE FROM subject_token WHERE (account, id) IN
             (SELECT account, id FROM subject_token
              WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
            &[time(now), Value::Int(limit.into())],
        )
    }
}
