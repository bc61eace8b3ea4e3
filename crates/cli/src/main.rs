//! The binary: `procura dev` runs the service; every other command talks to it or to its files.
//!
//! It must never decide anything: what a command asks for goes through `procura-app`, over the local
//! socket. Start with [`command`], one file per command.

mod arguments;
mod command;
mod data_dir;
mod exit;
mod instance;
mod local;
mod log;
mod print;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = match arguments::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // clap prints help to stdout with 0 and mistakes to stderr with 2.
            let code = if error.use_stderr() {
                exit::USAGE_CODE
            } else {
                0
            };
            return if error.print().is_ok() {
                ExitCode::from(code)
            } else {
                ExitCode::FAILURE
            };
        }
    };
    log::start(&arguments.log);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return exit::report(&error.into()),
    };
    match runtime.block_on(command::run(arguments)) {
        Ok(code) => code,
        Err(error) => exit::report(&error),
    }
}
