//! A disk that cannot say whether what was written is on it.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use super::worker::Worker;
use super::{Tally, WORKERS, together};
use crate::cluster::{self, Cluster};
use crate::prove::kill9::check_records;
use crate::prove::server::{Folder, Server, Setup};

/// What is preloaded into the server.
const SOURCE: &str = include_str!("fault.c");
/// Writes of each caller with no failure injected.
const WRITES: usize = 6;
/// Writes of each caller while every sync fails.
const STORM: usize = 12;

/// Who makes calls of `fsync` fail.
struct Faults {
    library: PathBuf,
    file: PathBuf,
}

impl Faults {
    fn build(folder: &Path) -> anyhow::Result<Self> {
        let (source, library) = (folder.join("fault.c"), folder.join("fault.so"));
        fs::write(&source, SOURCE)?;
        let mut compiler = Command::new("cc");
        compiler
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(&library)
            .arg(&source);
        if !compiler.args(["-ldl", "-pthread"]).status()?.success() {
            bail!("the C compiler does not compile what is to be preloaded");
        }
        // PostgreSQL may run as another user.
        let own = folder.join("faults");
        fs::create_dir(&own)?;
        fs::set_permissions(&own, fs::Permissions::from_mode(0o777))?;
        let file = own.join("fault");
        Ok(Self { library, file })
    }

    /// What is in the environment of a program whose calls are to fail, for files in `directory`.
    fn environment(&self, directory: &Path) -> Vec<(&'static str, OsString)> {
        vec![
            ("LD_PRELOAD", self.library.clone().into()),
            ("PROCURA_FAULT_FILE", self.file.clone().into()),
            ("PROCURA_FAULT_DIRECTORY", directory.into()),
        ]
    }

    fn start(&self, setup: &Setup, log: &Path) -> anyhow::Result<Server> {
        let log = fs::File::options().create(true).append(true).open(log)?;
        let mut command = setup.dev();
        command.arg("--no-rate-limits");
        command.envs(self.environment(&setup.directory));
        command.env("PROCURA_LOG", "debug").stderr(log);
        setup.start_command(command)
    }

    /// From now on, the calls from `first` on fail, `count` of them.
    fn begin(&self, first: usize, count: usize) -> anyhow::Result<()> {
        let new = self.file.with_extension("new");
        fs::write(&new, format!("{first} {count}"))?;
        Ok(fs::rename(new, &self.file)?)
    }

    fn end(&self) -> anyhow::Result<()> {
        Ok(fs::remove_file(&self.file)?)
    }

    /// How many calls were made to fail.
    fn injected(&self) -> usize {
        fs::read(self.file.with_extension("log")).map_or(0, |log| log.len())
    }
}

/// Fails single calls, the first, the second and so on, and all of them for a while; in between the
/// server is killed.
pub(super) fn attack(
    binary: &Path,
    defect: Option<&'static str>,
    rounds: usize,
) -> anyhow::Result<Tally> {
    let name = if defect.is_some() {
        "disk-sync-control"
    } else {
        "disk-sync"
    };
    let folder = Folder::new(name)?;
    let faults = Faults::build(folder.path())?;
    let setup = Setup {
        binary: binary.to_owned(),
        directory: folder.path().join("data"),
        store: None,
        defect,
    };
    let log = folder.path().join("log");
    let mut server = faults.start(&setup, &log)?;
    let mut workers = (0..WORKERS)
        .map(|number| Worker::new(number, &server.login))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let mut tally = Tally::default();
    for round in 0..rounds {
        together(&mut workers, &server.login, |worker, login| {
            worker.succeed(login, WRITES)
        })?;
        // One call; later ones are those of checkpoints and of notes.
        let before = faults.injected();
        faults.begin(round + 1, 1 + round % 3)?;
        for _ in 0..50 {
            together(&mut workers, &server.login, |worker, login| {
                worker.attempt(login, 2)
            })?;
            if faults.injected() > before {
                break;
            }
        }
        faults.end()?;
        if faults.injected() == before {
            bail!("no call was made to fail in round {round}");
        }
        if round % 2 == 0 {
            storm(&faults, &mut workers, &mut server)?;
        }
        if round % 3 == 0 {
            server.kill()?;
            server = faults
                .start(&setup, &log)
                .context("a start after a failed sync")?;
        }
        together(&mut workers, &server.login, |worker, login| {
            worker.succeed(login, WRITES)
        })?;
        together(&mut workers, &server.login, |worker, login| {
            worker.check(login)
        })?;
        tally.rounds += 1;
    }
    let records = workers.iter().flat_map(Worker::records);
    tally.records = check_records(&setup, folder.path(), records)?;
    tally.injected = faults.injected();
    tally.add(&workers)?;
    server.stop()?;
    Ok(tally)
}

/// The same with PostgreSQL, whose calls fail: it stops, the service does not, and it goes on when
/// PostgreSQL was started again.
pub(super) fn attack_postgres(
    binary: &Path,
    defect: Option<&'static str>,
    rounds: usize,
) -> anyhow::Result<Tally> {
    let folder = Folder::new("disk-sync-postgres")?;
    let faults = Faults::build(folder.path())?;
    let environment = faults.environment(Path::new("/"));
    let cluster = Cluster::start_as("procura-disk-postgres", environment)?;
    let setup = Setup {
        binary: binary.to_owned(),
        directory: folder.path().join("data"),
        store: Some(cluster::database(&cluster.url(), "disk")?),
        defect,
    };
    let mut server = setup.start_logging(&folder.path().join("log"))?;
    let mut workers = (0..WORKERS)
        .map(|number| Worker::new(number, &server.login))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let mut tally = Tally::default();
    for _ in 0..rounds {
        together(&mut workers, &server.login, |worker, login| {
            worker.succeed(login, WRITES)
        })?;
        let before = faults.injected();
        storm(&faults, &mut workers, &mut server)?;
        if faults.injected() == before {
            bail!("no call of PostgreSQL was made to fail");
        }
        cluster.start_again()?;
        together(&mut workers, &server.login, |worker, login| {
            worker.succeed(login, WRITES)
        })?;
        together(&mut workers, &server.login, |worker, login| {
            worker.check(login)
        })?;
        tally.rounds += 1;
    }
    let records = workers.iter().flat_map(Worker::records);
    tally.records = check_records(&setup, folder.path(), records)?;
    tally.injected = faults.injected();
    tally.add(&workers)?;
    server.stop()?;
    Ok(tally)
}

/// While every sync fails, no write is acknowledged: it could not be durable.
fn storm(faults: &Faults, workers: &mut [Worker], server: &mut Server) -> anyhow::Result<()> {
    faults.begin(1, usize::MAX / 2)?;
    let acknowledged = together(workers, &server.login, |worker, login| {
        worker.attempt(login, STORM)
    });
    faults.end()?;
    let acknowledged: usize = acknowledged?.iter().sum();
    if acknowledged > 0 {
        bail!("{acknowledged} writes were acknowledged while no sync succeeded");
    }
    if server.has_ended()? {
        bail!("the server ended by itself");
    }
    Ok(())
}
