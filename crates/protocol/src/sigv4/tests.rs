//! Everything here signs with this crate's own signer, except `vectors`, which holds both to the
//! published suite, and `cargo xtask prove sigv4`, which holds both to botocore.

mod canonical_form;
mod flips;
mod policy;
mod properties;
mod times;
mod vectors;

use aws_lc_rs::digest;
use procura_core::time::Timestamp;

use super::{
    Expectation, Scope, SigV4Error, SigningKey, canonical, check_scope_and_time, parse, verify,
};
use crate::testing::{self, OwnedRequest};

const KEY_ID: &str = "AKIDEXAMPLE";
const SECRET: &[u8] = b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const AMZ_DATE: &str = "20150830T123600Z";
/// `AMZ_DATE` in milliseconds.
const SIGNED_AT_MS: i64 = 1_440_938_160_000;
const SCOPE: Scope<'static> = Scope {
    date: "20150830",
    region: "us-east-1",
    service: "bedrock-agentcore",
};
const HERE: Expectation<'static> = Expectation {
    region: "us-east-1",
    service: "bedrock-agentcore",
};

fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest::digest(&digest::SHA256, bytes)
        .as_ref()
        .try_into()
        .unwrap()
}

/// A request as boto3 sends it, without its `Authorization`.
fn unsigned() -> OwnedRequest {
    let header = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
    OwnedRequest {
        method: "POST".into(),
        path: b"/identities/GetResourceOauth2Token".to_vec(),
        query: Vec::new(),
        headers: vec![
            header("Host", "localhost:9400"),
            header("User-Agent", "Boto3/1.44.5"),
            header("Content-Type", "application/json"),
            header("X-Amz-Date", AMZ_DATE),
            header("X-Amz-Security-Token", "FwoGZXIvYXdzEXAMPLE//token=="),
            header("Content-Length", "2"),
        ],
        body_sha256: sha256(b"{}"),
    }
}

const USUAL: [&str; 4] = ["content-type", "host", "x-amz-date", "x-amz-security-token"];

/// Signs over the headers named and appends `Authorization`.
fn sign(mut request: OwnedRequest, signed: &[&str]) -> OwnedRequest {
    let body = request.body_sha256;
    let canonical = request.with_head(|head| {
        testing::canonical_request(head, signed, &body, canonical::PathForm::Normalized)
    });
    let key = SigningKey::derive(SECRET, SCOPE.date, SCOPE.region, SCOPE.service);
    let text = testing::string_to_sign(AMZ_DATE, &SCOPE, &canonical);
    let signature = testing::signature(&key, &text);
    let value = testing::authorization(KEY_ID, &SCOPE, signed, &signature);
    request
        .headers
        .push(("Authorization".into(), value.into_bytes()));
    request
}

fn usual() -> OwnedRequest {
    sign(unsigned(), &USUAL)
}

fn with(mut request: OwnedRequest, name: &str, value: &str) -> OwnedRequest {
    request
        .headers
        .push((name.into(), value.as_bytes().to_vec()));
    request
}

/// Replaces the value of `Authorization`, or of another header.
fn replace(mut request: OwnedRequest, name: &str, from: &str, to: &str) -> OwnedRequest {
    let (_, value) = request
        .headers
        .iter_mut()
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .unwrap();
    let text = String::from_utf8(value.clone()).unwrap();
    assert!(text.contains(from), "{text} has no {from}");
    *value = text.replace(from, to).into_bytes();
    request
}

/// What a listener does, five milliseconds after the request was signed. An id that is not ours has
/// no secret: `None`.
fn receive(request: &OwnedRequest) -> Option<Result<(), SigV4Error>> {
    receive_at(request, 5)
}

fn receive_at(request: &OwnedRequest, after_ms: i64) -> Option<Result<(), SigV4Error>> {
    request.with_head(|head| {
        let presented = match parse(head) {
            Ok(presented) => presented,
            Err(error) => return Some(Err(error)),
        };
        if presented.access_key_id() != KEY_ID {
            return None;
        }
        let scope = presented.scope();
        let key = SigningKey::derive(SECRET, scope.date, scope.region, scope.service);
        let now = Timestamp::from_millis(SIGNED_AT_MS + after_ms);
        Some(verify(&presented, request.body_sha256, &key, now, HERE))
    })
}

#[track_caller]
fn accepted(request: &OwnedRequest) {
    assert_eq!(receive(request), Some(Ok(())));
}

#[track_caller]
fn refused(request: &OwnedRequest, error: impl Into<SigV4Error>) {
    assert_eq!(receive(request), Some(Err(error.into())));
}
