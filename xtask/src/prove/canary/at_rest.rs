//! The secrets that never leave: read from the database, from the root key down.

use std::collections::HashMap;

use anyhow::{Context as _, bail};
use procura_core::account::AccountId;
use procura_core::id::{DeploymentId, KeyId, UserId};
use procura_core::sealing::{Location, Sealed, SealingKey, Subject, open};
use procura_core::secret::kind;

use super::kind::Kind;
use super::secrets::Secrets;
use crate::prove::seal::unhex;
use crate::prove::server::Setup;
use crate::prove::sql::read;

/// What comes before the private scalar in the PKCS #8 form of a key of P-256 (RFC 5915 §3).
const SCALAR_FOLLOWS: [u8; 5] = [2, 1, 1, 4, 32];
const SCALAR_BYTES: usize = 32;

/// Rows of a table; columns that begin with `#` are bytes, and come in hexadecimal form.
fn rows(setup: &Setup, columns: &[&str], table: &str) -> anyhow::Result<Vec<Vec<String>>> {
    let column = |column: &&str| match (column.strip_prefix('#'), &setup.store) {
        (None, _) => (*column).to_owned(),
        (Some(bytes), None) => format!("hex({bytes})"),
        (Some(bytes), Some(_)) => format!("encode({bytes}, 'hex')"),
    };
    let columns: Vec<String> = columns.iter().map(column).collect();
    read(
        setup,
        &format!("SELECT {} FROM {table}", columns.join(", ")),
    )
}

/// Adds every key of the deployment to `secrets`.
pub(super) fn add_keys(setup: &Setup, secrets: &mut Secrets) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(setup.directory.join("root.key"))?;
    let [_, id, root] = *text.split_ascii_whitespace().collect::<Vec<_>>() else {
        bail!("root.key has another form than expected");
    };
    let root = unhex(root)?;
    secrets.add(Kind::RootKey, &root);
    let root = SealingKey::from_bytes(id.parse()?, 1, &root).context("root key")?;
    let meta = rows(setup, &["#deployment"], "meta")?;
    let deployment = meta
        .first()
        .and_then(|row| row.first())
        .context("no deployment")?;
    let deployment = DeploymentId::from_slice(&unhex(deployment)?).context("deployment")?;
    let mut keys = Keys {
        deployment,
        known: HashMap::new(),
    };
    keys.known.insert((root.id(), 1), root);
    keys.unwrap_all(setup, secrets)?;
    keys.open_the_rest(setup, secrets)
}

struct Keys {
    deployment: DeploymentId,
    known: HashMap<(KeyId, u32), SealingKey>,
}

impl Keys {
    fn unwrap_all(&mut self, setup: &Setup, secrets: &mut Secrets) -> anyhow::Result<()> {
        let columns = [
            "#id", "version", "account", "purpose", "#subject", "#wrapped",
        ];
        let mut rows = rows(setup, &columns, "encryption_key")?;
        // Those under the root key come first.
        rows.sort_by_key(|row| !row.iter().any(|cell| cell == "account" || cell == "token"));
        for row in rows {
            let [id, version, account, purpose, user, wrapped] = row.as_slice() else {
                bail!("a row of another form");
            };
            let user = || UserId::from_slice(&unhex(user).ok()?);
            let (subject, column) = match purpose.as_str() {
                "account" => (Subject::Account, "wrapped account key"),
                "user-index" => (Subject::Account, "wrapped user index key"),
                "token" => (Subject::Deployment, "wrapped token key"),
                "subject-deployment" => (Subject::Deployment, "wrapped subject key"),
                "subject-account" => (Subject::Account, "wrapped subject key"),
                "subject-user" => (
                    Subject::User(user().context("user")?),
                    "wrapped subject key",
                ),
                _ => bail!("a key for {purpose}, which is not known here"),
            };
            let (row, version) = (unhex(id)?, version.parse()?);
            let place = Location {
                subject,
                table: "encryption_key",
                column,
                row: &row,
                row_version: u64::from(version),
                ..self.place(account)?
            };
            let key = self.open::<kind::WrappedKey>(&place, wrapped)?;
            secrets.add(Kind::EncryptionKey, &key);
            let id = KeyId::from_slice(&row).context("key id")?;
            let key = SealingKey::from_bytes(id, version, &key).context("key")?;
            self.known.insert((id, version), key);
        }
        Ok(())
    }

    fn open_the_rest(&self, setup: &Setup, secrets: &mut Secrets) -> anyhow::Result<()> {
        let columns = ["name", "version", "#secret"];
        for row in rows(setup, &columns, "deployment_secret")? {
            let [name, version, sealed] = row.as_slice() else {
                bail!("a row of another form")
            };
            let place = Location {
                subject: Subject::Deployment,
                table: "deployment_secret",
                column: "secret",
                row: name.as_bytes(),
                row_version: version.parse()?,
                ..self.place("")?
            };
            let seed = self.open::<kind::CheckpointSeed>(&place, sealed)?;
            secrets.add(Kind::CheckpointSeed, &seed);
        }
        for row in rows(setup, &["#id", "account", "#private_key"], "signing_key")? {
            let [id, account, sealed] = row.as_slice() else {
                bail!("a row of another form")
            };
            let id = unhex(id)?;
            let place = Location {
                table: "signing_key",
                column: "private_key",
                row: &id,
                row_version: 1,
                ..self.place(account)?
            };
            let pkcs8 = self.open::<kind::PrivateKey>(&place, sealed)?;
            let found = pkcs8.windows(5).position(|window| window == SCALAR_FOLLOWS);
            let from = found.context("no key of P-256")? + SCALAR_FOLLOWS.len();
            let scalar = pkcs8
                .get(from..from + SCALAR_BYTES)
                .context("a short key")?;
            secrets.add(Kind::SigningKey, scalar);
        }
        Ok(())
    }

    fn place(&self, account: &str) -> anyhow::Result<Location<'static>> {
        let account = Some(account).filter(|account| !account.is_empty());
        Ok(Location {
            deployment: self.deployment,
            account: account.map(str::parse::<AccountId>).transpose()?,
            subject: Subject::Account,
            table: "",
            column: "",
            row: &[],
            row_version: 0,
            destination: None,
        })
    }

    fn open<K>(&self, place: &Location<'_>, sealed: &str) -> anyhow::Result<Vec<u8>> {
        let sealed = Sealed::<K>::from_stored(unhex(sealed)?);
        let key = self
            .known
            .get(&sealed.key()?)
            .context("a key that is not known")?;
        Ok(open(key, place, &sealed)?.expose_secret().to_vec())
    }
}
