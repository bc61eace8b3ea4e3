//! How a [`TestApp`] comes up.

use std::sync::Arc;
use std::time::Duration;

use procura_app::App;
use procura_app::outbound::OutboundConfig;
use procura_app::rate_limit::RateLimits;
use procura_app::start::StartConfig;
use procura_app::task::Tasks;
use procura_authority::Rules;
use procura_core::access_key::Role;
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::rate::Rate;
use procura_core::secret::Plain;
use procura_demo::{DemoAuthentication, DemoClient, DemoProvider, Settings};
use procura_protocol::egress;
use procura_protocol::oauth::issuer::DiscoveryUrl;
use procura_server::session_binding::{self, AssertedUsers, BaseUrl, SessionBinding};
use procura_server::{Limits, Listener};
use procura_store::Engine;
use tokio::net::{TcpListener, UnixListener};

use crate::app::{Clients, Node, TestApp};
use crate::client::Client;
use crate::clock::TestClock;
use crate::database::Database;

/// The account that tests are about.
pub const ACCOUNT: &str = "111122223333";
/// Another tenant.
pub const OTHER_ACCOUNT: &str = "444455556666";
/// The region of every [`TestApp`].
pub const REGION: &str = "us-east-1";

/// The client of the session-binding service at the demo provider.
pub const BINDING_CLIENT: &str = "session-binding";

/// What a [`TestApp`] is started with.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    limits: Limits,
    rules: Rules,
    outbound_timeout: Option<Duration>,
    token_lifetime_s: Option<u32>,
    binding: Option<AssertedUsers>,
    region: &'static str,
}

/// The clock stands still and refills nothing: no test empties a bucket by accident.
fn plenty() -> RateLimits {
    let plenty = Rate {
        per_second: 1_000_000,
        burst: 1_000_000,
    };
    RateLimits {
        control: plenty,
        mints: plenty,
        uses: plenty,
        account: plenty,
        address_failures: plenty,
        unsigned: plenty,
    }
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            limits: Limits {
                rates: plenty(),
                ..Limits::default()
            },
            rules: Rules::Baseline,
            outbound_timeout: None,
            token_lifetime_s: Some(3600),
            binding: None,
            region: REGION,
        }
    }
}

/// Runs a test on an app of its own, or says that it cannot.
pub fn run<F: Future<Output = ()>>(engine: Engine, test: impl FnOnce(TestApp) -> F) {
    Setup::default().run(engine, test);
}

impl Setup {
    /// With what the node takes on at most.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// With these policies.
    pub fn rules(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// With this time for a call to a provider, in the place of the usual one.
    pub fn outbound_timeout(mut self, total: Duration) -> Self {
        self.outbound_timeout = Some(total);
        self
    }

    /// With a demo provider whose tokens live for so many seconds, or that does not say for how
    /// long.
    pub fn token_lifetime_s(mut self, lifetime_s: Option<u32>) -> Self {
        self.token_lifetime_s = lifetime_s;
        self
    }

    /// In another region than that which its clients sign for.
    pub fn region(mut self, region: &'static str) -> Self {
        self.region = region;
        self
    }

    /// With a session-binding service on a port of its own, whose page is where users come back to
    /// whose application names no other place; its users are those of the demo provider.
    pub fn session_binding(mut self, asserted_users: AssertedUsers) -> Self {
        self.binding = Some(asserted_users);
        self
    }

    /// Starts it on SQLite.
    pub async fn start(self) -> TestApp {
        self.start_on(Database::create(Engine::Sqlite).unwrap())
            .await
    }

    /// Runs a test on such an app, as [`run`] does.
    pub fn run<F: Future<Output = ()>>(self, engine: Engine, test: impl FnOnce(TestApp) -> F) {
        let Some(database) = Database::create(engine) else {
            println!("not run: PostgreSQL absent");
            return;
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async { test(self.start_on(database).await).await });
    }

    async fn start_on(self, database: Database) -> TestApp {
        let clock = Arc::new(TestClock::default());
        let binding = match self.binding {
            Some(asserted_users) => Some((bind().await, asserted_users)),
            None => None,
        };
        let page = binding.as_ref().map(|((_, base_url), _)| base_url.page());
        let (app, node) = Box::pin(self.node(&database, &clock, page.clone())).await;
        let maker = KeyMaker {
            app: &app,
            address: node.address,
            clock: &clock,
        };
        let clients = maker.clients().await;
        let demo = demo(&clock, self.token_lifetime_s).await;
        demo.0.allow_redirects_below(format!(
            "http://{}/identities/oauth2/callback/",
            node.address
        ));
        let binding = binding.map(|((socket, base_url), asserted_users)| {
            let settings = binding_settings(&base_url, &clients.binding, &demo.0, asserted_users);
            let service = SessionBinding::new(settings, Arc::<TestClock>::clone(&clock)).unwrap();
            let mut tasks = Tasks::default();
            tasks.spawn(|stop| service.serve(socket, stop));
            (base_url, Some(tasks))
        });
        TestApp::new(self, app, clock, node, clients, demo, binding, database)
    }

    /// A node on this database.
    pub(crate) async fn node(
        self,
        database: &Database,
        clock: &Arc<TestClock>,
        binding_page: Option<String>,
    ) -> (Arc<App>, Node) {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let mut outbound = OutboundConfig::new(egress::Rules::dev(Vec::new(), [address.port()]));
        if let Some(total) = self.outbound_timeout {
            outbound.total_timeout = total;
        }
        let config = StartConfig {
            data_dir: database.directory().to_owned(),
            store: database.config(),
            region: self.region.parse().unwrap(),
            rules: self.rules,
            endpoint: format!("http://{address}"),
            binding_page,
            outbound,
        };
        let app = App::start(config, Arc::<TestClock>::clone(clock))
            .await
            .unwrap();
        let mut background = Tasks::default();
        app.spawn_tasks(&mut background);
        let listener = Listener::new(Arc::clone(&app), self.limits);
        let mut requests = Tasks::default();
        let api = listener.clone();
        requests.spawn(|stop| api.serve(socket, stop));
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let metrics_address = socket.local_addr().unwrap();
        let metrics = listener.clone();
        requests.spawn(|stop| metrics.serve_metrics(socket, stop));
        let path = database.admin_socket();
        let _of_a_node_that_is_gone = std::fs::remove_file(&path);
        let socket = UnixListener::bind(path).unwrap();
        requests.spawn(|stop| listener.serve_local(socket, stop));
        let node = Node {
            address,
            metrics_address,
            requests: Some(requests),
            background,
        };
        (app, node)
    }
}

/// A port for the session-binding service.
async fn bind() -> (TcpListener, BaseUrl) {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    (socket, format!("http://{address}").parse().unwrap())
}

/// A session-binding service with the access key of `client`, which the demo provider knows.
fn binding_settings(
    base_url: &BaseUrl,
    client: &Client,
    demo: &DemoProvider,
    asserted_users: AssertedUsers,
) -> session_binding::Settings {
    let secret = "binding-secret";
    demo.add_client(DemoClient {
        name: "Session binding".to_owned(),
        redirect_uris: vec![base_url.redirect_uri()],
        ..DemoClient::new(
            BINDING_CLIENT,
            DemoAuthentication::Secret(secret.to_owned()),
            &[],
        )
    });
    session_binding::Settings {
        base_url: base_url.clone(),
        api_url: format!("http://{}", client.address()),
        region: REGION.parse().unwrap(),
        access_key_id: client.key_id().parse().unwrap(),
        secret_access_key: Plain::new(client.secret().as_bytes().to_vec()),
        discovery_url: DiscoveryUrl::parse(&demo.discovery_url()).unwrap(),
        client_id: BINDING_CLIENT.to_owned(),
        client_secret: Plain::new(secret.as_bytes().to_vec()),
        cookie_key: Plain::new(vec![7; 32]),
        asserted_users,
        outbound: OutboundConfig::new(egress::Rules::dev(Vec::new(), [])),
        limits: Limits {
            rates: plenty(),
            ..Limits::default()
        },
    }
}

/// The demo provider, on a port of its own, and what keeps it up.
async fn demo(
    clock: &Arc<TestClock>,
    token_lifetime_s: Option<u32>,
) -> (DemoProvider, Option<Tasks>) {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = Settings {
        access_token_lifetime_s: token_lifetime_s,
        ..Settings::new(Arc::<TestClock>::clone(clock))
    };
    let demo = DemoProvider::new(socket.local_addr().unwrap(), settings).unwrap();
    let (serving, mut tasks) = (demo.clone(), Tasks::default());
    tasks.spawn(|mut stop| async move {
        let stopped = async move { stop.requested().await };
        serving.serve(socket, stopped).await.unwrap();
    });
    (demo, Some(tasks))
}

/// Makes access keys, as the operator.
pub(crate) struct KeyMaker<'a> {
    pub(crate) app: &'a App,
    pub(crate) address: std::net::SocketAddr,
    pub(crate) clock: &'a Arc<TestClock>,
}

impl KeyMaker<'_> {
    async fn clients(&self) -> Clients {
        let (account, other) = (ACCOUNT.parse().unwrap(), OTHER_ACCOUNT.parse().unwrap());
        for id in [account, other] {
            let mut cx = self.app.operator_cx(Action::CreateAccount);
            self.app
                .create_account(&mut cx, id, "test".to_owned())
                .await
                .unwrap();
        }
        Clients {
            admin: self.client(account, vec![Role::Admin]).await,
            agent_host: self.client(account, vec![Role::AgentHost]).await,
            binding: self.client(account, vec![Role::Binding]).await,
            auditor: self.client(account, vec![Role::Auditor]).await,
            pool_admin: Box::new(self.client(account, vec![Role::PoolAdmin]).await),
            pool_reader: Box::new(self.client(account, vec![Role::PoolReader]).await),
            other_admin: self.client(other, vec![Role::Admin]).await,
            other_agent_host: self.client(other, vec![Role::AgentHost]).await,
        }
    }

    pub(crate) async fn client(&self, account: AccountId, roles: Vec<Role>) -> Client {
        let mut cx = self.app.operator_cx(Action::CreateAccessKey);
        let made = self
            .app
            .create_access_key(&mut cx, account, roles)
            .await
            .unwrap();
        let (key, secret) = made.value;
        Client::new(self.address, Arc::clone(self.clock), &key, &secret)
    }
}
