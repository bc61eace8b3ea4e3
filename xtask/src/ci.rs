//! `cargo xtask ci`: every check, in the order in which a failure costs least.
//!
//! The first failure ends the run. What each step printed is kept under `ci-logs` in the target
//! directory; the console shows one line a step, the end of a failed one, and a table.

mod count;
mod run;
mod step;

use std::fs;
use std::path::PathBuf;

use anyhow::bail;

use run::Run;
use step::Step;

use crate::{prove, setup, tidy};

/// Unmodified clients: every script here is run against the released binary.
const CLIENTS: &str = "xtask/python/clients";

/// Runs the command.
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    if !args.is_empty() {
        bail!("`ci` takes no arguments: it runs all, and a part is a command of its own");
    }
    let mut run = Run::new()?;
    let outcome = steps(&mut run);
    run.print_summary();
    outcome
}

fn steps(run: &mut Run) -> anyhow::Result<()> {
    run.step(&Step::xtask("setup", "setup").long().show_all())?;
    read(run)?;
    test(run)?;
    attack(run)
}

/// What can be seen in the sources.
fn read(run: &mut Run) -> anyhow::Result<()> {
    run.step(&Step::cargo("format", "fmt --all --check -- --color never"))?;
    let clippy = "clippy --locked --workspace --all-targets -- --deny warnings";
    run.step(&Step::cargo("clippy", clippy).long())?;
    run.step(&Step::xtask("generated", "gen --check"))?;
    let rules: Vec<&str> = tidy::names()
        .filter(|rule| *rule != tidy::DEPENDENCIES)
        .collect();
    run.step(&Step::xtask("tidy", &format!("tidy {}", rules.join(" "))))?;
    run.step(&Step::xtask("dependencies", &format!("tidy {}", tidy::DEPENDENCIES)).show_all())
}

/// The tests, on both engines, and the fuzzers' seeds.
fn test(run: &mut Run) -> anyhow::Result<()> {
    run.step(&Step::xtask("fuzz", "fuzz").long().show_all())?;
    run.start_cluster()?;
    // What passing tests print is kept, for they may have said that they were not run.
    if setup::has_nextest() {
        let nextest = "nextest run --locked --workspace --no-fail-fast \
                       --success-output immediate --failure-output final";
        run.step(&Step::cargo("tests", nextest).tests())?;
        run.step(&Step::cargo("doc-tests", "test --locked --workspace --doc").tests())
    } else {
        let test = "test --locked --workspace --no-fail-fast -- --show-output";
        run.step(&Step::cargo("tests", test).tests())
    }
}

/// The binaries, from outside.
fn attack(run: &mut Run) -> anyhow::Result<()> {
    run.step(&Step::cargo("build-release", prove::binary::RELEASE_BUILD).long())?;
    run.step(&Step::xtask("build-sabotage", &format!("prove {}", prove::BINARIES)).long())?;
    run.hand_on_binaries()?;
    for name in prove::names() {
        run.step(
            &Step::xtask(format!("prove-{name}"), &format!("prove {name}"))
                .figure()
                .long(),
        )?;
    }
    for script in clients()? {
        let name = script
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        run.step(&Step::python(format!("client-{name}"), &script)?.long())?;
    }
    Ok(())
}

/// The scripts of clients, by name; there may be none yet.
fn clients() -> anyhow::Result<Vec<PathBuf>> {
    let Ok(folder) = fs::read_dir(CLIENTS) else {
        return Ok(Vec::new());
    };
    let entries: Vec<fs::DirEntry> = folder.collect::<Result<_, _>>()?;
    let mut scripts: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).collect();
    scripts.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    scripts.sort();
    Ok(scripts)
}
