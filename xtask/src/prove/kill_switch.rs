//! Whoever is stopped at one node is refused at another, on every way to a credential, within a
//! second; and nobody else is.
//!
//! Each switch has a world of its own, in which every path works before it is thrown. Then all paths
//! are gone at the other node, at once and again when the second is over. What each switch does to
//! each path stands in a matrix, which does not build with a row missing, and every operation of the
//! product stands in a list of those that are a path and those that are none. In the end the other node
//! is cut off from the database, and gives nobody anything.
//!
//! The control is a node that is deaf to what was cut: it is found late.

mod delegation;
mod issuer;
mod matrix;
mod operations;
mod paths;
mod pool;

mod strict;
mod switches;
mod wire;
mod world;

use std::path::Path as File;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use procura_demo::RefreshPolicy;

use self::issuer::Issuers;
use self::matrix::{Expected, Ground, Path, Switch, expected};
use self::wire::Wire;
use self::world::{Place, World};
use super::binary;
use super::client::pause;
use super::demo::Demo;
use super::server::{Folder, Server, Setup};
use super::speaker::{Key, Node, Said};
use crate::cluster::{self, Cluster};

/// A request that begins so long after a switch has been thrown is refused.
const LATE: Duration = Duration::from_secs(1);
/// How long the tokens of the issuers live, in seconds.
const LIFE_S: u32 = 3600;
/// A node that does not learn what was cut.
const DEFECT: &str = "late-cut";
/// What such a node must be found late with.
const TOLD: &[(Switch, Path)] = &[
    (Switch::SignUserOut, Path::KeyOfPoolUsersToken),
    (Switch::RemoveIssuer, Path::KeyOfIssuerUsersToken),
    (Switch::RevokeKey, Path::TokenByKey),
    (Switch::RevokeKey, Path::KeyOfKeysToken),
];

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
    let (release, sabotage) = (binary::release()?, binary::sabotage()?);
    let cluster = Cluster::given_or_own()?;
    let mut whole = Tally::default();
    let (mut strict, mut controls) = (0, 0);
    for engine in ["sqlite", "postgres"] {
        let rounds = if full { 5 } else { 1 };
        let site = |binary, rules, defect| Site {
            engine,
            cluster: cluster.url(),
            binary,
            rules,
            defect,
        };
        let tally = site(release.as_path(), "baseline", None)
            .with(|place, wire| attack(place, wire, rounds))?;
        println!(
            "{engine}: {} pairs of a path and a switch, {} refused, {} of them at once",
            tally.pairs, tally.refused, tally.at_once
        );
        whole.pairs += tally.pairs;
        whole.refused += tally.refused;
        whole.cut_off += tally.cut_off;
        site(&release, "strict", None).with(|place, _| strict::removed_issuer(place))?;
        strict += 1;
        site(&sabotage, "baseline", Some(DEFECT)).with(|place, _| deaf(place))?;
        controls += TOLD.len();
    }
    println!(
        "figure: kill-switch paths={} switches={} grounds={} pairs={} refused={} cut_off={} strict={strict} \
         controls={controls} late=0 unaffected_broken=0",
        Path::ALL.len(),
        Switch::ALL.len(),
        Ground::ALL.len(),
        whole.pairs,
        whole.refused,
        whole.cut_off,
    );
    Ok(())
}

/// What runs.
struct Site<'a> {
    engine: &'static str,
    cluster: &'a str,
    binary: &'a File,
    rules: &'static str,
    /// Of the node that is asked.
    defect: Option<&'static str>,
}

impl Site<'_> {
    /// Starts it, does something, and ends it.
    fn with<T>(
        &self,
        act: impl FnOnce(&Place<'_>, Option<&Wire>) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let (engine, rules) = (self.engine, self.rules);
        let what = self.defect.unwrap_or(rules);
        let folder = Folder::new(&format!("kill-switch-{engine}-{what}"))?;
        let setup = Setup {
            binary: self.binary.to_owned(),
            directory: folder.path().join("data"),
            store: cluster::store_of(engine, self.cluster, "kill_switch")?,
            defect: None,
        };
        let (demo, issuers) = (
            Demo::start(RefreshPolicy::Strict, LIFE_S)?,
            Issuers::start()?,
        );
        let is_alone = setup.store.is_none();
        let own = self.defect.filter(|_| is_alone);
        let first = start(
            &Setup {
                defect: own,
                ..setup.clone()
            },
            rules,
        )?;
        let wire = setup.store.as_deref().map(Wire::to).transpose()?;
        let second = match &wire {
            Some(wire) => {
                let mut beside = setup.another_node(folder.path().join("second"))?;
                beside.store = Some(wire.url.clone());
                beside.defect = self.defect;
                Some(start(&beside, rules)?)
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
            issuers: &issuers,
        };
        place.prepare();
        let done = act(&place, wire.as_ref()).with_context(|| format!("{engine}, {what}"))?;
        // One that was cut off cannot write that it ends.
        second.map(Server::kill).transpose()?;
        first.stop()?;
        Ok(done)
    }
}

/// Throws every switch.
fn attack(place: &Place<'_>, wire: Option<&Wire>, rounds: usize) -> anyhow::Result<Tally> {
    operations::check(&super::server::operations(place.setup)?)?;
    let (mut tally, mut wrong) = (Tally::default(), Vec::new());
    let switches = std::iter::repeat_n(Switch::ALL, rounds).flatten();
    for (number, switch) in switches.enumerate() {
        let world = World::new(place, number)?;
        let own = judge(place, &world, *switch, &mut tally)?;
        wrong.extend(own.into_iter().map(|text| format!("{switch:?}: {text}")));
    }
    if !wrong.is_empty() {
        bail!("{wrong:#?}");
    }
    control(place)?;
    if let Some(wire) = wire {
        tally.cut_off = cut_off(place, wire)?;
    }
    Ok(tally)
}

/// The proof must find out a node that is deaf to what was cut.
fn deaf(place: &Place<'_>) -> anyhow::Result<()> {
    for (number, switch) in Switch::ALL.iter().enumerate() {
        let told = TOLD.iter().filter(|(own, _)| own == switch);
        let told: Vec<Path> = told.map(|(_, path)| *path).collect();
        if told.is_empty() {
            continue;
        }
        let world = World::new(place, number)?;
        let wrong = judge(place, &world, *switch, &mut Tally::default())?;
        for path in told {
            if !wrong.contains(&late(path)) {
                bail!("a node that is deaf to {switch:?} was not found out: {path:?}, {wrong:#?}");
            }
            println!("control found out: {}, {switch:?}", late(path));
        }
    }
    Ok(())
}

fn late(path: Path) -> String {
    format!("{path:?} is late")
}

fn start(setup: &Setup, rules: &str) -> anyhow::Result<Server> {
    let mut command = setup.dev();
    command.args(["--no-rate-limits", "--policies", rules]);
    setup.start_command(command)
}

fn node(server: &Server) -> Node {
    Node {
        address: server.login.address.clone(),
        region: server.login.region.clone(),
    }
}

/// All paths work; the switch is thrown; those that it stops are refused, and the others work. What is
/// otherwise.
fn judge(
    place: &Place<'_>,
    world: &World,
    switch: Switch,
    tally: &mut Tally,
) -> anyhow::Result<Vec<String>> {
    all_work(place, world)?;
    world
        .throw(switch, place)
        .with_context(|| format!("{switch:?}"))?;
    let thrown = instant();
    let found = all(Path::ALL, |path| {
        let found = match expected(*path, switch) {
            Expected::Refused => found(place, world, *path, thrown),
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
            Found::Late => wrong.push(late(path)),
            Found::Wrong(text) => wrong.push(text),
        }
    }
    Ok(wrong)
}

/// Before a switch is thrown.
fn all_work(place: &Place<'_>, world: &World) -> anyhow::Result<()> {
    let broken = all(Path::ALL, |path| match gone(place, world, *path) {
        Outcome::Given => None,
        other => Some(format!("{path:?}: {other:?}")),
    })?;
    if !broken.is_empty() {
        bail!("before anything is cut, these do not work: {broken:#?}");
    }
    Ok(())
}

/// A node that hears of no switch any more gives nothing on any path, whoever was stopped: it asks the
/// database, or it fails. One switch stands for all; how many paths there were.
fn cut_off(place: &Place<'_>, wire: &Wire) -> anyhow::Result<usize> {
    let world = World::new(place, usize::MAX - 1)?;
    all_work(place, &world)?;
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
    let found = all(Path::ALL, |path| Some(found(place, &world, *path, never)))?;
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
    outcome(world.ask(path, place))
}

fn outcome(said: anyhow::Result<Said>) -> Outcome {
    match said {
        Ok(said) => match said.status {
            200..300 => Outcome::Given,
            400..=428 | 430..=499 => Outcome::Refused,
            _ => Outcome::Failed(format!("{} {}", said.status, said.body)),
        },
        Err(error) => Outcome::Failed(format!("{error:#}")),
    }
}

/// Goes a path until it is refused, and once more when the second is over.
fn found(place: &Place<'_>, world: &World, path: Path, thrown: Instant) -> Found {
    let ask = || {
        let outcome = gone(place, world, path);
        // There is one more thing, for the time when the second is over.
        if path.is_once() {
            pause(LATE.saturating_sub(thrown.elapsed()));
        }
        outcome
    };
    stopped(ask, thrown, &format!("{path:?}"))
}

/// Asks again and again until it is refused, and once more when the second is over.
fn stopped(ask: impl Fn() -> Outcome, thrown: Instant, what: &str) -> Found {
    let mut at_once = true;
    loop {
        let is_late = thrown.elapsed() >= LATE;
        match ask() {
            Outcome::Refused if is_late => return Found::Right { at_once },
            // It has to be so when the second is over, too.
            Outcome::Refused => pause(LATE.saturating_sub(thrown.elapsed())),
            Outcome::Given if is_late => return Found::Late,
            Outcome::Given => at_once = false,
            Outcome::Failed(text) => return Found::Wrong(format!("{what} fails: {text}")),
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
