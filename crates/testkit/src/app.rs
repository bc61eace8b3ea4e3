//! The whole service in this process.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use procura_app::App;
use procura_app::task::Tasks;
use procura_authority::Rules;
use procura_core::access_key::{AccessKeyId, Role};
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::credential_provider::ProviderKind;
use procura_core::entropy::OsEntropy;
use procura_core::name::VaultName;
use procura_core::time::Timestamp;
use procura_core::vendor::Vendor;
use procura_core::workload_identity::AgentState;
use procura_demo::DemoProvider;
use procura_server::session_binding::BaseUrl;
use procura_store::{IdleFilter, Outcome, Tx};

use crate::client::Client;
use crate::clock::TestClock;
use crate::connection::Connection;
use crate::database::Database;
use crate::response::Response;
use crate::setup::{ACCOUNT, KeyMaker, Setup};

/// The real `App` behind the real `Listener` on a port of its own, with a database and a clock of
/// its own. When dropped, it ends as a node does: requests, tasks, chains.
pub struct TestApp {
    setup: Setup,
    app: Arc<App>,
    clock: Arc<TestClock>,
    address: SocketAddr,
    clients: Clients,
    demo: (DemoProvider, Option<Tasks>),
    binding: Option<(BaseUrl, Option<Tasks>)>,
    node: Option<Node>,
    store_is_closed: AtomicBool,
    database: Database,
}

pub(crate) struct Clients {
    pub(crate) admin: Client,
    pub(crate) agent_host: Client,
    pub(crate) binding: Client,
    pub(crate) auditor: Client,
    // Boxed: an app is passed by value, and should not be large.
    pub(crate) pool_admin: Box<Client>,
    pub(crate) pool_reader: Box<Client>,
    pub(crate) other_admin: Client,
    pub(crate) other_agent_host: Client,
}

impl Clients {
    fn at(&self, address: SocketAddr) -> Self {
        Self {
            admin: self.admin.at(address),
            agent_host: self.agent_host.at(address),
            binding: self.binding.at(address),
            auditor: self.auditor.at(address),
            pool_admin: Box::new(self.pool_admin.at(address)),
            pool_reader: Box::new(self.pool_reader.at(address)),
            other_admin: self.other_admin.at(address),
            other_agent_host: self.other_agent_host.at(address),
        }
    }
}

/// What of a node is not the use cases.
pub(crate) struct Node {
    pub(crate) address: SocketAddr,
    pub(crate) metrics_address: SocketAddr,
    pub(crate) requests: Option<Tasks>,
    pub(crate) background: Tasks,
}

impl std::fmt::Debug for TestApp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TestApp(http://{})", self.address)
    }
}

impl TestApp {
    /// One on SQLite with the policies of a new deployment, and buckets that no test empties.
    pub async fn start() -> Self {
        Setup::default().start().await
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "all that a test has; made in two places"
    )]
    pub(crate) fn new(
        setup: Setup,
        app: Arc<App>,
        clock: Arc<TestClock>,
        node: Node,
        clients: Clients,
        demo: (DemoProvider, Option<Tasks>),
        binding: Option<(BaseUrl, Option<Tasks>)>,
        database: Database,
    ) -> Self {
        Self {
            setup,
            app,
            clock,
            address: node.address,
            clients,
            demo,
            binding,
            node: Some(node),
            store_is_closed: AtomicBool::new(false),
            database,
        }
    }

    /// Ends it as a node ends, and starts it on what it has left.
    pub async fn restart(&mut self) {
        self.end().await;
        let page = self.binding_page();
        let (app, node) = self.setup.node(&self.database, &self.clock, page).await;
        self.clients = self.clients.at(node.address);
        self.app = app;
        self.address = node.address;
        self.node = Some(node);
    }

    /// The same, under other policies.
    pub async fn restart_under(&mut self, rules: Rules) {
        self.setup = self.setup.rules(rules);
        self.restart().await;
    }

    /// Another node on the same database; none where a database has one node.
    pub async fn another_node(&self) -> Option<Self> {
        let database = self.database.shared()?;
        let page = self.binding_page();
        let (app, node) = self.setup.node(&database, &self.clock, page).await;
        let clients = self.clients.at(node.address);
        let clock = Arc::clone(&self.clock);
        let demo = (self.demo.0.clone(), None);
        let binding = self.binding.as_ref().map(|(url, _)| (url.clone(), None));
        Some(Self::new(
            self.setup, app, clock, node, clients, demo, binding, database,
        ))
    }

    /// What a monitoring system reads.
    pub async fn metrics(&self) -> Response {
        let address = self.metrics_address();
        let request = b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n";
        Connection::open(address).await.exchange(request).await
    }

    /// Where a monitoring system reads.
    pub fn metrics_address(&self) -> SocketAddr {
        self.node.as_ref().unwrap().metrics_address
    }

    /// The socket of the operator.
    pub fn admin_socket(&self) -> PathBuf {
        self.database.admin_socket()
    }

    /// With an agent of this name.
    pub async fn with_agent(self, name: &str) -> Self {
        self.admin().create_agent(name).await.expect_status(201);
        self
    }

    /// With an API-key provider of this name.
    pub async fn with_provider(self, name: &str, api_key: &str) -> Self {
        self.admin()
            .create_provider(name, api_key)
            .await
            .expect_status(201);
        self
    }

    /// The use cases, without HTTP.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The clock of the service and of its clients.
    pub fn clock(&self) -> &TestClock {
        &self.clock
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// An authorization server and an API beside it, with the same clock.
    pub fn demo(&self) -> &DemoProvider {
        &self.demo.0
    }

    /// Where the session-binding service is, which must have been asked for
    /// ([`Setup::session_binding`]).
    pub fn binding_url(&self) -> &BaseUrl {
        &self.binding.as_ref().unwrap().0
    }

    fn binding_page(&self) -> Option<String> {
        self.binding.as_ref().map(|(url, _)| url.page())
    }

    /// The data directory.
    pub fn directory(&self) -> &Path {
        self.database.directory()
    }

    /// A client with the role `admin`.
    pub fn admin(&self) -> &Client {
        &self.clients.admin
    }

    /// A client with the role `agent-host`.
    pub fn agent_host(&self) -> &Client {
        &self.clients.agent_host
    }

    /// A client with the role `binding`.
    pub fn binding(&self) -> &Client {
        &self.clients.binding
    }

    /// A client with the role `auditor`.
    pub fn auditor(&self) -> &Client {
        &self.clients.auditor
    }

    /// The client with this role.
    pub fn client_with(&self, role: Role) -> &Client {
        match role {
            Role::Admin => self.admin(),
            Role::AgentHost => self.agent_host(),
            Role::Binding => self.binding(),
            Role::Auditor => self.auditor(),
            Role::PoolAdmin => &self.clients.pool_admin,
            Role::PoolReader => &self.clients.pool_reader,
        }
    }

    /// A client with the role `admin` in another account.
    pub fn other_account_admin(&self) -> &Client {
        &self.clients.other_admin
    }

    /// A client with the role `agent-host` in another account.
    pub fn other_account_agent_host(&self) -> &Client {
        &self.clients.other_agent_host
    }

    /// A client with a new access key.
    pub async fn new_client(&self, account: AccountId, roles: Vec<Role>) -> Client {
        let maker = KeyMaker {
            app: &self.app,
            address: self.address,
            clock: &self.clock,
        };
        maker.client(account, roles).await
    }

    /// Revokes the access key of a client, as the operator.
    pub async fn revoke(&self, client: &Client) {
        let mut cx = self.app.operator_cx(Action::RevokeAccessKey);
        let id = client.key_id().parse().unwrap();
        self.app
            .revoke_access_key(&mut cx, client.account(), id)
            .await
            .unwrap();
    }

    /// Sets the state of an agent, for which there is no operation yet.
    pub async fn set_agent_state(&self, name: &str, state: AgentState) {
        let account: AccountId = ACCOUNT.parse().unwrap();
        let name: procura_core::name::WorkloadName = name.parse().unwrap();
        let set = self.app.store().run_tx("test", move |tx| {
            let mut agent = tx.account(account).workload_identity(&name)?.unwrap();
            agent.state = state;
            agent.version += 1;
            tx.account(account)
                .update_workload_identity(&agent)
                .map(Outcome::Unrecorded)
        });
        assert!(set.await.unwrap().value);
    }

    /// Makes `count` temporary keys that are as good as this one.
    pub async fn copy_temporary_key(&self, id: AccessKeyId, count: u64) {
        let made = self.app.store().run_tx("test", move |tx| {
            let mut stored = tx.temporary_key_for_signature(id)?.unwrap();
            let account = stored.key.account;
            for _ in 0..count {
                stored.key.id = AccessKeyId::generate_temporary(&mut OsEntropy);
                tx.account(account).insert_temporary_key(&stored)?;
            }
            Ok(Outcome::Unrecorded(()))
        });
        made.await.unwrap();
    }

    /// Makes the client of an OAuth 2 provider one of this vendor's, where it is and as whom it is known
    /// staying the same: the endpoints of vendors cannot be had on this machine.
    pub async fn set_vendor(&self, name: &str, vendor: Vendor) {
        let account: AccountId = ACCOUNT.parse().unwrap();
        let name: procura_core::name::ProviderName = name.parse().unwrap();
        let set = self.app.store().run_tx("test", move |tx| {
            let mut own = tx.account(account);
            let vault = VaultName::default_vault();
            let provider = own.credential_provider(&vault, ProviderKind::Oauth2, &name)?;
            let id = provider.unwrap().id;
            let (mut client, _) = own.oauth2_client(id)?.unwrap();
            client.vendor = vendor;
            own.update_oauth2_client(id, &client)
                .map(Outcome::Unrecorded)
        });
        set.await.unwrap();
    }

    /// When a use of the first connection at a vendor was last written down.
    pub async fn last_use(&self, vendor: Vendor) -> Option<Timestamp> {
        let filter = IdleFilter {
            vendor,
            fetched_before: Timestamp::from_millis(i64::MAX),
            used_after: Timestamp::default(),
            paused_until: Timestamp::from_millis(i64::MAX),
        };
        let read = move |tx: &mut Tx<'_>| tx.idle_connections(&filter, None, 1);
        let found = self.app.store().run_read("test", read).await.unwrap();
        found.first()?.last_use.as_ref().map(|last| last.at)
    }

    /// A connection on which nothing was sent yet.
    pub async fn connect(&self) -> Connection {
        Connection::open(self.address).await
    }

    /// Sends these bytes on a new connection and reads until the server closes it.
    pub async fn raw(&self, bytes: &[u8]) -> Vec<u8> {
        let mut connection = self.connect().await;
        connection.send(bytes).await;
        connection.read_to_end().await
    }

    /// Takes no more connections and finishes what is in flight.
    pub async fn drain(&mut self) {
        let node = self.node.as_mut().unwrap();
        if let Some(requests) = node.requests.take() {
            requests.finish().await;
        }
    }

    /// Runs this on the database, as somebody does who has it in hand. On PostgreSQL.
    pub fn tamper(&self, statement: &str) {
        self.database.tamper(statement);
    }

    /// Takes the database away from under the service.
    pub async fn close_store(&self) {
        self.store_is_closed.store(true, Ordering::SeqCst);
        self.app.store().close().await.unwrap();
    }

    async fn end(&mut self) {
        let Some(Node {
            requests,
            background,
            ..
        }) = self.node.take()
        else {
            return;
        };
        if let Some(requests) = requests {
            requests.finish().await;
        }
        background.finish().await;
        let closed = self.app.close().await;
        // A test that took the database away, or that has failed already, expects nothing.
        if !self.store_is_closed.load(Ordering::SeqCst) && !std::thread::panicking() {
            closed.unwrap();
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let runtime = tokio::runtime::Handle::current();
        tokio::task::block_in_place(|| runtime.block_on(self.end()));
    }
}
