//! A provider of a row: one at a time on each lane, on a port that it keeps when it goes down.

use std::sync::Arc;

use anyhow::Context as _;
use procura_core::time::SystemClock;
use procura_demo::{
    DEMO_CLIENT, DEMO_SECRET, DemoAuthentication, DemoClient, DemoProvider, RefreshPolicy, Settings,
};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long access tokens live, in seconds.
pub(super) const LIFE_S: u32 = 3600;

/// A provider that can go down and come up.
pub(super) struct Lane {
    pub(super) provider: DemoProvider,
    runtime: Handle,
    /// Where users are sent back to.
    callbacks: String,
    serving: Option<(oneshot::Sender<()>, JoinHandle<std::io::Result<()>>)>,
}

impl Lane {
    /// One whose users come back to URLs below `callbacks`.
    pub(super) fn start(runtime: &Handle, callbacks: &str) -> anyhow::Result<Self> {
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let settings = Settings {
            clients: Vec::new(),
            ..Settings::new(Arc::new(SystemClock))
        };
        let mut lane = Self {
            provider: DemoProvider::new(listener.local_addr()?, settings)?,
            runtime: runtime.clone(),
            callbacks: callbacks.to_owned(),
            serving: None,
        };
        lane.renews_by(RefreshPolicy::Strict);
        lane.serve(listener);
        Ok(lane)
    }

    /// What becomes of refresh tokens from now on.
    pub(super) fn renews_by(&self, refresh: RefreshPolicy) {
        let secret = DemoAuthentication::Secret(DEMO_SECRET.to_owned());
        self.provider.add_client(DemoClient {
            refresh,
            redirect_prefix: Some(self.callbacks.clone()),
            access_token_lifetime_s: Some(LIFE_S),
            ..DemoClient::new(DEMO_CLIENT, secret, &["read", "write", "repo"])
        });
    }

    /// Nobody listens at its port any more.
    pub(super) fn goes_down(&mut self) -> anyhow::Result<()> {
        if let Some((stop, serving)) = self.serving.take() {
            // Who is told may have ended already.
            let _ = stop.send(());
            self.runtime.block_on(serving)??;
        }
        Ok(())
    }

    /// It is as it was in the beginning, and listens.
    pub(super) fn is_cured(&mut self) -> anyhow::Result<()> {
        self.provider.misbehave(None);
        if self.serving.is_none() {
            let address = self.provider.issuer();
            let address = address.strip_prefix("http://").context("an issuer")?;
            let listener = self.runtime.block_on(TcpListener::bind(address))?;
            self.serve(listener);
        }
        Ok(())
    }

    fn serve(&mut self, listener: TcpListener) {
        let (stop, stopped) = oneshot::channel();
        let serving = self.provider.clone().serve(listener, async {
            // A sender that is gone means the same.
            let _ = stopped.await;
        });
        self.serving = Some((stop, self.runtime.spawn(serving)));
    }
}
