//! Secrets of the deployment itself, by name.

use procura_core::error::Error;
use procura_core::sealing::Sealed;

use crate::driver::Value;
use crate::row::count;
use crate::tx::Tx;

impl Tx<'_> {
    /// The secret of this name and the row version that it is sealed for.
    pub fn deployment_secret<K>(&mut self, name: &str) -> Result<Option<(Sealed<K>, u64)>, Error> {
        let sql = "SELECT secret, version FROM deployment_secret WHERE name = $1";
        let row = self
            .session
            .row("deployment_secret", sql, &[Value::Text(name)])?;
        row.map(|mut row| Ok((row.sealed("secret")?, row.count("version")?)))
            .transpose()
    }

    /// Adds a secret; false when there is one of this name.
    pub fn insert_deployment_secret<K>(
        &mut self,
        name: &str,
        secret: &Sealed<K>,
        version: u64,
    ) -> Result<bool, Error> {
        let inserted = self.session.execute(
            "INSERT INTO deployment_secret (name, secret, version) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO NOTHING",
            &[
                Value::Text(name),
                Value::Blob(secret.as_bytes()),
                count(version)?,
            ],
        )?;
        Ok(inserted == 1)
    }
}
