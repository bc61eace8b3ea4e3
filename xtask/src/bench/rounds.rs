//! Cases that take turns: in each round every case runs once, so that what disturbs the machine
//! disturbs all of them.

use anyhow::{Context as _, bail};
use serde_json::json;

use super::client::{Client, Round};
use super::machine::{Ticks, syncs_per_second};
use super::options::Options;
use super::report::{self, Row, Spread};
use super::server::{self, Folder, Process, Server};
use super::{Case, HELLO, PEER, Places, peer};

/// How long each case runs before it counts, in seconds.
const WARM_UP_S: f64 = 1.0;

/// A case, and what came of it in each round.
struct Measured<'a> {
    case: &'a Case,
    rounds: Vec<Sample>,
}

/// One round of one case.
struct Sample {
    round: Round,
    /// Processor time of the server, in microseconds a request.
    cpu_us: f64,
}

/// Measures the cases, the yardstick first, and prints their table.
pub(super) fn run(places: &Places, options: &Options, cases: &[&Case]) -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let server = Server::start(places, options, &folder)?;
    let (hello, hello_address) = server::hello(places)?;
    let peer = cases.iter().find(|case| case.name == PEER);
    let peer = peer.map(|_| peer::start()).transpose()?;
    let mut client = Client::start(places)?;
    let mut login = server.login(places, &folder, Some(&hello_address))?;
    if let (Some(login), Some((_, address))) = (login.as_object_mut(), &peer) {
        login.insert("peer".to_owned(), address.as_str().into());
    }
    let made = client.command(&login)?;
    server::complete(places, &folder, &made)?;
    client.command(&json!({ "do": "check" }))?;
    for case in cases {
        ask(&mut client, case, WARM_UP_S)?;
    }
    let before = server::tables(places, options, &folder)?;
    let ticks = Ticks::read()?;
    let mut syncs = Vec::new();
    let mut all: Vec<Measured<'_>> = Vec::new();
    all.extend(cases.iter().map(|case| Measured {
        case,
        rounds: Vec::new(),
    }));
    for number in 1..=options.rounds {
        eprintln!("round {number} of {}", options.rounds);
        syncs.push(syncs_per_second(folder.path())?);
        for measured in &mut all {
            let case = measured.case;
            let asked = match (case.name, &peer) {
                (HELLO, _) => &hello,
                (PEER, Some((peer, _))) => peer,
                _ => &server.process,
            };
            measured
                .rounds
                .push(sample(&mut client, case, options.seconds, asked)?);
        }
    }
    let steal = Ticks::read()?.steal_percent_since(ticks);
    let after = server::tables(places, options, &folder)?;
    report::print(&rows(&all)?);
    println!(
        "fdatasync/s on the same disk: {}",
        Spread::of(&syncs)?.whole()
    );
    println!("steal: {steal:.1} %");
    println!(
        "memory after the load: {:.1} MiB",
        server.process.rss_mib()?
    );
    if let (Some(before), Some(after)) = (before, after) {
        let count = |tables| server::of_table(tables, "audit_record", "rows");
        check_records(&all, count(&after)? - count(&before)?)?;
    }
    Ok(())
}

fn ask(client: &mut Client, case: &Case, seconds: f64) -> anyhow::Result<Round> {
    let command = json!({ "do": "round", "case": case.name, "seconds": seconds });
    let answer = client.command(&command);
    Round::read(&answer.with_context(|| format!("`{}` is answered wrongly", case.name))?)
}

fn sample(
    client: &mut Client,
    case: &Case,
    seconds: f64,
    asked: &Process,
) -> anyhow::Result<Sample> {
    let before = asked.cpu_seconds()?;
    let round = ask(client, case, seconds)?;
    let cpu_s = asked.cpu_seconds()? - before;
    Ok(Sample {
        cpu_us: cpu_s * 1e6 / round.requests.max(1.0),
        round,
    })
}

/// The table; the first case is the yardstick.
fn rows(all: &[Measured<'_>]) -> anyhow::Result<Vec<Row>> {
    let yardstick = rates_of(all.first().context("no case")?);
    let row = |measured: &Measured<'_>| {
        let own = rates_of(measured);
        let goal = match measured.case.goal {
            None => None,
            Some((least, of)) => {
                let other = all.iter().find(|other| other.case.name == of);
                let other = rates_of(other.context("a goal is a ratio to no case")?);
                Some((least, of, ratios_of(&own, &other)?))
            }
        };
        let spread = |of: fn(&Sample) -> f64| {
            let values: Vec<f64> = measured.rounds.iter().map(of).collect();
            Spread::of(&values)
        };
        Ok(Row {
            name: measured.case.name,
            goal,
            rate: Spread::of(&own)?,
            ratio: ratios_of(&own, &yardstick)?,
            cpu_us: spread(|sample| sample.cpu_us)?,
            p50_ms: spread(|sample| sample.round.p50_ms)?,
            p99_ms: spread(|sample| sample.round.p99_ms)?,
        })
    };
    all.iter().map(row).collect()
}

/// Requests a second, of each round.
fn rates_of(measured: &Measured<'_>) -> Vec<f64> {
    let rounds = measured.rounds.iter().map(|sample| sample.round);
    rounds.map(|round| round.requests / round.seconds).collect()
}

/// Each with the other of its own round.
fn ratios_of(own: &[f64], other: &[f64]) -> anyhow::Result<Spread> {
    let pairs = own.iter().zip(other);
    let ratios: Vec<f64> = pairs.map(|(own, other)| own / other).collect();
    Spread::of(&ratios)
}

/// What is not on record does not count.
fn check_records(all: &[Measured<'_>], records: f64) -> anyhow::Result<()> {
    let recorded = all.iter().filter(|measured| measured.case.is_recorded);
    let samples = recorded.flat_map(|measured| &measured.rounds);
    let answers: f64 = samples.map(|sample| sample.round.requests).sum();
    println!("answers that are on record: {answers}; records: {records}");
    if records < answers {
        bail!("some answers are not on record: these figures do not count");
    }
    Ok(())
}
