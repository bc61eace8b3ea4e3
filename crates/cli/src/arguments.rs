//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use procura_authority::Rules;
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
    /// Suspend and resume agents.
    #[command(subcommand)]
    Agents(Agents),
    /// Make, list and revoke access keys.
    #[command(subcommand)]
    Keys(Keys),
    /// Make and list the keys with which clients sign for themselves (`PRIVATE_KEY_JWT`).
    #[command(subcommand)]
    SigningKeys(SigningKeys),
    /// Grant providers' own credentials (API keys, tokens of the client itself) to agents.
    #[command(subcommand)]
    Grants(Grants),
    /// Say whose tokens prove a user.
    #[command(subcommand)]
    Issuers(Issuers),
    /// Read, export and verify the audit records.
    #[command(subcommand)]
    Audit(Audit),
    /// Look at the encryption keys and rotate them. (Access keys are `keys`.)
    #[command(subcommand)]
    Vault(Vault),
    /// Write everything that is stored into a file, or look at such a file.
    #[command(subcommand)]
    Backup(Backup),
    /// Make a backup the database again; the database must be empty, and no server may run.
    Restore(Restore),
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
    /// The port of the demo providers on 127.0.0.1, an authorization server and an API; 0 takes a
    /// free one. Left out, it is the port of the API and 2.
    #[arg(long)]
    pub(crate) demo_port: Option<u16>,
    /// Run no demo providers.
    #[arg(long)]
    pub(crate) no_demo: bool,
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
    /// A private network that providers may be in: `10.0.0.0/8:443`, `[fd00::]/8:*`. Loopback is
    /// always allowed here; metadata services never are. May be given more than once.
    #[arg(
        long,
        env = "PROCURA__OUTBOUND__ALLOW",
        value_delimiter = ',',
        value_name = "NETWORK:PORT"
    )]
    pub(crate) allow_outbound: Vec<procura_protocol::egress::Allowance>,
    /// The policies: baseline, or strict (users must be proved, nothing is granted by default).
    #[arg(long, value_enum, default_value_t = Policies::Baseline)]
    pub(crate) policies: Policies,
    /// Refuse nobody for asking too often: for load tests.
    #[arg(long)]
    pub(crate) no_rate_limits: bool,
    /// Give metrics, to whoever reaches it, on an address of their own: 127.0.0.1:9403.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) metrics: Option<SocketAddr>,
    /// The region that stands in ARNs and in signatures.
    #[arg(long, default_value = "us-east-1")]
    pub(crate) region: String,
}

/// The compiled-in policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Policies {
    /// To start with.
    Baseline,
    /// Only what is granted, only for users who are proved.
    Strict,
}

impl From<Policies> for Rules {
    fn from(policies: Policies) -> Self {
        match policies {
            Policies::Baseline => Self::Baseline,
            Policies::Strict => Self::Strict,
        }
    }
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

/// `procura agents`
#[derive(Debug, Subcommand)]
pub(crate) enum Agents {
    /// Stop an agent: it gets no token and no credential until it is resumed.
    Suspend(NamedAgent),
    /// Let a suspended agent act again.
    Resume(NamedAgent),
}

/// An agent of an account.
#[derive(Debug, Args)]
pub(crate) struct NamedAgent {
    /// The name of the workload identity.
    pub(crate) agent: String,
    /// Whose it is: 12 decimal digits.
    #[arg(long)]
    pub(crate) account: String,
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

/// `procura signing-keys`
#[derive(Debug, Subcommand)]
pub(crate) enum SigningKeys {
    /// Make a key; print its ARN and its public half as a JSON Web Key Set.
    Create {
        /// Whose it is: 12 decimal digits.
        #[arg(long)]
        account: String,
        /// What it signs with: ES256, RS256 or PS256.
        #[arg(long, default_value = "ES256")]
        algorithm: String,
    },
    /// List the keys of an account.
    List {
        /// Whose they are.
        #[arg(long)]
        account: String,
    },
}

/// `procura grants`
#[derive(Debug, Subcommand)]
pub(crate) enum Grants {
    /// Grant a provider's own credential.
    Create(NewGrant),
    /// List the grants of an account.
    List {
        /// Whose they are.
        #[arg(long)]
        account: String,
    },
    /// Take a grant back.
    Revoke {
        /// The grant (`gnt_…`).
        grant: String,
        /// Whose it is.
        #[arg(long)]
        account: String,
    },
}

/// `procura grants create`
#[derive(Debug, Args)]
pub(crate) struct NewGrant {
    /// The name of the credential provider.
    pub(crate) provider: String,
    /// Its kind: oauth2 or api-key.
    #[arg(long)]
    pub(crate) kind: String,
    /// Whose they are: 12 decimal digits.
    #[arg(long)]
    pub(crate) account: String,
    /// The agent; left out, every agent of the account.
    #[arg(long)]
    pub(crate) agent: Option<String>,
    /// A scope that is granted; left out, every one. May be given more than once.
    #[arg(long)]
    pub(crate) scope: Vec<String>,
    /// Whether the agent needs a user behind it: required, optional or never.
    #[arg(long, default_value = "optional")]
    pub(crate) with_user: String,
}

/// `procura issuers`
#[derive(Debug, Subcommand)]
pub(crate) enum Issuers {
    /// Register an issuer: its tokens are taken when they are for the audience or client named.
    Register(NewIssuer),
    /// List the registered issuers of an account.
    List {
        /// Whose they are.
        #[arg(long)]
        account: String,
    },
    /// Take a registration back.
    Remove {
        /// The issuer, as it stands in its tokens.
        issuer: String,
        /// Whose it is.
        #[arg(long)]
        account: String,
    },
}

/// `procura issuers register`
#[derive(Debug, Args)]
pub(crate) struct NewIssuer {
    /// The issuer, as it stands in its tokens (`iss`).
    pub(crate) issuer: String,
    /// Whose users it proves: 12 decimal digits.
    #[arg(long)]
    pub(crate) account: String,
    /// An audience (`aud`) that its tokens may have. May be given more than once.
    #[arg(long)]
    pub(crate) audience: Vec<String>,
    /// A client (`client_id` or `azp`) that its tokens may be of. May be given more than once.
    #[arg(long)]
    pub(crate) client: Vec<String>,
    /// An algorithm that it signs with; left out, every one that is verified here.
    #[arg(long)]
    pub(crate) algorithm: Vec<String>,
    /// Where its keys are; left out, its discovery document says.
    #[arg(long)]
    pub(crate) jwks_uri: Option<String>,
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

/// `procura vault`
#[derive(Debug, Subcommand)]
pub(crate) enum Vault {
    /// Print the root key, the keys of accounts, and how much is still wrapped under older ones.
    Status,
    /// Replace keys and wrap everything below them anew, while the service runs.
    ///
    /// It goes on when this command or the server is killed: the next start takes it up. Account
    /// keys keep their older versions. The root key that was is kept as root.key.retired-<id>:
    /// backups of before the rotation need it.
    ///
    /// Several nodes on one PostgreSQL database: run `vault rotate --root --prepare` on one of them,
    /// copy its root.key.next into the data directory of all (mode 0600), then run `vault rotate
    /// --root --confirm-distributed`. No node is stopped; each finds the new key when it meets it.
    Rotate(Rotate),
}

/// `procura vault rotate`
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option; clap sees that only one of the group is given"
)]
#[command(group(
    ArgGroup::new("what").required(true).args(["root", "account", "all_accounts", "token_key"])
))]
pub(crate) struct Rotate {
    /// The root key, and with it everything that it wraps.
    #[arg(long)]
    pub(crate) root: bool,
    /// The key of this account: 12 decimal digits.
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    /// The key of each account.
    #[arg(long)]
    pub(crate) all_accounts: bool,
    /// The key of new workload access tokens; those under the older one stay good until they end.
    #[arg(long)]
    pub(crate) token_key: bool,
    /// Only make root.key.next, so that it can be copied to the other nodes.
    #[arg(long, conflicts_with_all = ["account", "all_accounts", "token_key"])]
    pub(crate) prepare: bool,
    /// root.key.next is in the data directory of every other node.
    #[arg(long, conflicts_with_all = ["account", "all_accounts", "token_key", "prepare"])]
    pub(crate) confirm_distributed: bool,
}

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

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::Arguments;

    #[test]
    fn one_kind_of_key_is_rotated_at_a_time() {
        let good = ["--root", "--root --prepare", "--root --confirm-distributed"];
        let good = good
            .into_iter()
            .chain(["--account 000000000000", "--all-accounts"]);
        let bad = [
            "",
            "--prepare",
            "--root --token-key",
            "--token-key --prepare",
        ];
        let bad = bad
            .into_iter()
            .chain(["--root --prepare --confirm-distributed"]);
        let wanted = good
            .map(|text| (text, true))
            .chain(bad.map(|text| (text, false)));
        for (text, is_good) in wanted {
            let words = ["procura", "vault", "rotate"].into_iter();
            let parsed = Arguments::try_parse_from(words.chain(text.split_ascii_whitespace()));
            assert_eq!(parsed.is_ok(), is_good, "{text}");
        }
    }
}
