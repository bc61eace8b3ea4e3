//! Keys that sign client assertions, their private halves sealed.

use procura_core::error::Error;
use procura_core::id::SigningKeyId;
use procura_core::sealing::Sealed;
use procura_core::secret::kind::PrivateKey;
use procura_core::signing_key::{SigningAlgorithm, SigningKey};

use crate::driver::Value;
use crate::row::{Row, time};
use crate::tx::AccountTx;

const TABLE: &str = "signing_key";

impl AccountTx<'_> {
    /// Adds a key; its private half is sealed for version 1, for a key never changes.
    pub fn insert_signing_key(
        &mut self,
        key: &SigningKey,
        private_key: &Sealed<PrivateKey>,
    ) -> Result<(), Error> {
        self.session.execute(
            "INSERT INTO signing_key (account, id, algorithm, private_key, public_jwk, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(key.id.as_bytes()),
                Value::Text(key.algorithm.as_str()),
                Value::Blob(private_key.as_bytes()),
                Value::Text(&key.public_jwk),
                time(key.created_at),
            ],
        )?;
        Ok(())
    }

    /// The keys of this account, oldest first.
    pub fn signing_keys(&mut self) -> Result<Vec<SigningKey>, Error> {
        let rows = self.session.rows(
            TABLE,
            "SELECT id, algorithm, public_jwk, created_at
             FROM signing_key WHERE account = $1 ORDER BY id",
            &[Value::Text(self.account.as_str())],
        )?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    /// A key, with its sealed private half.
    pub fn signing_key(
        &mut self,
        id: SigningKeyId,
    ) -> Result<Option<(SigningKey, Sealed<PrivateKey>)>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, algorithm, public_jwk, created_at, private_key
             FROM signing_key WHERE account = $1 AND id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        row.map(|mut row| Ok((read(&mut row)?, row.sealed("private_key")?)))
            .transpose()
    }
}

fn read(row: &mut Row) -> Result<SigningKey, Error> {
    Ok(SigningKey {
        id: row.id("id", SigningKeyId::from_slice)?,
        algorithm: row.word("algorithm", SigningAlgorithm::from_name)?,
        public_jwk: row.text("public_jwk")?,
        created_at: row.timestamp("created_at")?,
    })
}
