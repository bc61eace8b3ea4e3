//! What all connections of a listener share.

use std::net::IpAddr;
use std::sync::Arc;

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::rate_limit::{Class, RateLimiter};
use procura_core::peer::PeerNetwork;
use procura_core::time::Timestamp;

use crate::body::Budget;
use crate::connections::Connections;
use crate::error::aws::Exception;
use crate::listener::Limits;
use crate::metrics::{Metrics, Reason};

/// The address at the other end of the connection. Who a request says that it was forwarded for is
/// not looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

impl Peer {
    fn network(self) -> PeerNetwork {
        self.0.into()
    }
}

/// What all connections of a listener share.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) app: Arc<App>,
    pub(crate) limits: Limits,
    pub(crate) budget: Budget,
    pub(crate) connections: Connections,
    pub(crate) metrics: Metrics,
    limiter: RateLimiter,
}

impl Service {
    pub(crate) fn new(app: Arc<App>, limits: Limits) -> Self {
        let metrics = Metrics::new(app.now());
        Self {
            app,
            limits,
            budget: Budget::new(limits.unproved_body_bytes),
            connections: Connections::new(limits.connections_per_peer),
            metrics,
            limiter: RateLimiter::new(limits.rates),
        }
    }

    /// Refuses an address that failed too often, before anything is spent on it.
    pub(crate) fn check_address(&self, peer: Peer, now: Timestamp) -> Result<(), Exception> {
        self.limiter
            .check_address(peer.network(), now)
            .map_err(Exception::throttled)
    }

    /// Refuses an address that asks too often for what nobody signs.
    pub(crate) fn admit_unsigned(&self, peer: Peer, now: Timestamp) -> Result<(), Exception> {
        self.limiter
            .admit_unsigned(peer.network(), now)
            .map_err(Exception::throttled)
    }

    /// Refuses a proved caller who asks too often. There is no record of it: see decision 0018.
    pub(crate) fn admit(&self, cx: &OpCx, class: Class) -> Result<(), Exception> {
        self.limiter
            .admit(&cx.caller, class, cx.now)
            .map_err(Exception::throttled)
    }

    /// Counts a browser that came with a link that leads nowhere against its address.
    pub(crate) fn count_stranger(&self, peer: Peer) {
        self.limiter.count_failure(peer.network(), self.app.now());
    }

    /// Counts what stood in the place of a signature and proved nothing, against its address.
    pub(crate) fn count_untrusted(&self, peer: Peer) {
        self.metrics.unauthenticated(Reason::Untrusted);
        self.limiter.count_failure(peer.network(), self.app.now());
    }

    /// Counts what was refused, against the address where somebody failed to authenticate.
    pub(crate) fn count_refusal(&self, exception: &Exception, peer: Peer) {
        if let Some(bucket) = exception.bucket() {
            self.metrics.refused(bucket);
        }
        if let Some(reason) = exception.reason() {
            self.metrics.unauthenticated(reason);
            if reason.is_failure() {
                self.limiter.count_failure(peer.network(), self.app.now());
            }
        }
    }
}
