//! A PostgreSQL server of one's own: made in a temporary directory, gone when dropped.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};
use procura_core::entropy::{OsEntropy, random_bytes};

/// Where Debian puts one directory per version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// The server refuses to run as root; Debian's package makes this user.
const USER: &str = "postgres";
/// Another process may take the port between our look and the server's start.
const STARTS_MAX: usize = 5;

/// A running server with one superuser, reachable on loopback only.
#[derive(Debug)]
pub struct Cluster {
    programs: Programs,
    directory: PathBuf,
    port: u16,
    password: String,
}

impl Cluster {
    /// Makes a cluster and starts its server; returns when it takes connections.
    pub fn start() -> anyhow::Result<Self> {
        let programs = Programs::find()?;
        let unique = u128::from_be_bytes(random_bytes(&mut OsEntropy));
        let directory = std::env::temp_dir().join(format!("procura-pg-{unique:032x}"));
        let password = format!("{:032x}", u128::from_be_bytes(random_bytes(&mut OsEntropy)));
        // From here on, an early return removes the directory.
        let mut cluster = Self {
            programs,
            directory,
            port: 0,
            password,
        };
        cluster.initialize()?;
        for _ in 0..STARTS_MAX {
            cluster.port = free_port()?;
            if cluster.launch()? {
                return Ok(cluster);
            }
        }
        let log = fs::read_to_string(cluster.directory.join("log")).unwrap_or_default();
        bail!("PostgreSQL does not start; its log: {log}")
    }

    /// The URL of the superuser on the database `postgres`.
    pub fn url(&self) -> String {
        let Self { port, password, .. } = self;
        format!("postgres://{USER}:{password}@127.0.0.1:{port}/postgres?sslmode=disable")
    }

    fn initialize(&self) -> anyhow::Result<()> {
        fs::create_dir(&self.directory).context("the temporary directory cannot be made")?;
        fs::set_permissions(&self.directory, fs::Permissions::from_mode(0o700))?;
        let password_file = self.directory.join("password");
        fs::write(&password_file, &self.password)?;
        if let Some(user) = self.programs.other_user {
            chown(&self.directory, Some(user), None)?;
            chown(&password_file, Some(user), None)?;
        }
        let mut initdb = self.program("initdb");
        initdb.arg("--pgdata").arg(self.directory.join("data"));
        initdb.arg("--pwfile").arg(&password_file);
        initdb.args([
            "--username",
            USER,
            "--auth",
            "scram-sha-256",
            "--encoding",
            "UTF8",
        ]);
        initdb.args(["--locale", "C.UTF-8"]);
        let output = initdb
            .output()
            .context("initdb cannot be run; install postgresql")?;
        ensure!(
            output.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    }

    /// Starts the server and waits until it takes connections: `pg_ctl` does both.
    fn launch(&self) -> anyhow::Result<bool> {
        let socket = self.directory.display();
        let options = format!(
            "-h 127.0.0.1 -p {} -k {socket} -c max_connections=300 -c max_prepared_transactions=0",
            self.port
        );
        let mut start = self.program("pg_ctl");
        start
            .arg("-D")
            .arg(self.directory.join("data"))
            .arg("-l")
            .arg(self.directory.join("log"));
        start.args(["-w", "-t", "60", "-o", &options, "start"]);
        // The server inherits what it is given here, so it is given nothing to hold open.
        start
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Ok(start.status().context("pg_ctl cannot be run")?.success())
    }

    /// A program of PostgreSQL's, run as a user who may.
    fn program(&self, name: &str) -> Command {
        let path = self.programs.path(name);
        let mut command = if self.programs.other_user.is_some() {
            let mut runuser = Command::new("runuser");
            runuser.args(["-u", USER, "--"]).arg(path);
            runuser
        } else {
            Command::new(path)
        };
        command.current_dir(&self.directory);
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.directory.join("data/postmaster.pid").exists() {
            let mut stop = self.program("pg_ctl");
            stop.arg("-D")
                .arg(self.directory.join("data"))
                .args(["-m", "immediate", "stop"]);
            stop.stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            // Nothing can be done about a server that does not stop; its data is removed.
            let _stopped = stop.status();
        }
        let _removed = fs::remove_dir_all(&self.directory);
    }
}

/// Where the programs are, and as whom they must be run.
#[derive(Debug)]
struct Programs {
    /// None: on the path.
    directory: Option<PathBuf>,
    /// The user to become, for a root that must not be one.
    other_user: Option<u32>,
}

impl Programs {
    fn find() -> anyhow::Result<Self> {
        let is_root = fs::metadata("/proc/self")?.uid() == 0;
        let other_user = if is_root { Some(user_id()?) } else { None };
        Ok(Self {
            directory: newest(Path::new(DEBIAN)),
            other_user,
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory
            .as_ref()
            .map_or_else(|| PathBuf::from(name), |found| found.join(name))
    }
}

fn user_id() -> anyhow::Result<u32> {
    let output = Command::new("id").args(["-u", USER]).output()?;
    ensure!(
        output.status.success(),
        "there is no user {USER}; install postgresql"
    );
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// The `bin` directory of the newest version below `versions`.
fn newest(versions: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(versions).ok()?;
    let versioned = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let bin = entry.path().join("bin");
        bin.join("initdb").exists().then_some((version, bin))
    });
    versioned
        .max_by_key(|(version, _)| *version)
        .map(|(_, bin)| bin)
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_answers_while_it_lives_and_leaves_nothing() {
        if newest(Path::new(DEBIAN)).is_none() {
            println!("not run: PostgreSQL absent");
            return;
        }
        let cluster = Cluster::start().unwrap();
        let mut psql = Command::new(cluster.programs.path("psql"));
        psql.arg(cluster.url()).args(["-tAc", "SHOW fsync"]);
        assert_eq!(
            String::from_utf8(psql.output().unwrap().stdout)
                .unwrap()
                .trim(),
            "on"
        );
        let directory = cluster.directory.clone();
        drop(cluster);
        assert!(!directory.exists());
        assert!(!psql.output().unwrap().status.success());
    }
}
