//! Keys rotate again and again under load, and the server is killed in the middle of it: no request
//! fails, and in the end everything is readable and nothing is under an older key. A backup that is
//! taken meanwhile becomes a database of either engine.

mod load;
mod nodes;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, bail};
use serde_json::Value;

use self::load::Worker;
use super::binary;
use super::kill9::{random_below, wait};
use super::server::{Folder, Server, Setup};
use crate::cluster::{self, Cluster};

/// Rounds on each engine. Two of three end in a kill.
const ROUNDS: u32 = 24;
const ROUNDS_FULL: u32 = 300;
/// Callers at once.
const WORKERS: usize = 4;
/// The longest time between the first request of a round and its kill, in milliseconds.
const LOAD_MS_MAX: u64 = 350;

/// What is rotated, in turn. All but one are commands that wait until it is done.
const ROTATIONS: &[&[&str]] = &[
    &["vault", "rotate", "--root"],
    &["vault", "rotate", "--all-accounts"],
    &["vault", "rotate", "--token-key"],
];

/// What one engine went through.
#[derive(Default)]
struct Tally {
    kills: u32,
    rotations: u32,
    requests: u64,
}

pub(super) fn run(full: bool) -> anyhow::Result<()> {
    let rounds = if full { ROUNDS_FULL } else { ROUNDS };
    let release = binary::release()?;
    let sabotage = binary::sabotage()?;
    let cluster = Cluster::given_or_own()?;
    let cluster = cluster.url();
    let mut figure = String::from("figure: rotate");
    for engine in ["sqlite", "postgres"] {
        let tally = attack(engine, cluster, &release, None, rounds)?;
        println!(
            "{engine}: {} rotations and {} kills under {} requests, 0 failed, 0 unreadable",
            tally.rotations, tally.kills, tally.requests
        );
        match attack(engine, cluster, &sabotage, Some("root-switched-early"), 1) {
            Err(error) => println!("{engine}: control found out: {error:#}"),
            Ok(_) => bail!("{engine}: a root key that is switched too early was not found out"),
        }
        write!(
            figure,
            " {engine}_rotations={} {engine}_kills={} {engine}_requests={} {engine}_failed=0 \
             {engine}_unreadable=0",
            tally.rotations, tally.kills, tally.requests
        )?;
    }
    println!("{figure} restored=4 nodes=2");
    Ok(())
}

fn attack(
    engine: &str,
    cluster: &str,
    binary: &Path,
    defect: Option<&'static str>,
    rounds: u32,
) -> anyhow::Result<Tally> {
    let folder = Folder::new(&format!("rotate-{engine}"))?;
    let setup = Setup {
        binary: binary.to_owned(),
        directory: folder.path().join("data"),
        store: cluster::store_of(engine, cluster, "rotate")?,
        defect,
    };
    let mut workers = Vec::new();
    let mut server = setup.start()?;
    for number in 0..WORKERS {
        workers.push(Worker::begin(number, server.login.clone())?);
    }
    let mut tally = Tally::default();
    for round in 0..rounds {
        let kills = defect.is_none() && round % 3 != 2;
        let (answered, rotated) = self::round(&setup, &mut server, &mut workers, kills)?;
        tally.requests += answered;
        tally.rotations += rotated;
        if kills {
            tally.kills += 1;
            server = setup.start()?;
        }
    }
    // What a kill has left is gone on with; then each key once more, which opens every wrapped row.
    for rotation in ROTATIONS {
        setup.run(rotation)?;
        tally.rotations += 1;
    }
    nothing_is_older(&setup)?;
    for worker in &workers {
        worker.check_everything(server.login.clone())?;
    }
    if defect.is_none() {
        setup.run(&["audit", "verify"])?;
        if engine == "postgres" {
            nodes::both_go_on(&setup, &server, &mut workers, &folder)?;
        }
        restore_elsewhere(&setup, cluster, &folder, &mut server, &mut workers)?;
    }
    server.stop()?;
    Ok(tally)
}

/// Requests and rotations side by side, until the kill or until each key was rotated; how many
/// requests were served, and how many rotations waited for.
fn round(
    setup: &Setup,
    server: &mut Server,
    workers: &mut [Worker],
    kills: bool,
) -> anyhow::Result<(u64, u32)> {
    let (over, killed) = (AtomicBool::new(false), AtomicBool::new(false));
    let login = server.login.clone();
    std::thread::scope(|scope| {
        let running: Vec<_> = workers
            .iter_mut()
            .map(|worker| {
                let (login, over, killed) = (login.clone(), &over, &killed);
                scope.spawn(move || worker.round(login, over, killed))
            })
            .collect();
        let rotating = scope.spawn(|| {
            let mut rotated = 0;
            for rotation in ROTATIONS {
                let done = setup.try_run(rotation)?;
                if !done.status.success() && !killed.load(Ordering::SeqCst) {
                    bail!("{rotation:?}: {}", String::from_utf8_lossy(&done.stderr));
                }
                rotated += u32::from(done.status.success());
            }
            anyhow::Ok(rotated)
        });
        if kills {
            wait(random_below(LOAD_MS_MAX));
            killed.store(true, Ordering::SeqCst);
            server.kill_here()?;
        }
        let rotated = rotating
            .join()
            .map_err(|_| anyhow::anyhow!("the operator panicked"))?;
        over.store(true, Ordering::SeqCst);
        let mut answered = 0;
        for thread in running {
            answered += thread
                .join()
                .map_err(|_| anyhow::anyhow!("a worker panicked"))??;
        }
        Ok((answered, rotated?))
    })
}

/// `vault status` shows no row under an older key, and nothing under way.
fn nothing_is_older(setup: &Setup) -> anyhow::Result<()> {
    let status = setup.run(&["vault", "status", "--output", "json"])?;
    let status: Value = serde_json::from_slice(&status.stdout)?;
    let accounts = status.get("accounts").and_then(Value::as_array);
    let accounts = accounts.context("no accounts in `vault status`")?;
    for keys in accounts.iter().chain([&status]) {
        let older = keys.get("under_older").and_then(Value::as_u64);
        let rotating = keys.get("rotating").and_then(Value::as_bool);
        if older != Some(0) || rotating != Some(false) {
            bail!("something is under an older key: {keys}");
        }
    }
    Ok(())
}

/// A backup that is taken under load becomes a database of each engine, and every key reads back;
/// a token of before does not.
fn restore_elsewhere(
    setup: &Setup,
    cluster: &str,
    folder: &Folder,
    server: &mut Server,
    workers: &mut [Worker],
) -> anyhow::Result<()> {
    let file = folder.path().join("backup");
    let name = file.to_str().context("a path that is not text")?;
    let (over, killed) = (AtomicBool::new(false), AtomicBool::new(false));
    let login = server.login.clone();
    std::thread::scope(|scope| {
        let running: Vec<_> = workers
            .iter_mut()
            .map(|worker| {
                let (login, over, killed) = (login.clone(), &over, &killed);
                scope.spawn(move || worker.round(login, over, killed))
            })
            .collect();
        let made = setup.run(&["backup", "create", name]);
        over.store(true, Ordering::SeqCst);
        for thread in running {
            thread
                .join()
                .map_err(|_| anyhow::anyhow!("a worker panicked"))??;
        }
        made
    })?;
    setup.run(&["backup", "inspect", name])?;
    for engine in ["sqlite", "postgres"] {
        let directory = folder.path().join(format!("restored-{engine}"));
        std::fs::create_dir(&directory)?;
        std::fs::set_permissions(
            &directory,
            std::os::unix::fs::PermissionsExt::from_mode(0o700),
        )?;
        std::fs::copy(setup.directory.join("root.key"), directory.join("root.key"))?;
        let restored = Setup {
            directory,
            store: cluster::store_of(engine, cluster, "rotate")?,
            ..setup.clone()
        };
        let mut arguments = vec!["restore", name];
        if let Some(store) = &restored.store {
            arguments.extend(["--store", store]);
        }
        restored.run(&arguments)?;
        let server = restored.start()?;
        for worker in &*workers {
            worker.check_everything(server.login.clone())?;
            worker.token_is_cut(server.login.clone())?;
        }
        restored.run(&["audit", "verify"])?;
        server.stop()?;
    }
    Ok(())
}
