//! `procura migrate`: the schema, without a server.

use std::process::ExitCode;

use procura_app::start::StartError;
use procura_store::Store;

use crate::arguments::Migrate;
use crate::data_dir::DataDir;
use crate::print;

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
