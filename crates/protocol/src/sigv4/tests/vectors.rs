//! The published suite (awslabs/aws-c-auth, `tests/aws-signing-test-suite/v4`), byte for byte.

use std::path::{Path, PathBuf};

use super::*;
use crate::sigv4::canonical::PathForm;

const NOT_RUN: &str = "not run: vectors absent";

/// What the canonicaliser gets right and a server must refuse all the same. The suite signs these
/// requests correctly.
const REFUSED: [(&str, SigV4Error, &str); 12] = [
    (
        "get-relative-normalized",
        SigV4Error::PathNotCanonical,
        "the router would see /example/.., the signature covers /",
    ),
    (
        "get-relative-unnormalized",
        SigV4Error::PathNotCanonical,
        "as above; signed as S3 does",
    ),
    (
        "get-relative-relative-normalized",
        SigV4Error::PathNotCanonical,
        "as above",
    ),
    (
        "get-relative-relative-unnormalized",
        SigV4Error::PathNotCanonical,
        "signed as S3 does",
    ),
    (
        "get-slash-dot-slash-normalized",
        SigV4Error::PathNotCanonical,
        "/./ is signed as /",
    ),
    (
        "get-slash-dot-slash-unnormalized",
        SigV4Error::PathNotCanonical,
        "signed as S3 does",
    ),
    (
        "get-slash-normalized",
        SigV4Error::PathNotCanonical,
        "// is signed as /",
    ),
    (
        "get-slash-unnormalized",
        SigV4Error::PathNotCanonical,
        "signed as S3 does",
    ),
    (
        "get-slash-pointless-dot-normalized",
        SigV4Error::PathNotCanonical,
        "/./example as /example",
    ),
    (
        "get-slash-pointless-dot-unnormalized",
        SigV4Error::PathNotCanonical,
        "signed as S3 does",
    ),
    (
        "get-slashes-normalized",
        SigV4Error::PathNotCanonical,
        "//example// is signed as /example/",
    ),
    (
        "get-slashes-unnormalized",
        SigV4Error::PathNotCanonical,
        "signed as S3 does",
    ),
];

/// The one vector whose token was added after signing. Its error names the header, so it is not in
/// the constant table.
const TOKEN_NOT_SIGNED: &str = "post-sts-header-after";

#[expect(
    clippy::disallowed_methods,
    reason = "where the vectors lie is asked of the tests alone"
)]
fn directory() -> PathBuf {
    let shared = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    std::env::var_os("PROCURA_VECTORS")
        .map_or_else(shared, PathBuf::from)
        .join("sigv4/v4")
}

struct Vector {
    name: String,
    context: serde_json::Value,
    files: PathBuf,
}

fn vectors() -> Vec<Vector> {
    let Ok(entries) = std::fs::read_dir(directory()) else {
        return Vec::new();
    };
    let mut vectors: Vec<Vector> = entries
        .map(|entry| {
            let files = entry.unwrap().path();
            let context = std::fs::read(files.join("context.json")).unwrap();
            Vector {
                name: files.file_name().unwrap().to_str().unwrap().to_owned(),
                context: serde_json::from_slice(&context).unwrap(),
                files,
            }
        })
        .collect();
    vectors.sort_by(|a, b| a.name.cmp(&b.name));
    vectors
}

impl Vector {
    fn text(&self, file: &str) -> String {
        std::fs::read_to_string(self.files.join(file)).unwrap()
    }

    fn request(&self) -> OwnedRequest {
        parse_http(&std::fs::read(self.files.join("header-signed-request.txt")).unwrap())
    }

    fn secret(&self) -> String {
        self.context["credentials"]["secret_access_key"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn now(&self) -> Timestamp {
        let compact = self.context["timestamp"]
            .as_str()
            .unwrap()
            .replace(['-', ':'], "");
        crate::sigv4::date::AmzDate::parse(compact.as_bytes()).unwrap()
    }
}

/// A request as the suite writes it: line feeds only, folded headers, a path with spaces.
fn parse_http(bytes: &[u8]) -> OwnedRequest {
    let end = bytes.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = end.map_or((bytes, b"".as_slice()), |at| {
        (&bytes[..at], &bytes[at + 2..])
    });
    let mut lines = head
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    let line = std::str::from_utf8(lines.next().unwrap()).unwrap();
    let (method, target) = line
        .strip_suffix(" HTTP/1.1")
        .unwrap()
        .split_once(' ')
        .unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers: Vec<(String, Vec<u8>)> = Vec::new();
    for line in lines {
        if line.starts_with(b" ") {
            let (_, value) = headers.last_mut().unwrap();
            value.push(b'\n');
            value.extend_from_slice(line);
        } else {
            let at = line.iter().position(|byte| *byte == b':').unwrap();
            let name = String::from_utf8(line[..at].to_vec()).unwrap();
            headers.push((name, line[at + 1..].to_vec()));
        }
    }
    OwnedRequest {
        method: method.to_owned(),
        path: path.as_bytes().to_vec(),
        query: query.as_bytes().to_vec(),
        headers,
        body_sha256: sha256(body),
    }
}

/// The parameters of `Authorization` are taken apart here by other means than in the product.
fn parameter(request: &OwnedRequest, name: &str) -> String {
    let (_, value) = request
        .headers
        .iter()
        .find(|(name, _)| name == "Authorization")
        .unwrap();
    let value = std::str::from_utf8(value).unwrap();
    let (_, rest) = value.split_once(&format!("{name}=")).unwrap();
    rest.split(',').next().unwrap().to_owned()
}

#[test]
fn canonical_request_string_to_sign_and_signature_are_those_of_the_suite() {
    let vectors = vectors();
    if vectors.is_empty() {
        println!("{NOT_RUN}");
        return;
    }
    assert!(vectors.len() >= 38, "only {} vectors", vectors.len());
    for vector in vectors {
        let request = vector.request();
        let names = parameter(&request, "SignedHeaders");
        let signed: Vec<&str> = names.split(';').collect();
        let normalize = vector.context["normalize"].as_bool().unwrap();
        let form = if normalize {
            PathForm::Normalized
        } else {
            PathForm::AsReceived
        };
        let canonical = request.with_head(|head| {
            testing::canonical_request(head, &signed, &request.body_sha256, form)
        });
        let expected = vector.text("header-canonical-request.txt");
        assert_eq!(
            String::from_utf8_lossy(&canonical),
            expected,
            "{}",
            vector.name
        );

        let text = testing::string_to_sign(AMZ_DATE, &scope(&vector), &canonical);
        assert_eq!(
            text,
            vector.text("header-string-to-sign.txt"),
            "{}",
            vector.name
        );

        let Scope {
            date,
            region,
            service,
        } = scope(&vector);
        let key = SigningKey::derive(vector.secret().as_bytes(), date, region, service);
        let signature = testing::signature(&key, &text);
        assert_eq!(
            signature,
            vector.text("header-signature.txt"),
            "{}",
            vector.name
        );
        assert_eq!(
            signature,
            parameter(&request, "Signature"),
            "{}",
            vector.name
        );
    }
}

fn scope(vector: &Vector) -> Scope<'_> {
    let text = |name: &str| vector.context[name].as_str().unwrap();
    Scope {
        date: "20150830",
        region: text("region"),
        service: text("service"),
    }
}

#[test]
fn verify_accepts_the_suite_but_for_the_requests_that_read_two_ways() {
    let vectors = vectors();
    if vectors.is_empty() {
        println!("{NOT_RUN}");
        return;
    }
    let mut refused_names = Vec::new();
    for vector in &vectors {
        let request = vector.request();
        let outcome = request.with_head(|head| {
            let presented = parse(head)?;
            let scope = presented.scope();
            let key = SigningKey::derive(
                vector.secret().as_bytes(),
                scope.date,
                scope.region,
                scope.service,
            );
            let expectation = Expectation {
                region: "us-east-1",
                service: "service",
            };
            verify(
                &presented,
                request.body_sha256,
                &key,
                vector.now(),
                expectation,
            )
        });
        let expected = match REFUSED.iter().find(|(name, ..)| *name == vector.name) {
            Some((_, error, _)) => Err(error.clone()),
            None if vector.name == TOKEN_NOT_SIGNED => {
                Err(SigV4Error::HeaderNotSigned("x-amz-security-token".into()))
            }
            None => Ok(()),
        };
        if expected.is_err() {
            refused_names.push(vector.name.clone());
        }
        assert_eq!(outcome, expected, "{}", vector.name);
    }
    assert_eq!(
        refused_names.len(),
        REFUSED.len() + 1,
        "a row of the table names no vector"
    );
}
