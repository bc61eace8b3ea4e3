//! What a provider says that is told of the end of a token.

use procura_demo::{Answer, Endpoint, Misbehaviour};

use super::{METADATA_ADDRESS, answers, bytes, endless, huge, told};
use crate::prove::hostile_provider::row::{Row, Step, Told, Within, is};

const AT: Endpoint = Endpoint::Revocation;
/// The connection is gone here whatever it says.
const GONE: Row = Row {
    poll: Some(Told::Consent),
    record: "the provider did not take it back",
    ..Row::at(Step::TakenBack)
};

const fn failed(says: &'static str) -> Told {
    Told::Gone("failed", says)
}

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "fails with 503",
        does: |_| told(AT, 503, "canary"),
        answer: failed("it cannot now (status 503)"),
        ..GONE
    },
    Row {
        name: "says no and repeats the client's secret",
        does: |_| {
            let echo = r#"{"error":"invalid_request","error_description":"demo-secret is wrong"}"#;
            told(AT, 400, echo)
        },
        answer: failed("invalid_request (status 400)"),
        ..GONE
    },
    Row {
        name: "says no with the status of a yes",
        does: |_| told(AT, 200, r#"{"error":"invalid_client"}"#),
        answer: failed("invalid_client"),
        ..GONE
    },
    Row {
        name: "takes no tokens back",
        does: |_| told(AT, 400, r#"{"error":"unsupported_token_type"}"#),
        answer: Told::Gone("unsupported", "tokens back"),
        record: "the provider was of no help",
        ..GONE
    },
    Row {
        name: "redirects to a metadata address",
        does: |_| answers(AT, Answer::Redirects(METADATA_ADDRESS.to_owned())),
        answer: failed("redirect"),
        ..GONE
    },
    Row {
        name: "sends 64 MiB",
        does: |_| huge(AT),
        answer: failed("which are not read"),
        ..GONE
    },
    Row {
        name: "sends an answer without end",
        does: |_| endless(AT),
        answer: failed("which are not read"),
        ..GONE
    },
    Row {
        name: "sends one byte a second",
        does: |_| answers(AT, Answer::Drips),
        answer: failed("did not answer in time"),
        within: Within::OneCall,
        ..GONE
    },
    Row {
        name: "never answers",
        does: |_| is(Misbehaviour::RevocationHangs),
        answer: failed("did not answer in time"),
        within: Within::OneCall,
        ..GONE
    },
    Row {
        name: "speaks another protocol",
        does: |_| bytes(AT, "SSH-2.0-canary\r\n", ""),
        answer: failed("did not speak HTTP"),
        ..GONE
    },
    Row {
        name: "closes the connection",
        does: |_| answers(AT, Answer::Down),
        answer: failed("broke off"),
        ..GONE
    },
    Row {
        name: "is not there",
        does: |scene| scene.goes_down().map(|()| None),
        answer: failed("could not be connected to"),
        ..GONE
    },
];
