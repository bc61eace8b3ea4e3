//! `procura session-binding` as a process of its own, with files of its own.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, bail};

use super::provider::LOGIN_CLIENT;
use crate::prove::client::Login;
use crate::prove::server::Setup;

/// How long it may take to come up.
const START: Duration = Duration::from_secs(30);

/// The running service.
pub(super) struct Binding {
    child: Child,
    /// Where browsers reach it.
    pub(super) origin: String,
    pub(super) log: PathBuf,
    cookie_key: PathBuf,
    /// What it prints, when it has ended.
    printed: Option<JoinHandle<String>>,
}

impl Binding {
    /// Starts it beside the API that `login` leads to, as whose caller it comes. Users sign in at
    /// `issuer`, as whose client it has `client_secret`.
    pub(super) fn start(
        setup: &Setup,
        folder: &Path,
        login: &Login,
        issuer: &str,
        client_secret: &str,
    ) -> anyhow::Result<Self> {
        let address = free_address()?;
        let file = |name: &str| folder.join(format!("binding-{name}"));
        let (access, client) = (file("access-key"), file("client-secret"));
        let (log, cookie_key) = (file("log"), file("cookie-key"));
        fs::write(&access, &login.secret)?;
        fs::write(&client, client_secret)?;
        let origin = format!("http://{address}");
        let mut command: Command = setup.command(&["session-binding"]);
        command
            .args(["--listen", &address, "--base-url", &origin])
            .args(["--api-url", &format!("http://{}", login.address)])
            .args(["--access-key-id", &login.key, "--region", &login.region])
            .arg("--secret-access-key-file")
            .arg(&access)
            .args(["--issuer", issuer, "--client-id", LOGIN_CLIENT])
            .arg("--client-secret-file")
            .arg(&client)
            .arg("--cookie-key-file")
            .arg(&cookie_key)
            .args(["--allow-outbound", "127.0.0.0/8:*"])
            .env("PROCURA_LOG", "debug")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?);
        let mut child = command.spawn()?;
        let stdout = child.stdout.take().context("no stdout")?;
        let (ready, is_ready) = mpsc::channel();
        let printed = std::thread::spawn(move || read(stdout, &ready));
        let is_ready = is_ready.recv_timeout(START).is_ok();
        let own = Self {
            child,
            origin,
            log,
            cookie_key,
            printed: Some(printed),
        };
        if !is_ready {
            let said = fs::read_to_string(&own.log)?;
            bail!("the session-binding service did not start: {said}");
        }
        Ok(own)
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The page to which users come back.
    pub(super) fn page(&self) -> String {
        format!("{}/linked", self.origin)
    }

    /// The key that it made.
    pub(super) fn cookie_key(&self) -> anyhow::Result<Vec<u8>> {
        Ok(fs::read(&self.cookie_key)?)
    }

    /// Ends it as a service manager does; it must end well. What it printed.
    pub(super) fn stop(mut self) -> anyhow::Result<String> {
        let pid = self.pid().to_string();
        Command::new("kill").args(["-TERM", &pid]).status()?;
        let status = self.child.wait()?;
        if !status.success() {
            bail!("the session-binding service ended with {status}");
        }
        let printed = self.printed.take().context("it was stopped before")?;
        let printed = printed.join();
        printed.map_err(|_| anyhow::anyhow!("its output could not be read"))
    }
}

impl Drop for Binding {
    fn drop(&mut self) {
        // A proof that fails leaves no service behind; one that was stopped is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// All that comes; word is given when it listens.
fn read(stdout: impl Read, ready: &mpsc::Sender<()>) -> String {
    let mut reader = BufReader::new(stdout);
    let mut text = String::new();
    while reader.read_line(&mut text).is_ok_and(|bytes| bytes > 0) {
        if text.contains("Redirect URI") {
            // Nobody listens any more when the start took too long.
            let _ = ready.send(());
        }
    }
    text
}

/// An address that nobody listens at now.
fn free_address() -> anyhow::Result<String> {
    let socket = TcpListener::bind(("127.0.0.1", 0))?;
    Ok(socket.local_addr()?.to_string())
}
