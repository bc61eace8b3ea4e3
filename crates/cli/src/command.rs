//! One file per command.

mod accounts;
mod agents;
mod audit;
mod backup;
mod dev;
mod doctor;
mod env;
mod grants;
mod issuers;
mod keys;
mod migrate;
mod signing_keys;
mod vault;

use std::process::ExitCode;

use crate::arguments::{Arguments, Command};
use crate::data_dir::DataDir;
use crate::exit::Exit;

/// Does what the command line says.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let data_dir = DataDir::at(&arguments.data_dir)?;
    let output = arguments.output;
    match arguments.command {
        Command::Dev(dev) => dev::run(&data_dir, dev).await,
        Command::Env(env) => env::run(&data_dir, &env),
        Command::Accounts(accounts) => accounts::run(&data_dir, output, accounts).await,
        Command::Agents(agents) => agents::run(&data_dir, output, agents).await,
        Command::Keys(keys) => keys::run(&data_dir, output, keys).await,
        Command::SigningKeys(keys) => signing_keys::run(&data_dir, output, keys).await,
        Command::Grants(grants) => grants::run(&data_dir, output, grants).await,
        Command::Issuers(issuers) => issuers::run(&data_dir, output, issuers).await,
        Command::Audit(audit) => audit::run(&data_dir, output, audit).await,
        Command::Vault(vault) => vault::run(&data_dir, output, vault).await,
        Command::Backup(backup) => backup::run(&data_dir, output, backup).await,
        Command::Restore(restore) => backup::restore(&data_dir, output, restore).await,
        Command::Doctor => doctor::run(&data_dir).await,
        Command::Migrate(migrate) => migrate::run(&data_dir, migrate),
    }
}

/// The path of what belongs to an account, in the native API.
fn account_path(account: &str, things: &str) -> anyhow::Result<String> {
    if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(format!("/v1/accounts/{account}/{things}"));
    }
    let text = "--account is 12 decimal digits; `procura accounts list` shows them";
    Err(Exit::usage(text.to_owned()).into())
}
