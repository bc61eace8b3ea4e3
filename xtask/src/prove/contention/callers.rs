//! A process of callers: the proof starts this program again, and both speak over its pipes.
//!
//! The first line that it reads says who it is. Then each line is the word to ask, for all of its
//! connections at the same moment; it answers with a line of what they were given, and with one when
//! it is ready for more.

use std::collections::BTreeSet;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Barrier;

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

use crate::prove::client::{Client, Login};
use crate::prove::delegation;

/// Not a proof: the name by which the program is started again.
pub(crate) const CALLERS: &str = "contention-callers";
/// A workload access token is good for fifteen minutes; another is made after so many rounds.
const ROUNDS_A_TOKEN: u32 = 100;

/// Who asks, of whom, for whom.
#[derive(Serialize, Deserialize)]
struct Task {
    login: Login,
    user: String,
    tasks: usize,
}

/// What a round brought.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Given {
    /// How many were given a token.
    pub(super) count: usize,
    /// The tokens.
    pub(super) tokens: BTreeSet<String>,
    /// Why others were not.
    pub(super) without: Vec<String>,
}

impl Given {
    pub(super) fn add(&mut self, other: Self) {
        self.count += other.count;
        self.tokens.extend(other.tokens);
        self.without.extend(other.without);
    }
}

/// One such process, seen from the proof. Dropped, it ends.
pub(super) struct Callers {
    child: Child,
    words: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Callers {
    pub(super) fn start(login: &Login, user: &str, tasks: usize) -> anyhow::Result<Self> {
        // What runs, also when something else was built in its place meanwhile.
        let mut child = Command::new("/proc/self/exe")
            .args(["prove", CALLERS])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start callers")?;
        let words = child.stdin.take().context("no way to the callers")?;
        let answers = child.stdout.take().context("no way from the callers")?;
        let mut callers = Self {
            child,
            words,
            answers: BufReader::new(answers),
        };
        callers.say(&serde_json::to_string(&Task {
            login: login.clone(),
            user: user.to_owned(),
            tasks,
        })?)?;
        Ok(callers)
    }

    /// Waits until all of them could ask.
    pub(super) fn are_ready(&mut self) -> anyhow::Result<()> {
        let ready: Result<(), String> = self.heard()?;
        ready.map_err(|why| anyhow::anyhow!("callers are not ready: {why}"))
    }

    /// Has all of them ask.
    pub(super) fn go(&mut self) -> anyhow::Result<()> {
        self.say("")
    }

    /// What they were given.
    pub(super) fn given(&mut self) -> anyhow::Result<Given> {
        self.heard()
    }

    fn say(&mut self, line: &str) -> anyhow::Result<()> {
        writeln!(self.words, "{line}").context("callers have ended")
    }

    fn heard<T: serde::de::DeserializeOwned>(&mut self) -> anyhow::Result<T> {
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            bail!("callers have ended");
        }
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Callers {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What such a process does, until nobody has a word for it any more.
pub(crate) fn call() -> anyhow::Result<()> {
    let mut lines = io::stdin().lines();
    let task = lines.next().context("nobody says who asks")??;
    let task: Task = serde_json::from_str(&task)?;
    let mut connections = Vec::new();
    for round in 0_u32.. {
        // Also what cannot be made ready is said: the proof waits for it.
        let ready = if round.is_multiple_of(ROUNDS_A_TOKEN) {
            connect(&task).map(|made| connections = made)
        } else {
            Ok(())
        };
        say(&ready.map_err(|error| format!("{error:#}")))?;
        if lines.next().transpose()?.is_none() {
            break;
        }
        say(&ask(&mut connections)?)?;
    }
    Ok(())
}

/// The connections, each with a workload access token of its own.
fn connect(task: &Task) -> anyhow::Result<Vec<(Client, String)>> {
    (0..task.tasks)
        .map(|_| {
            let mut client = Client::connect(task.login.clone())?;
            let token = delegation::workload_token(&mut client, &task.user)?;
            Ok((client, token))
        })
        .collect()
}

/// All ask at the same moment.
fn ask(connections: &mut [(Client, String)]) -> anyhow::Result<Given> {
    let line = Barrier::new(connections.len());
    let answers = std::thread::scope(|scope| {
        let asking: Vec<_> = connections
            .iter_mut()
            .map(|(client, token)| {
                let line = &line;
                scope.spawn(move || {
                    line.wait();
                    delegation::token(client, token)
                })
            })
            .collect();
        asking
            .into_iter()
            .map(|thread| {
                let joined = thread.join();
                joined.map_err(|_| anyhow::anyhow!("a caller panicked"))
            })
            .collect::<anyhow::Result<Vec<_>>>()
    })?;
    let mut given = Given::default();
    for answer in answers {
        match answer {
            Ok(token) => {
                given.count += 1;
                given.tokens.insert(token);
            }
            Err(error) => given.without.push(format!("{error:#}")),
        }
    }
    Ok(given)
}

fn say(what: &impl Serialize) -> anyhow::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "{}", serde_json::to_string(what)?)?;
    Ok(out.flush()?)
}
