//! Logs: to stderr, readable, with fields; never a body, a header value or a query.

use std::io::IsTerminal as _;

use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::arguments::Log;

/// Sends our events to stderr. Libraries speak only when they warn.
pub(crate) fn start(log: &Log) {
    let level: LevelFilter = log.log_level.into();
    let filter = Targets::new()
        .with_default(LevelFilter::WARN.min(level))
        .with_target("procura", level)
        .with_target("procura_app", level)
        .with_target("procura_server", level)
        .with_target("procura_store", level);
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    // It fails only if a subscriber is set already, which is then the one to use.
    let _ = tracing_subscriber::registry()
        .with(layer.with_filter(filter))
        .try_init();
}
