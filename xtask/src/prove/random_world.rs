//! Accounts, users, agents, providers and grants at random, that change all the time, and everybody
//! asks for everything: by the real API, on both engines. Whoever gets what an oracle says that they
//! may not, or gets another's, or is refused what they may have, ends the proof.
//!
//! The oracle knows what was granted, and nothing of how the service decides. Names are the same in
//! all accounts, and what is given says whose it is, so that a confusion is seen.

mod asker;
mod oracle;

use std::path::Path;

use anyhow::{Context as _, bail};
use procura_core::entropy::{OsEntropy, random_bytes};
use procura_demo::RefreshPolicy;

use self::asker::{Asker, Foreign, Tally};
use self::oracle::Size;
use super::binary;
use super::demo::Demo;
use super::operator::Operator;
use super::server::{Folder, Setup};
use crate::cluster::{self, Cluster};

/// A grant to one agent is taken for a grant to all.
const DEFECT: &str = "grant-of-any-agent";

const SHORT: Size = Size {
    accounts: 4,
    users: 5,
    agents: 4,
    keys: 14,
    clients: 2,
};
const FULL: Size = Size {
    accounts: 50,
    users: 20,
    agents: 10,
    keys: 140,
    clients: 20,
};
/// Attempts on each engine, and those in which the defective service must be found out.
const ATTEMPTS: usize = 4_000;
const ATTEMPTS_FULL: usize = 100_000;
const ATTEMPTS_CONTROL: usize = 2_000;
/// As many ask at the same moment; each has accounts of its own.
const ASKERS: usize = 2;

pub(super) fn run(full: bool) -> anyhow::Result<()> {
    let (release, sabotage) = (binary::release()?, binary::sabotage()?);
    let cluster = Cluster::given_or_own()?;
    let seed = u64::from_be_bytes(random_bytes(&mut OsEntropy));
    println!("seed {seed}");
    let (size, attempts) = if full {
        (FULL, ATTEMPTS_FULL)
    } else {
        (SHORT, ATTEMPTS)
    };
    let mut whole = Tally::default();
    for engine in ["sqlite", "postgres"] {
        let world = World {
            engine,
            cluster: cluster.url(),
            binary: &release,
            defect: None,
            size,
            seed,
        };
        let tally = world.run(attempts)?;
        println!("{engine}: {tally}");
        whole.add(&tally);
        let control = World {
            binary: &sabotage,
            defect: Some(DEFECT),
            size: SHORT,
            ..world
        };
        match control.run(ATTEMPTS_CONTROL) {
            Err(error) => println!("{engine}: control found out: {error:#}"),
            Ok(_) => bail!("{engine}: grants that hold for every agent were not found out"),
        }
    }
    println!(
        "figure: random-world accounts={} users={} agents={} resources={} attempts={} granted={} \
         refused={} changes={} unauthorised=0 withheld=0",
        size.accounts,
        size.users,
        size.agents,
        size.resources(),
        whole.attempts(),
        whole.granted,
        whole.refused,
        whole.changes,
    );
    Ok(())
}

/// One service, and what is to be in it.
#[derive(Clone, Copy)]
struct World<'a> {
    engine: &'a str,
    cluster: &'a str,
    binary: &'a Path,
    defect: Option<&'static str>,
    size: Size,
    seed: u64,
}

impl World<'_> {
    fn run(&self, attempts: usize) -> anyhow::Result<Tally> {
        let what = self.defect.unwrap_or("sound");
        let folder = Folder::new(&format!("random-world-{}-{what}", self.engine))?;
        let setup = Setup {
            binary: self.binary.to_owned(),
            directory: folder.path().join("data"),
            store: cluster::store_of(self.engine, self.cluster, "random_world")?,
            defect: self.defect,
        };
        let demo = Demo::start(RefreshPolicy::Strict, 3600)?;
        let mut command = setup.dev();
        command.arg("--no-rate-limits");
        let server = setup.start_command(command)?;
        let operator = Operator::of(&setup);
        let discovery_url = demo.provider.discovery_url();
        let mut askers = Vec::new();
        for number in 0..ASKERS {
            let seed = self.seed.wrapping_add(u64::try_from(number)?);
            askers.push(Asker::new(&operator, &server.login, seed));
        }
        for number in 0..self.size.accounts {
            let at = number % ASKERS;
            let asker = askers.get_mut(at).context("an asker")?;
            asker.settle(number, self.size, &discovery_url)?;
        }
        let foreign: Vec<Foreign> = askers.iter().flat_map(Asker::known_to_others).collect();
        let each = attempts / ASKERS;
        let tallies: Vec<anyhow::Result<Tally>> = std::thread::scope(|scope| {
            let foreign = &foreign;
            // All are begun before one is waited for.
            let mut running = Vec::new();
            for mut asker in askers {
                running.push(scope.spawn(move || asker.ask(each, foreign)));
            }
            let ended = running.into_iter().map(|one| {
                let ended = one.join();
                ended.map_err(|_| anyhow::anyhow!("an asker panicked"))?
            });
            ended.collect()
        });
        let mut whole = Tally::default();
        for tally in tallies {
            whole.add(&tally?);
        }
        server.stop()?;
        Ok(whole)
    }
}
