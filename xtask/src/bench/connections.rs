//! Whether a user's token is read as fast among many connections as among a tenth of them.
//!
//! Two services with a vault each take turns, so that what disturbs the machine disturbs both.

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::Places;
use super::client::{Client, Round};
use super::options::Options;
use super::report::Spread;
use super::server::{self, Folder, Server};

/// How many times more the one vault has than the other.
const MORE: u64 = 10;
/// How much that may change, in parts of one.
const CHANGE_MAX: f64 = 0.1;
/// How long each runs before it counts, in seconds.
const WARM_UP_S: f64 = 1.0;

/// A service whose users let an agent act.
struct Vault {
    connections: u64,
    folder: Folder,
    server: Server,
    client: Client,
    rates: Vec<f64>,
    cpu_us: Vec<f64>,
    answers: f64,
}

/// Takes the figure, if it is wanted.
pub(super) fn run(places: &Places, options: &Options) -> anyhow::Result<()> {
    if !options.wants("connections") {
        return Ok(());
    }
    if options.store.is_some() {
        println!("connections: only measured on SQLite");
        return Ok(());
    }
    let few = options.connections;
    let many = few.checked_mul(MORE).context("too many connections")?;
    let mut few = Vault::fill(places, options, few)?;
    let mut many = Vault::fill(places, options, many)?;
    let before = (
        few.records(places, options)?,
        many.records(places, options)?,
    );
    for number in 1..=options.rounds {
        eprintln!("round {number} of {}", options.rounds);
        // Who is first is so every other time.
        let mut turns = [&mut few, &mut many];
        if number % 2 == 0 {
            turns.reverse();
        }
        for vault in turns {
            vault.sample(options.seconds)?;
        }
    }
    few.check_records(before.0, few.records(places, options)?)?;
    many.check_records(before.1, many.records(places, options)?)?;
    print(&few, &many)
}

impl Vault {
    /// Starts a service and makes its connections.
    fn fill(places: &Places, options: &Options, connections: u64) -> anyhow::Result<Self> {
        let folder = Folder::named(&connections.to_string())?;
        let server = Server::start(places, options, &folder)?;
        let mut client = Client::start(places)?;
        client.command(&server.login(places, &folder, None)?)?;
        eprintln!("{connections} users consent");
        let made = json!({ "do": "connect", "connections": connections });
        let made = client.command(&made)?;
        let seconds = made.get("seconds").and_then(Value::as_f64);
        println!(
            "{connections} connections, made in {:.1} s",
            seconds.context("no seconds")?
        );
        ask(&mut client, WARM_UP_S)?;
        Ok(Self {
            connections,
            folder,
            server,
            client,
            rates: Vec::new(),
            cpu_us: Vec::new(),
            answers: 0.0,
        })
    }

    fn sample(&mut self, seconds: f64) -> anyhow::Result<()> {
        let before = self.server.process.cpu_seconds()?;
        let round = ask(&mut self.client, seconds)?;
        let cpu_s = self.server.process.cpu_seconds()? - before;
        self.rates.push(round.requests / round.seconds);
        self.cpu_us.push(cpu_s * 1e6 / round.requests.max(1.0));
        self.answers += round.requests;
        Ok(())
    }

    fn records(&self, places: &Places, options: &Options) -> anyhow::Result<f64> {
        let tables = server::tables(places, options, &self.folder)?;
        server::of_table(&tables.context("no tables")?, "audit_record", "rows")
    }

    /// What is not on record does not count.
    fn check_records(&self, before: f64, after: f64) -> anyhow::Result<()> {
        let (answers, records) = (self.answers, after - before);
        if records < answers {
            bail!("{answers} answers, and {records} records: these figures do not count");
        }
        Ok(())
    }
}

fn ask(client: &mut Client, seconds: f64) -> anyhow::Result<Round> {
    let command = json!({ "do": "round", "case": "user-tokens", "seconds": seconds });
    Round::read(&client.command(&command)?)
}

fn print(few: &Vault, many: &Vault) -> anyhow::Result<()> {
    for vault in [few, many] {
        println!(
            "{} connections: {} requests/s, CPU {} µs/request, memory {:.1} MiB",
            vault.connections,
            Spread::of(&vault.rates)?.whole(),
            Spread::of(&vault.cpu_us)?.whole(),
            vault.server.process.rss_mib()?,
        );
    }
    // Each with the other of its own round.
    let ratio = |of: fn(&Vault) -> &[f64]| {
        let pairs = of(many).iter().zip(of(few));
        let ratios: Vec<f64> = pairs.map(|(many, few)| many / few).collect();
        Spread::of(&ratios)
    };
    let (rate, cpu) = (ratio(|vault| &vault.rates)?, ratio(|vault| &vault.cpu_us)?);
    let is_met = (rate.median - 1.0).abs() < CHANGE_MAX;
    println!(
        "connections: {MORE} times as many are read {} times as fast, for {} times the processor \
         time (goal: within 10 %, {})",
        rate.fractions(),
        cpu.fractions(),
        if is_met { "met" } else { "missed" },
    );
    Ok(())
}
