//! The real server, started and killed by a proof.

use std::collections::BTreeSet;
use std::fs::{File, Permissions};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context as _, bail};

use super::client::Login;

/// How long a server may take to come up before the proof fails.
const START: Duration = Duration::from_mins(1);

/// How a server is run.
#[derive(Debug, Clone)]
pub(super) struct Setup {
    pub(super) binary: PathBuf,
    pub(super) directory: PathBuf,
    /// The PostgreSQL database; none for SQLite.
    pub(super) store: Option<String>,
    /// The seeded defect, in a binary that has them.
    pub(super) defect: Option<&'static str>,
}

/// A running server.
pub(super) struct Server {
    child: Child,
    pub(super) login: Login,
}

impl Setup {
    /// Starts the server and kills it when `life` is over, ready or not.
    pub(super) fn start_and_kill(&self, life: impl FnOnce()) -> anyhow::Result<()> {
        let mut child = self
            .dev()
            .stdout(Stdio::null())
            .stdin(Stdio::null())
            .spawn()?;
        life();
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// The command that starts the server, without the providers of `dev`: their port is fixed.
    pub(super) fn dev(&self) -> Command {
        self.dev_at(0)
    }

    /// The same on this port: one to which providers send users back, also after a restart.
    pub(super) fn dev_at(&self, port: u16) -> Command {
        self.dev_with(&["--port", &port.to_string(), "--no-demo"])
    }

    fn dev_with(&self, options: &[&str]) -> Command {
        let mut command = self.command(&["dev"]);
        command.args(options).env("PROCURA_LOG", "error");
        if let Some(store) = &self.store {
            // Not as an argument: it may hold a password, and arguments are everybody's to read.
            command.env("PROCURA__STORE__URL", store);
        }
        command
    }

    /// Starts the server and waits until it says that it is ready.
    pub(super) fn start(&self) -> anyhow::Result<Server> {
        self.start_command(self.dev())
    }

    /// Like [`Self::start`], with everything that can be logged added to the file `log`, and for
    /// callers who are refused often.
    pub(super) fn start_logging(&self, log: &Path) -> anyhow::Result<Server> {
        self.log_to(self.dev(), log)
    }

    /// Like [`Self::start_logging`], with the providers of `dev` and the page to which users come back.
    pub(super) fn start_whole_logging(&self, log: &Path) -> anyhow::Result<Server> {
        self.log_to(self.dev_with(&["--port", "0"]), log)
    }

    fn log_to(&self, mut command: Command, log: &Path) -> anyhow::Result<Server> {
        let log = File::options().create(true).append(true).open(log)?;
        command.arg("--no-rate-limits");
        command.env("PROCURA_LOG", "debug").stderr(log);
        self.start_command(command)
    }

    /// Starts the server by a command of [`Self::dev`].
    pub(super) fn start_command(&self, mut command: Command) -> anyhow::Result<Server> {
        let mut child = command
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()?;
        let stdout = child.stdout.take().context("no stdout")?;
        let (ready, is_ready) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if line.contains("Press Ctrl-C") {
                    // Nobody listens any more when the start took too long.
                    let _ = ready.send(());
                }
            }
        });
        if is_ready.recv_timeout(START).is_err() {
            child.kill()?;
            bail!("the server was not ready; it ended with {}", child.wait()?);
        }
        let env = self.run(&["env", "--format", "json"])?;
        Ok(Server {
            child,
            login: Login::from_env(&env.stdout)?,
        })
    }

    /// Runs a command beside the server; it must succeed.
    pub(super) fn run(&self, arguments: &[&str]) -> anyhow::Result<Output> {
        let output = self.try_run(arguments)?;
        if !output.status.success() {
            bail!(
                "procura {arguments:?}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(output)
    }

    /// Runs a command beside the server.
    pub(super) fn try_run(&self, arguments: &[&str]) -> anyhow::Result<Output> {
        self.command(arguments)
            .output()
            .with_context(|| format!("procura {arguments:?}"))
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .arg("--data-dir")
            .arg(&self.directory);
        if let Some(defect) = self.defect {
            command.env("PROCURA_SABOTAGE", defect);
        }
        command
    }

    /// Another node on the same database, with a data directory of its own and the same root key.
    pub(super) fn another_node(&self, directory: PathBuf) -> anyhow::Result<Self> {
        std::fs::create_dir(&directory)?;
        std::fs::set_permissions(&directory, Permissions::from_mode(0o700))?;
        std::fs::copy(self.directory.join("root.key"), directory.join("root.key"))?;
        Ok(Self {
            directory,
            ..self.clone()
        })
    }

    /// The file of this kind (`notes`, `key`) in the checkpoints of the one node.
    pub(super) fn checkpoint_file(&self, kind: &str) -> anyhow::Result<PathBuf> {
        let folder = self.directory.join("checkpoints");
        let found = std::fs::read_dir(&folder)?
            .filter_map(Result::ok)
            .map(|entry| entry.path());
        let mut found = found.filter(|path| path.extension().is_some_and(|is| is == kind));
        found
            .next()
            .with_context(|| format!("no .{kind} in {}", folder.display()))
    }
}

impl Server {
    /// Whether it has ended by itself.
    pub(super) fn has_ended(&mut self) -> anyhow::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Its process.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal, by its name.
    pub(super) fn signal(&self, name: &str) -> anyhow::Result<()> {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &pid])
            .status()?;
        if !sent.success() {
            bail!("no {name} could be sent to {pid}: {sent}");
        }
        Ok(())
    }

    /// Ends it as a power cut ends a process: SIGKILL, nothing flushed.
    pub(super) fn kill(mut self) -> anyhow::Result<()> {
        self.kill_here()
    }

    /// Kills it and leaves it to its owner.
    pub(super) fn kill_here(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to end, as a service manager does; how it ended.
    pub(super) fn end(mut self) -> anyhow::Result<ExitStatus> {
        self.signal("TERM")?;
        Ok(self.child.wait()?)
    }

    /// Ends it as a service manager does: SIGTERM, and it must end well.
    pub(super) fn stop(self) -> anyhow::Result<()> {
        let status = self.end()?;
        if !status.success() {
            bail!("the server ended with {status}");
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A proof that fails leaves no server behind; one that was stopped is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a running server counts requests by: every operation and endpoint that it has.
pub(super) fn operations(setup: &Setup) -> anyhow::Result<BTreeSet<String>> {
    let mut socket = UnixStream::connect(setup.directory.join("admin.sock"))?;
    socket.write_all(b"GET /metrics HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")?;
    let mut heard = String::new();
    socket.read_to_string(&mut heard)?;
    let labels = heard.split("operation=\"").skip(1);
    let names: BTreeSet<String> = labels
        .filter_map(|rest| rest.split('"').next().map(str::to_owned))
        .collect();
    if names.is_empty() {
        bail!("the server counts no operations: {heard}");
    }
    Ok(names)
}

/// A new folder under the target directory, gone when dropped.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("procura-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed lies in the temporary folder of the machine.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
