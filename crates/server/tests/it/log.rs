//! What the service writes to its log, of all tests of this process.

use std::fmt::{Debug, Write as _};
use std::sync::{Mutex, OnceLock, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// The log, from the first moment that a test wanted it.
pub(crate) struct Log(Mutex<String>);

static LOG: OnceLock<Log> = OnceLock::new();

/// The log; from the first call on, it is collected.
pub(crate) fn collected() -> &'static Log {
    LOG.get_or_init(|| {
        tracing::subscriber::set_global_default(Collector).unwrap();
        Log(Mutex::default())
    })
}

impl Log {
    /// All of it.
    pub(crate) fn text(&self) -> String {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

struct Collector;

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _always = write!(self.0, " {field}={value:?}");
    }
}

impl Line {
    fn end(self) {
        if let Some(log) = LOG.get() {
            let mut all = log.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.push_str(&self.0);
            all.push('\n');
        }
    }
}

impl Subscriber for Collector {
    /// What is ours, however fine; of the libraries, what an operator sees.
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("procura") || *metadata.level() <= tracing::Level::INFO
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut line = Line(attributes.metadata().name().to_owned());
        attributes.record(&mut line);
        line.end();
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line(String::new());
        values.record(&mut line);
        line.end();
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().target().to_owned());
        event.record(&mut line);
        line.end();
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
