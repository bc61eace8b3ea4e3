//! What the machine says of itself and of a process; Linux only.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// Ticks of processor time in a second: `USER_HZ`, the same on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;
/// What is appended before each `fdatasync`: about an audit record.
const RECORD: [u8; 332] = [0x2e; 332];
/// How long `fdatasync` is measured.
const SYNC_TIME: Duration = Duration::from_millis(500);

/// The present, for measuring.
#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures; nothing is told the time"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}

/// Waits for nothing.
pub(super) fn pause(time: Duration) {
    let (_kept, nothing) = std::sync::mpsc::channel::<()>();
    let _ = nothing.recv_timeout(time);
}

/// Processor time that a process has used, in seconds.
pub(super) fn cpu_seconds(pid: u32) -> anyhow::Result<f64> {
    let text = read(&format!("/proc/{pid}/stat"))?;
    // The name of the program may hold anything, and ends at the last parenthesis.
    let (_, rest) = text.rsplit_once(") ").context("/proc/PID/stat")?;
    let mut fields = rest.split(' ').skip(11).map(str::parse::<f64>);
    let mut next = || {
        fields
            .next()
            .context("/proc/PID/stat")?
            .context("/proc/PID/stat")
    };
    Ok((next()? + next()?) / TICKS_PER_SECOND)
}

/// Resident memory of a process, in MiB.
pub(super) fn rss_mib(pid: u32) -> anyhow::Result<f64> {
    let text = read(&format!("/proc/{pid}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(kib.context("VmRSS")?.parse::<f64>()? / 1024.0)
}

/// Processor time of the machine so far: all of it, and what another machine took (steal).
#[derive(Debug, Clone, Copy)]
pub(super) struct Ticks {
    all: f64,
    steal: f64,
}

impl Ticks {
    pub(super) fn read() -> anyhow::Result<Self> {
        let text = read("/proc/stat")?;
        let line = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("cpu "));
        let fields = line.context("/proc/stat")?.split_whitespace().take(8);
        let fields: Vec<f64> = fields.map(str::parse).collect::<Result<_, _>>()?;
        let [.., steal] = fields.as_slice() else {
            bail!("/proc/stat has no figures");
        };
        Ok(Self {
            all: fields.iter().sum(),
            steal: *steal,
        })
    }

    /// Steal since `earlier`, in percent.
    pub(super) fn steal_percent_since(self, earlier: Self) -> f64 {
        100.0 * (self.steal - earlier.steal) / (self.all - earlier.all).max(1.0)
    }
}

/// Of the last 1, 5 and 15 minutes, and on how many cores.
pub(super) fn load_average() -> anyhow::Result<String> {
    let text = read("/proc/loadavg")?;
    let three: Vec<&str> = text.split(' ').take(3).collect();
    let cores = std::thread::available_parallelism()?;
    Ok(format!("{} ({cores} cores)", three.join(" ")))
}

/// How often a second a record can be made durable in this folder, one at a time.
pub(super) fn syncs_per_second(folder: &Path) -> anyhow::Result<f64> {
    let path = folder.join("fdatasync");
    let mut file = File::create(&path)?;
    let begin = now();
    let mut count = 0.0;
    while begin.elapsed() < SYNC_TIME {
        file.write_all(&RECORD)?;
        file.sync_data()?;
        count += 1.0;
    }
    let rate = count / begin.elapsed().as_secs_f64();
    fs::remove_file(&path)?;
    Ok(rate)
}

fn read(path: &str) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("{path} (this runs on Linux alone)"))
}
