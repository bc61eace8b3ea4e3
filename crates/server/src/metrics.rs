//! What the server counts, and the text that a monitoring system reads.
//!
//! No label comes from a request: each is one of a list that is known when the program is built. A
//! name, an id or a secret of a tenant is in none of them. docs/telemetry.md lists them all.

mod exposition;

use std::collections::BTreeMap;

use procura_app::rate_limit::Bucket;
use procura_core::error::Kind;
use procura_core::measure::{Count, Gauge, Histogram};
use procura_core::time::{Stopwatch, Timestamp};
use procura_wire::{Operation, cognito, iam, sts};

use crate::browser::Place;
use crate::container_credentials;
use crate::native::signed::SignedOperation;
use crate::own_consents;
use crate::pool_document::Document;
use crate::pool_domain;
use crate::pool_openid::Endpoint;

pub(crate) use self::exposition::answer;

/// What is asked and is no operation of ours.
pub(crate) const UNKNOWN: &str = "unknown";

/// How a request ended, by blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was done.
    Done,
    /// It was not.
    Failed(Kind),
}

impl Outcome {
    const ALL: [Self; 9] = [
        Self::Done,
        Self::Failed(Kind::Caller),
        Self::Failed(Kind::Unproved),
        Self::Failed(Kind::Denied),
        Self::Failed(Kind::NotFound),
        Self::Failed(Kind::Conflict),
        Self::Failed(Kind::Throttled),
        Self::Failed(Kind::Upstream),
        Self::Failed(Kind::Internal),
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Done => "ok",
            Self::Failed(Kind::Caller) => "caller",
            Self::Failed(Kind::Unproved) => "unproved",
            Self::Failed(Kind::Denied) => "denied",
            Self::Failed(Kind::NotFound) => "not_found",
            Self::Failed(Kind::Conflict) => "conflict",
            Self::Failed(Kind::Throttled) => "throttled",
            Self::Failed(Kind::Upstream) => "upstream",
            Self::Failed(Kind::Internal) => "internal",
        }
    }
}

/// Why nobody was authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Nothing was signed.
    Missing,
    /// The signature lacks a part.
    Incomplete,
    /// The signature is wrong.
    Invalid,
    /// It was signed too long ago, or in the future.
    Time,
    /// There is no such key.
    UnknownKey,
    /// The session token is none of ours.
    SessionToken,
    /// The time of a temporary key is over.
    ExpiredKey,
    /// The signature was used moments ago.
    Repeated,
    /// The signature was used before.
    Replayed,
    /// The body is too long, too slow or broken.
    Body,
    /// An operation that nobody signs was refused: a wrong password, token, input or body.
    Unsigned,
    /// What stands in the place of a signature proved nothing: the token of a workload, or the secret
    /// of a pool's client.
    Untrusted,
}

impl Reason {
    const ALL: [Self; 12] = [
        Self::Missing,
        Self::Incomplete,
        Self::Invalid,
        Self::Time,
        Self::UnknownKey,
        Self::SessionToken,
        Self::ExpiredKey,
        Self::Repeated,
        Self::Replayed,
        Self::Body,
        Self::Unsigned,
        Self::Untrusted,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Incomplete => "incomplete",
            Self::Invalid => "invalid",
            Self::Time => "time",
            Self::UnknownKey => "unknown_key",
            Self::SessionToken => "session_token",
            Self::ExpiredKey => "expired_key",
            Self::Repeated => "repeated",
            Self::Replayed => "replayed",
            Self::Body => "body",
            Self::Unsigned => "unsigned",
            Self::Untrusted => "untrusted",
        }
    }

    /// Whether it counts against the address: what an honest client does counts not, nor what
    /// nobody signs, which has a bucket of its own. An application whose users mistype their
    /// passwords is not kept from what it signs. No person types the token of a workload or the secret
    /// of a client.
    pub(crate) const fn is_failure(self) -> bool {
        !matches!(self, Self::Repeated | Self::Unsigned | Self::ExpiredKey)
    }
}

/// Counts by a list that is known.
#[derive(Debug)]
struct Tally<K: 'static>(Vec<(K, Count)>);

impl<K: Copy + PartialEq> Tally<K> {
    fn of(all: &[K]) -> Self {
        Self(all.iter().map(|key| (*key, Count::new())).collect())
    }

    fn add_one(&self, key: K) {
        if let Some((_, count)) = self.0.iter().find(|(known, _)| *known == key) {
            count.add_one();
        }
    }
}

/// The requests of one operation.
#[derive(Debug)]
struct Requests {
    outcomes: Tally<Outcome>,
    duration_us: Histogram,
}

/// What the server counts.
#[derive(Debug)]
pub(crate) struct Metrics {
    started_at: Timestamp,
    operations: BTreeMap<&'static str, Requests>,
    strangers: Tally<Reason>,
    refusals: Tally<Bucket>,
    connections_refused: Count,
    in_flight: Gauge,
}

/// A request that is being answered.
pub(crate) struct InFlight<'a> {
    metrics: &'a Metrics,
    watch: Stopwatch,
}

impl Metrics {
    /// Nothing counted yet.
    pub(crate) fn new(started_at: Timestamp) -> Self {
        let names = Operation::ALL.iter().map(|operation| operation.name());
        let user_pools = cognito::Operation::ALL
            .iter()
            .map(|operation| operation.name());
        let roles = iam::Operation::ALL.iter().map(|operation| operation.name());
        let tokens = sts::Operation::ALL.iter().map(|operation| operation.name());
        let requests = |name| {
            let requests = Requests {
                outcomes: Tally::of(&Outcome::ALL),
                duration_us: Histogram::of_durations(),
            };
            (name, requests)
        };
        Self {
            started_at,
            operations: names
                .chain(user_pools)
                .chain(roles)
                .chain(tokens)
                .chain(Place::NAMES)
                .chain(Document::NAMES)
                .chain([
                    container_credentials::NAME,
                    pool_domain::NAME,
                    own_consents::NAME,
                ])
                .chain(Endpoint::names())
                .chain(SignedOperation::names())
                .chain([UNKNOWN])
                .map(requests)
                .collect(),
            strangers: Tally::of(&Reason::ALL),
            refusals: Tally::of(&Bucket::ALL),
            connections_refused: Count::new(),
            in_flight: Gauge::new(),
        }
    }

    /// A request begins.
    pub(crate) fn begin(&self) -> InFlight<'_> {
        self.in_flight.up();
        InFlight {
            metrics: self,
            watch: Stopwatch::start(),
        }
    }

    /// Somebody was not authenticated.
    pub(crate) fn unauthenticated(&self, reason: Reason) {
        self.strangers.add_one(reason);
    }

    /// Somebody asked too often.
    pub(crate) fn refused(&self, bucket: Bucket) {
        self.refusals.add_one(bucket);
    }

    /// A peer had as many connections as it may.
    pub(crate) fn connection_refused(&self) {
        self.connections_refused.add_one();
    }
}

impl InFlight<'_> {
    /// It is answered. A name that is no operation's is counted as unknown.
    pub(crate) fn answered(&self, operation: &str, outcome: Outcome) {
        let all = &self.metrics.operations;
        if let Some(requests) = all.get(operation).or_else(|| all.get(UNKNOWN)) {
            requests.outcomes.add_one(outcome);
            requests.duration_us.observe(self.watch.micros());
        }
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.metrics.in_flight.down();
    }
}
