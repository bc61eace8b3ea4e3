//! From a name to judged addresses.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::Arc;

use procura_protocol::egress::{Rules, Scheme};
use reqwest::dns::{Addrs, Name, Resolve};
use tokio::sync::Semaphore;

/// Most names that the system is asked for at once. A name server that does not answer holds a thread
/// for longer than anybody waits for it.
const LOOKUPS_MAX: usize = 128;

/// The answer to a name, to come.
pub type Resolving = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

type Lookup = dyn Fn(String) -> Resolving + Send + Sync;

/// Who resolves names. Its answers are judged, whoever it is.
#[derive(Clone)]
pub struct Resolution(Arc<Lookup>);

impl Resolution {
    /// The resolver of the operating system.
    pub fn system() -> Self {
        let slots = Arc::new(Semaphore::new(LOOKUPS_MAX));
        Self::by(move |host| Box::pin(system_lookup(slots.clone(), host)))
    }

    /// Another; tests play name servers that change their mind.
    pub fn by(lookup: impl Fn(String) -> Resolving + Send + Sync + 'static) -> Self {
        Self(Arc::new(lookup))
    }
}

impl fmt::Debug for Resolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resolution")
    }
}

async fn system_lookup(slots: Arc<Semaphore>, host: String) -> io::Result<Vec<IpAddr>> {
    let slot = slots.acquire_owned().await.map_err(io::Error::other)?;
    let lookup = tokio::task::spawn_blocking(move || {
        // Held by the thread, not by who waits for it.
        let _slot = slot;
        let addresses = (host.as_str(), 0).to_socket_addrs()?;
        Ok(addresses.map(|address| address.ip()).collect())
    });
    lookup.await.map_err(io::Error::other)?
}

/// A name without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the name could not be resolved")]
pub(super) struct Unresolved(#[source] io::Error);

/// Resolves once for a connection, and gives the connector what was judged and nothing else.
pub(super) struct JudgingResolver {
    pub(super) rules: Arc<Rules>,
    pub(super) resolution: Resolution,
    pub(super) scheme: Scheme,
    pub(super) port: u16,
}

impl Resolve for JudgingResolver {
    fn resolve(&self, name: Name) -> reqwest::dns::Resolving {
        let (rules, scheme, port) = (self.rules.clone(), self.scheme, self.port);
        let answer = (self.resolution.0)(name.as_str().to_owned());
        Box::pin(async move {
            let answer: Vec<SocketAddr> = answer
                .await
                .map_err(Unresolved)?
                .into_iter()
                .map(|address| SocketAddr::new(address, port))
                .collect();
            // SECURITY: held by `a_name_is_resolved_once_and_its_judged_address_is_called`.
            let judged = rules.judge_answer(name.as_str(), scheme, &answer)?;
            if judged.is_empty() {
                return Err(Unresolved(io::ErrorKind::NotFound.into()).into());
            }
            Ok(Box::new(judged.into_iter()) as Addrs)
        })
    }
}
