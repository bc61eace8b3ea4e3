//! `cargo xtask bench`: how fast, how large, how soon; as ratios to a bare hyper on the same machine
//! at the same time.
//!
//! Nothing here fails because something is slow: the goals of `benches/RESULTS.md` are printed
//! beside what was measured. It fails when an answer is wrong, or an answer that must be on record
//! is not. To add a case: a line in the table, and what it sends in the testkit's example `load`.
//! `oidc-provider` needs what `cargo xtask setup` installs.

mod client;
mod connections;
mod figures;
mod machine;
mod options;
mod peer;
mod report;
mod rounds;
mod server;

use std::path::PathBuf;

use anyhow::bail;

use options::Options;

use crate::prove::binary;
use crate::workspace::{cargo, members, variable};

/// Something that is asked as often as possible.
struct Case {
    name: &'static str,
    about: &'static str,
    /// The ratio that it should reach, and the case that it is one to.
    goal: Option<(f64, &'static str)>,
    /// Whether each answer is on record.
    is_recorded: bool,
}

/// In the order in which they take turns.
#[rustfmt::skip]
const CASES: &[Case] = &[
    Case { name: HELLO, about: "the yardstick: hyper alone", goal: None, is_recorded: false },
    Case { name: "api-key", about: "GetResourceApiKey, a key of 700 bytes", goal: Some((0.22, HELLO)), is_recorded: true },
    Case { name: "m2m-cached", about: "GetResourceOauth2Token, a client's token that is kept", goal: Some((0.22, HELLO)), is_recorded: true },
    Case { name: "user-token", about: "the same with USER_FEDERATION, a user's token that is kept", goal: Some((0.22, HELLO)), is_recorded: true },
    Case { name: "jwt-warm", about: "GetWorkloadAccessTokenForJWT, 64 tokens again and again", goal: Some((0.20, HELLO)), is_recorded: true },
    Case { name: "jwt-cold", about: "the same, ES256, each token seen once", goal: Some((0.08, HELLO)), is_recorded: true },
    Case { name: "mint", about: "GetWorkloadAccessToken", goal: None, is_recorded: true },
    Case { name: PEER, about: "a peer: npm oidc-provider, client credentials, ES256, nothing on record", goal: None, is_recorded: false },
    Case { name: "pool-token", about: "the same at a user pool's token endpoint", goal: Some((5.0, PEER)), is_recorded: true },
    Case { name: "web-identity", about: "AssumeRoleWithWebIdentity, ES256, each token seen once", goal: Some((0.06, HELLO)), is_recorded: true },
    Case { name: "deny", about: "the same with a wrong signature", goal: None, is_recorded: false },
];

/// The yardstick runs in every round.
const HELLO: &str = "hello";
/// The server that somebody else wrote.
const PEER: &str = "oidc-provider";

/// What is measured once: its name, what it is.
#[rustfmt::skip]
const FIGURES: &[(&str, &str)] = &[
    ("start", "from the start of the process to its first 200"),
    ("idle-rss", "memory of a service that nobody asked anything"),
    ("binary", "the stripped binary"),
    ("disk", "table and indexes for each row with a secret of 700 bytes"),
    ("rss-rows", "memory with many rows, each of them read"),
    ("authority", "a use decided by three questions, among 10 and 1,000 policies of the account"),
    ("connections", "user-token among 10 times as many connections"),
];

const EXAMPLES: &str = "build --locked --release --package procura-server --package procura-testkit \
                        --package procura-store --package procura-authority --example decision_cost \
                        --example hello --example load --example table_bytes";

/// Measures what `args` name, or everything.
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    let options = match Options::parse(args) {
        Ok(options) => options,
        Err(error) => {
            print_known();
            return Err(error);
        }
    };
    let server = binary::release()?;
    let places = Places {
        examples: examples()?,
        server,
    };
    println!("load average before: {}", machine::load_average()?);
    let cases = CASES.iter().filter(|case| options.wants(case.name));
    let mut cases: Vec<&Case> = cases.collect();
    if !cases.is_empty() {
        // What a goal is a ratio to runs beside it.
        let named: Vec<&str> = cases.iter().map(|case| case.name).collect();
        let compared: Vec<&str> = cases.iter().filter_map(|case| Some(case.goal?.1)).collect();
        cases = CASES.iter().collect();
        cases.retain(|case| {
            case.name == HELLO || named.contains(&case.name) || compared.contains(&case.name)
        });
        rounds::run(&places, &options, &cases)?;
    }
    figures::run(&places, &options)?;
    connections::run(&places, &options)?;
    println!("load average after: {}", machine::load_average()?);
    Ok(())
}

/// Where the programs are.
struct Places {
    server: PathBuf,
    examples: PathBuf,
}

/// The folder of the examples, as `PROCURA_EXAMPLES` names it or newly built.
fn examples() -> anyhow::Result<PathBuf> {
    if let Some(path) = variable("PROCURA_EXAMPLES") {
        return Ok(PathBuf::from(path));
    }
    let mut command = cargo();
    let status = command.args(EXAMPLES.split_ascii_whitespace()).status()?;
    if !status.success() {
        bail!("{command:?} failed: {status}");
    }
    Ok(members()?.target_directory.join("release/examples"))
}

fn names() -> impl Iterator<Item = &'static str> {
    let cases = CASES.iter().map(|case| case.name);
    cases.chain(FIGURES.iter().map(|(name, _)| *name))
}

fn print_known() {
    let cases = CASES.iter().map(|case| (case.name, case.about));
    for (name, about) in cases.chain(FIGURES.iter().copied()) {
        println!("{name:<11} {about}");
    }
}
