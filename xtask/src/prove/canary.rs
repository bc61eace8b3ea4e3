//! Recognisable secrets of every kind, put through every operation and every refusal, and found
//! nowhere: not in a log, an answer, a record, a file or a dump, in no encoding that we know.
//!
//! Searched is for halves of each secret, so that one that was cut off is found too. Left out are
//! page tokens, which tell nothing and open nothing, and the environment of the process, where
//! whoever starts it has put what is in it.

mod at_rest;
mod binding;
mod channel;
mod drive;
mod encoding;
mod kind;
mod provider;
mod secrets;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::thread::ScopedJoinHandle;

use anyhow::{Context as _, bail};
use serde_json::Value;

use self::channel::{Chunk, Content, Site};
use self::drive::Drive;
use self::encoding::{ENCODINGS, escaped};
use self::kind::Kind;
use self::provider::Provider;
use self::secrets::{Secrets, invent};
use super::binary;
use super::server::{Folder, Setup};
use crate::cluster::{self, Cluster};

/// The defects that the control commits: lines of the log that say too much.
const DEFECTS: &str = "log-secret,log-redirect";
/// What they tell.
const TOLD: [Kind; 3] = [Kind::ApiKey, Kind::FlowState, Kind::CustomState];

/// Where the rows of the database are, as they are.
const STORED: [&str; 3] = ["database", "dump", "backup"];
/// How many of the places are told where a secret must not be.
const HITS_TOLD: usize = 20;

/// What one engine has shown.
struct Shown {
    secrets: usize,
    needles: usize,
    channels: usize,
    absent: Vec<&'static str>,
    bytes: usize,
    hits: Vec<String>,
}

/// Runs the proof; there is no longer form of it.
pub(super) fn run(_full: bool) -> anyhow::Result<()> {
    let (release, sabotage) = (binary::release()?, binary::sabotage()?);
    let cluster = Cluster::given_or_own()?;
    let store = with_password(&cluster::database(cluster.url(), "canary")?)?;
    let (shown, control) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| search("postgres", &release, Some(store), None));
        let control = scope.spawn(|| search("sqlite-control", &sabotage, None, Some(DEFECTS)));
        let own = search("sqlite", &release, None, None);
        Ok::<_, anyhow::Error>(([own?, joined(beside)?], joined(control)?))
    })?;
    for (engine, own) in ["sqlite", "postgres"].into_iter().zip(&shown) {
        if !own.hits.is_empty() {
            let (count, first) = (own.hits.len(), own.hits.iter().take(HITS_TOLD));
            let first: Vec<&str> = first.map(String::as_str).collect();
            bail!("{engine}: a secret is where it must not be ({count} times): {first:#?}");
        }
    }
    for kind in TOLD {
        let words = kind.words();
        let hit = format!("one of the {words} in log ");
        let Some(hit) = control.hits.iter().find(|own| own.starts_with(&hit)) else {
            bail!("a server that logs {words} was not found out");
        };
        println!("control found out: {hit}");
    }
    let sum = |of: fn(&Shown) -> usize| shown.iter().map(of).sum::<usize>();
    let is_absent = |name: &&str| shown.iter().all(|own| own.absent.contains(name));
    let absent = shown
        .first()
        .map(|own| own.absent.iter().copied().filter(is_absent));
    let absent: Vec<&str> = absent.into_iter().flatten().collect();
    println!(
        "figure: canary kinds={} encodings={} secrets={} needles={} channels={} absent={} bytes={} \
         hits=0",
        Kind::ALL.len(),
        ENCODINGS.len(),
        sum(|own| own.secrets),
        sum(|own| own.needles),
        sum(|own| own.channels),
        if absent.is_empty() {
            "none".to_owned()
        } else {
            absent.join(",")
        },
        sum(|own| own.bytes),
    );
    Ok(())
}

fn joined(running: ScopedJoinHandle<'_, anyhow::Result<Shown>>) -> anyhow::Result<Shown> {
    let joined = running.join();
    joined.map_err(|_| anyhow::anyhow!("a search panicked"))?
}

/// Puts a member into an object, in the place of the one that it has.
fn put(object: &mut Value, member: &str, value: impl Into<Value>) {
    if let Some(object) = object.as_object_mut() {
        object.insert(member.to_owned(), value.into());
    }
}

/// The URL with a password that the cluster does not ask for.
fn with_password(url: &str) -> anyhow::Result<String> {
    let (user, host) = url.split_once('@').context("a URL without user")?;
    let password = escaped(&invent());
    Ok(format!("{user}:{password}@{host}"))
}

/// Plants, drives and searches one server.
fn search(
    name: &str,
    binary: &Path,
    store: Option<String>,
    defect: Option<&'static str>,
) -> anyhow::Result<Shown> {
    let folder = Folder::new(&format!("canary-{name}"))?;
    let setup = Setup {
        binary: binary.to_owned(),
        directory: folder.path().join("data"),
        store,
        defect,
    };
    let log = folder.path().join("log");
    let server = setup.start_whole_logging(&log)?;
    let provider = Provider::start()?;
    let mut drive = Drive::new(&setup, folder.path(), &provider, server.login.clone());
    let dev_secret = drive.plant(Kind::AccessKeySecret, &server.login.secret);
    let binding_secret = drive.plant(Kind::AccessKeySecret, &secret_of_page(&setup)?);
    if let Some(password) = setup.store.as_deref().and_then(password_of) {
        drive.plant(Kind::DatabasePassword, &password);
    }
    drive.run()?;
    let Drive {
        mut secrets,
        answers,
        pages,
        printed,
        binding,
        ..
    } = drive;
    let binding = binding.context("no service ends sessions")?;
    at_rest::add_keys(&setup, &mut secrets)?;
    let mut site = Site {
        setup: &setup,
        folder: folder.path(),
        log: &log,
        login: &server.login,
        pid: server.pid(),
        dev_secret,
        binding: &binding,
        binding_secret,
        answers,
        pages,
        printed,
    };
    let mut contents = channel::read_all(&mut site)?;
    let page_log = binding.log.clone();
    let printed = binding.stop()?.into_bytes();
    server.stop()?;
    // The end of the log, and what the last commit has left.
    for content in &mut contents {
        if let Some(chunks) = &mut content.chunks {
            match content.channel.name {
                "log" => chunks.push(Chunk::new("log".to_owned(), fs::read(&log)?)),
                "page log" => chunks.push(Chunk::new("log".to_owned(), fs::read(&page_log)?)),
                "commands" => {
                    let place = "procura session-binding".to_owned();
                    chunks.push(Chunk::new(place, printed.clone()));
                }
                "database" => chunks.extend(channel::read_ended(&setup)?),
                _ => {}
            }
        }
    }
    examine(name, &secrets, &contents, setup.store.is_some())
}

/// The secret of the key with which the page of `dev` calls the API.
fn secret_of_page(setup: &Setup) -> anyhow::Result<String> {
    let instance: Value =
        serde_json::from_slice(&fs::read(setup.directory.join("instance.json"))?)?;
    let secret = instance.pointer("/binding/secret_access_key");
    let secret = secret.and_then(Value::as_str);
    secret.map(str::to_owned).context("`dev` has no page")
}

fn password_of(url: &str) -> Option<String> {
    let (login, _) = url.split_once("//")?.1.split_once('@')?;
    let escaped = login.split_once(':')?.1;
    let digits = escaped.replace('%', "");
    String::from_utf8(super::seal::unhex(&digits).ok()?).ok()
}

/// Looks for every secret in every channel, and prints what was looked for and where.
fn examine(
    name: &str,
    secrets: &Secrets,
    contents: &[Content],
    is_postgres: bool,
) -> anyhow::Result<Shown> {
    let counts = secrets.by_kind();
    for (kind, words) in Kind::ALL {
        let (count, wanted) = (
            counts.get(&kind).copied().unwrap_or(0),
            kind.wanted(is_postgres),
        );
        if count < wanted {
            bail!("{name}: {count} {words} were planted, {wanted} are wanted");
        }
    }
    if secrets.find_hidden() != secrets.needles() {
        bail!("the search does not find what was hidden for it");
    }
    let search = secrets.search();
    let mut hits = BTreeMap::<(Kind, &str), usize>::new();
    let mut lines = Vec::new();
    let mut bytes = 0;
    for content in contents {
        for chunk in content.chunks.iter().flatten() {
            bytes += chunk.bytes.len();
            let found = search.run(&chunk.bytes);
            for id in &chunk.meant {
                if !found.iter().any(|hit| hit.secret == *id) {
                    bail!(
                        "{name}: {} does not tell what it is there to tell",
                        chunk.place
                    );
                }
            }
            for hit in found.iter().filter(|hit| {
                !chunk.meant.contains(&hit.secret) && !chunk.may.contains(&hit.secret)
            }) {
                let kind = secrets.kind(hit.secret).context("an unknown secret")?;
                if kind.is_stored() && STORED.contains(&content.channel.name) {
                    continue;
                }
                *hits.entry((kind, content.channel.name)).or_default() += 1;
                let channel = content.channel.name;
                let words = kind.words();
                let (encoding, place, at) = (hit.encoding, &chunk.place, hit.at);
                lines.push(format!(
                    "one of the {words} in {channel} as {encoding}: {place}, {at}"
                ));
            }
        }
    }
    print_table(name, &counts, contents, &hits);
    let has = |content: &&Content| content.chunks.is_some();
    Ok(Shown {
        secrets: secrets.count(),
        needles: secrets.needles(),
        channels: contents.iter().filter(has).count(),
        absent: contents
            .iter()
            .filter(|content| !has(content))
            .map(|c| c.channel.name)
            .collect(),
        bytes,
        hits: lines,
    })
}

/// Kinds × channels, each in all encodings: how often a secret was found.
fn print_table(
    name: &str,
    counts: &BTreeMap<Kind, usize>,
    contents: &[Content],
    hits: &BTreeMap<(Kind, &str), usize>,
) {
    let forms: Vec<&str> = ENCODINGS.iter().map(|form| form.name).collect();
    let (count, forms) = (forms.len(), forms.join(", "));
    let mut lines = vec![format!(
        "{name}: found, in any of {count} encodings ({forms}):"
    )];
    let mut row = |label: &str, count: &str, cell: &dyn Fn(&Content) -> String| {
        let cells: Vec<String> = contents
            .iter()
            .map(|c| format!(" {:>9}", cell(c)))
            .collect();
        lines.push(format!("{label:<24}{count:>4}{}", cells.concat()));
    };
    row("kind", "n", &|content| content.channel.name.to_owned());
    for (kind, words) in Kind::ALL {
        let count = counts.get(&kind).copied().unwrap_or(0).to_string();
        row(words, &count, &|content| {
            let found = hits.get(&(kind, content.channel.name)).copied();
            let absent = content.chunks.is_none().then(|| "absent".to_owned());
            absent.unwrap_or_else(|| found.unwrap_or(0).to_string())
        });
    }
    // At once: others print beside.
    println!("{}", lines.join("\n"));
}
