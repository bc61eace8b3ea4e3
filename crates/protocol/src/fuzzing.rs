//! Entry points for fuzzers. Each may refuse, none may panic. No stability is promised.

use procura_core::time::Timestamp;

use crate::jose::jwt::{AudiencePolicy, Claims, Expectation, Purpose, Unverified};
use crate::jose::{Algorithm, jwk, jws};
use crate::sigv4::{self, RequestHead, SigningKey};
use crate::strict_json;
use crate::testing::{PathForm, canonical_request, string_to_sign};

/// RFC 7515 A.3.
const KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

/// A token; and, because base64url keeps a fuzzer out, its header and its claims.
pub fn jwt(data: &[u8]) {
    let _ = jws::Header::parse(data);
    let _ = Claims::parse(data);
    let (Ok(token), Ok(keys)) = (
        std::str::from_utf8(data),
        jwk::KeySet::parse_key(KEY.as_bytes()),
    ) else {
        return;
    };
    let expectation = Expectation {
        purpose: Purpose::UserToken,
        issuer: "joe",
        algorithms: &Algorithm::ALL,
        audience: AudiencePolicy::Unchecked,
    };
    if let Ok(token) = Unverified::parse(token, usize::MAX) {
        let _ = token.verify(
            &keys,
            &expectation,
            Timestamp::from_millis(1_300_819_380_000),
        );
    }
}

/// A key set, or one key.
pub fn jwks(data: &[u8]) {
    for keys in [jwk::KeySet::parse(data), jwk::KeySet::parse_key(data)]
        .into_iter()
        .flatten()
    {
        for key in keys.keys() {
            for algorithm in Algorithm::ALL {
                let _ = key.verify(algorithm, data, &[0; 64]);
            }
        }
    }
}

/// A request without its body, as lines: method and target, then headers. Whatever its signature
/// covers, the canonical request has a line for each part.
pub fn sigv4(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let (method, target) = split_at(first, b' ');
    let (path, query) = split_at(target, b'?');
    let headers: Vec<(&str, &[u8])> = lines
        .filter_map(|line| {
            let (name, value) = split_at(line, b':');
            Some((std::str::from_utf8(name).ok()?, value))
        })
        .collect();
    let head = RequestHead {
        method: std::str::from_utf8(method).unwrap_or("POST"),
        path,
        query,
        headers: &headers,
    };
    let Ok(presented) = sigv4::parse(&head) else {
        return;
    };
    let (scope, signed) = (presented.scope(), presented.signed_headers());
    for form in [PathForm::Normalized, PathForm::AsReceived] {
        let canonical = canonical_request(&head, signed, &[0; 32], form);
        let lines = canonical.split(|byte| *byte == b'\n').count();
        assert!(lines == signed.len() + 6, "a part broke out of its line");
        let _ = string_to_sign("20260101T000000Z", &scope, &canonical);
    }
    let key = SigningKey::derive(b"secret", scope.date, scope.region, scope.service);
    let expectation = sigv4::Expectation {
        region: scope.region,
        service: scope.service,
    };
    let now = presented.request_time();
    let _ = sigv4::verify(&presented, [0; 32], &key, now, expectation);
}

/// What stands before the first `mark` and after it.
fn split_at(bytes: &[u8], mark: u8) -> (&[u8], &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == mark);
    let before = parts.next().unwrap_or_default();
    (before, parts.next().unwrap_or_default())
}

/// A body: what the strict reader takes is JSON to an ordinary one.
pub fn strict_json(data: &[u8]) {
    if strict_json::check(data, &strict_json::Limits::default()).is_ok() {
        let read = serde_json::from_slice::<serde_json::Value>(data);
        assert!(read.is_ok(), "the strict reader takes what is no JSON");
    }
}
