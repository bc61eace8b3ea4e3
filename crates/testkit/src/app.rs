//! The whole service in this process.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use procura_app::App;
use procura_app::task::Tasks;
use procura_core::access_key::Role;
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::workload_identity::AgentState;
use procura_store::Outcome;

use crate::client::Client;
use crate::clock::TestClock;
use crate::connection::Connection;
use crate::database::Database;
use crate::setup::{ACCOUNT, KeyMaker, Setup};

/// The real `App` behind the real `Listener` on a port of its own, with a database and a clock of
/// its own. When dropped, it ends as a node does: requests, tasks, chains.
pub struct TestApp {
    app: Arc<App>,
    clock: Arc<TestClock>,
    address: SocketAddr,
    clients: Clients,
    running: Option<Running>,
    store_is_closed: AtomicBool,
    database: Database,
}

pub(crate) struct Clients {
    pub(crate) admin: Client,
    pub(crate) agent_host: Client,
    pub(crate) binding: Client,
    pub(crate) auditor: Client,
    pub(crate) other_admin: Client,
    pub(crate) other_agent_host: Client,
}

pub(crate) struct Running {
    pub(crate) requests: Option<Tasks>,
    pub(crate) background: Tasks,
}

impl std::fmt::Debug for TestApp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TestApp(http://{})", self.address)
    }
}

impl TestApp {
    /// One on SQLite with the limits and policies of a new deployment.
    pub async fn start() -> Self {
        Setup::default().start().await
    }

    pub(crate) fn new(
        app: Arc<App>,
        clock: Arc<TestClock>,
        address: SocketAddr,
        clients: Clients,
        running: Running,
        database: Database,
    ) -> Self {
        let (running, store_is_closed) = (Some(running), AtomicBool::new(false));
        Self {
            app,
            clock,
            address,
            clients,
            running,
            store_is_closed,
            database,
        }
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
        let running = self.running.as_mut().unwrap();
        if let Some(requests) = running.requests.take() {
            requests.finish().await;
        }
    }

    /// Takes the database away from under the service.
    pub async fn close_store(&self) {
        self.store_is_closed.store(true, Ordering::SeqCst);
        self.app.store().close().await.unwrap();
    }

    async fn end(&mut self) {
        let Some(Running {
            requests,
            background,
        }) = self.running.take()
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
