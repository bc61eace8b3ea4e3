//! The command line, but for what each command takes: that stands with the command.

use std::path::PathBuf;

use clap::{Args, Parser, ValueEnum};
use tracing_subscriber::filter::LevelFilter;

use crate::command::Command;

/// Identity, authorization and credentials for AI agents, self-hosted.
#[derive(Debug, Parser)]
#[command(name = "procura", version, max_term_width = 100)]
pub(crate) struct Arguments {
    /// Where the database, the root key and the checkpoints are.
    #[arg(
        long,
        global = true,
        env = "PROCURA_DATA_DIR",
        default_value = ".procura",
        value_name = "DIR"
    )]
    pub(crate) data_dir: PathBuf,
    /// How answers are printed.
    #[arg(long, global = true, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) log: Log,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What is logged.
#[derive(Debug, Args)]
pub(crate) struct Log {
    /// How much is logged to stderr.
    #[arg(long, global = true, env = "PROCURA_LOG", value_enum, default_value_t = Level::Info)]
    pub(crate) log_level: Level,
}

/// A log level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    /// Only what fails.
    Error,
    /// And what looks wrong.
    Warn,
    /// And what is refused.
    Info,
    /// And every request.
    Debug,
}

impl From<Level> for LevelFilter {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::ERROR,
            Level::Warn => Self::WARN,
            Level::Info => Self::INFO,
            Level::Debug => Self::DEBUG,
        }
    }
}

/// How answers are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people.
    Table,
    /// For programs.
    Json,
}
