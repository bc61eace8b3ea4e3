//! Real servers on loopback; names come from resolvers that the tests are.

mod bounds;
mod guard;
mod server;
mod transport;

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use procura_protocol::egress::{OutboundUrl, Refused, Rule, Rules};
use zeroize::Zeroizing;

use super::{Form, Outbound, OutboundConfig, OutboundError, Reply, Resolution};

fn url(text: &str) -> OutboundUrl {
    text.parse().unwrap()
}

fn rules(allow: &[&str]) -> Rules {
    Rules::new(allow.iter().map(|text| text.parse().unwrap()).collect(), [])
}

/// Loopback is allowed, at any port.
fn dev() -> OutboundConfig {
    OutboundConfig::new(Rules::dev(vec![], []))
}

fn out(config: OutboundConfig) -> Outbound {
    Outbound::new(config).unwrap()
}

async fn get(outbound: &Outbound, text: &str) -> Result<Reply, OutboundError> {
    outbound.get(&url(text), "application/json", 1_024).await
}

async fn post(outbound: &Outbound, text: &str) -> Result<Reply, OutboundError> {
    let form = Form {
        accept: "application/json",
        authorization: Some("Basic Y2xpZW50OnNlY3JldA=="),
        headers: &[("notion-version", "2022-06-28")],
        body: Zeroizing::new("grant_type=client_credentials".to_owned()),
    };
    outbound.post_form(&url(text), form, 1_024).await
}

fn rule(outcome: Result<Reply, OutboundError>) -> Rule {
    match outcome {
        Err(OutboundError::Refused(Refused { rule, .. })) => rule,
        other => panic!("not refused: {other:?}"),
    }
}

/// A name server that gives each answer once and the last for ever, and counts how often it is asked.
#[derive(Clone)]
struct Names {
    answers: Arc<Vec<Vec<IpAddr>>>,
    asked: Arc<AtomicUsize>,
}

impl Names {
    fn answering(answers: &[&[&str]]) -> Self {
        let parse = |answer: &&[&str]| answer.iter().map(|text| text.parse().unwrap()).collect();
        Self {
            answers: Arc::new(answers.iter().map(parse).collect()),
            asked: Arc::default(),
        }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn resolution(&self) -> Resolution {
        let names = self.clone();
        Resolution::by(move |_| {
            let nth = names.asked.fetch_add(1, Ordering::SeqCst);
            let answer = names.answers.get(nth).or(names.answers.last()).cloned();
            Box::pin(async move { answer.ok_or_else(|| io::ErrorKind::NotFound.into()) })
        })
    }
}

const SHORT: Duration = Duration::from_millis(300);
