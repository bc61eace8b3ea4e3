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

    /// The secrets whose names begin with `prefix`, which ends in a slash, by name.
    pub fn deployment_secrets<K>(
        &mut self,
        prefix: &str,
    ) -> Result<Vec<(String, Sealed<K>, u64)>, Error> {
        // The sign after the slash ends what begins with it.
        let end = format!("{}0", prefix.trim_end_matches('/'));
        let rows = self.session.rows(
            "deployment_secret",
            "SELECT name, secret, version FROM deployment_secret
             WHERE name >= $1 AND name < $2 ORDER BY name",
            &[Value::Text(prefix), Value::Text(&end)],
        )?;
        rows.into_iter()
            .map(|mut row| {
                Ok((
                    row.text("name")?,
                    row.sealed("secret")?,
                    row.count("version")?,
                ))
            })
            .collect()
    }

    /// Puts `new` in place of `old`, the same secret sealed under another key; false when `old` is
    /// not what is there.
    pub fn reseal_deployment_secret<K>(
        &mut self,
        name: &str,
        old: &Sealed<K>,
        new: &Sealed<K>,
    ) -> Result<bool, Error> {
        let replaced = self.session.execute(
            "UPDATE deployment_secret SET secret = $3 WHERE name = $1 AND secret = $2",
            &[
                Value::Text(name),
                Value::Blob(old.as_bytes()),
                Value::Blob(new.as_bytes()),
            ],
        )?;
        Ok(replaced == 1)
    }

    /// Removes a secret; false when there is none of this name.
    pub fn delete_deployment_secret(&mut self, name: &str) -> Result<bool, Error> {
        let sql = "DELETE FROM deployment_secret WHERE name = $1";
        Ok(self.session.execute(sql, &[Value::Text(name)])? == 1)
    }
}
