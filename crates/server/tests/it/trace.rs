//! W3C trace context: what is logged of a request has its trace.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::{Debug, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

use procura_testkit::{Request, TestApp};
use procura_wire::Operation::ListWorkloadIdentities;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Keeps every line that this process logs of requests, with the fields of the spans around it, as the log of
/// the program prints them.
#[derive(Default)]
struct Lines {
    spans: Mutex<HashMap<u64, String>>,
    next: AtomicU64,
    logged: Mutex<Vec<String>>,
}

thread_local! {
    static ENTERED: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{}={value:?} ", field.name()).unwrap();
    }
}

impl Subscriber for &'static Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("procura")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut text = Text::default();
        attributes.record(&mut text);
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        self.spans.lock().unwrap().insert(id, text.0);
        Id::from_u64(id)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text::default();
        event.record(&mut text);
        let spans = self.spans.lock().unwrap();
        let entered = ENTERED.with_borrow(Clone::clone);
        for span in &entered {
            text.0.push_str(&spans[span]);
        }
        if !entered.is_empty() {
            self.logged.lock().unwrap().push(text.0);
        }
    }

    fn enter(&self, span: &Id) {
        ENTERED.with_borrow_mut(|entered| entered.push(span.into_u64()));
    }

    fn exit(&self, _: &Id) {
        ENTERED.with_borrow_mut(|entered| entered.pop());
    }
}

/// All lines so far; listens from the first call on.
pub(crate) fn lines() -> Vec<String> {
    static LINES: OnceLock<Lines> = OnceLock::new();
    let mut is_new = false;
    let lines = LINES.get_or_init(|| {
        is_new = true;
        Lines::default()
    });
    if is_new {
        tracing::subscriber::set_global_default(lines).unwrap();
    }
    lines.logged.lock().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_of_a_request_has_its_trace() {
    lines();
    let app = TestApp::start().await;
    let id = "4bf92f3577b34da6a3ce929d0e0e4736";
    let request = Request::of(ListWorkloadIdentities).json(&json!({}));
    let message = app.admin().sign(&request);
    let traced = message
        .clone()
        .add("traceparent", &format!("00-{id}-00f067aa0ba902b7-01"))
        .add("tracestate", "vendor=canary-state");
    let answer = app.admin().send_message(&traced).await.expect_status(200);
    assert!(!answer.holds("canary-state"));
    let request_id = answer.header("x-amzn-requestid").unwrap().replace('-', "");
    let of_request: Vec<String> = lines()
        .into_iter()
        .filter(|line| line.contains(&request_id))
        .collect();
    for word in ["answered", "read"] {
        let is_word = |line: &&String| line.contains(&format!("message={word}"));
        assert!(
            of_request.iter().any(|line| is_word(&line)),
            "{of_request:?}"
        );
    }
    for line in &of_request {
        assert!(line.contains(&format!("trace={id}")), "{line}");
        assert!(
            line.contains("span=") && !line.contains("00f067aa0ba902b7"),
            "{line}"
        );
    }
    assert!(lines().iter().all(|line| !line.contains("canary-state")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_that_is_not_valid_or_stands_twice_is_ignored() {
    lines();
    let app = TestApp::start().await;
    let id = "5bf92f3577b34da6a3ce929d0e0e4737";
    let valid = format!("00-{id}-00f067aa0ba902b7-01");
    let request = Request::of(ListWorkloadIdentities).json(&json!({}));
    let message = app.admin().sign(&request);
    for (first, second) in [
        (format!("{valid}-x"), None),
        (valid.to_uppercase(), None),
        (valid.clone(), Some(valid.clone())),
    ] {
        let mut traced = message.clone().add("traceparent", &first);
        if let Some(second) = second {
            traced = traced.add("traceparent", &second);
        }
        let answer = app.admin().send_message(&traced).await.expect_status(200);
        let request_id = answer.header("x-amzn-requestid").unwrap().replace('-', "");
        let lines = lines();
        let line = lines
            .iter()
            .find(|line| line.contains(&request_id))
            .unwrap();
        assert!(line.contains("trace=") && !line.contains(id), "{line}");
    }
}
