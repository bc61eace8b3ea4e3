//! The client, a process of its own: the testkit's example `load`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::Places;
use super::server::Process;

/// A running client.
pub(super) struct Client {
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    _process: Process,
}

/// What came of a round.
#[derive(Debug, Clone, Copy)]
pub(super) struct Round {
    pub(super) requests: f64,
    pub(super) seconds: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
}

impl Client {
    pub(super) fn start(places: &Places) -> anyhow::Result<Self> {
        let mut command = Command::new(places.examples.join("load"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Process::spawn(&mut command)?;
        let child = process.child();
        Ok(Self {
            commands: child.stdin.take().context("no stdin")?,
            answers: BufReader::new(child.stdout.take().context("no stdout")?),
            _process: process,
        })
    }

    /// Has a command done.
    pub(super) fn command(&mut self, command: &Value) -> anyhow::Result<Value> {
        writeln!(self.commands, "{command}")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let answer: Value = serde_json::from_str(&line).context("the client has died")?;
        if let Some(error) = answer.get("error").and_then(Value::as_str) {
            bail!("{error}");
        }
        Ok(answer)
    }
}

impl Round {
    pub(super) fn read(answer: &Value) -> anyhow::Result<Self> {
        let number = |member: &str| {
            let number = answer.get(member).and_then(Value::as_f64);
            number.with_context(|| format!("the client did not say `{member}`"))
        };
        Ok(Self {
            requests: number("requests")?,
            seconds: number("seconds")?,
            p50_ms: number("p50_us")? / 1000.0,
            p99_ms: number("p99_us")? / 1000.0,
        })
    }
}
