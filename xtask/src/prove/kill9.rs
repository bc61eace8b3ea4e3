//! The real server under mixed load, killed again and again: no acknowledged write may be lost.
//!
//! SIGKILL takes what the process has not given to the kernel; that fsync was called is shown by
//! the store's settings, and disks that lie are the business of `prove disk`.

mod worker;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use procura_core::entropy::{OsEntropy, random_bytes};

use self::worker::Worker;
use super::binary;
use super::server::{Folder, Setup};
use crate::cluster::{self, Cluster};

/// Kills under load, on each engine. As many more die on their way up.
const KILLS: u32 = 60;
const KILLS_FULL: u32 = 500;
/// Kills of the defective server; it must be found out by then.
const KILLS_CONTROL: u32 = 40;
/// Callers at once.
const WORKERS: usize = 8;
/// The longest time between the first request and the kill, in milliseconds.
const LOAD_MS_MAX: u64 = 300;

/// The longest life of a server that is killed on its way up, in milliseconds.
const START_MS_MAX: u64 = 200;

/// What one engine went through.
#[derive(Default)]
struct Tally {
    kills: u32,
    acknowledged: usize,
    records: usize,
}

pub(super) fn run(full: bool) -> anyhow::Result<()> {
    let kills = if full { KILLS_FULL } else { KILLS };
    let release = binary::release()?;
    let sabotage = binary::sabotage()?;
    let cluster = Cluster::given_or_own()?;
    let mut figure = String::from("figure: kill9");
    for engine in ["sqlite", "postgres"] {
        let tally = attack(engine, cluster.url(), &release, None, kills)?;
        println!(
            "{engine}: {} kills, {} acknowledged writes, 0 lost, {} records verified",
            tally.kills, tally.acknowledged, tally.records
        );
        match attack(
            engine,
            cluster.url(),
            &sabotage,
            Some("ack-before-commit"),
            KILLS_CONTROL,
        ) {
            Err(error) => println!("{engine}: control found out: {error:#}"),
            Ok(_) => bail!("{engine}: a server that answers before it commits was not found out"),
        }
        write!(
            figure,
            " {engine}_kills={} {engine}_acknowledged={} {engine}_lost=0",
            tally.kills, tally.acknowledged
        )?;
    }
    println!("{figure}");
    Ok(())
}

fn attack(
    engine: &str,
    cluster: &str,
    binary: &Path,
    defect: Option<&'static str>,
    kills: u32,
) -> anyhow::Result<Tally> {
    let folder = Folder::new(&format!("kill9-{engine}"))?;
    let store = cluster::store_of(engine, cluster, "kill9")?;
    let directory = folder.path().join("data");
    let setup = Setup {
        binary: binary.to_owned(),
        directory,
        store,
        defect,
    };
    let mut workers: Vec<Worker> = (0..WORKERS).map(Worker::new).collect();
    let mut tally = Tally::default();
    for _ in 0..kills {
        // One start in between dies on its way up, before or after its first note.
        setup.start_and_kill(|| wait(random_below(START_MS_MAX)))?;
        let server = setup.start()?;
        workers = std::thread::scope(|scope| {
            let running: Vec<_> = workers
                .into_iter()
                .map(|mut worker| {
                    let login = server.login.clone();
                    scope.spawn(move || worker.round(login).map(|()| worker))
                })
                .collect();
            wait(random_below(LOAD_MS_MAX));
            server.kill()?;
            running
                .into_iter()
                .map(|thread| {
                    thread
                        .join()
                        .map_err(|_| anyhow::anyhow!("a worker panicked"))?
                })
                .collect::<anyhow::Result<Vec<Worker>>>()
        })?;
        tally.kills += 1;
    }
    let server = setup.start()?;
    for worker in &mut workers {
        worker.check_everything(server.login.clone())?;
        tally.acknowledged += worker.acknowledged();
    }
    tally.records = check_records(
        &setup,
        folder.path(),
        workers.iter().flat_map(Worker::records),
    )?;
    server.stop()?;
    Ok(tally)
}

/// Every chain verifies, agrees with every note that was written on the way, and has the record
/// of every acknowledged write.
pub(super) fn check_records<'a>(
    setup: &Setup,
    folder: &Path,
    acknowledged: impl Iterator<Item = &'a String>,
) -> anyhow::Result<usize> {
    let file = folder.join("export");
    // An export of before is not written over.
    let _ = std::fs::remove_file(&file);
    let file = file.to_str().context("a path that is not text")?;
    let key = setup.checkpoint_file("key")?;
    let notes = setup.checkpoint_file("notes")?;
    setup.run(&["audit", "export", file])?;
    let key = key.to_str().context("a path that is not text")?;
    let notes = notes.to_str().context("a path that is not text")?;
    setup.run(&["audit", "verify", file, "--key", key, "--notes", notes])?;
    let export = std::fs::read_to_string(file)?;
    let mut present = HashSet::new();
    for line in export.lines().filter(|line| line.starts_with('{')) {
        let record: serde_json::Value = serde_json::from_str(line)?;
        let id = record
            .get("id")
            .and_then(serde_json::Value::as_str)
            .context("a record without id")?;
        if !present.insert(id.to_owned()) {
            bail!("the record {id} stands twice in the chains");
        }
    }
    for record in acknowledged {
        if !present.contains(record) {
            bail!("the record {record} of an acknowledged write is not in any chain");
        }
    }
    Ok(present.len())
}

pub(super) fn random_below(end: u64) -> u64 {
    u64::from_be_bytes(random_bytes(&mut OsEntropy)) % end
}

/// Lets `millis` pass: the moment of a kill, or of another attempt, is meant to be a time.
pub(super) fn wait(millis: u64) {
    let (_never, nothing) = mpsc::channel::<()>();
    let _ = nothing.recv_timeout(Duration::from_millis(millis));
}
