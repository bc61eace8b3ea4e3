//! Keys that sign what an account's callers prove to others, their private halves sealed.

use procura_core::error::Error;
use procura_core::id::SigningKeyId;
use procura_core::identity_token::{IdentityTokenAlgorithm, IdentityTokenKey};
use procura_core::sealing::Sealed;
use procura_core::secret::kind::PrivateKey;

use crate::driver::Value;
use crate::row::time;
use crate::tx::AccountTx;

const TABLE: &str = "identity_token_key";

impl AccountTx<'_> {
    /// Adds a key; an account has one for each algorithm.
    pub fn insert_identity_token_key(
        &mut self,
        key: &IdentityTokenKey,
        private_key: &Sealed<PrivateKey>,
    ) -> Result<(), Error> {
        self.session.execute(
            "INSERT INTO identity_token_key
             (account, id, algorithm, private_key, public_jwk, created_at)
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

    /// The keys of this account with their sealed private halves, by algorithm.
    pub fn identity_token_keys(
        &mut self,
    ) -> Result<Vec<(IdentityTokenKey, Sealed<PrivateKey>)>, Error> {
        let rows = self.session.rows(
            TABLE,
            "SELECT id, algorithm, public_jwk, created_at, private_key
             FROM identity_token_key WHERE account = $1 ORDER BY algorithm",
            &[Value::Text(self.account.as_str())],
        )?;
        rows.into_iter()
            .map(|mut row| {
                let key = IdentityTokenKey {
                    id: row.id("id", SigningKeyId::from_slice)?,
                    algorithm: row.word("algorithm", IdentityTokenAlgorithm::from_name)?,
                    public_jwk: row.text("public_jwk")?,
                    created_at: row.timestamp("created_at")?,
                };
                Ok((key, row.sealed("private_key")?))
            })
            .collect()
    }
}
