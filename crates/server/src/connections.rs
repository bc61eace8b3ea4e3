//! How many connections a peer has open.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use procura_core::peer::PeerNetwork;

/// Open connections by peer. Only peers with one are in it.
#[derive(Debug)]
pub(crate) struct Connections {
    open: Arc<Mutex<HashMap<PeerNetwork, usize>>>,
    per_peer: usize,
}

/// A connection of a peer, until it is dropped.
#[derive(Debug)]
pub(crate) struct Open {
    all: Arc<Mutex<HashMap<PeerNetwork, usize>>>,
    peer: PeerNetwork,
}

/// No panic happens under this lock, and a count that is one too high would only refuse.
fn lock(open: &Mutex<HashMap<PeerNetwork, usize>>) -> MutexGuard<'_, HashMap<PeerNetwork, usize>> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Connections {
    /// None yet, and of each peer at most so many.
    pub(crate) fn new(per_peer: usize) -> Self {
        Self {
            open: Arc::default(),
            per_peer,
        }
    }

    /// Another connection of `peer`, unless it has as many as it may.
    pub(crate) fn open(&self, peer: PeerNetwork) -> Option<Open> {
        let mut open = lock(&self.open);
        let of_peer = open.entry(peer).or_default();
        if *of_peer >= self.per_peer {
            // A limit of zero would leave an empty entry behind.
            open.retain(|_, count| *count > 0);
            return None;
        }
        *of_peer += 1;
        drop(open);
        Some(Open {
            all: Arc::clone(&self.open),
            peer,
        })
    }

    /// How many are open, of all peers.
    pub(crate) fn count(&self) -> usize {
        lock(&self.open).values().sum()
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut open = lock(&self.all);
        if let Some(count) = open.get_mut(&self.peer) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.peer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn a_peer_has_so_many_connections_and_leaves_nothing_behind() {
        let peer = |text: &str| text.parse::<IpAddr>().unwrap().into();
        let connections = Connections::new(2);
        let first = connections.open(peer("2001:db8::1")).unwrap();
        let second = connections.open(peer("2001:db8::2")).unwrap();
        assert!(connections.open(peer("2001:db8::3")).is_none());
        let other = connections.open(peer("192.0.2.1")).unwrap();
        assert_eq!(connections.count(), 3);
        drop(first);
        drop(connections.open(peer("2001:db8::3")).unwrap());
        drop((second, other));
        assert_eq!(connections.count(), 0);
        assert!(lock(&connections.open).is_empty());
    }
}
