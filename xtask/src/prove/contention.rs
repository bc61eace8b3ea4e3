//! Many need the same token at the same moment, again and again: each refresh token is redeemed once,
//! by one of them, and all get what it brought. The provider is one that takes everything back when
//! a refresh token comes twice.
//!
//! Those who need it are processes, each with many connections. One process serves SQLite; on
//! PostgreSQL several processes share the database, and the lease decides between them. Whoever's lease is over before the answer is there
//! still keeps what came.

mod callers;
mod late;
mod race;

use anyhow::bail;

pub(super) use self::callers::{CALLERS, call};
use self::race::Race;
use super::binary;
use crate::cluster::Cluster;

/// Renews without asking who else does: neither in the process nor between processes.
const DEFECT: &str = "renewals-uncoordinated";
/// Rounds in which the defective service must be found out.
const ROUNDS_CONTROL: u32 = 5;

pub(super) fn run(full: bool) -> anyhow::Result<()> {
    let (release, sabotage) = (binary::release()?, binary::sabotage()?);
    let cluster = Cluster::given_or_own()?;
    let rounds = if full { 1000 } else { 20 };
    let (processes, tasks, nodes) = if full { (8, 16, 8) } else { (4, 4, 3) };
    // They wait for tokens to end most of the time, and can do so side by side.
    let race = |engine, nodes, binary, defect, rounds| Race {
        engine,
        cluster: cluster.url(),
        binary,
        defect,
        nodes,
        processes,
        tasks,
        rounds,
    };
    let sqlite = race("sqlite", 1, &release, None, rounds);
    let postgres = race("postgres", nodes, &release, None, rounds);
    let (sqlite, postgres) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| postgres.run());
        let own = sqlite.run();
        let beside = beside.join();
        let beside = beside.map_err(|_| anyhow::anyhow!("a race panicked"))?;
        anyhow::Ok((own?, beside?))
    })?;
    for (engine, tally) in [("sqlite", &sqlite), ("postgres", &postgres)] {
        println!(
            "{engine}: {} rounds, {} tokens given, {} refresh tokens redeemed, each once",
            tally.rounds, tally.given, tally.redeemed
        );
    }
    for (engine, nodes) in [("sqlite", 1), ("postgres", nodes)] {
        match race(engine, nodes, &sabotage, Some(DEFECT), ROUNDS_CONTROL).run() {
            Err(error) => println!("{engine}: control found out: {error:#}"),
            Ok(_) => bail!("{engine}: renewals that nobody coordinates were not found out"),
        }
    }
    let late = late::run(&release, cluster.url(), if full { 50 } else { 1 })?;
    println!(
        "figure: contention processes={processes} tasks={tasks} nodes={nodes} rounds={rounds} \
         sqlite_redeemed={} sqlite_given={} postgres_redeemed={} postgres_given={} reused=0 \
         without=0 late={late} lost=0",
        sqlite.redeemed, sqlite.given, postgres.redeemed, postgres.given
    );
    Ok(())
}
