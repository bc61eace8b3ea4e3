//! One file per command.

mod accounts;
mod agents;
mod audit;
mod backup;
mod connections;
mod demo;
mod dev;
mod doctor;
mod env;
mod grants;
mod issuers;
mod keys;
mod migrate;
mod policies;
mod policy;
mod pools;
mod revoke;
mod session_binding;
mod signing_keys;
mod vault;

use std::process::ExitCode;

use clap::Subcommand;

use crate::arguments::Arguments;
use crate::data_dir::DataDir;
use crate::exit::Exit;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the service on this machine, with everything made at the first start.
    Dev(dev::Dev),
    /// Have an agent act for a user, from the consent to the proof, at a running `procura dev`.
    Demo(demo::Demo),
    /// Run the page to which users come back from a provider, apart from the service.
    SessionBinding(session_binding::SessionBinding),
    /// Print what a shell needs to use the running service: eval "$(procura env)".
    Env(env::Env),
    /// Make and list accounts.
    #[command(subcommand)]
    Accounts(accounts::Accounts),
    /// List, stop and bound agents, and say who answers for them and which workloads they are.
    #[command(subcommand)]
    Agents(agents::Agents),
    /// Make, list and revoke access keys.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Make and list the keys with which clients sign for themselves (`PRIVATE_KEY_JWT`).
    #[command(subcommand)]
    SigningKeys(signing_keys::SigningKeys),
    /// Grant providers' own credentials (API keys, tokens of the client itself) to agents.
    #[command(subcommand)]
    Grants(grants::Grants),
    /// Write, list and delete the policies of an account, and look at what they were.
    #[command(subcommand)]
    Policies(policies::Policies),
    /// List, look at and revoke what providers gave agents for users.
    #[command(subcommand)]
    Connections(connections::Connections),
    /// Take back everything of an agent, a user or a provider: here at once, then at the providers.
    Revoke(revoke::Revoke),
    /// Look at the keys that sign the tokens of user pools, rotate them and take them back.
    #[command(subcommand)]
    Pools(pools::Pools),
    /// Say whose tokens prove a user.
    #[command(subcommand)]
    Issuers(issuers::Issuers),
    /// Read, export and verify the audit records.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Ask the rules: why something was refused, what they are, who may do what.
    #[command(subcommand)]
    Policy(policy::Policy),
    /// Look at the encryption keys and rotate them. (Access keys are `keys`.)
    #[command(subcommand)]
    Vault(vault::Vault),
    /// Write everything that is stored into a file, or look at such a file.
    #[command(subcommand)]
    Backup(backup::Backup),
    /// Make a backup the database again; the database must be empty, and no server may run.
    Restore(backup::Restore),
    /// Check this installation and say what is wrong with it.
    Doctor,
    /// Bring the database to the schema of this version.
    Migrate(migrate::Migrate),
}

/// Does what the command line says.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let data_dir = DataDir::at(&arguments.data_dir)?;
    let output = arguments.output;
    match arguments.command {
        Command::Dev(dev) => dev::run(&data_dir, dev).await,
        Command::Demo(demo) => demo::run(&data_dir, output, demo).await,
        Command::SessionBinding(binding) => session_binding::run(binding).await,
        Command::Env(env) => env::run(&data_dir, &env),
        Command::Accounts(accounts) => accounts::run(&data_dir, output, accounts).await,
        Command::Agents(agents) => agents::run(&data_dir, output, agents).await,
        Command::Keys(keys) => keys::run(&data_dir, output, keys).await,
        Command::SigningKeys(keys) => signing_keys::run(&data_dir, output, keys).await,
        Command::Grants(grants) => grants::run(&data_dir, output, grants).await,
        Command::Policies(policies) => policies::run(&data_dir, output, policies).await,
        Command::Connections(command) => connections::run(&data_dir, output, command).await,
        Command::Revoke(revoke) => revoke::run(&data_dir, output, revoke).await,
        Command::Pools(command) => pools::run(&data_dir, output, command).await,
        Command::Issuers(issuers) => issuers::run(&data_dir, output, issuers).await,
        Command::Audit(audit) => audit::run(&data_dir, output, audit).await,
        Command::Policy(policy) => policy::run(&data_dir, output, policy).await,
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
