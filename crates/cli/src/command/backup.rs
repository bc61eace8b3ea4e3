//! `procura backup` and `procura restore`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use procura_app::backup;
use procura_app::restore::{self, RestoreConfig};
use procura_core::time::SystemClock;
use procura_store::Manifest;

use super::dev::store_config;
use crate::arguments::Output;
use crate::data_dir::DataDir;
use crate::local::Local;
use crate::print;

/// `procura backup`
#[derive(Debug, Subcommand)]
pub(crate) enum Backup {
    /// Write a backup of this moment, while the service runs. The root key is not in it.
    Create {
        /// The file; it must not exist.
        file: PathBuf,
        /// The PostgreSQL database, where no server runs on this data directory.
        #[arg(
            long,
            env = "PROCURA__STORE__URL",
            hide_env_values = true,
            value_name = "URL"
        )]
        store: Option<String>,
    },
    /// Print what a backup is of and which root keys it needs, and check its hash.
    Inspect {
        /// The backup.
        file: PathBuf,
    },
}

/// `procura restore`
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup.
    pub(crate) file: PathBuf,
    /// The PostgreSQL database; without it, the one in the data directory.
    #[arg(
        long,
        env = "PROCURA__STORE__URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(crate) store: Option<String>,
    /// Another node has restored the database from this backup: only say so to the next start of
    /// this one.
    #[arg(long)]
    pub(crate) notes_only: bool,
}

pub(crate) async fn run(
    data_dir: &DataDir,
    output: Output,
    command: Backup,
) -> anyhow::Result<ExitCode> {
    match command {
        Backup::Create { file, store } => {
            let path = std::path::absolute(&file)
                .with_context(|| format!("{} cannot be used", file.display()))?;
            let manifest = create(data_dir, &path, store).await?;
            show(output, &manifest)?;
            print::remark(&format!(
                "wrote {}; the root keys that it needs are not in it: keep them elsewhere",
                path.display()
            ));
        }
        Backup::Inspect { file } => {
            let inspected = backup::inspect(&file)?;
            show(output, &inspected.manifest)?;
            print::remark(
                "its hash is right; `procura restore` checks that nobody changed it, too",
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// By the server of the data directory; where none runs, from the database itself.
async fn create(
    data_dir: &DataDir,
    path: &Path,
    store: Option<String>,
) -> anyhow::Result<Manifest> {
    data_dir.create()?;
    let Ok(_lock) = data_dir.lock() else {
        let new = serde_json::json!({ "path": path });
        return Local(data_dir).post("/v1/backups", &new).await;
    };
    let config = store_config(data_dir, store);
    let made = backup::create_beside(data_dir.path(), config, path, &SystemClock).await?;
    print::remark("no server runs on this data directory, so no record says that this was done");
    Ok(made)
}

fn show(output: Output, manifest: &Manifest) -> anyhow::Result<()> {
    if output == Output::Json {
        return Ok(print::line(&serde_json::to_string_pretty(manifest)?)?);
    }
    let keys: Vec<String> = manifest.root_keys.iter().map(ToString::to_string).collect();
    print::line(&format!(
        "deployment     {}\nmade           {}\nschema         {}\nrestore epoch  {}\n\
         root key       {}\nroot keys      {}\naccounts       {}\nkeys           {}\n",
        manifest.deployment,
        manifest.created_at,
        manifest.schema,
        manifest.restore_epoch,
        manifest.root_key,
        keys.join(", "),
        manifest.accounts,
        manifest.keys.len()
    ))?;
    print::rows(output, &manifest.tables, &["TABLE", "ROWS"], |table| {
        vec![table.name.clone(), table.rows.to_string()]
    })
}

pub(crate) async fn restore(
    data_dir: &DataDir,
    output: Output,
    command: Restore,
) -> anyhow::Result<ExitCode> {
    data_dir.create()?;
    // A running server has a database that is not empty.
    let _lock = data_dir.lock()?;
    let config = RestoreConfig {
        data_dir: data_dir.path().to_owned(),
        store: store_config(data_dir, command.store),
        file: command.file,
        notes_only: command.notes_only,
    };
    let manifest = restore::restore(config, Arc::new(SystemClock)).await?;
    show(output, &manifest)?;
    if command.notes_only {
        print::remark("the next start of this node goes on from the restored database");
        return Ok(ExitCode::SUCCESS);
    }
    print::remark(
        "restored. The next start says so in a record and in a signed note. Every workload access \
         token of before is cut; whatever was revoked after the backup was made is not: revoke it \
         again (`procura keys list` shows the access keys that are in force)",
    );
    Ok(ExitCode::SUCCESS)
}
