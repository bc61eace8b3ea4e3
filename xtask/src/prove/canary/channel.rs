//! Where a secret could come out: everything that the service writes, prints and answers.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

use super::binding::Binding;
use super::drive::WITNESS;
use super::secrets::Id;
use crate::prove::client::{Call, Client, Login};
use crate::prove::server::Setup;
use crate::prove::sql;

/// A piece of a channel.
pub(super) struct Chunk {
    pub(super) place: String,
    pub(super) bytes: Vec<u8>,
    /// The secrets that it is there to tell.
    pub(super) meant: Vec<Id>,
    /// Those that it may tell to whoever has just said them, or has asked for them.
    pub(super) may: Vec<Id>,
}

impl Chunk {
    pub(super) fn new(place: String, bytes: Vec<u8>) -> Self {
        Self {
            place,
            bytes,
            meant: Vec::new(),
            may: Vec::new(),
        }
    }
}

/// A running server and what is around it.
pub(super) struct Site<'a> {
    pub(super) setup: &'a Setup,
    pub(super) folder: &'a Path,
    pub(super) log: &'a Path,
    pub(super) login: &'a Login,
    pub(super) pid: u32,
    /// The secret of the key of `dev`, which `instance.json` is there to hold.
    pub(super) dev_secret: Id,
    pub(super) binding: &'a Binding,
    /// The secret of its key in `dev`, which `instance.json` holds, too.
    pub(super) binding_secret: Id,
    pub(super) answers: Vec<Chunk>,
    pub(super) pages: Vec<Chunk>,
    pub(super) printed: Vec<Chunk>,
}

/// A channel: its name, what must stand in it or we looked at the wrong thing, and how it is read.
pub(super) struct Channel {
    pub(super) name: &'static str,
    pub(super) marker: &'static str,
    read: fn(&mut Site<'_>) -> anyhow::Result<Option<Vec<Chunk>>>,
}

/// A channel, read.
pub(super) struct Content {
    pub(super) channel: &'static Channel,
    /// Nothing where the binary has no such channel.
    pub(super) chunks: Option<Vec<Chunk>>,
}

/// All channels, in the order in which they are read. What the binary does not have is absent.
#[rustfmt::skip]
const CHANNELS: &[Channel] = &[
    Channel { name: "answers", marker: "workloadAccessToken", read: |site| Ok(Some(std::mem::take(&mut site.answers))) },
    Channel { name: "pages", marker: "can now act for you", read: |site| Ok(Some(std::mem::take(&mut site.pages))) },
    Channel { name: "metrics", marker: "# TYPE", read: metrics },
    Channel { name: "tail", marker: WITNESS, read: tail },
    Channel { name: "export", marker: "procura audit export v1", read: export },
    Channel { name: "backup", marker: "", read: backup },
    Channel { name: "commands", marker: "PRCA", read: |site| Ok(Some(std::mem::take(&mut site.printed))) },
    Channel { name: "database", marker: WITNESS, read: database },
    Channel { name: "dump", marker: WITNESS, read: dump },
    Channel { name: "data dir", marker: "procura checkpoint v1", read: |site| Ok(Some(data_dir(site))) },
    Channel { name: "process", marker: "Max core file size", read: process },
    Channel { name: "log", marker: "answered", read: |site| one(site.log).map(Some) },
    Channel { name: "page log", marker: "a sign-in proves nobody", read: |site| one(&site.binding.log).map(Some) },
];

/// Reads every channel of a running server.
pub(super) fn read_all(site: &mut Site<'_>) -> anyhow::Result<Vec<Content>> {
    let mut contents = Vec::new();
    for channel in CHANNELS {
        let chunks = (channel.read)(site).with_context(|| channel.name.to_owned())?;
        if let Some(chunks) = &chunks {
            let has = |chunk: &Chunk| {
                let text = String::from_utf8_lossy(&chunk.bytes);
                text.contains(channel.marker)
            };
            if !chunks.iter().any(has) {
                bail!("{}: `{}` is nowhere in it", channel.name, channel.marker);
            }
        }
        contents.push(Content { channel, chunks });
    }
    Ok(contents)
}

/// The files of the database of a server that has ended.
pub(super) fn read_ended(setup: &Setup) -> anyhow::Result<Vec<Chunk>> {
    match &setup.store {
        Some(_) => Ok(Vec::new()),
        None => database_files(setup),
    }
}

fn one(path: &Path) -> anyhow::Result<Vec<Chunk>> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    Ok(vec![Chunk::new(path.display().to_string(), bytes)])
}

/// Every file under `folder` that can be read; a file may vanish meanwhile.
fn all_under(folder: &Path, chunks: &mut Vec<Chunk>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            all_under(&path, chunks);
        } else if path.is_file()
            && let Ok(bytes) = fs::read(&path)
        {
            chunks.push(Chunk::new(path.display().to_string(), bytes));
        }
    }
}

/// `GET /metrics`, of whoever may come and of the operator.
fn metrics(site: &mut Site<'_>) -> anyhow::Result<Option<Vec<Chunk>>> {
    let mut client = Client::connect(site.login.clone())?;
    let get = Call {
        method: "GET",
        ..Call::post("/metrics", &[])
    };
    let mut chunks = Vec::new();
    let answer = client.call(&get)?;
    let whole = Chunk::new("GET /metrics".to_owned(), client.heard().to_vec());
    if answer.status == 200 {
        chunks.push(whole);
    } else {
        site.answers.push(whole);
    }
    let mut local = UnixStream::connect(site.setup.directory.join("admin.sock"))?;
    local.write_all(b"GET /metrics HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")?;
    let mut heard = Vec::new();
    local.read_to_end(&mut heard)?;
    if heard.starts_with(b"HTTP/1.1 200") {
        chunks.push(Chunk::new("GET /metrics of the socket".to_owned(), heard));
    }
    Ok((!chunks.is_empty()).then_some(chunks))
}

fn tail(site: &mut Site<'_>) -> anyhow::Result<Option<Vec<Chunk>>> {
    let mut chunks = Vec::new();
    for form in ["table", "json"] {
        let output = site
            .setup
            .run(&["audit", "tail", "-n", "1000", "--output", form])?;
        chunks.push(Chunk::new(format!("audit tail as {form}"), output.stdout));
    }
    Ok(Some(chunks))
}

fn export(site: &mut Site<'_>) -> anyhow::Result<Option<Vec<Chunk>>> {
    let file = site.folder.join("export");
    site.setup.run(&[
        "audit",
        "export",
        file.to_str().context("a path that is not text")?,
    ])?;
    one(&file).map(Some)
}

/// `procura backup create`, where there is one: what it prints and what it makes.
fn backup(site: &mut Site<'_>) -> anyhow::Result<Option<Vec<Chunk>>> {
    const USAGE: i32 = 2;
    let target = site.folder.join("backup");
    let text = target.to_str().context("a path that is not text")?;
    let output = site.setup.try_run(&["backup", "create", text])?;
    if output.status.code() == Some(USAGE) {
        return Ok(None);
    }
    if !output.status.success() {
        bail!(
            "procura backup create: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let mut chunks = vec![Chunk::new(
        "procura backup create".to_owned(),
        output.stdout,
    )];
    if target.is_file() {
        chunks.extend(one(&target)?);
    }
    all_under(&target, &mut chunks);
    Ok(Some(chunks))
}

/// The files of the database, of a running engine: its log included.
fn database(site: &mut Site<'_>) -> anyhow::Result<Option<Vec<Chunk>>> {
    if site.setup.store.is_none() {
        return database_files(site.setup).map(Some);
    }
    let one = |sql: &str| -> anyhow::Result<String> {
        let rows = sql::read(site.setup, sql)?;
        rows.into_iter()
            .flatten()
            .next()
            .context("no answer of the database")
    };
    sql::read(site.setup, "CHECKPOINT")?;
    let folder = one("SHOW data_directory")?;
    let oid = one("SELECT oid FROM pg_database WHERE datname = current_database()")?;
    let mut chunks = Vec::new();
    all_under(&Path::new(&folder).join("base").join(oid), &mut chunks);
    // Segments of the log that others have written before us are not ours to read.
    let began = fs::metadata(site.setup.directory.join("node"))?.modified()?;
    for entry in fs::read_dir(Path::new(&folder).join("pg_wal"))
        .into_iter()
        .flatten()
        .flatten()
    {
        if entry.metadata()?.modified()? >= began && entry.path().is_file() {
            chunks.push(Chunk::new(
                entry.path().display().to_string(),
                fs::read(entry.path())?,
            ));
        }
    }
    // The server may be another user's, or another machine's.
    Ok((!chunks.is_empty()).then_some(chunks))
}

fn database_files(setup: &Setup) -> anyhow::Result<Vec<Chunk>> {
    let mut chunks = Vec::new();
    for entry in fs::read_dir(&setup.directory)? {
        let path = entry?.path();
        if path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("procura.db"))
        {
            chunks.extend(one(&path)?);
        }
    }
    Ok(chunks)
}

/// What PostgreSQL's own program writes of it.
fn dump(site: &mut Site<'_>) -> anyhow::Result<Option<Vec<Chunk>>> {
    let Some(url) = &site.setup.store else {
        return Ok(None);
    };
    let output = Command::new("pg_dump")
        .arg(url)
        .output()
        .context("pg_dump")?;
    if !output.status.success() {
        bail!("pg_dump: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(Some(vec![Chunk::new("pg_dump".to_owned(), output.stdout)]))
}

/// The rest of the data directory. The root key's file is the one place of that key, and
/// `instance.json` that of the secrets of `dev`.
fn data_dir(site: &Site<'_>) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    all_under(&site.setup.directory, &mut chunks);
    chunks.retain(|chunk| !chunk.place.ends_with("/root.key"));
    chunks.retain(|chunk| !chunk.place.contains("/procura.db"));
    for chunk in &mut chunks {
        if chunk.place.ends_with("/instance.json") {
            chunk.meant.extend([site.dev_secret, site.binding_secret]);
        }
    }
    chunks
}

/// What the kernel tells others of the processes, but for the environment, where whoever started it
/// has put the password of the database.
fn process(site: &mut Site<'_>) -> anyhow::Result<Option<Vec<Chunk>>> {
    let mut chunks = Vec::new();
    for pid in [site.pid, site.binding.pid()] {
        let mut own = Vec::new();
        for name in ["cmdline", "limits", "status", "comm"] {
            own.extend(one(Path::new(&format!("/proc/{pid}/{name}")))?);
        }
        if !own.iter().any(has_no_cores) {
            bail!("a crash would write the memory of the service to a file");
        }
        chunks.extend(own);
    }
    Ok(Some(chunks))
}

fn has_no_cores(limits: &Chunk) -> bool {
    let text = String::from_utf8_lossy(&limits.bytes);
    let mut lines = text
        .lines()
        .filter_map(|line| line.strip_prefix("Max core file size"));
    lines.any(|rest| rest.split_whitespace().take(2).eq(["0", "0"]))
}
