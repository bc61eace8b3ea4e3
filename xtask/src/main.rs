//! `cargo xtask`: everything that a person or the CI host runs on this repository.
//!
//! Each command is a module of its own; this file only names them. A command that fails says where
//! and what to do, and ends with exit code 1; an unknown command with 2.

mod bench;
mod chance;
mod ci;
mod cluster;
mod fuzz;
mod generate;
mod prove;
mod setup;
mod tidy;
mod workspace;

use std::process::ExitCode;

/// A command: its name, its arguments, what it does.
struct Command {
    name: &'static str,
    arguments: &'static str,
    about: &'static str,
    run: fn(&[String]) -> anyhow::Result<()>,
}

#[rustfmt::skip]
const COMMANDS: &[Command] = &[
    Command { name: "setup", arguments: "", about: "make this machine ready", run: setup::run },
    Command { name: "ci", arguments: "", about: "run every check, as the CI host does", run: ci::run },
    Command { name: "gen", arguments: "[--check|--drift]", about: "write the wire shapes from the service model", run: generate::run },
    Command { name: "tidy", arguments: "[--bless] [RULE…]", about: "check the rules that no compiler checks", run: tidy::run },
    Command { name: "prove", arguments: "NAME|all [--full]", about: "show a promise by attacking it", run: prove::run },
    Command { name: "fuzz", arguments: "[NAME…] [--seconds N]", about: "replay and mutate the fuzzers' seeds", run: fuzz::run },
    Command { name: "bench", arguments: "[NAME…] [--quick|--full]", about: "measure how fast, as ratios to a bare hyper", run: bench::run },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        print_commands();
        return ExitCode::SUCCESS;
    };
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        eprintln!("xtask: there is no command `{name}`; these exist:");
        print_commands();
        return ExitCode::from(2);
    };
    match workspace::enter().and_then(|()| (command.run)(rest)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn print_commands() {
    for command in COMMANDS {
        let usage = format!("{} {}", command.name, command.arguments);
        println!("cargo xtask {usage:<28} {}", command.about);
    }
}
