//! A disk that is full, and one that fails to sync: nothing is acknowledged that is not durable, no
//! write is done by half, and the service recovers when the disk does, without a repair.
//!
//! PostgreSQL stops on a failed sync; the service stays, and goes on when PostgreSQL was started
//! again. A full disk under PostgreSQL is left out. An injected failure of `fsync` does not take
//! pages away that the kernel would have lost; that no such commit is acknowledged is what is shown.

mod full;
mod sync;
mod worker;

use anyhow::bail;

use self::worker::Worker;
use super::binary;
use super::client::Login;

/// Callers at once.
const WORKERS: usize = 4;
/// The defect of the control.
const DEFECT: &str = "ack-before-commit";

/// What a disk went through.
#[derive(Default)]
struct Tally {
    rounds: usize,
    acknowledged: usize,
    failed: usize,
    done_unsaid: usize,
    injected: usize,
    records: usize,
}

/// Runs the proof; `full` takes ten times the rounds.
pub(super) fn run(full: bool) -> anyhow::Result<()> {
    let (release, sabotage) = (binary::release()?, binary::sabotage()?);
    let rounds = if full { 30 } else { 3 };
    let filled = full::attack(&release, rounds)?;
    let synced = sync::attack(&release, None, rounds * 6)?;
    match sync::attack(&sabotage, Some(DEFECT), rounds) {
        Err(error) => println!("control found out: {error:#}"),
        Ok(_) => bail!("a server that answers before it commits was not found out"),
    }
    let postgres = sync::attack_postgres(&release, None, rounds)?;
    match sync::attack_postgres(&sabotage, Some(DEFECT), rounds) {
        Err(error) => println!("postgres: control found out: {error:#}"),
        Ok(_) => bail!("postgres: a server that answers before it commits was not found out"),
    }
    let all = [
        ("full", &filled),
        ("sync", &synced),
        ("postgres sync", &postgres),
    ];
    for (what, tally) in all {
        println!(
            "{what}: {} rounds, {} writes acknowledged and all there, {} failed (of them {} were \
             done), {} records verified",
            tally.rounds, tally.acknowledged, tally.failed, tally.done_unsaid, tally.records
        );
    }
    println!(
        "figure: disk full_rounds={} full_failed={} sync_rounds={} sync_injected={} \
         postgres_rounds={} acknowledged={} lost=0 by_half=0",
        filled.rounds,
        filled.failed,
        synced.rounds,
        synced.injected,
        postgres.rounds,
        all.iter()
            .map(|(_, tally)| tally.acknowledged)
            .sum::<usize>()
    );
    Ok(())
}

/// Has all callers do the same at once.
fn together<T: Send>(
    workers: &mut [Worker],
    login: &Login,
    work: impl Fn(&mut Worker, &Login) -> anyhow::Result<T> + Sync,
) -> anyhow::Result<Vec<T>> {
    let work = &work;
    std::thread::scope(|scope| {
        let running: Vec<_> = workers
            .iter_mut()
            .map(|worker| scope.spawn(move || work(worker, login)))
            .collect();
        running
            .into_iter()
            .map(|thread| {
                let joined = thread.join();
                joined.map_err(|_| anyhow::anyhow!("a caller panicked"))?
            })
            .collect()
    })
}

impl Tally {
    fn add(&mut self, workers: &[Worker]) -> anyhow::Result<()> {
        for worker in workers {
            if worker.conflicts > 0 {
                bail!(
                    "{} updates were refused for others that nobody asked for",
                    worker.conflicts
                );
            }
            self.acknowledged += worker.acknowledged();
            self.failed += worker.failed;
            self.done_unsaid += worker.done_unsaid;
        }
        Ok(())
    }
}
