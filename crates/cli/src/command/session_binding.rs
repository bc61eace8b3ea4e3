//! `procura session-binding`: the page to which users come back, as a process of its own. It holds no
//! key of the vault and no database, so that what browsers reach is not what keeps the credentials.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use procura_app::durable_file;
use procura_app::outbound::OutboundConfig;
use procura_app::task::Tasks;
use procura_core::access_key::AccessKeyId;
use procura_core::entropy::{OsEntropy, random_bytes};
use procura_core::secret::Plain;
use procura_core::secret::kind::CookieKey;
use procura_core::time::SystemClock;
use procura_protocol::egress::{Allowance, Rules};
use procura_protocol::oauth::issuer::{DiscoveryUrl, Issuer};
use procura_server::Limits;
use procura_server::session_binding::{self, AssertedUsers, BaseUrl};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::command::dev::keep_memory_private;
use crate::exit::Exit;
use crate::print;

/// `procura session-binding`
#[derive(Debug, Args)]
pub(crate) struct SessionBinding {
    /// Where it listens, in plain HTTP: what ends TLS stands before it.
    #[arg(long, default_value = "127.0.0.1:9404", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Where browsers reach it: `https://bind.example`; http is for this machine only. The redirect
    /// URI that the identity provider has to know is this and `/callback`.
    #[arg(long, value_name = "URL")]
    base_url: BaseUrl,
    /// Where the API is: `https://procura.example`.
    #[arg(long, value_name = "URL")]
    api_url: String,
    /// The id of an access key with the role `binding` and no other.
    #[arg(long, value_name = "ID")]
    access_key_id: String,
    /// The file that holds its secret.
    #[arg(long, value_name = "FILE")]
    secret_access_key_file: PathBuf,
    /// The issuer of the OpenID Connect provider that signs users in.
    #[arg(
        long,
        value_name = "URL",
        required_unless_present = "discovery_url",
        conflicts_with = "discovery_url"
    )]
    issuer: Option<String>,
    /// Its metadata, where they do not lie below the issuer.
    #[arg(long, value_name = "URL")]
    discovery_url: Option<String>,
    /// The client id at that provider.
    #[arg(long, value_name = "ID")]
    client_id: String,
    /// The file that holds the client's secret.
    #[arg(long, value_name = "FILE")]
    client_secret_file: PathBuf,
    /// The file of the key that seals cookies: 32 bytes, made (0600) where it is not there. Several
    /// processes behind one name need the same.
    #[arg(long, value_name = "FILE")]
    cookie_key_file: PathBuf,
    /// The region of signatures: that of the API.
    #[arg(long, default_value = "us-east-1")]
    region: String,
    /// Complete sessions of users whom nobody has proved, after the page has said so. Whoever has a
    /// link is then believed: for development only.
    #[arg(long)]
    allow_asserted_users: bool,
    /// A private network that the API or the identity provider is in: `10.0.0.0/8:443`. May be given
    /// more than once.
    #[arg(
        long,
        env = "PROCURA__OUTBOUND__ALLOW",
        value_delimiter = ',',
        value_name = "NETWORK:PORT"
    )]
    allow_outbound: Vec<Allowance>,
}

pub(crate) async fn run(command: SessionBinding) -> anyhow::Result<ExitCode> {
    keep_memory_private();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let socket = TcpListener::bind(command.listen).await.map_err(|error| {
        let address = command.listen;
        Exit::busy(format!(
            "{address} cannot be taken ({error}); choose another with --listen"
        ))
    })?;
    if command.allow_asserted_users {
        tracing::warn!("users whom nobody has proved are believed: for development only");
    }
    let (page, redirect_uri) = (command.base_url.page(), command.base_url.redirect_uri());
    let settings = settings(command)?;
    let service = session_binding::SessionBinding::new(settings, Arc::new(SystemClock))
        .map_err(|error| Exit::usage(error.to_string()))?;
    let mut requests = Tasks::default();
    requests.spawn(|stop| service.serve(socket, stop));
    print::line(&format!(
        "session binding\n\n  Page          {page}\n  Redirect URI  {redirect_uri}  (to be \
         registered at the identity provider)"
    ))?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("finishing what is in flight");
    requests.finish().await;
    Ok(ExitCode::SUCCESS)
}

fn settings(command: SessionBinding) -> anyhow::Result<session_binding::Settings> {
    let usage = |option: &str, error: &dyn std::fmt::Display| {
        anyhow::Error::from(Exit::usage(format!("{option}: {error}")))
    };
    let discovery_url = match (&command.issuer, &command.discovery_url) {
        (_, Some(url)) => {
            DiscoveryUrl::parse(url).map_err(|error| usage("--discovery-url", &error))?
        }
        (issuer, None) => Issuer::parse(issuer.as_deref().unwrap_or_default())
            .map_err(|error| usage("--issuer", &error))?
            .discovery_url()
            .map_err(|error| usage("--issuer", &error))?,
    };
    let access_key_id: AccessKeyId = command
        .access_key_id
        .parse()
        .map_err(|error| usage("--access-key-id", &error))?;
    let region = command.region.parse();
    let rules = Rules::new(command.allow_outbound, [command.listen.port()]);
    Ok(session_binding::Settings {
        base_url: command.base_url,
        api_url: command.api_url,
        region: region.map_err(|error| usage("--region", &error))?,
        access_key_id,
        secret_access_key: secret(&command.secret_access_key_file)?,
        discovery_url,
        client_id: command.client_id,
        client_secret: secret(&command.client_secret_file)?,
        cookie_key: cookie_key(&command.cookie_key_file)?,
        asserted_users: if command.allow_asserted_users {
            AssertedUsers::Confirmed
        } else {
            AssertedUsers::Refused
        },
        outbound: OutboundConfig::new(rules),
        limits: Limits::default(),
    })
}

/// The secret in a file, without the line's end that editors put there.
fn secret<K>(path: &Path) -> anyhow::Result<Plain<K>> {
    let mut bytes = std::fs::read(path).with_context(|| format!("{}", path.display()))?;
    while bytes.last().is_some_and(u8::is_ascii_whitespace) {
        bytes.pop();
    }
    if bytes.is_empty() {
        return Err(Exit::configuration(format!("{} is empty", path.display())).into());
    }
    Ok(Plain::new(bytes))
}

/// The key in a file that only its owner reads, made where it is not there.
fn cookie_key(path: &Path) -> anyhow::Result<Plain<CookieKey>> {
    let key = random_bytes::<32>(&mut OsEntropy).to_vec();
    match durable_file::create(path, &key) {
        Ok(()) => Ok(Plain::new(key)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => known_cookie_key(path),
        Err(error) => Err(error).with_context(|| format!("{} cannot be made", path.display())),
    }
}

// SECURITY: whoever has this key can say that anybody is signed in in their own browser, though not
// to the API, which wants the user's token (test:
// a_cookie_key_is_made_once_and_is_its_owners_alone).
fn known_cookie_key(path: &Path) -> anyhow::Result<Plain<CookieKey>> {
    let shown = path.display();
    let file = File::open(path).with_context(|| format!("{shown}"))?;
    let mode = file.metadata()?.mode() & 0o777;
    if mode & 0o077 != 0 {
        let text = format!(
            "{shown} has mode {mode:03o}, so others can get at it; run `chmod 600 {shown}`"
        );
        return Err(Exit::configuration(text).into());
    }
    let mut key = Vec::with_capacity(33);
    file.take(33).read_to_end(&mut key)?;
    if key.len() != 32 {
        let text = format!("{shown} is no cookie key of 32 bytes; name another file");
        return Err(Exit::configuration(text).into());
    }
    Ok(Plain::new(key))
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_cookie_key_is_made_once_and_is_its_owners_alone() {
        let name = format!("procura-cookie-key-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let made = cookie_key(&path).unwrap();
        let permissions = std::fs::metadata(&path).unwrap().permissions();
        assert_eq!(permissions.mode() & 0o777, 0o600);
        let again = cookie_key(&path).unwrap();
        assert_eq!(made.expose_secret(), again.expose_secret());
        std::fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        let error = cookie_key(&path).unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, [1; 33]).unwrap();
        assert!(cookie_key(&path).is_err());
        std::fs::remove_file(&path).unwrap();
    }
}
