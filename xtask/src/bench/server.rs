//! The released binary, and what it is compared with.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::{Map, Value};

use super::Places;
use super::machine::{self, now, pause};
use super::options::Options;

/// How long a server may take before it counts as broken.
const START: Duration = Duration::from_mins(5);
/// The account of `dev`.
const ACCOUNT: &str = "000000000000";
/// Between two looks whether it serves.
const LOOK: Duration = Duration::from_millis(1);

/// A process that ends with its owner.
pub(super) struct Process(Child);

impl Process {
    pub(super) fn spawn(command: &mut Command) -> anyhow::Result<Self> {
        let child = command.spawn();
        Ok(Self(child.with_context(|| format!("{command:?}"))?))
    }

    pub(super) fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    pub(super) fn cpu_seconds(&self) -> anyhow::Result<f64> {
        machine::cpu_seconds(self.0.id())
    }

    pub(super) fn rss_mib(&self) -> anyhow::Result<f64> {
        machine::rss_mib(self.0.id())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A folder of a service, gone when dropped. It lies beside the build, on the disk of that.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> anyhow::Result<Self> {
        Self::named("one")
    }

    /// One of several.
    pub(super) fn named(name: &str) -> anyhow::Result<Self> {
        let target = crate::workspace::members()?.target_directory;
        let path = target.join(format!("bench-{}-{name}", std::process::id()));
        // What a run that was killed has left under the same number.
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    fn data(&self) -> PathBuf {
        self.0.join("data")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed lies in the target directory.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running service.
pub(super) struct Server {
    pub(super) process: Process,
    /// From its start to its first 200, in seconds.
    pub(super) start_s: f64,
    address: String,
}

impl Server {
    /// Starts the service and waits until it serves.
    pub(super) fn start(
        places: &Places,
        options: &Options,
        folder: &Folder,
    ) -> anyhow::Result<Self> {
        let address = free_address()?;
        let (_, port) = address.rsplit_once(':').context("an address")?;
        let mut command = Command::new(&places.server);
        command
            .args([
                "dev",
                "--port",
                port,
                "--demo-port",
                "0",
                "--no-rate-limits",
            ])
            .args(["--log-level", "error", "--data-dir"])
            .arg(folder.data())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        if let Some(store) = &options.store {
            command.args(["--store", store]);
        }
        let begin = now();
        let mut process = Process::spawn(&mut command)?;
        while !is_serving(&address) {
            if let Some(status) = process.child().try_wait()? {
                bail!("the service ended at once: {status}");
            }
            if begin.elapsed() > START {
                bail!("the service does not serve");
            }
            pause(LOOK);
        }
        Ok(Self {
            process,
            start_s: begin.elapsed().as_secs_f64(),
            address,
        })
    }

    /// What a client has to know; of the yardstick, its address.
    pub(super) fn login(
        &self,
        places: &Places,
        folder: &Folder,
        hello: Option<&str>,
    ) -> anyhow::Result<Value> {
        let mut command = Command::new(&places.server);
        command.args(["env", "--format", "json", "--data-dir"]);
        let output = command.arg(folder.data()).output()?;
        let env: Value = serde_json::from_slice(&output.stdout).context("procura env")?;
        let mut login = Map::new();
        login.insert("do".to_owned(), "login".into());
        let hello = hello.unwrap_or(&self.address);
        for (member, address) in [("server", self.address.as_str()), ("hello", hello)] {
            login.insert(member.to_owned(), address.into());
        }
        for (member, variable) in [
            ("key", "AWS_ACCESS_KEY_ID"),
            ("secret", "AWS_SECRET_ACCESS_KEY"),
            ("region", "AWS_REGION"),
        ] {
            let value = env.get(variable).cloned().context("procura env")?;
            login.insert(member.to_owned(), value);
        }
        Ok(Value::Object(login))
    }
}

/// What only who has the machine may say: whose workloads the agents are, and with which algorithm
/// the pool signs.
pub(super) fn complete(places: &Places, folder: &Folder, made: &Value) -> anyhow::Result<()> {
    let said = |member: &'static str| {
        let text = made.get(member).and_then(Value::as_str);
        text.with_context(|| format!("the client did not say `{member}`"))
    };
    let mut command = Command::new(&places.server);
    command
        .args(["pools", "rotate-key", said("pool")?])
        .args(["--algorithm", "ES256", "--now", "--data-dir"])
        .arg(folder.data());
    carry_out(&mut command)?;
    let agents = made.get("agents").and_then(Value::as_array);
    for name in agents.into_iter().flatten().filter_map(Value::as_str) {
        let mut command = Command::new(&places.server);
        command
            .args(["agents", "trust", name, "--account", ACCOUNT])
            .args(["--issuer", said("issuer")?, "--audience", said("audience")?])
            .args(["--subject", name, "--data-dir"])
            .arg(folder.data());
        carry_out(&mut command)?;
    }
    Ok(())
}

fn carry_out(command: &mut Command) -> anyhow::Result<()> {
    let output = command.output()?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// The yardstick, and its address.
pub(super) fn hello(places: &Places) -> anyhow::Result<(Process, String)> {
    let mut command = Command::new(places.examples.join("hello"));
    let mut process = Process::spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    let stdout = process.child().stdout.take().context("no stdout")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    Ok((process, line.trim().to_owned()))
}

/// Rows and bytes, by the name of the table; none on PostgreSQL.
pub(super) fn tables(
    places: &Places,
    options: &Options,
    folder: &Folder,
) -> anyhow::Result<Option<Value>> {
    if options.store.is_some() {
        return Ok(None);
    }
    let mut command = Command::new(places.examples.join("table_bytes"));
    let output = command.arg(folder.data().join("procura.db")).output()?;
    if !output.status.success() {
        bail!("table_bytes: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(Some(serde_json::from_slice(&output.stdout)?))
}

/// A figure of a table.
pub(super) fn of_table(tables: &Value, table: &str, figure: &str) -> anyhow::Result<f64> {
    let table = tables.get(table).and_then(|table| table.get(figure));
    table.and_then(Value::as_f64).context("table_bytes")
}

/// Nothing else takes it in the moment until the service does; if so, the service says it.
fn free_address() -> anyhow::Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

fn is_serving(address: &str) -> bool {
    let ask = || {
        let mut stream = TcpStream::connect(address)?;
        let request = format!("GET /readyz HTTP/1.1\r\nhost: {address}\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut begin = [0; 12];
        stream.read_exact(&mut begin)?;
        std::io::Result::Ok(begin.ends_with(b" 200"))
    };
    ask().unwrap_or(false)
}
