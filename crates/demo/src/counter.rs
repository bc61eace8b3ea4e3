//! Counts that a test can wait for.

use tokio::sync::watch;

/// A count that only grows.
pub(crate) struct Counter(watch::Sender<u64>);

impl Default for Counter {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Counter {
    pub(crate) fn add(&self) {
        self.0.send_modify(|count| *count = count.saturating_add(1));
    }

    pub(crate) fn count(&self) -> u64 {
        *self.0.borrow()
    }

    /// Waits until it is at least `count`.
    pub(crate) async fn reach(&self, count: u64) {
        let mut seen = self.0.subscribe();
        // The sender is ours.
        let _ = seen.wait_for(|seen| *seen >= count).await;
    }
}

/// What is counted.
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) authorization_requests: Counter,
    pub(crate) token_requests: Counter,
    pub(crate) code_requests: Counter,
    pub(crate) code_redemptions: Counter,
    pub(crate) refresh_requests: Counter,
    pub(crate) refresh_redemptions: Counter,
    pub(crate) refresh_reuses: Counter,
    pub(crate) families_revoked: Counter,
    pub(crate) revocation_requests: Counter,
    pub(crate) revocations: Counter,
    pub(crate) key_set_requests: Counter,
    pub(crate) discovery_requests: Counter,
}
