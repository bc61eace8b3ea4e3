//! `procura dev`: the whole service on this machine.

mod arguments;
mod demo;
mod session_binding;

use std::fs::DirBuilder;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use procura_app::App;
use procura_app::outbound::OutboundConfig;
use procura_app::rate_limit::RateLimits;
use procura_app::start::StartConfig;
use procura_app::task::Tasks;
use procura_core::access_key::Role;
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::time::SystemClock;
use procura_protocol::egress;
use procura_server::{Limits, Listener};
use procura_store::{Config, PostgresConfig, SqliteConfig};
use tokio::net::{TcpListener, UnixListener};
use tokio::signal::unix::{SignalKind, signal};

use crate::command::env::word;
use crate::data_dir::DataDir;
use crate::exit::Exit;
use crate::instance::Instance;
use crate::print;

pub(crate) use arguments::Dev;

/// Where the gateway will listen.
const GATEWAY_PORT: u16 = 9401;
/// Connections to PostgreSQL of one node.
const POSTGRES_CONNECTIONS: usize = 8;

/// The database: PostgreSQL where a URL is given, else SQLite in the data directory.
pub(crate) fn store_config(data_dir: &DataDir, url: Option<String>) -> Config {
    match url {
        Some(url) => Config::Postgres(PostgresConfig {
            url,
            connections: POSTGRES_CONNECTIONS,
        }),
        None => Config::Sqlite(SqliteConfig {
            path: data_dir.database(),
        }),
    }
}

pub(crate) async fn run(data_dir: &DataDir, command: Dev) -> anyhow::Result<ExitCode> {
    keep_memory_private();
    if command.ephemeral {
        // It lives until everything that uses it has ended.
        let directory = Temporary::make()?;
        return serve(&directory.0, command).await;
    }
    serve(data_dir, command).await
}

// SECURITY: the root key is in this memory; it must neither be written to a disk by a crash nor be
// read by a debugger of the same user (test: memory_is_neither_dumped_nor_traced).
pub(crate) fn keep_memory_private() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "core dumps cannot be forbidden; they would hold keys");
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
            tracing::warn!(%error, "other processes of this user can read the memory of this one");
        }
    }
}

async fn serve(data_dir: &DataDir, command: Dev) -> anyhow::Result<ExitCode> {
    data_dir.create()?;
    let _lock = data_dir.lock()?;
    let region = command
        .region
        .parse()
        .map_err(|error| Exit::usage(format!("--region: {error}")))?;
    // Signals are heard from here on, so that none is lost between start and serve.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let sockets = bind(command.port).await?;
    let port = port_of(&sockets)?;
    let demo_socket = demo::bind(&command).await?;
    let binding = session_binding::Place::bind(&command).await?;
    let metrics = bind_metrics(command.metrics).await?;
    let binding_port = binding.as_ref().map(|place| place.port());
    let rules = rules(&command, [port].into_iter().chain(binding_port));
    let config = StartConfig {
        data_dir: data_dir.path().to_owned(),
        store: store_config(data_dir, command.store),
        region,
        rules: command.policies.into(),
        endpoint: format!("http://127.0.0.1:{port}"),
        binding_page: binding.as_ref().map(|place| place.page()),
        outbound: OutboundConfig::new(rules),
    };
    let app = App::start(config, Arc::new(SystemClock)).await?;
    let mut instance = introduce(&app, &sockets, data_dir).await?;

    let mut tasks = Tasks::default();
    app.spawn_tasks(&mut tasks);
    let demo = match demo_socket {
        Some(socket) => Some(demo::run(&app, &instance, socket, &mut tasks).await?),
        None => None,
    };
    instance.demo = demo.as_ref().map(|demo| demo.issuer());
    let limits = limits(command.no_rate_limits);
    let mut requests = Tasks::default();
    if let (Some(place), Some(demo)) = (binding, &demo) {
        place
            .run(&app, &mut instance, demo, limits, &mut requests)
            .await?;
    }
    instance.write(data_dir)?;
    let listener = Listener::new(Arc::clone(&app), limits);
    accept(&listener, sockets, metrics, &mut requests)?;
    let local = bind_local(&data_dir.socket())?;
    requests.spawn(|stop| listener.serve_local(local, stop));
    greet(&instance, data_dir, command.ephemeral)?;

    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("finishing what is in flight");
    requests.finish().await;
    tasks.finish().await;
    app.close().await?;
    // The socket of a server that is gone only misleads.
    let _ = std::fs::remove_file(data_dir.socket());
    Ok(ExitCode::SUCCESS)
}

/// Serves clients on `sockets`, and monitoring systems on another, if there is one.
fn accept(
    listener: &Listener,
    sockets: Vec<TcpListener>,
    metrics: Option<TcpListener>,
    requests: &mut Tasks,
) -> anyhow::Result<()> {
    for socket in sockets {
        let listener = listener.clone();
        requests.spawn(|stop| listener.serve(socket, stop));
    }
    if let Some(socket) = metrics {
        tracing::info!(address = %socket.local_addr()?, "metrics are given");
        let listener = listener.clone();
        requests.spawn(|stop| listener.serve_metrics(socket, stop));
    }
    Ok(())
}

/// What may be called from here, by whoever listens at `own`: nothing that is us. The gateway's port
/// is ours before it listens.
fn rules(command: &Dev, own: impl IntoIterator<Item = u16>) -> egress::Rules {
    let metrics = command.metrics.map(|address| address.port());
    let own = own.into_iter().chain([GATEWAY_PORT]).chain(metrics);
    egress::Rules::dev(command.allow_outbound.clone(), own)
}

fn limits(no_rates: bool) -> Limits {
    if no_rates {
        return Limits {
            rates: RateLimits::none(),
            ..Limits::default()
        };
    }
    Limits::default()
}

/// A data directory that is forgotten, however the server ends.
struct Temporary(DataDir);

impl Temporary {
    fn make() -> anyhow::Result<Self> {
        use procura_core::entropy::{OsEntropy, random_bytes};
        let random = u64::from_be_bytes(random_bytes(&mut OsEntropy));
        let path = std::env::temp_dir().join(format!("procura-{random:016x}"));
        // Only what was made here is removed: it must not be there already.
        DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .with_context(|| format!("{} cannot be made", path.display()))?;
        DataDir::at(&path).map(Self)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let path = self.0.path();
        if let Err(error) = std::fs::remove_dir_all(path) {
            tracing::warn!(%error, "{} cannot be removed; it holds keys", path.display());
        }
    }
}

/// Binds 127.0.0.1 and, where the machine has it, `::1`; nothing else: `dev` is not to be exposed.
async fn bind(port: u16) -> anyhow::Result<Vec<TcpListener>> {
    let first = bind_one(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
        .await
        .map_err(|error| {
            Exit::busy(format!(
                "port {port} of 127.0.0.1 cannot be taken ({error}); stop what listens there, or \
             choose another with --port"
            ))
        })?;
    let port = first.local_addr()?.port();
    let mut sockets = vec![first];
    match bind_one(IpAddr::V6(Ipv6Addr::LOCALHOST), port).await {
        Ok(second) => sockets.push(second),
        Err(error) => tracing::warn!(%error, "no IPv6 loopback; only 127.0.0.1 is served"),
    }
    Ok(sockets)
}

fn port_of(sockets: &[TcpListener]) -> anyhow::Result<u16> {
    let first = sockets.first().context("nothing listens")?;
    Ok(first.local_addr()?.port())
}

async fn bind_one(address: IpAddr, port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::new(address, port)).await
}

/// The address of the metrics, where one is asked for.
async fn bind_metrics(address: Option<SocketAddr>) -> anyhow::Result<Option<TcpListener>> {
    let Some(address) = address else {
        return Ok(None);
    };
    let socket = TcpListener::bind(address).await.map_err(|error| {
        Exit::busy(format!(
            "{address} cannot be taken for the metrics ({error}); choose another with --metrics"
        ))
    })?;
    Ok(Some(socket))
}

fn bind_local(path: &Path) -> anyhow::Result<UnixListener> {
    // We hold the lock of the directory: a socket that is there is of a server that is gone.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("{}", path.display()));
        }
        _ => {}
    }
    let socket =
        UnixListener::bind(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(socket)
}

/// Makes the account and the key of `dev` where they are not there yet: what there is to say of this
/// server.
async fn introduce(
    app: &App,
    sockets: &[TcpListener],
    data_dir: &DataDir,
) -> anyhow::Result<Instance> {
    let account = AccountId::DEV;
    let mut cx = app.operator_cx(Action::ListAccounts);
    let accounts = app.accounts(&mut cx).await?;
    if accounts.iter().all(|known| known.id != account) {
        let mut cx = app.operator_cx(Action::CreateAccount);
        app.create_account(&mut cx, account, "dev".to_owned())
            .await?;
    }
    let mut cx = app.operator_cx(Action::ListAccessKeys);
    let keys = app.access_keys(&mut cx, account).await?;
    let known = Instance::read(data_dir).ok().flatten().filter(|known| {
        keys.iter()
            .any(|key| key.id.as_str() == known.access_key_id && key.revoked_at.is_none())
    });
    let binding = known.as_ref().and_then(|known| known.binding.clone());
    let (access_key_id, secret_access_key) = if let Some(known) = known {
        (known.access_key_id, known.secret_access_key)
    } else {
        let mut cx = app.operator_cx(Action::CreateAccessKey);
        let roles = vec![Role::Admin, Role::AgentHost, Role::Binding];
        let (key, secret) = app.create_access_key(&mut cx, account, roles).await?.value;
        let secret = secret.expose_secret_text().unwrap_or_default();
        (key.id.to_string(), secret.to_owned())
    };
    let address = sockets
        .first()
        .context("no socket is bound")?
        .local_addr()?;
    let instance = Instance {
        pid: std::process::id(),
        api: format!("http://{address}"),
        demo: None,
        account: account.to_string(),
        region: app.region().to_string(),
        access_key_id,
        secret_access_key,
        binding,
    };
    Ok(instance)
}

fn greet(instance: &Instance, data_dir: &DataDir, ephemeral: bool) -> anyhow::Result<()> {
    let state = if ephemeral {
        "forgotten at the end"
    } else {
        "survives a restart"
    };
    let version = env!("CARGO_PKG_VERSION");
    let directory = data_dir.path().display();
    let program = std::env::current_exe()
        .map_or_else(|_| "procura".to_owned(), |path| path.display().to_string());
    let demo = instance.demo.as_deref().map_or_else(String::new, |issuer| {
        format!("  Demo   {issuer}  (providers `demo` and `demo-weather`)\n")
    });
    let command = env_command(&program, &directory.to_string());
    print::line(&format!(
        "procura {version} · dev mode: do not expose it · account {}\n\
         \n  API    {}  (this machine only)\n  State  {directory}  ({state})\n{demo}\
         \nNext, in another terminal:\n\
         \n  eval \"$({command})\"\n\
         \nand boto3, the AWS CLI and the bedrock-agentcore SDK talk to this service. To see a user let\n\
         an agent act:  procura demo\n\
         \nPress Ctrl-C to stop.",
        instance.account, instance.api,
    ))?;
    Ok(())
}

/// What a shell runs to find the service, for paths of any kind.
fn env_command(program: &str, directory: &str) -> String {
    format!("{} env --data-dir {}", word(program), word(directory))
}

#[cfg(test)]
mod tests {
    use super::*;
    use arguments::Policies;

    #[tokio::test]
    async fn a_temporary_directory_goes_away_however_the_server_ends() {
        let directory = Temporary::make().unwrap();
        let path = directory.0.path().to_owned();
        let command = Dev {
            allow_outbound: Vec::new(),
            demo_port: None,
            binding_port: None,
            policies: Policies::Baseline,
            no_demo: true,
            no_rate_limits: false,
            port: 0,
            region: "not a region".to_owned(),
            ephemeral: true,
            store: None,
            metrics: None,
        };
        assert!(serve(&directory.0, command).await.is_err());
        assert!(path.join("lock").exists());
        drop(directory);
        assert!(!path.exists());
    }

    #[test]
    fn a_path_cannot_leave_its_place_in_the_command() {
        assert_eq!(
            env_command("/usr/bin/procura", "/srv/shop/.procura"),
            "/usr/bin/procura env --data-dir /srv/shop/.procura"
        );
        assert_eq!(
            env_command("/my bin/procura", "/srv/$(id)"),
            "'/my bin/procura' env --data-dir '/srv/$(id)'"
        );
    }

    #[test]
    fn memory_is_neither_dumped_nor_traced() {
        use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};
        keep_memory_private();
        assert_eq!(getrlimit(Resource::Core).current, Some(0));
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    }
}
