//! Providers that misbehave: at discovery, where users are sent, on the way back, at the token
//! endpoint, when tokens are renewed and when they are taken back. Each row of the table is one
//! misbehaviour with its specified outcome: what whoever is there is told, what the agent that asks
//! again is told, whether the user is asked again and whether the connection lives on, what the
//! record says, and how long it may take. After each the provider is cured, and the honest flow goes
//! through, at the same server.
//!
//! All rows share one server, whose memory must not grow by as much as one of the huge answers; they
//! run side by side, for some wait until the server gives up (15 s). Nothing that a provider sent
//! where it may not be repeated, and no secret that it echoes, is in an answer, a record or the log.

mod lane;
mod records;
mod row;
mod rows;
mod scene;
mod script;

use std::collections::VecDeque;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, bail};
use tokio::runtime::{Builder, Runtime};

use self::lane::Lane;
use self::row::{Row, Within};
use self::scene::{House, Scene};
use super::client::Client;
use super::server::{Folder, Setup};
use super::{binary, delegation};
use crate::cluster::{self, Cluster};

/// How many rows run side by side on each engine.
const LANES: usize = 14;
/// How much the server's memory may grow by all rows together. One huge answer is 64 MiB.
const GROWTH_KIB_MAX: u64 = 24 * 1024;
/// What a server does wrong, and the row that finds it out.
const DEFECTS: [(&str, &str, &str); 2] = [
    ("issuer-ignored", "callback", "names another's issuer"),
    ("reply-unbounded", "token", "sends 64 MiB"),
];

/// A row and the name that it has in this run.
type Named = (String, &'static Row);

pub(super) fn run(full: bool) -> anyhow::Result<()> {
    let (release, sabotage) = (binary::release()?, binary::sabotage()?);
    let cluster = Cluster::given_or_own()?;
    let times = if full { 10 } else { 1 };
    let url = cluster.url();
    for _ in 0..times {
        let rows = named(rows::all());
        let (sqlite, postgres) = std::thread::scope(|scope| {
            let beside = scope.spawn(|| attack("postgres", url, &release, None, &rows));
            let own = attack("sqlite", url, &release, None, &rows);
            let beside = beside.join();
            let beside = beside.map_err(|_| anyhow::anyhow!("an attack panicked"));
            (own, beside.and_then(|outcome| outcome))
        });
        let mut is_sound = true;
        for (engine, outcome) in [("sqlite", sqlite), ("postgres", postgres)] {
            match outcome {
                Ok(grown_kib) => println!("{engine}: the server grew by {} MiB", grown_kib / 1024),
                Err(error) => {
                    is_sound = false;
                    println!("{engine}: {error:#}");
                }
            }
        }
        if !is_sound {
            bail!("not every row is as specified");
        }
    }
    println!("seen on both engines, as specified:");
    print(rows::all());
    for (defect, place, name) in DEFECTS {
        let found = rows::all().filter(|row| row.step.place() == place && row.name == name);
        match attack("sqlite", url, &sabotage, Some(defect), &named(found)) {
            Err(error) => println!("control found out, {defect}: {error:#}"),
            Ok(_) => bail!("{defect} was not found out"),
        }
    }
    let of = |place| rows::all().filter(|row| row.step.place() == place).count();
    println!(
        "figure: hostile-provider rows={} discovery={} authorize={} callback={} token={} refresh={} \
         revoke={} engines=2 times={times} honest_after={} growth_mib_max={} controls={}",
        rows::all().count(),
        of("discovery"),
        of("authorize"),
        of("callback"),
        of("token"),
        of("refresh"),
        of("revoke"),
        rows::all().count() * 2 * times,
        GROWTH_KIB_MAX / 1024,
        DEFECTS.len(),
    );
    Ok(())
}

fn named(rows: impl Iterator<Item = &'static Row>) -> Vec<Named> {
    rows.enumerate()
        .map(|(at, row)| (format!("{}-{at}", row.step.place()), row))
        .collect()
}

fn print(rows: impl Iterator<Item = &'static Row>) {
    for row in rows {
        let polled = row
            .poll
            .map_or_else(String::new, |told| format!(", then {told}"));
        println!(
            "{:<10} {} | {}{polled} | {} | {}",
            row.step.place(),
            row.name,
            row.answer,
            row.cured.said(),
            if row.record.is_empty() {
                "not recorded"
            } else {
                row.record
            },
        );
    }
}

/// Plays `rows` at one server of `engine`: by how much its memory grew, in KiB.
fn attack(
    engine: &str,
    cluster: &str,
    binary: &Path,
    defect: Option<&'static str>,
    rows: &[Named],
) -> anyhow::Result<u64> {
    let folder = Folder::new(&format!(
        "hostile-provider-{engine}-{}",
        defect.unwrap_or("sound")
    ))?;
    let setup = Setup {
        binary: binary.to_owned(),
        directory: folder.path().join("data"),
        store: cluster::store_of(engine, cluster, "hostile_provider")?,
        defect,
    };
    let log = folder.path().join("log");
    let server = setup.start_logging(&log)?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let callbacks = format!(
        "http://{}/identities/oauth2/callback/",
        server.login.address
    );
    delegation::agent(&mut Client::connect(server.login.clone())?)?;
    let mut honest = Lane::start(runtime.handle(), &callbacks)?;
    let house = House {
        setup,
        server,
        honest: honest.provider.clone(),
    };
    // What an honest flow takes is not counted.
    honest_flow(&house, &mut honest, "warm")?;
    let memory = Memory::begin(house.server.pid())?;
    side_by_side(&house, &runtime, &callbacks, rows, &memory)?;
    let grown_kib = memory.grown_kib()?;
    honest_flow(&house, &mut honest, "last")?;
    records::check(&house.setup, folder.path(), rows)?;
    let House { server, .. } = house;
    server.stop()?;
    let log = fs::read_to_string(&log)?;
    if let Some(line) = log.lines().find(|line| line.contains("panicked")) {
        bail!("the server panicked: {line}");
    }
    scene::keeps_silent(&log).context("in the log")?;
    Ok(grown_kib)
}

fn honest_flow(house: &House, lane: &mut Lane, name: &str) -> anyhow::Result<()> {
    let mut scene = Scene::new(house, lane, format!("honest-{name}"))?;
    scene.connects()?;
    scene.obeys().map(drop).context("an honest flow")
}

/// Plays all rows on a few lanes, those first for which somebody waits; every failure is told.
fn side_by_side(
    house: &House,
    runtime: &Runtime,
    callbacks: &str,
    rows: &[Named],
    memory: &Memory,
) -> anyhow::Result<()> {
    let (quick, slow): (Vec<_>, Vec<_>) =
        rows.iter().partition(|(_, row)| row.within == Within::Soon);
    let waiting: VecDeque<&Named> = slow.into_iter().chain(quick).collect();
    let waiting = Mutex::new(waiting);
    let next = || {
        waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    };
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..LANES.min(rows.len()) {
            scope.spawn(|| {
                while let Some((name, row)) = next() {
                    let outcome = play(house, runtime, callbacks, (name, row));
                    for error in [outcome, memory.check()]
                        .into_iter()
                        .filter_map(Result::err)
                    {
                        let failure = format!("{name}, {}: {error:#}", row.name);
                        failures
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push(failure);
                    }
                }
            });
        }
    });
    let failures = failures
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    if !failures.is_empty() {
        bail!("{}", failures.join("\n"));
    }
    Ok(())
}

/// A row has a provider to itself: what it leaves behind is nobody else's.
fn play(
    house: &House,
    runtime: &Runtime,
    callbacks: &str,
    (name, row): (&str, &Row),
) -> anyhow::Result<()> {
    let mut lane = Lane::start(runtime.handle(), callbacks)?;
    let mut scene = Scene::new(house, &mut lane, name.to_owned())?;
    script::play(&mut scene, row)
}

/// The memory of a process.
struct Memory {
    pid: u32,
    base_kib: u64,
}

impl Memory {
    /// From here on its peak is looked at.
    fn begin(pid: u32) -> anyhow::Result<Self> {
        // proc(5): the peak begins anew.
        fs::write(format!("/proc/{pid}/clear_refs"), "5").context("clear_refs")?;
        let base_kib = peak_kib(pid)?;
        Ok(Self { pid, base_kib })
    }

    fn grown_kib(&self) -> anyhow::Result<u64> {
        Ok(peak_kib(self.pid)?.saturating_sub(self.base_kib))
    }

    fn check(&self) -> anyhow::Result<()> {
        let grown = self.grown_kib()?;
        if grown > GROWTH_KIB_MAX {
            bail!("by then the server has grown by {grown} KiB");
        }
        Ok(())
    }
}

fn peak_kib(pid: u32) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|rest| rest.trim().strip_suffix(" kB"));
    Ok(peak.context("VmHWM")?.trim().parse()?)
}
