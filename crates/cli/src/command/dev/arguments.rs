//! The options of `procura dev`.

use std::net::SocketAddr;

use clap::{Args, ValueEnum};
use procura_authority::Rules;
use procura_protocol::egress::Allowance;

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
    /// The port of the session-binding service on 127.0.0.1, the page to which users come back; 0
    /// takes a free one. Left out, it is the port of the API and 4.
    #[arg(long)]
    pub(crate) binding_port: Option<u16>,
    /// Run no demo providers, and no session-binding service, whose users are theirs.
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
    pub(crate) allow_outbound: Vec<Allowance>,
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
