//! The rows of a database as lines of text, one form for both engines: out of one snapshot, and
//! into an empty database.
//!
//! ```text
//! {"format":1,"deployment":"dep_…",…}       the manifest
//! {"table":"account","rows":2}              each table, those that others refer to first
//! ["000000000000","dev",1763000000000]      its rows; bytes are {"b64":"…"}
//! ```
//!
//! Tables and columns are taken from the database itself, so that none can be forgotten. What is
//! sealed stays sealed, and the key that would open it is not here. Framing, hash and file are the
//! business of `app::backup`.

mod catalog;
mod rows;

use std::io::Write;

use procura_core::account::AccountId;
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::{Error, Kind};
use procura_core::id::{DeploymentId, KeyId};
use procura_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use self::catalog::Table;
use crate::chain;
use crate::migration;
use crate::row::json;
use crate::tx::Tx;

/// The format of these lines.
const FORMAT: u32 = 1;

/// What a backup is of, and what is needed to use it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The format of the lines: 1.
    pub format: u32,
    /// The deployment.
    pub deployment: DeploymentId,
    /// The version of the schema.
    pub schema: u32,
    /// How often the database had been put back from a backup.
    pub restore_epoch: u64,
    /// The newest revocation.
    pub revocation_epoch: u64,
    /// When it was made, by the clock of the node.
    pub created_at: Timestamp,
    /// The root key of the deployment.
    pub root_key: KeyId,
    /// Every root key that something in it is wrapped under: without them it cannot be read. More
    /// than one while a rotation is under way.
    pub root_keys: Vec<KeyId>,
    /// The keys that those wrap, and that wrap or seal the rest. They are in the backup.
    pub keys: Vec<ManifestKey>,
    /// How many accounts there are.
    pub accounts: u64,
    /// Its tables, in their order.
    pub tables: Vec<BackupTable>,
}

/// A key in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestKey {
    /// The account; none for keys of the deployment.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account: Option<AccountId>,
    /// Its id.
    pub id: KeyId,
    /// Its version.
    pub version: u32,
}

/// A table in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupTable {
    /// Its name.
    pub name: String,
    /// Its columns, in the order of the cells.
    pub columns: Vec<String>,
    /// How many rows it has.
    pub rows: u64,
}

/// The line before the rows of a table.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TableLine {
    table: String,
    rows: u64,
}

fn damaged(what: &'static str) -> Error {
    Error::new(Kind::Caller, format!("the backup cannot be used: {what}"))
}

impl Tx<'_> {
    /// Writes everything that this snapshot has into `out`. Memory does not grow with rows.
    pub fn back_up(&mut self, out: &mut dyn Write, now: Timestamp) -> Result<Manifest, Error> {
        let tables = catalog::tables(self)?;
        let manifest = self.manifest(&tables, now)?;
        write_line(out, &json(&manifest)?)?;
        for (table, described) in tables.iter().zip(&manifest.tables) {
            let head = TableLine {
                table: table.name.clone(),
                rows: described.rows,
            };
            write_line(out, &json(&head)?)?;
            let written = rows::write(self, table, out)?;
            if written != described.rows {
                return Err(Error::internal("a table changed within a snapshot"));
            }
        }
        Ok(manifest)
    }

    fn manifest(&mut self, tables: &[Table], now: Timestamp) -> Result<Manifest, Error> {
        let meta = self.meta()?;
        let meta = meta.ok_or_else(|| Error::not_found("there is nothing to back up yet"))?;
        let mut described = Vec::with_capacity(tables.len());
        for table in tables {
            described.push(BackupTable {
                name: table.name.clone(),
                columns: table.columns.clone(),
                rows: rows::number(self, table)?,
            });
        }
        let accounts = self.accounts()?;
        let mut keys = Vec::new();
        for (account, purpose) in [(None, KeyPurpose::Token)].into_iter().chain(
            accounts
                .iter()
                .map(|account| (Some(account.id), KeyPurpose::Account)),
        ) {
            for key in self.encryption_keys(account, purpose)? {
                keys.push(ManifestKey {
                    account,
                    id: key.id,
                    version: key.version,
                });
            }
        }
        Ok(Manifest {
            format: FORMAT,
            deployment: meta.deployment,
            schema: migration::newest(),
            restore_epoch: meta.restore_epoch,
            revocation_epoch: self.epoch()?,
            created_at: now,
            root_key: meta.root_key,
            root_keys: self
                .root_keys_in_use()?
                .into_iter()
                .map(|(id, _)| id)
                .collect(),
            keys,
            accounts: u64::try_from(accounts.len()).unwrap_or(u64::MAX),
            tables: described,
        })
    }

    /// Whether there is not one row.
    pub fn is_empty(&mut self) -> Result<bool, Error> {
        for table in catalog::tables(self)? {
            if rows::has_any(self, &table)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Puts the rows of a backup into this empty database, as a history that goes on from there:
    /// one restore epoch and one revocation epoch later, its open chains ended, the keys of its
    /// tokens forgotten. `next` gives the lines after the manifest. Gives the new restore epoch.
    pub fn restore(
        &mut self,
        manifest: &Manifest,
        next: &mut dyn FnMut() -> Result<Option<Vec<u8>>, Error>,
        now: Timestamp,
    ) -> Result<u64, Error> {
        if manifest.format != FORMAT {
            return Err(damaged("it has a format that this program does not know"));
        }
        if manifest.schema != migration::newest() {
            return Err(Error::conflict(format!(
                "the backup has schema version {} and this program makes {}; restore it with the \
                 version of procura that made it, then start the newer one",
                manifest.schema,
                migration::newest()
            )));
        }
        if !self.is_empty()? {
            return Err(Error::conflict(
                "the database is not empty; restore into a new one (for SQLite, move procura.db \
                 and the files beside it away)",
            ));
        }
        self.insert_tables(manifest, next)?;
        let meta = self
            .meta()?
            .ok_or_else(|| damaged("it has no deployment"))?;
        if meta.deployment != manifest.deployment || meta.root_key != manifest.root_key {
            return Err(damaged("its manifest is of another deployment"));
        }
        let epoch = self.begin_restore_epoch(meta.restore_epoch)?;
        self.cut("restore", &epoch.to_be_bytes(), now)?;
        // SECURITY: a token of before the restore may rest on what is undone now (a user that is
        // not there, a key whose revocation is lost), so none opens any more (test:
        // a_restore_ends_every_token).
        self.delete_token_keys()?;
        // Nor does a refresh token of a user who signed out since.
        self.delete_all_pool_sign_ins()?;
        // Nor a key that was given for a while, perhaps by a binding that was taken back since.
        self.delete_all_temporary_keys()?;
        // What an agent used may have been cut since: nothing is kept alive by that.
        self.forget_uses()?;
        for open in chain::open_chains(self)? {
            let reason = "the database was put back from a backup; what came after is elsewhere";
            chain::close_left(self, open, reason, now)?;
        }
        Ok(epoch)
    }

    fn insert_tables(
        &mut self,
        manifest: &Manifest,
        next: &mut dyn FnMut() -> Result<Option<Vec<u8>>, Error>,
    ) -> Result<(), Error> {
        let known = catalog::tables(self)?;
        if known.len() != manifest.tables.len() {
            return Err(damaged("it has not the tables of its schema version"));
        }
        for described in &manifest.tables {
            // SECURITY: names go into statements only as they stand in our own catalog.
            let table = known.iter().find(|table| table.name == described.name);
            let columns = table.map(|table| &table.columns);
            let same = columns.is_some_and(|columns| {
                columns.len() == described.columns.len()
                    && columns.iter().all(|name| described.columns.contains(name))
            });
            if !same {
                return Err(damaged("it has not the tables of its schema version"));
            }
            let head = next()?.and_then(|line| serde_json::from_slice::<TableLine>(&line).ok());
            if head.is_none_or(|head| head.table != described.name || head.rows != described.rows) {
                return Err(damaged("a table does not begin where it should"));
            }
            rows::insert(self, described, next)?;
        }
        match next()? {
            None => Ok(()),
            Some(_) => Err(damaged("it goes on after its last row")),
        }
    }
}

fn write_line(out: &mut dyn Write, line: &str) -> Result<(), Error> {
    writeln!(out, "{line}").map_err(Error::internal_source)
}
