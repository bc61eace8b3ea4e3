//! One file per command.

mod accounts;
mod audit;
mod dev;
mod doctor;
mod env;
mod keys;
mod migrate;

use std::process::ExitCode;

use crate::arguments::{Arguments, Command};
use crate::data_dir::DataDir;

/// Does what the command line says.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let data_dir = DataDir::at(&arguments.data_dir)?;
    let output = arguments.output;
    match arguments.command {
        Command::Dev(dev) => dev::run(&data_dir, dev).await,
        Command::Env(env) => env::run(&data_dir, &env),
        Command::Accounts(accounts) => accounts::run(&data_dir, output, accounts).await,
        Command::Keys(keys) => keys::run(&data_dir, output, keys).await,
        Command::Audit(audit) => audit::run(&data_dir, output, audit).await,
        Command::Doctor => doctor::run(&data_dir).await,
        Command::Migrate(migrate) => migrate::run(&data_dir, migrate),
    }
}
