//! A disk without room.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, bail};

use super::worker::Worker;
use super::{Tally, WORKERS, together};
use crate::cluster::is_root;
use crate::prove::client::{Call, Client};
use crate::prove::kill9::{check_records, wait};
use crate::prove::server::{Folder, Server, Setup};

/// The disk, in MiB.
const SIZE_MB: usize = 24;
/// Writes of each caller while there is room.
const WRITES: usize = 40;
/// Failures in a row after which a caller believes that there is no room.
const FAILURES: usize = 8;

/// A small file system in memory, gone when dropped.
struct Disk {
    path: PathBuf,
}

impl Disk {
    fn mount(path: PathBuf) -> anyhow::Result<Self> {
        fs::create_dir_all(&path)?;
        let size = format!("size={SIZE_MB}m,mode=0700");
        let mut mount = Command::new("mount");
        let mounted = mount
            .args(["-t", "tmpfs", "-o", &size, "none"])
            .arg(&path)
            .status()?;
        if !mounted.success() {
            bail!("not run: root cannot mount a file system here");
        }
        Ok(Self { path })
    }

    fn filler(&self) -> PathBuf {
        self.path.join("filler")
    }

    /// Takes all room, and goes on doing so until told to stop.
    fn fill(&self, stop: &AtomicBool) -> anyhow::Result<()> {
        let mut file = File::options()
            .create(true)
            .append(true)
            .open(self.filler())?;
        let block = vec![0; 64 * 1024];
        while !stop.load(Ordering::Relaxed) {
            for size in [block.len(), 4096, 1] {
                match file.write_all(block.get(..size).unwrap_or_default()) {
                    Ok(()) => break,
                    Err(error) if error.kind() == ErrorKind::StorageFull => {}
                    Err(error) => return Err(error.into()),
                }
                if size == 1 {
                    wait(1);
                }
            }
        }
        Ok(())
    }

    fn make_room(&self) -> anyhow::Result<()> {
        fs::remove_file(self.filler()).context("the file that fills the disk")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(&self.path).status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("not unmounted: {}", self.path.display());
        }
    }
}

/// How a round ends, while the disk is full.
#[derive(Clone, Copy)]
enum End {
    /// There is room again, and the server has never ended.
    Room,
    /// SIGKILL, and a start that finds no room.
    Kill,
    /// SIGTERM.
    Terminate,
}

/// Fills the disk under load, again and again. Only root can have a small disk.
pub(super) fn attack(binary: &Path, rounds: usize) -> anyhow::Result<Tally> {
    if !is_root()? {
        println!("full: left out, for only root can mount a small disk");
        return Ok(Tally::default());
    }
    let folder = Folder::new("disk-full")?;
    let disk = Disk::mount(folder.path().join("disk"))?;
    let setup = Setup {
        binary: binary.to_owned(),
        directory: disk.path.join("data"),
        store: None,
        defect: None,
    };
    let log = folder.path().join("log");
    start_anew_on_full(&setup, &disk)?;
    let mut server = setup.start_logging(&log)?;
    let mut workers = (0..WORKERS)
        .map(|number| Worker::new(number, &server.login))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let mut tally = Tally::default();
    let ends = [End::Room, End::Kill, End::Terminate];
    for end in ends.iter().cycle().take(rounds) {
        together(&mut workers, &server.login, |worker, login| {
            worker.succeed(login, WRITES)
        })?;
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let filling = scope.spawn(|| disk.fill(&stop));
            let failed = together(&mut workers, &server.login, |worker, login| {
                worker.fail(login, FAILURES)
            });
            stop.store(true, Ordering::Relaxed);
            filling
                .join()
                .map_err(|_| anyhow::anyhow!("the filler panicked"))??;
            failed
        })?;
        let ready = ready(&server)?;
        println!("full: asked whether it is ready, a server on a full disk answers {ready}");
        match end {
            End::Room => {}
            End::Kill => {
                server.kill()?;
                says_that_it_is_full(&setup)?;
                disk.make_room()?;
                server = setup.start_logging(&log)?;
            }
            End::Terminate => {
                let status = server.end()?;
                println!("full: asked to end on a full disk, the server ended with {status}");
                disk.make_room()?;
                server = setup.start_logging(&log)?;
            }
        }
        if matches!(end, End::Room) {
            disk.make_room()?;
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
    tally.add(&workers)?;
    server.stop()?;
    Ok(tally)
}

/// The status of `GET /readyz`.
fn ready(server: &Server) -> anyhow::Result<u16> {
    let get = Call {
        method: "GET",
        ..Call::post("/readyz", &[])
    };
    let mut client = Client::connect(server.login.clone())?;
    Ok(client.call(&get)?.status)
}

/// A first start on a full disk fails and says why, and leaves nothing that is in the way of the
/// next.
fn start_anew_on_full(setup: &Setup, disk: &Disk) -> anyhow::Result<()> {
    for room in [0, 4096, 16 * 1024, 64 * 1024, 128 * 1024] {
        let full = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let filling = scope.spawn(|| disk.fill(&full));
            wait(300);
            full.store(true, Ordering::Relaxed);
            filling
                .join()
                .map_err(|_| anyhow::anyhow!("the filler panicked"))?
        })?;
        let filler = File::options().write(true).open(disk.filler())?;
        filler.set_len(filler.metadata()?.len().saturating_sub(room))?;
        says_that_it_is_full(setup).with_context(|| format!("a first start with {room} bytes"))?;
        disk.make_room()?;
    }
    Ok(())
}

/// A start ends with an error that names the cause.
fn says_that_it_is_full(setup: &Setup) -> anyhow::Result<()> {
    let mut child = setup
        .dev()
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .stdin(Stdio::null())
        .spawn()?;
    for _ in 0..1_000 {
        if child.try_wait()?.is_some() {
            break;
        }
        wait(10);
    }
    // One that serves has not noticed that it cannot write.
    let _ = child.kill();
    let output = child.wait_with_output()?;
    let text = String::from_utf8_lossy(&output.stderr).to_lowercase();
    let says_so = ["no space left", "disk is full", "diskfull", "disk full"];
    if output.status.code().is_none_or(|code| code == 0)
        || !says_so.iter().any(|s| text.contains(s))
    {
        bail!("a start on a full disk ends with {}: {text}", output.status);
    }
    Ok(())
}
