//! Whoever is stopped at one node is refused at another, on every way to a credential, within a
//! second; and nobody else is.
//!
//! Each switch has a world of its own, in which every path works before it is thrown. Then all paths
//! are gone at the other node, at once and again when the second is over. What each switch does to
//! each path stands in a matrix, which does not build with a row missing. In the end the other node is
//! cut off from the database, and gives nobody anything.

mod matrix;
mod paths;
mod speaker;
mod switches;
mod wire;
mod world;

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use procura_demo::RefreshPolicy;

use self::matrix::{Expected, Path, Switch, expected};
use self::speaker::{Key, Node};
use self::wire::Wire;
use self::world::{Place, World};
use super::binary;
use super::client::pause;
use super::demo::Demo;
use super::server::{Folder, Server, Setup};
use crate::cluster::{self, Cluster};

/// A request that begins so long after a switch has been thrown is refused.
const LATE: Duration = Duration::from_secs(1);
/// How long the tokens of the issuers live, in seconds.
const LIFE_S: u32 = 3600;
/// What is said of an issuer that nobody registered, and that there is not.
const NOBODY: &str = ".example could not be resolved";

/// What was found.
#[derive(Debug, Default)]
struct Tally {
    pairs: usize,
    refused: usize,
    /// Refused by the first request after the switch.
    at_once: usize,
    /// Paths at the node that was cut off.
    cut_off: usize,
}

pub(super) fn run(full: bool) -> anyhow::Result<()> {
    let release = binary::release()?;
    let cluster = Cluster::given_or_own()?;
    let mut whole = Tally::default();
    for engine in ["sqlite", "postgres"] {
        let rounds = if full { 5 } else { 1 };
        let tally = attack(engine, cluster.url(), &release, rounds)?;
        println!(
            "{engine}: {} pairs of a path and a switch, {} refused, {} of them at once",
            tally.pairs, tally.refused, tally.at_once
        );
        whole.pairs += tally.pairs;
        whole.refused += tally.refused;
        whole.cut_off += tally.cut_off;
    }
    println!(
        "figure: kill-switch paths={} switches={} pairs={} refused={} cut_off={} late=0 \
         unaffected_broken=0",
        Path::ALL.len(),
        Switch::ALL.len(),
        whole.pairs,
        whole.refused,
        whole.cut_off,
    );
    Ok(())
}

fn attack(
    engine: &str,
    cluster: &str,
    binary: &std::path::Path,
    rounds: usize,
) -> anyhow::Result<Tally> {
    let folder = Folder::new(&format!("kill-switch-{engine}"))?;
    let setup = Setup {
        binary: binary.to_owned(),
        directory: folder.path().join("data"),
        store: cluster::store_of(engine, cluster, "kill_switch")?,
        defect: None,
    };
    let demo = Demo::start(RefreshPolicy::Strict, LIFE_S)?;
    let first = start(&setup)?;
    let wire = setup.store.as_deref().map(Wire::to).transpose()?;
    let second = match &wire {
        Some(wire) => {
            let mut beside = setup.another_node(folder.path().join("second"))?;
            beside.store = Some(wire.url.clone());
            Some(start(&beside)?)
        }
        None => None,
    };
    let place = Place {
        setup: &setup,
        thrown_at: node(&first),
        asked: node(second.as_ref().unwrap_or(&first)),
        admin: Key {
            id: first.login.key.clone(),
            secret: first.login.secret.clone(),
            token: None,
        },
        demo: &demo,
    };
    place.prepare()?;
    let mut tally = Tally::default();
    let switches = std::iter::repeat_n(Switch::ALL, rounds).flatten();
    for (number, switch) in switches.enumerate() {
        let world = World::new(&place, number)?;
        judge(&place, &world, *switch, &mut tally).with_context(|| format!("{switch:?}"))?;
    }
    control(&place)?;
    if let (Some(wire), Some(second)) = (wire, second) {
        tally.cut_off = cut_off(&place, &wire)?;
        // It cannot write that it ends.
        second.kill()?;
    }
    first.stop()?;
    Ok(tally)
}

fn start(setup: &Setup) -> anyhow::Result<Server> {
    let mut command = setup.dev();
    command.arg("--no-rate-limits");
    setup.start_command(command)
}

fn node(server: &Server) -> Node {
    Node {
        address: server.login.address.clone(),
        region: server.login.region.clone(),
    }
}

/// All paths work; the switch is thrown; those that it stops are refused, and the others work.
fn judge(
    place: &Place<'_>,
    world: &World,
    switch: Switch,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let works = |path: &Path| match gone(place, world, *path) {
        Outcome::Given => None,
        other => Some(format!("{path:?}: {other:?}")),
    };
    let broken = all(Path::ALL, works)?;
    if !broken.is_empty() {
        bail!("before it is thrown, these do not work: {broken:#?}");
    }
    world.throw(switch, place)?;
    let thrown = instant();
    let found = all(Path::ALL, |path| {
        let found = match expected(*path, switch) {
            Expected::Refused => stopped(place, world, *path, thrown),
            Expected::Unaffected => match gone(place, world, *path) {
                Outcome::Given => Found::Right { at_once: false },
                other => Found::Wrong(format!("{path:?} is broken: {other:?}")),
            },
        };
        Some((*path, found))
    })?;
    let mut wrong = Vec::new();
    for (path, found) in found {
        tally.pairs += 1;
        tally.refused += usize::from(expected(path, switch) == Expected::Refused);
        match found {
            Found::Right { at_once } => tally.at_once += usize::from(at_once),
            Found::Late => wrong.push(format!("{path:?} is late")),
            Found::Wrong(text) => wrong.push(text),
        }
    }
    if !wrong.is_empty() {
        bail!("{wrong:#?}");
    }
    Ok(())
}

/// A node that hears of no switch any more gives nothing on any path, whoever was stopped: it asks the
/// database, or it fails. One switch stands for all; how many paths there were.
fn cut_off(place: &Place<'_>, wire: &Wire) -> anyhow::Result<usize> {
    let world = World::new(place, usize::MAX - 1)?;
    let works = |path: &Path| match gone(place, &world, *path) {
        Outcome::Given => None,
        other => Some(format!("{path:?}: {other:?}")),
    };
    let broken = all(Path::ALL, works)?;
    if !broken.is_empty() {
        bail!("before the node is cut off, these do not work: {broken:#?}");
    }
    wire.cut();
    world.throw(Switch::SuspendAgent, place)?;
    pause(LATE);
    let given = all(Path::ALL, |path| match gone(place, &world, *path) {
        Outcome::Given => Some(*path),
        Outcome::Refused | Outcome::Failed(_) => None,
    })?;
    if !given.is_empty() {
        bail!("a node that is cut off gives something on {given:?}");
    }
    println!(
        "a node that is cut off gives nothing on {} paths",
        Path::ALL.len()
    );
    Ok(Path::ALL.len())
}

/// The proof must find out a switch that is not thrown: nothing is refused then, on any path.
fn control(place: &Place<'_>) -> anyhow::Result<()> {
    let world = World::new(place, usize::MAX)?;
    let never = instant();
    let found = all(Path::ALL, |path| Some(stopped(place, &world, *path, never)))?;
    let late = found.iter().filter(|found| matches!(found, Found::Late));
    if late.count() != Path::ALL.len() {
        bail!("not every path was found late although no switch was thrown");
    }
    println!("control found out: a switch that is not thrown is late on every path");
    Ok(())
}

/// What an attempt comes to.
#[derive(Debug)]
enum Outcome {
    Given,
    /// The service said no.
    Refused,
    /// There was no answer, or one that is the service's own fault.
    Failed(String),
}

/// What is to be said of one path and one switch.
enum Found {
    Right {
        at_once: bool,
    },
    /// Something was given to a request that began more than a second after the switch.
    Late,
    Wrong(String),
}

fn gone(place: &Place<'_>, world: &World, path: Path) -> Outcome {
    match world.ask(path, place) {
        Ok(said) => match said.status {
            200..300 => Outcome::Given,
            400..=428 | 430..=499 => Outcome::Refused,
            // Under the baseline an issuer that nobody registered is asked itself who it is.
            429 if said.body.contains(NOBODY) => Outcome::Refused,
            _ => Outcome::Failed(format!("{} {}", said.status, said.body)),
        },
        Err(error) => Outcome::Failed(format!("{error:#}")),
    }
}

/// Goes a path again and again until it is refused, and once more when the second is over.
fn stopped(place: &Place<'_>, world: &World, path: Path, thrown: Instant) -> Found {
    let mut at_once = true;
    loop {
        let is_late = thrown.elapsed() >= LATE;
        match gone(place, world, path) {
            Outcome::Refused if is_late => return Found::Right { at_once },
            // It has to be so when the second is over, too.
            Outcome::Refused => pause(LATE.saturating_sub(thrown.elapsed())),
            Outcome::Given if is_late => return Found::Late,
            Outcome::Given => at_once = false,
            Outcome::Failed(text) => return Found::Wrong(format!("{path:?} fails: {text}")),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the promise is of a time")]
fn instant() -> Instant {
    Instant::now()
}

/// Does something on all paths at the same time; what it gave.
fn all<T: Send>(
    paths: &[Path],
    each: impl Fn(&Path) -> Option<T> + Sync,
) -> anyhow::Result<Vec<T>> {
    std::thread::scope(|scope| {
        let each = &each;
        let running: Vec<_> = paths
            .iter()
            .map(|path| scope.spawn(move || each(path)))
            .collect();
        let mut found = Vec::new();
        for thread in running {
            let done = thread.join();
            found.extend(done.map_err(|_| anyhow::anyhow!("a path panicked"))?);
        }
        Ok(found)
    })
}
