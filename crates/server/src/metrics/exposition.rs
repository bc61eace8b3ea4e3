//! The text form: `OpenMetrics` 1.0, which Prometheus reads.

use std::fmt;

use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, Response, StatusCode};
use procura_app::counters::{Counts, StoreCounts};
use procura_core::measure::Spread;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use crate::response::{self, Answer};
use crate::service::Service;

const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const MICROS: f64 = 1e6;

/// Answers a request for the metrics; what asks for something else is told that it is not here.
pub(crate) fn answer(service: &Service, method: &Method, path: &str) -> Answer {
    if (method, path) != (&Method::GET, "/metrics") {
        return response::text(StatusCode::NOT_FOUND, "the metrics are at GET /metrics\n");
    }
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Snapshot(families(service))));
    let mut text = String::new();
    // A `String` takes whatever is written to it.
    if encode(&mut text, &registry).is_err() {
        return response::text(StatusCode::INTERNAL_SERVER_ERROR, "metrics failed\n");
    }
    let mut answer = Response::new(Full::new(text.into()));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(TEXT));
    answer
}

type Labels = Vec<(&'static str, &'static str)>;

#[derive(Debug)]
enum Value {
    Counter(u64),
    Gauge(f64),
    Histogram(Spread, f64),
    Info,
}

/// A metric with its samples.
#[derive(Debug)]
struct Family {
    name: &'static str,
    help: &'static str,
    samples: Vec<(Labels, Value)>,
}

#[derive(Debug)]
struct Snapshot(Vec<Family>);

impl Collector for Snapshot {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for family in &self.0 {
            let Some((_, first)) = family.samples.first() else {
                continue;
            };
            let kind = first.kind();
            let mut metric = encoder.encode_descriptor(family.name, family.help, None, kind)?;
            for (labels, value) in &family.samples {
                match value {
                    Value::Info => metric.encode_info(&labels.as_slice())?,
                    value if labels.is_empty() => value.encode(&mut metric)?,
                    value => value.encode(&mut metric.encode_family(&labels.as_slice())?)?,
                }
            }
        }
        Ok(())
    }
}

impl Value {
    const fn kind(&self) -> MetricType {
        match self {
            Self::Counter(_) => MetricType::Counter,
            Self::Gauge(_) => MetricType::Gauge,
            Self::Histogram(..) => MetricType::Histogram,
            Self::Info => MetricType::Info,
        }
    }

    fn encode(&self, metric: &mut MetricEncoder<'_>) -> fmt::Result {
        match self {
            Self::Counter(count) => metric.encode_counter::<NoLabelSet, _, u64>(count, None),
            Self::Gauge(value) => metric.encode_gauge(value),
            Self::Histogram(spread, unit) => {
                let bounds = spread.bounds.iter().map(|bound| float(*bound) / unit);
                // What the library writes as `+Inf`.
                let bounds = bounds.chain([f64::MAX]);
                let buckets: Vec<(f64, u64)> = bounds.zip(spread.counts.iter().copied()).collect();
                let (sum, count) = (float(spread.sum) / unit, spread.counts.iter().sum());
                metric.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
            }
            Self::Info => Ok(()),
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the format knows floats only; above 2^53 the last digits do not matter"
)]
fn float(number: u64) -> f64 {
    number as f64
}

fn seconds(millis: i64) -> f64 {
    float(u64::try_from(millis).unwrap_or(0)) / 1e3
}

fn size(number: usize) -> f64 {
    float(u64::try_from(number).unwrap_or(u64::MAX))
}

fn one(name: &'static str, help: &'static str, value: Value) -> Family {
    Family {
        name,
        help,
        samples: vec![(Vec::new(), value)],
    }
}

fn families(service: &Service) -> Vec<Family> {
    let mut all = requests(service);
    let counts = service.app.counts();
    all.extend(node(&counts));
    all.extend(store(counts.store));
    all.extend(process(service));
    all
}

fn requests(service: &Service) -> Vec<Family> {
    let metrics = &service.metrics;
    let mut requests = Vec::new();
    let mut durations = Vec::new();
    for (operation, of) in &metrics.operations {
        for (outcome, count) in &of.outcomes.0 {
            let labels = vec![("operation", *operation), ("outcome", outcome.name())];
            requests.push((labels, Value::Counter(count.get())));
        }
        let spread = Value::Histogram(of.duration_us.spread(), MICROS);
        durations.push((vec![("operation", *operation)], spread));
    }
    let strangers = metrics.strangers.0.iter().map(|(reason, count)| {
        let labels = vec![("reason", reason.name())];
        (labels, Value::Counter(count.get()))
    });
    let refusals = metrics.refusals.0.iter().map(|(bucket, count)| {
        let labels = vec![("bucket", bucket.name())];
        (labels, Value::Counter(count.get()))
    });
    let (refused, in_flight) = (metrics.connections_refused.get(), metrics.in_flight.get());
    let family = |name, help, samples| Family {
        name,
        help,
        samples,
    };
    vec![
        family(
            "procura_requests",
            "Requests by operation and outcome",
            requests,
        ),
        family(
            "procura_request_duration_seconds",
            "From the head of a request to its answer",
            durations,
        ),
        family(
            "procura_unauthenticated",
            "Requests of which nobody was proved to be the sender",
            strangers.collect(),
        ),
        family(
            "procura_rate_limit_refusals",
            "Requests that were refused because their bucket was empty",
            refusals.collect(),
        ),
        one(
            "procura_connections_refused",
            "Connections of peers that had as many as they may",
            Value::Counter(refused),
        ),
        one(
            "procura_connections",
            "Open connections of clients",
            Value::Gauge(size(service.connections.count())),
        ),
        one(
            "procura_requests_in_flight",
            "Requests that are being answered",
            Value::Gauge(float(u64::try_from(in_flight).unwrap_or(0))),
        ),
    ]
}

fn node(counts: &Counts) -> Vec<Family> {
    vec![
        one(
            "procura_keys_cached",
            "Unwrapped encryption keys in memory",
            Value::Gauge(float(counts.keys_cached)),
        ),
        one(
            "procura_providers_left_alone",
            "Providers that do not answer and are not asked for a while",
            Value::Gauge(float(counts.providers_left_alone)),
        ),
        one(
            "procura_seals",
            "Values that were sealed",
            Value::Counter(counts.sealed),
        ),
        one(
            "procura_opens",
            "Sealed values that were opened",
            Value::Counter(counts.opened),
        ),
        one(
            "procura_audit_records",
            "Audit records that were appended",
            Value::Counter(counts.store.records),
        ),
        one(
            "procura_audit_notes",
            "Signed notes that were written",
            Value::Counter(counts.notes_written),
        ),
        one(
            "procura_audit_note_failures",
            "Signed notes that could not be written",
            Value::Counter(counts.notes_failed),
        ),
        one(
            "procura_audit_note_age_seconds",
            "Since when the newest note may not say all there is",
            Value::Gauge(seconds(counts.note_age_ms)),
        ),
    ]
}

fn store(counts: StoreCounts) -> Vec<Family> {
    let mut transactions = Vec::new();
    let mut durations = Vec::new();
    for of in counts.transactions {
        for (ended, count) in of.ended {
            let labels = vec![("transaction", of.name), ("outcome", ended.name())];
            transactions.push((labels, Value::Counter(count)));
        }
        let spread = Value::Histogram(of.duration_us, MICROS);
        durations.push((vec![("transaction", of.name)], spread));
    }
    let waiting = [
        ("write", counts.writes_waiting),
        ("read", counts.reads_waiting),
    ];
    let waiting = waiting.map(|(queue, waiting)| {
        let labels = vec![("queue", queue)];
        (labels, Value::Gauge(size(waiting)))
    });
    vec![
        Family {
            name: "procura_store_transactions",
            help: "Transactions by name and outcome",
            samples: transactions,
        },
        Family {
            name: "procura_store_transaction_duration_seconds",
            help: "From asking for a transaction to its durable end",
            samples: durations,
        },
        Family {
            name: "procura_store_queue_depth",
            help: "Transactions that wait for a thread",
            samples: waiting.into(),
        },
        one(
            "procura_store_batch_size",
            "Transactions that were committed together",
            Value::Histogram(counts.batch, 1.0),
        ),
    ]
}

fn process(service: &Service) -> Vec<Family> {
    let mut all = vec![
        Family {
            name: "procura_build",
            help: "The version that runs",
            samples: vec![(
                vec![
                    ("version", env!("CARGO_PKG_VERSION")),
                    ("engine", service.app.engine_name()),
                ],
                Value::Info,
            )],
        },
        one(
            "process_start_time_seconds",
            "When the process began, since 1970",
            Value::Gauge(seconds(service.metrics.started_at.millis())),
        ),
    ];
    if let Some(bytes) = resident_bytes() {
        all.push(one(
            "process_resident_memory_bytes",
            "Memory that is in use and not swapped out",
            Value::Gauge(float(bytes)),
        ));
    }
    all
}

/// What the kernel says of our memory; it says so on Linux.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}
