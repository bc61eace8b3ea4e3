//! The demo provider in this process: it counts what it redeems, and holds requests when told to.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use procura_core::time::SystemClock;
use procura_demo::{
    DEMO_CLIENT, DEMO_SECRET, DemoAuthentication, DemoClient, DemoProvider, RefreshPolicy, Settings,
};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// An event that does not happen by then does not happen.
const DEADLINE: Duration = Duration::from_secs(30);

/// A running provider. Dropped, it ends.
pub(super) struct Demo {
    pub(super) provider: DemoProvider,
    runtime: Runtime,
}

impl Demo {
    /// One whose client renews by `policy`, and whose access tokens live for `life_s` seconds.
    pub(super) fn start(policy: RefreshPolicy, life_s: u32) -> anyhow::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let secret = DemoAuthentication::Secret(DEMO_SECRET.to_owned());
        let settings = Settings {
            clients: vec![DemoClient {
                refresh: policy,
                access_token_lifetime_s: Some(life_s),
                ..DemoClient::new(DEMO_CLIENT, secret, &["read", "write", "repo"])
            }],
            ..Settings::new(Arc::new(SystemClock))
        };
        let provider = DemoProvider::new(listener.local_addr()?, settings)?;
        runtime.spawn(provider.clone().serve(listener, std::future::pending()));
        Ok(Self { provider, runtime })
    }

    /// Waits for something of the provider's.
    pub(super) fn wait_for(&self, event: impl Future<Output = ()>) -> anyhow::Result<()> {
        let waited = async { tokio::time::timeout(DEADLINE, event).await };
        if self.runtime.block_on(waited).is_err() {
            bail!("what was waited for at the provider did not happen");
        }
        Ok(())
    }
}
