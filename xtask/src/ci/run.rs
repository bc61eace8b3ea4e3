//! The run: carries the steps out, keeps their logs and times.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::count::{Count, summaries};
use super::step::{Show, Step, last_line};
use crate::cluster::Cluster;
use crate::prove::binary::{RELEASE_VARIABLE, SABOTAGE_VARIABLE};
use crate::{setup, workspace};

/// So much of a failed step's log is printed.
const TAIL_LINES: usize = 80;

/// A run of all checks.
pub(super) struct Run {
    target: PathBuf,
    /// This program: a build may replace the file that we were started from.
    own: PathBuf,
    environment: Vec<(&'static str, OsString)>,
    rows: Vec<Row>,
    /// The sum over the runners that have run.
    tests: Option<Count>,
    /// Stopped when the run ends, however it ends.
    cluster: Option<Cluster>,
    began: Stopwatch,
}

struct Row {
    name: String,
    took: Duration,
    passed: bool,
}

impl Run {
    pub(super) fn new() -> anyhow::Result<Self> {
        let target = workspace::members()?.target_directory;
        let logs = target.join(LOGS);
        if logs.exists() {
            fs::remove_dir_all(&logs)
                .with_context(|| format!("cannot empty {}", logs.display()))?;
        }
        fs::create_dir_all(&logs).with_context(|| format!("cannot make {}", logs.display()))?;
        let own = logs.join("xtask");
        let started_from = std::env::current_exe().context("cannot find this program")?;
        fs::copy(&started_from, &own)
            .with_context(|| format!("cannot copy {}", started_from.display()))?;
        Ok(Self {
            target,
            own,
            environment: vec![
                ("CARGO_TERM_COLOR", "never".into()),
                (setup::NODE_VARIABLE, setup::node_packages()?.into()),
                (setup::GLEWLWYD_VARIABLE, setup::glewlwyd()?.into()),
                (setup::APACHE_VARIABLE, setup::apache()?.into()),
                (
                    setup::EXAMPLES_VARIABLE,
                    setup::examples_environment()?.into(),
                ),
            ],
            rows: Vec::new(),
            tests: None,
            cluster: None,
            began: Stopwatch::start(),
        })
    }

    /// Starts the one PostgreSQL that all tests share, unless the environment names one.
    pub(super) fn start_cluster(&mut self) -> anyhow::Result<()> {
        if workspace::variable(Cluster::VARIABLE).is_some() {
            println!("postgresql: the one that {} names", Cluster::VARIABLE);
            return Ok(());
        }
        let watch = Stopwatch::start();
        let cluster = Cluster::start();
        self.record("postgresql", &watch, cluster.is_ok());
        let cluster = cluster.context("cannot start PostgreSQL")?;
        self.environment
            .push((Cluster::VARIABLE, cluster.url().into()));
        self.cluster = Some(cluster);
        Ok(())
    }

    /// Tells all further steps where the binaries are.
    pub(super) fn hand_on_binaries(&mut self) -> anyhow::Result<()> {
        for (variable, path) in [
            (RELEASE_VARIABLE, "release/procura"),
            (SABOTAGE_VARIABLE, "debug/procura-sabotage"),
        ] {
            let binary = self.target.join(path);
            if !binary.is_file() {
                bail!("the build left no {}", binary.display());
            }
            self.environment.push((variable, binary.into()));
        }
        Ok(())
    }

    /// Carries a step out. An error is what it failed of; its log's end is on the console.
    pub(super) fn step(&mut self, step: &Step) -> anyhow::Result<()> {
        if step.is_long {
            println!("        …  {}", step.name);
        }
        let log_path = self.target.join(LOGS).join(format!("{}.log", step.name));
        let watch = Stopwatch::start();
        let exit = self.carry_out(step, &log_path)?;
        let log =
            fs::read(&log_path).with_context(|| format!("cannot read {}", log_path.display()))?;
        let log = String::from_utf8_lossy(&log);
        let failure = exit.or_else(|| step.objection(&log));
        if step.show == Show::Tests {
            self.tests.get_or_insert_default().add(Count::of(&log));
        }
        self.record(&step.name, &watch, failure.is_none());
        if let Some(failure) = failure {
            print_tail(&log, &log_path);
            bail!("{} failed: {failure}", step.name);
        }
        show(step.show, &log);
        Ok(())
    }

    /// Runs the program of a step into its log. A text is why it failed.
    fn carry_out(&self, step: &Step, log_path: &Path) -> anyhow::Result<Option<String>> {
        let log = File::create(log_path)
            .with_context(|| format!("cannot write {}", log_path.display()))?;
        let mut command = step.program.command(&self.own);
        command.args(&step.arguments).stdin(Stdio::null());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
            .stderr(log.try_clone().context("cannot share a log")?)
            .stdout(log);
        let status = command
            .status()
            .with_context(|| format!("cannot run {command:?}"))?;
        Ok((!status.success()).then(|| status.to_string()))
    }

    fn record(&mut self, name: &str, watch: &Stopwatch, passed: bool) {
        let row = Row {
            name: name.to_owned(),
            took: watch.elapsed(),
            passed,
        };
        row.print();
        self.rows.push(row);
    }

    /// The table of steps, and the closing line that CI hosts count tests by.
    pub(super) fn print_summary(&self) {
        println!("\nsteps, in the order in which they ran:");
        for row in &self.rows {
            row.print();
        }
        println!("{:>9}  in all", seconds(self.began.elapsed()));
        match self.tests {
            None => println!("\nthe tests were not reached"),
            Some(Count { passed, failed }) => println!("\n{passed} passed, {failed} failed"),
        }
    }
}

const LOGS: &str = "ci-logs";

impl Row {
    fn print(&self) {
        let verdict = if self.passed { "ok" } else { "FAILED" };
        println!("{:>9}  {:<18} {verdict}", seconds(self.took), self.name);
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

fn show(what: Show, log: &str) {
    match what {
        Show::Nothing => {}
        Show::Everything => log.lines().for_each(|line| println!("           {line}")),
        Show::Figure => println!("           {}", last_line(log)),
        Show::Tests => summaries(log)
            .filter(|line| !line.contains(". 0 passed; 0 failed"))
            .for_each(|line| println!("           {}", line.trim())),
    }
}

fn print_tail(log: &str, path: &Path) {
    let lines: Vec<&str> = log.lines().collect();
    let from = lines.len().saturating_sub(TAIL_LINES);
    println!("---- the last lines of {}", path.display());
    for line in lines.iter().skip(from) {
        println!("{line}");
    }
    println!("----");
}

/// How long something took.
struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "the durations of steps are for people to read"
    )]
    fn start() -> Self {
        Self(Instant::now())
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
