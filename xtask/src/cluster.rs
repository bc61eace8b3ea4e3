//! One PostgreSQL server for the tests of one run, in a folder of its own, on a port of its own.

use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder};
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use procura_core::entropy::{OsEntropy, random_bytes};

use crate::setup;
use crate::workspace::variable;

/// The server that the environment names, or else one of our own.
pub(crate) struct GivenOrOwn {
    url: String,
    /// Stops when dropped.
    _own: Option<Cluster>,
}

impl GivenOrOwn {
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// A running server. Dropped, it stops and leaves nothing behind.
pub(crate) struct Cluster {
    folder: PathBuf,
    port: u16,
    owner: Option<Owner>,
    /// What is in the environment of the server besides ours.
    environment: Vec<(&'static str, OsString)>,
}

/// Who runs the server when root, whom PostgreSQL refuses, runs us.
#[derive(Clone, Copy)]
struct Owner {
    user: u32,
    group: u32,
}

impl Cluster {
    /// Tests find the server by this variable.
    pub(crate) const VARIABLE: &'static str = "PROCURA_TEST_POSTGRES";

    /// `ci` has a cluster for everything; alone, a proof starts one.
    pub(crate) fn given_or_own() -> anyhow::Result<GivenOrOwn> {
        let given = variable(Self::VARIABLE).and_then(|url| url.into_string().ok());
        if let Some(url) = given {
            return Ok(GivenOrOwn { url, _own: None });
        }
        let own = Self::start()?;
        Ok(GivenOrOwn {
            url: own.url(),
            _own: Some(own),
        })
    }

    pub(crate) fn start() -> anyhow::Result<Self> {
        Self::start_as("procura-postgres", Vec::new())
    }

    /// Starts one with a name of its own, and with more in its environment.
    pub(crate) fn start_as(
        name: &str,
        environment: Vec<(&'static str, OsString)>,
    ) -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        // INVARIANT: made by us and by nobody before us, in a folder that all may write.
        DirBuilder::new()
            .mode(0o700)
            .create(&folder)
            .with_context(|| format!("cannot make {}", folder.display()))?;
        let cluster = Self {
            folder,
            port: free_port()?,
            owner: Owner::unless_we_may()?,
            environment,
        };
        if let Some(Owner { user, group }) = cluster.owner {
            chown(&cluster.folder, Some(user), Some(group))
                .context("cannot give the folder away")?;
        }
        cluster.initialise()?;
        cluster.control(["start", "--wait"], Some(&cluster.options()))?;
        Ok(cluster)
    }

    /// Starts it again after it was stopped, or has stopped by itself.
    pub(crate) fn start_again(&self) -> anyhow::Result<()> {
        // One that is on its way down, or that came up by itself.
        let _ = self.control(["stop", "--wait", "--mode=immediate"], None);
        self.control(["start", "--wait"], Some(&self.options()))
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn initialise(&self) -> anyhow::Result<()> {
        let mut command = self.program("initdb")?;
        command.arg("--pgdata").arg(self.data());
        command.args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
        ]);
        command.arg("--no-sync");
        run(&mut command)
    }

    /// The store refuses a server that is not durable, so this one is.
    fn options(&self) -> String {
        format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c max_connections=200",
            self.port,
            self.folder.display(),
        )
    }

    fn control<const N: usize>(
        &self,
        arguments: [&str; N],
        options: Option<&str>,
    ) -> anyhow::Result<()> {
        let mut command = self.program("pg_ctl")?;
        command.args(arguments).arg("--pgdata").arg(self.data());
        command.arg("--log").arg(self.folder.join("log"));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.args(
            options
                .into_iter()
                .flat_map(|options| ["--options", options]),
        );
        run(&mut command)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn program(&self, name: impl AsRef<OsStr>) -> anyhow::Result<Command> {
        let programs = setup::postgres_programs().context("run `cargo xtask setup` first")?;
        let mut command = Command::new(programs.join(name.as_ref()));
        // Where we are may be closed to another user.
        command
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        if let Some(Owner { user, group }) = self.owner {
            command.gid(group).uid(user);
        }
        Ok(command)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stopped = self.control(["stop", "--wait", "--mode=immediate"], None);
        if let Err(error) = stopped.and_then(|()| remove(&self.folder)) {
            eprintln!("postgresql: not cleared away: {error:#}");
        }
    }
}

impl Owner {
    /// None, unless we are root: then the user that PostgreSQL's package made.
    fn unless_we_may() -> anyhow::Result<Option<Self>> {
        if !is_root()? {
            return Ok(None);
        }
        let (user, group) = (id(&["-u", "postgres"])?, id(&["-g", "postgres"])?);
        Ok(Some(Self { user, group }))
    }
}

/// Where a service of this engine keeps what it has: in a database of its own, of PostgreSQL, or
/// nowhere but in its folder.
pub(crate) fn store_of(engine: &str, url: &str, name: &str) -> anyhow::Result<Option<String>> {
    match engine {
        "postgres" => Ok(Some(database(url, name)?)),
        _ => Ok(None),
    }
}

/// A new database in the cluster at `url`; its URL.
pub(crate) fn database(url: &str, name: &str) -> anyhow::Result<String> {
    let random = u64::from_be_bytes(random_bytes(&mut OsEntropy));
    let name = format!("{name}_{random:016x}");
    run(Command::new("psql").args(["-qX", url, "-c", &format!("CREATE DATABASE {name}")]))
        .with_context(|| format!("the database {name} cannot be made"))?;
    let (base, _) = url
        .rsplit_once('/')
        .context("the URL of the cluster names no database")?;
    Ok(format!("{base}/{name}"))
}

/// Whether root runs us.
pub(crate) fn is_root() -> anyhow::Result<bool> {
    Ok(id(&["-u"])? == 0)
}

fn id(arguments: &[&str]) -> anyhow::Result<u32> {
    let output = Command::new("id")
        .args(arguments)
        .output()
        .context("cannot run id")?;
    let number = String::from_utf8_lossy(&output.stdout);
    number
        .trim()
        .parse()
        .with_context(|| format!("`id {}` found nobody", arguments.join(" ")))
}

/// A port that is free now. Another program may take it first; then the start fails and says so.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no port is free")?;
    Ok(listener.local_addr()?.port())
}

fn remove(folder: &Path) -> anyhow::Result<()> {
    fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot run {command:?}"))?;
    if !status.success() {
        bail!("{command:?} failed: {status}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::Cluster;
    use crate::setup;

    #[test]
    fn a_server_answers_while_it_is_held_and_leaves_nothing_behind() {
        if setup::postgres_programs().is_none() {
            println!("not run: postgresql absent");
            return;
        }
        let cluster = Cluster::start().unwrap();
        let (address, folder) = (("127.0.0.1", cluster.port), cluster.folder.clone());
        assert!(TcpStream::connect(address).is_ok());
        drop(cluster);
        assert!(TcpStream::connect(address).is_err());
        assert!(!folder.exists());
    }
}
