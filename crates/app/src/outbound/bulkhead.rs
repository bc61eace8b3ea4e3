//! How many calls are in flight, so that one slow provider does not take the node with it.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use procura_protocol::egress::OutboundUrl;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::OutboundError;

/// The places of a node.
pub(super) struct Bulkhead {
    node: Arc<Semaphore>,
    /// One for each `host:port` that is being called or waited for.
    authorities: Mutex<HashMap<String, Weak<Semaphore>>>,
    per_authority_max: usize,
    wait_max: Duration,
}

/// A place; free again when dropped.
pub(super) struct Place {
    _authority: OwnedSemaphorePermit,
    _node: OwnedSemaphorePermit,
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Place")
    }
}

impl Bulkhead {
    pub(super) fn new(per_authority_max: usize, node_max: usize, wait_max: Duration) -> Self {
        Self {
            node: Arc::new(Semaphore::new(node_max)),
            authorities: Mutex::default(),
            per_authority_max,
            wait_max,
        }
    }

    /// Waits for a place. The provider's comes first, so that those who wait for a slow provider
    /// hold no place of the node.
    pub(super) async fn enter(&self, url: &OutboundUrl) -> Result<Place, OutboundError> {
        let authority = self.authority(url.authority());
        let node = self.node.clone();
        let both = async move {
            let authority = authority.acquire_owned().await.ok()?;
            let node = node.acquire_owned().await.ok()?;
            Some(Place {
                _authority: authority,
                _node: node,
            })
        };
        match tokio::time::timeout(self.wait_max, both).await {
            Ok(Some(place)) => Ok(place),
            _ => Err(OutboundError::Busy {
                host: url.host().to_owned(),
            }),
        }
    }

    /// The places of one authority. They live as long as somebody is in one or waits for one.
    fn authority(&self, authority: String) -> Arc<Semaphore> {
        let mut all = self
            .authorities
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = all.get(&authority).and_then(Weak::upgrade) {
            return places;
        }
        all.retain(|_, places| places.strong_count() > 0);
        let places = Arc::new(Semaphore::new(self.per_authority_max));
        all.insert(authority, Arc::downgrade(&places));
        places
    }
}
