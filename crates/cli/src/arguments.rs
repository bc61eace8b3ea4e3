//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tracing_subscriber::filter::LevelFilter;

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

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the service on this machine, with everything made at the first start.
    Dev(Dev),
    /// Print what a shell needs to use the running service: eval "$(procura env)".
    Env(Env),
    /// Make and list accounts.
    #[command(subcommand)]
    Accounts(Accounts),
    /// Make, list and revoke access keys.
    #[command(subcommand)]
    Keys(Keys),
    /// Read, export and verify the audit records.
    #[command(subcommand)]
    Audit(Audit),
    /// Check this installation and say what is wrong with it.
    Doctor,
    /// Bring the database to the schema of this version.
    Migrate(Migrate),
}

/// `procura dev`
#[derive(Debug, Args)]
pub(crate) struct Dev {
    /// The port of the API on 127.0.0.1 and `::1`; 0 takes a free one.
    #[arg(long, default_value_t = 9400)]
    pub(crate) port: u16,
    /// Forget everything when it ends: a temporary data directory.
    #[arg(long)]
    pub(crate) ephemeral: bool,
    /// Keep the state in PostgreSQL: `postgres://user:password@host/database`.
    #[arg(
        long,
        env = "PROCURA__STORE__URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(crate) store: Option<String>,
    /// The region that stands in ARNs and in signatures.
    #[arg(long, default_value = "us-east-1")]
    pub(crate) region: String,
}

/// `procura env`
#[derive(Debug, Args)]
pub(crate) struct Env {
    /// In which form.
    #[arg(long, value_enum, default_value_t = EnvFormat::Shell)]
    pub(crate) format: EnvFormat,
}

/// The form of `procura env`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EnvFormat {
    /// `export NAME='value'`
    Shell,
    /// An object.
    Json,
}

/// `procura accounts`
#[derive(Debug, Subcommand)]
pub(crate) enum Accounts {
    /// Make an account.
    Create {
        /// What people call it.
        name: String,
        /// Its id: 12 decimal digits.
        #[arg(long)]
        id: String,
    },
    /// List the accounts.
    List,
}

/// `procura keys`
#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Make an access key and print its secret, once.
    Create {
        /// Whose it is: 12 decimal digits.
        #[arg(long)]
        account: String,
        /// What its holder is: admin, agent-host, binding, auditor. May be given more than once.
        #[arg(long, required = true)]
        role: Vec<String>,
    },
    /// List the access keys of an account, without secrets.
    List {
        /// Whose they are.
        #[arg(long)]
        account: String,
    },
    /// Revoke an access key; it is refused from then on.
    Revoke {
        /// The access key id (PRCA…).
        key: String,
        /// Whose it is.
        #[arg(long)]
        account: String,
    },
}

/// `procura audit`
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Print the newest records.
    Tail {
        /// How many.
        #[arg(short = 'n', long, default_value_t = 20)]
        lines: u32,
    },
    /// Write all records and their closing checkpoint into a file that can be verified offline.
    Export {
        /// The file; it must not exist.
        file: PathBuf,
    },
    /// Verify an export, or the running service when no file is named.
    Verify {
        /// The export.
        file: Option<PathBuf>,
        /// The key that signed its checkpoint, or a file that holds it (checkpoints/*.key). Take
        /// it from the node, not from where the export came from.
        #[arg(long)]
        key: Option<String>,
        /// Checkpoints that were kept outside (checkpoints/*.notes): each must agree as well.
        #[arg(long)]
        notes: Option<PathBuf>,
    },
}

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
