//! Figures that are taken once: start, memory, size, disk.

use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::Places;
use super::client::Client;
use super::options::Options;
use super::report::Spread;
use super::server::{self, Folder, Server};

/// How often a start is measured, after the first.
const STARTS: usize = 5;
/// Of a row with a secret of so many bytes …
const SECRET_BYTES: f64 = 700.0;
/// … may take so much: 1.35 of the secret, and 300 bytes.
const ROW_BYTES_GOAL: f64 = SECRET_BYTES * 1.35 + 300.0;
/// The table of what is filled in, and that of its records.
const FILLED: &str = "credential_provider";
const RECORDS: &str = "audit_record";

/// Takes the figures that are wanted.
pub(super) fn run(places: &Places, options: &Options) -> anyhow::Result<()> {
    if options.wants("binary") {
        let bytes = std::fs::metadata(&places.server)?.len();
        println!(
            "binary: {}.{:02} MB (goal: ≤ 25)",
            bytes / 1_000_000,
            bytes % 1_000_000 / 10_000
        );
    }
    if options.wants("start") || options.wants("idle-rss") {
        start(places, options)?;
    }
    if options.wants("disk") || options.wants("rss-rows") {
        rows(places, options)?;
    }
    if options.wants("authority") {
        authority(places)?;
    }
    Ok(())
}

/// What a decision costs, by the number of policies of the account that are about others.
fn authority(places: &Places) -> anyhow::Result<()> {
    let output = Command::new(places.examples.join("decision_cost")).output()?;
    if !output.status.success() {
        bail!("decision_cost: {}", String::from_utf8_lossy(&output.stderr));
    }
    let figures: Value = serde_json::from_slice(&output.stdout)?;
    let of = |policies: &str, what: &str| {
        let figure = figures.get(policies).and_then(|of| of.get(what));
        figure.and_then(Value::as_f64).context("decision_cost")
    };
    let (none, few, many) = (of("0", "ns")?, of("10", "ns")?, of("1000", "ns")?);
    println!(
        "authority: {:.1} us without policies of the account, {:.1} us among 10, {:.1} us among 1,000 \
         (goal: ≤ 60); {:.2} times as much (goal: ≤ 1.2); 1,000 are read in {} ms",
        none / 1000.0,
        few / 1000.0,
        many / 1000.0,
        many / few,
        of("1000", "read_ms")?
    );
    Ok(())
}

fn start(places: &Places, options: &Options) -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let first = Server::start(places, options, &folder)?.start_s;
    let (mut again, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let server = Server::start(places, options, &folder)?;
        again.push(server.start_s);
        memory.push(server.process.rss_mib()?);
    }
    let (again, memory) = (Spread::of(&again)?, Spread::of(&memory)?);
    println!(
        "start: {:.3} s [{:.3}–{:.3}], the very first {first:.3} s (goal: ≤ 1)",
        again.median, again.min, again.max
    );
    println!(
        "idle-rss: {:.1} MiB [{:.1}–{:.1}] (goal: ≤ 30)",
        memory.median, memory.min, memory.max
    );
    Ok(())
}

/// Fills the vault, looks at the disk, reads every row.
fn rows(places: &Places, options: &Options) -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let server = Server::start(places, options, &folder)?;
    let mut client = log_in(places, &server, &folder)?;
    let rows = options.rows;
    eprintln!("making {rows} rows");
    let filled = client.command(&json!({ "do": "fill", "rows": rows }))?;
    let seconds = filled.get("seconds").and_then(serde_json::Value::as_f64);
    println!(
        "rows: {rows}, made in {:.1} s",
        seconds.context("no seconds")?
    );
    match server::tables(places, options, &folder)? {
        None => println!("disk: only measured on SQLite"),
        Some(tables) => {
            let per_row = |table| {
                let bytes = server::of_table(&tables, table, "bytes")?;
                anyhow::Ok(bytes / server::of_table(&tables, table, "rows")?)
            };
            println!(
                "disk: {:.0} B/row with a secret of {SECRET_BYTES} B (goal: ≤ {ROW_BYTES_GOAL:.0}); \
                 {:.0} B/audit record",
                per_row(FILLED)?,
                per_row(RECORDS)?
            );
        }
    }
    let after_writing = server.process.rss_mib()?;
    drop(client);
    drop(server);
    if options.wants("rss-rows") {
        let server = Server::start(places, options, &folder)?;
        let idle = server.process.rss_mib()?;
        let mut client = log_in(places, &server, &folder)?;
        eprintln!("reading {rows} rows");
        client.command(&json!({ "do": "read", "rows": rows }))?;
        println!(
            "rss-rows: {:.1} MiB after all of {rows} rows were read (at the start {idle:.1}; after \
             they were written {after_writing:.1})",
            server.process.rss_mib()?
        );
    }
    Ok(())
}

fn log_in(places: &Places, server: &Server, folder: &Folder) -> anyhow::Result<Client> {
    let mut client = Client::start(places)?;
    client.command(&server.login(places, folder, None)?)?;
    Ok(client)
}
