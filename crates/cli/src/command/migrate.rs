//! `procura migrate`: the schema, without a server.

use std::process::ExitCode;

use clap::Args;
use procura_app::start::StartError;
use procura_store::Store;

use crate::data_dir::DataDir;
use crate::print;

/// `procura migrate`
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// Only say what would be done.
    #[arg(long)]
    pub(crate) plan: bool,
    /// The PostgreSQL database; without it, the one in the data directory.
    #[arg(
        long,
        env = "PROCURA__STORE__URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(crate) store: Option<String>,
}

pub(crate) fn run(data_dir: &DataDir, command: Migrate) -> anyhow::Result<ExitCode> {
    let config = super::dev::store_config(data_dir, command.store);
    if command.plan {
        let pending = Store::plan(&config).map_err(StartError::Store)?;
        if pending.is_empty() {
            print::line("nothing to do: the database has the schema of this version")?;
        }
        for name in pending {
            print::line(&format!("would apply {name}"))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    data_dir.create()?;
    // A running server migrated when it started, and holds the lock.
    let _lock = data_dir.lock()?;
    let migrated = Store::migrate(&config).map_err(StartError::Store)?;
    print::line(&format!("schema {} (was {})", migrated.to, migrated.from))?;
    Ok(ExitCode::SUCCESS)
}
