//! What a monitoring system reads: well-formed, true, and nobody's secret.

use std::collections::{BTreeMap, BTreeSet};

use procura_testkit::{Connection, Request, Response, Setup, TestApp};
use procura_wire::Operation::{CreateWorkloadIdentity, ListWorkloadIdentities};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;

const DOCUMENT: &str = include_str!("../../../../docs/telemetry.md");

/// The text, read as strictly as `OpenMetrics` is written.
struct Scrape {
    /// The type of each family.
    families: BTreeMap<String, String>,
    /// By name and labels, as they stand there.
    samples: BTreeMap<String, f64>,
}

impl Scrape {
    async fn of(app: &TestApp) -> Self {
        let answer = app.metrics().await.expect_status(200);
        let content_type = answer.header("content-type").unwrap().to_owned();
        assert!(content_type.starts_with("application/openmetrics-text; version=1.0.0"));
        Self::read(answer.text())
    }

    fn read(text: &str) -> Self {
        let body = text.strip_suffix("# EOF\n").unwrap();
        let (mut families, mut samples) = (BTreeMap::new(), BTreeMap::new());
        let mut family = "";
        for line in body.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                family = help.split(' ').next().unwrap();
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').unwrap();
                assert_eq!(name, family);
                assert!(
                    ["counter", "gauge", "histogram", "info"].contains(&kind),
                    "{line}"
                );
                let before = families.insert(family.to_owned(), kind.to_owned());
                assert_eq!(before, None, "{line}");
            } else {
                let (sample, value) = line.rsplit_once(' ').unwrap();
                let name = sample.split('{').next().unwrap();
                let suffix = name.strip_prefix(family).unwrap();
                let suffixes: &[&str] = match families.get(family).unwrap().as_str() {
                    "counter" => &["_total"],
                    "histogram" => &["_sum", "_count", "_bucket"],
                    "info" => &["_info"],
                    _ => &[""],
                };
                assert!(suffixes.contains(&suffix), "{line}");
                check_labels(sample);
                let before = samples.insert(sample.to_owned(), value.parse().unwrap());
                assert_eq!(before, None, "{line}");
            }
        }
        let scrape = Self { families, samples };
        scrape.check_histograms();
        scrape
    }

    fn value(&self, sample: &str) -> f64 {
        let value = self.samples.get(sample);
        assert!(value.is_some(), "no {sample}");
        *value.unwrap()
    }

    /// The last bucket holds all, and its count is that of the histogram.
    fn check_histograms(&self) {
        let last: Vec<_> = self
            .samples
            .iter()
            .filter(|(sample, _)| sample.contains("le=\"+Inf\""))
            .collect();
        assert!(last.len() > 10, "{last:?}");
        for (sample, value) in last {
            let count = sample
                .replace("_bucket{", "_count{")
                .replace("le=\"+Inf\"", "")
                .replace(",}", "}")
                .replace("{,", "{")
                .replace("{}", "");
            assert!((self.value(&count) - value).abs() < 0.5, "{sample} {count}");
        }
    }
}

/// `name{label="value",…}` with values that come from a list of ours.
fn check_labels(sample: &str) {
    let Some((_, labels)) = sample.split_once('{') else {
        return;
    };
    for label in labels.strip_suffix('}').unwrap().split(',') {
        let (name, value) = label.split_once('=').unwrap();
        let known = [
            "operation",
            "outcome",
            "reason",
            "bucket",
            "transaction",
            "queue",
            "le",
            "version",
            "engine",
        ];
        assert!(known.contains(&name), "{sample}");
        let value = value.strip_prefix('"').unwrap().strip_suffix('"').unwrap();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.+".contains(&byte);
        assert!(value.len() < 60 && value.bytes().all(is_plain), "{sample}");
    }
}

fn requests(operation: &str, outcome: &str) -> String {
    format!("procura_requests_total{{operation=\"{operation}\",outcome=\"{outcome}\"}}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_is_counted() {
    let app = TestApp::start().await;
    let app = app
        .with_agent("agent")
        .await
        .with_provider("provider", "canary")
        .await;
    let before = Scrape::of(&app).await;
    let admin = app.admin();
    admin.create_agent("other").await.expect_status(201);
    admin.create_agent("other").await.expect_status(409);
    admin.create_agent("!").await.expect_status(400);
    app.auditor()
        .create_agent("another")
        .await
        .expect_status(403);
    let absent = json!({ "name": "absent" });
    admin
        .call(procura_wire::Operation::DeleteWorkloadIdentity, absent)
        .await
        .expect_status(404);
    let token = app.agent_host().token("agent").await;
    app.agent_host()
        .api_key(&token, "provider")
        .await
        .expect_status(200);
    let proves_nothing = app.agent_host().api_key("token", "provider").await;
    proves_nothing.expect_status(401);
    let request = Request::of(CreateWorkloadIdentity).json(&json!({ "name": "replayed" }));
    let message = admin.sign(&request);
    admin.send_message(&message).await.expect_status(201);
    admin.send_message(&message).await.expect_status(429);
    app.clock().advance(3);
    admin.send_message(&message).await.expect_status(403);
    let unsigned = admin.sign(&request).without("authorization");
    admin.send_message(&unsigned).await.expect_status(403);
    let unknown = admin.signing(|s| "PRCAAAAAAAAAAAAAAAAA".clone_into(&mut s.key_id));
    unknown.create_agent("agent").await.expect_status(403);
    admin
        .send(&Request::new("GET", "/nothing"))
        .await
        .expect_status(404);
    let after = Scrape::of(&app).await;

    let grown = |sample: &str| after.value(sample) - before.value(sample);
    for (sample, by) in [
        (requests("CreateWorkloadIdentity", "ok"), 2.0),
        (requests("CreateWorkloadIdentity", "conflict"), 1.0),
        (requests("CreateWorkloadIdentity", "caller"), 1.0),
        (requests("CreateWorkloadIdentity", "denied"), 1.0),
        (requests("CreateWorkloadIdentity", "unproved"), 4.0),
        (requests("DeleteWorkloadIdentity", "not_found"), 1.0),
        (requests("GetResourceApiKey", "ok"), 1.0),
        (requests("GetResourceApiKey", "unproved"), 1.0),
        (requests("unknown", "not_found"), 1.0),
        (
            "procura_unauthenticated_total{reason=\"missing\"}".to_owned(),
            1.0,
        ),
        (
            "procura_unauthenticated_total{reason=\"unknown_key\"}".to_owned(),
            1.0,
        ),
        (
            "procura_unauthenticated_total{reason=\"repeated\"}".to_owned(),
            1.0,
        ),
        (
            "procura_unauthenticated_total{reason=\"replayed\"}".to_owned(),
            1.0,
        ),
        ("procura_audit_note_failures_total".to_owned(), 0.0),
        ("procura_requests_in_flight".to_owned(), 0.0),
    ] {
        assert!(
            (grown(&sample) - by).abs() < 0.1,
            "{sample}: {}",
            grown(&sample)
        );
    }
    // Done: two; refused with a record: 409, 400, 403, 404, 401; a token and a key.
    assert!(grown("procura_audit_records_total") >= 9.0);
    let transactions =
        "procura_store_transactions_total{transaction=\"create_workload_identity\",outcome=";
    assert!(after.value(&format!("{transactions}\"done\"}}")) > 2.5);
    assert!(after.value(&format!("{transactions}\"refused\"}}")) > 0.5);
    assert!(grown("procura_seals_total") > 0.5);
    assert!(grown("procura_opens_total") > 0.5);
    assert!(after.value("procura_keys_cached") > 1.5);
    assert!(after.value("process_start_time_seconds") > 1.7e9);
    assert!(after.value("process_resident_memory_bytes") > 1e6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_document_lists_what_there_is() {
    let app = TestApp::start().await;
    let scrape = Scrape::of(&app).await;
    let listed: BTreeSet<(&str, &str)> = DOCUMENT
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|row| row.split_once("` | "))
        .map(|(name, rest)| (name, rest.split(' ').next().unwrap()))
        .filter(|(_, kind)| ["counter", "gauge", "histogram", "info"].contains(kind))
        .collect();
    let found = scrape.families.iter();
    let found: BTreeSet<(&str, &str)> = found
        .map(|(name, kind)| (name.as_str(), kind.as_str()))
        .collect();
    assert_eq!(listed, found);
}

/// Attack 95, as far as metrics go.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_tenant_is_in_the_metrics() {
    let app = TestApp::start().await;
    let app = app.with_agent("canary-agent").await;
    let app = app.with_provider("canary-provider", "canary-api-key").await;
    let host = app.agent_host();
    let token = host.token_for("canary-agent", "canary-user").await;
    host.api_key(&token, "canary-provider")
        .await
        .expect_status(200);
    let _refused = host.api_key("canary-token", "canary-provider").await;
    let request = Request::new("GET", "/canary-path").query("canary=query");
    let _unknown = host
        .send(&request.header("x-canary", "canary-header"))
        .await;
    let unknown = host.signing(|signer| signer.key_id = "canary-key".to_owned());
    let _unknown = unknown.create_agent("canary-name").await;
    let text = app.metrics().await;
    let text = text.text();
    Scrape::read(text);
    for client in [app.admin(), host, app.other_account_admin()] {
        for planted in [
            client.secret(),
            client.key_id(),
            &client.account().to_string(),
        ] {
            assert!(!text.contains(planted), "{planted}");
        }
    }
    for planted in [
        "canary",
        &token,
        "127.0.0.1",
        &app.app().deployment().to_string(),
    ] {
        assert!(!text.contains(planted), "{planted}");
    }
}

fn tells_nothing(answer: &Response) {
    assert_eq!(answer.status, 404);
    assert!(!answer.holds("procura_"), "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_do_not_get_the_metrics() {
    let app = TestApp::start().await;
    for method in ["GET", "POST", "HEAD"] {
        for path in [
            "/metrics",
            "/metrics/",
            "//metrics",
            "/v1/metrics",
            "/%6detrics",
        ] {
            let request =
                format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            let answer = app.raw(request.as_bytes()).await;
            let answer = String::from_utf8(answer).unwrap();
            assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
            assert!(!answer.contains("procura_"), "{answer}");
        }
        tells_nothing(&app.admin().send(&Request::new("GET", "/metrics")).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_socket_of_the_metrics_gives_nothing_else() {
    let app = TestApp::start().await;
    for asked in [
        "POST /metrics",
        "GET /",
        "GET /v1/status",
        "GET /v1/accounts",
        "GET /readyz",
        "POST /identities/ListWorkloadIdentities",
    ] {
        let request = format!("{asked} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n");
        let mut connection = Connection::open(app.metrics_address()).await;
        tells_nothing(&connection.exchange(request.as_bytes()).await);
    }
    let list = Request::of(ListWorkloadIdentities).json(&json!({}));
    let message = app.admin().sign(&list);
    let mut connection = Connection::open(app.metrics_address()).await;
    tells_nothing(&connection.exchange(&message.bytes()).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_operator_gets_the_metrics() {
    let app = Setup::default().start().await;
    let mut stream = UnixStream::connect(app.admin_socket()).await.unwrap();
    stream
        .write_all(b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    Scrape::read(body);
}
