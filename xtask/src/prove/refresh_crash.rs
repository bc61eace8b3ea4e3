//! The process dies at each step of a renewal and of a consent, and is started again: what was there
//! is there, or the user is asked to consent and a record says why. Nothing is lost in silence.
//!
//! The defective build dies where it is told to; the sound one is started on what that left. What
//! cannot be known stays in the journal: a row without an answer. A service manager's stop (SIGTERM)
//! is no death: what is under way is finished.

mod consent;
mod renewal;
mod stage;

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use procura_demo::RefreshPolicy;

use self::stage::Stage;
use super::binary;
use crate::cluster::Cluster;

/// What becomes of a refresh token that comes twice. The grace is longer than a restart takes.
const POLICIES: [RefreshPolicy; 3] = [
    RefreshPolicy::Strict,
    RefreshPolicy::Grace { seconds: 60 },
    RefreshPolicy::RevokesFamily,
];

/// The binaries: one to be started again, and one that dies.
#[derive(Clone, Copy)]
struct Binaries<'a> {
    sound: &'a Path,
    dying: &'a Path,
}

/// What one engine went through.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    deaths: u32,
    /// Nothing was lost.
    whole: u32,
    /// The user was asked to consent again, and was told why.
    asked: u32,
    stopped: u32,
}

pub(super) fn run(full: bool) -> anyhow::Result<()> {
    let (release, sabotage) = (binary::release()?, binary::sabotage()?);
    let cluster = Cluster::given_or_own()?;
    let binaries = Binaries {
        sound: &release,
        dying: &sabotage,
    };
    let times = if full { 50 } else { 2 };
    let url = cluster.url();
    let (sqlite, postgres) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| attack("postgres", url, binaries, times));
        let own = attack("sqlite", url, binaries, times);
        let beside = beside.join();
        let beside = beside.map_err(|_| anyhow::anyhow!("an attack panicked"))?;
        anyhow::Ok((own?, beside?))
    })?;
    let mut figure = format!("figure: refresh-crash times={times}");
    for (engine, tally) in [("sqlite", sqlite), ("postgres", postgres)] {
        let Tally {
            deaths,
            whole,
            asked,
            stopped,
        } = tally;
        println!(
            "{engine}: {deaths} deaths; {whole} lost nothing, {asked} asked the user and said why; \
             {stopped} stops lost nothing"
        );
        write!(
            figure,
            " {engine}_deaths={deaths} {engine}_whole={whole} {engine}_asked={asked} \
             {engine}_stops={stopped}"
        )?;
    }
    match control("sqlite", url, binaries) {
        Err(error) => println!("control found out: {error:#}"),
        Ok(()) => bail!("a service that does not keep what came was not found out"),
    }
    println!("{figure} lost_in_silence=0");
    Ok(())
}

fn attack(
    engine: &'static str,
    cluster: &str,
    binaries: Binaries<'_>,
    times: u32,
) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    for policy in POLICIES {
        let mut stage = Stage::new(engine, cluster, binaries, policy)?;
        for death in renewal::DEATHS {
            for _ in 0..times {
                renewal::attack(&mut stage, death, "", &mut tally)
                    .with_context(|| format!("{engine}, {policy:?}, a renewal dies: {death:?}"))?;
            }
        }
        renewal::stop(&mut stage, &mut tally)
            .with_context(|| format!("{engine}, {policy:?}, a stop"))?;
        // A code is a code, whatever becomes of refresh tokens.
        if policy == RefreshPolicy::Strict {
            for death in consent::DEATHS {
                for _ in 0..times {
                    consent::attack(&mut stage, death, &mut tally)
                        .with_context(|| format!("{engine}, a consent dies: {death:?}"))?;
                }
            }
        }
    }
    Ok(tally)
}

/// The process dies with an answer that it was to keep and did not.
fn control(engine: &'static str, cluster: &str, binaries: Binaries<'_>) -> anyhow::Result<()> {
    let mut stage = Stage::new(engine, cluster, binaries, RefreshPolicy::Strict)?;
    let death = renewal::Death::Kept;
    renewal::attack(&mut stage, death, "reply-not-kept", &mut Tally::default())
}
