//! `cargo xtask prove`: shows that a promise holds, by attacking it.
//!
//! A proof fails, or prints as its last line `figure: NAME k=v …`. Its short form takes at most two
//! minutes; `--full` takes what it needs. It never reports a time. To add a proof: a module
//! `prove::NAME` with `run(full: bool)`, and a line in the table.

pub(crate) mod binary;
mod browser;
mod canary;
mod cedar;
mod client;
mod contention;
mod delegation;
mod demo;
mod disk;
mod hostile_provider;
mod jwt;
mod kill9;
mod kill_switch;
mod narrowing;
mod one_time;
mod operator;
mod random_world;
mod refresh_crash;
mod rotate;
mod seal;
mod server;
mod sigv4;
mod speaker;
mod sql;
mod tamper;

use anyhow::{Context as _, bail};

/// A proof: its name, what it shows, how.
struct Proof {
    name: &'static str,
    about: &'static str,
    run: fn(full: bool) -> anyhow::Result<()>,
}

/// In the order in which they are run.
#[rustfmt::skip]
const PROOFS: &[Proof] = &[
    Proof { name: "sigv4", about: "our verifier agrees with botocore's signer", run: sigv4::run },
    Proof { name: "jwt", about: "forged, stale, foreign and ambiguous tokens are refused", run: jwt::run },
    Proof { name: "cedar", about: "the policy engine in our hands answers its makers' corpus, and slices change no word", run: cedar::run },
    Proof { name: "seal", about: "a second implementation opens what we seal, and nothing moves", run: seal::run },
    Proof { name: "tamper", about: "every change of an export is detected", run: tamper::run },
    Proof { name: "canary", about: "planted secrets are found nowhere, in no encoding", run: canary::run },
    Proof { name: "disk", about: "a full or failing disk loses no acknowledged write", run: disk::run },
    Proof { name: "kill9", about: "a killed server loses no acknowledged write", run: kill9::run },
    Proof { name: "rotate", about: "keys rotate under load and through kills; a backup restores anywhere", run: rotate::run },
    Proof { name: "contention", about: "one of many redeems each refresh token, and nobody goes without", run: contention::run },
    Proof { name: "one-time", about: "what is good for once has one winner", run: one_time::run },
    Proof { name: "kill-switch", about: "whoever is disabled is refused on every path within a second", run: kill_switch::run },
    Proof { name: "random-world", about: "nobody gets what an independent oracle says that they may not", run: random_world::run },
    Proof { name: "narrowing", about: "what is handed on is never more than all of the chain have", run: narrowing::run },
    Proof { name: "refresh-crash", about: "a renewal or a consent that is cut short loses nothing in silence", run: refresh_crash::run },
    Proof { name: "hostile-provider", about: "whatever a provider does, each is told what is specified, in bounded time and memory", run: hostile_provider::run },
];

/// Runs the proofs that `args` name.
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    let (options, wanted): (Vec<_>, Vec<_>) = args.iter().partition(|arg| arg.starts_with('-'));
    if let Some(option) = options.iter().find(|option| **option != "--full") {
        bail!("unknown option {option}: cargo xtask prove NAME|all [--full]");
    }
    let full = !options.is_empty();
    match wanted.as_slice() {
        [] => {
            print_known();
            bail!("name one, or `all`");
        }
        [all] if *all == "all" => PROOFS.iter().try_for_each(|proof| prove(proof, full)),
        [binaries] if *binaries == BINARIES => binary::build_both(),
        [callers] if *callers == contention::CALLERS => contention::call(),
        _ => wanted.iter().try_for_each(|name| prove(find(name)?, full)),
    }
}

/// Not a proof: builds the binaries that proofs run.
pub(crate) const BINARIES: &str = "binaries";

/// The names of all proofs, in their order.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    PROOFS.iter().map(|proof| proof.name)
}

fn prove(proof: &Proof, full: bool) -> anyhow::Result<()> {
    println!("prove {}: {}", proof.name, proof.about);
    (proof.run)(full).with_context(|| format!("`{}` does not hold", proof.name))
}

fn find(name: &str) -> anyhow::Result<&'static Proof> {
    PROOFS
        .iter()
        .find(|proof| proof.name == name)
        .with_context(|| {
            print_known();
            format!("there is no proof `{name}`")
        })
}

fn print_known() {
    for proof in PROOFS {
        println!("{:<16} {}", proof.name, proof.about);
    }
    println!("{BINARIES:<16} (no proof: builds the binaries that proofs run)");
}
