//! The canonical request and the string to sign.
//!
//! Source: AWS "Create a signed AWS API request", steps 1 to 3, and the behaviour of botocore
//! (`auth.SigV4Auth`), which `cargo xtask prove sigv4` holds this file to.
//!
//! INVARIANT: apart from what [`testing::changes_nothing`](crate::testing::changes_nothing) lists,
//! two requests that differ in a signed part have different canonical requests. It rests on this:
//! the path is encoded and never decoded, names and values of the query are re-encoded so that no
//! `&` or `=` of theirs survives, line feeds cannot occur in the method or in a header name (refused
//! by [`super::policy`]) and are folded to a space in a header value.
//! Held by `sigv4::tests::flips`.

use aws_lc_rs::digest;

use super::authorization::Scope;
use super::{RequestHead, percent};

/// What becomes of `//`, `/./` and `/../` in the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathForm {
    /// They are removed: every service but S3.
    Normalized,
    /// They stay: S3, and half of the published vectors.
    AsReceived,
}

/// The canonical request. `signed` are the names of `SignedHeaders`: lower case, sorted, distinct.
pub(crate) fn request(
    head: &RequestHead<'_>,
    signed: &[&str],
    body_sha256: &[u8; 32],
    form: PathForm,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    out.extend_from_slice(head.method.as_bytes());
    out.push(b'\n');
    path(&mut out, head.path, form);
    out.push(b'\n');
    query(&mut out, head.query);
    out.push(b'\n');
    for name in signed {
        header(&mut out, head, name);
    }
    out.push(b'\n');
    out.extend_from_slice(signed.join(";").as_bytes());
    out.push(b'\n');
    out.extend_from_slice(hex::encode(body_sha256).as_bytes());
    out
}

/// The string to sign: algorithm, time, scope, hash of the canonical request.
pub(crate) fn string_to_sign(amz_date: &str, scope: &Scope<'_>, canonical: &[u8]) -> String {
    let hash = hex::encode(digest::digest(&digest::SHA256, canonical));
    let Scope {
        date,
        region,
        service,
    } = scope;
    format!("AWS4-HMAC-SHA256\n{amz_date}\n{date}/{region}/{service}/aws4_request\n{hash}")
}

/// The path without empty, `.` and `..` segments; a slash at its end stays unless it is the first.
/// The same as botocore's `normalize_url_path`, which is not quite RFC 3986 §5.2.4: `..` at the end
/// leaves no slash.
pub(crate) fn normalized(path: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    for segment in path.split(|byte| *byte == b'/') {
        match segment {
            b"" | b"." => {}
            b".." => {
                kept.pop();
            }
            _ => kept.push(segment),
        }
    }
    let mut out = Vec::with_capacity(path.len());
    if path.is_empty() || path.starts_with(b"/") {
        out.push(b'/');
    }
    out.extend_from_slice(&kept.join(&b'/'));
    if path.ends_with(b"/") && !kept.is_empty() {
        out.push(b'/');
    }
    out
}

/// Services other than S3 encode the path as received once more, so that the `%2F` of an ARN in
/// `/tags/{resourceArn}` is signed as `%252F` and is not confused with a slash.
fn path(out: &mut Vec<u8>, path: &[u8], form: PathForm) {
    match form {
        PathForm::Normalized => percent::encode_into(out, &normalized(path), true),
        PathForm::AsReceived => percent::encode_into(out, path, true),
    }
}

/// Pairs sorted by encoded name, then by encoded value. A name without `=` has the empty value.
fn query(out: &mut Vec<u8>, query: &[u8]) {
    if query.is_empty() {
        return;
    }
    let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = query
        .split(|byte| *byte == b'&')
        .map(|pair| {
            let (name, value) = name_and_value(pair);
            (reencoded(name), reencoded(value))
        })
        .collect();
    pairs.sort_unstable();
    for (at, (name, value)) in pairs.iter().enumerate() {
        if at > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(name);
        out.push(b'=');
        out.extend_from_slice(value);
    }
}

/// The two sides of the first `=`.
pub(crate) fn name_and_value(pair: &[u8]) -> (&[u8], &[u8]) {
    let mut sides = pair.splitn(2, |byte| *byte == b'=');
    (
        sides.next().unwrap_or_default(),
        sides.next().unwrap_or_default(),
    )
}

fn reencoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    percent::encode_into(&mut out, &percent::decode(text), false);
    out
}

/// `name:value,value\n` with each value trimmed and each run of white space one space. Values are
/// bytes: nothing here asks for UTF-8.
fn header(out: &mut Vec<u8>, head: &RequestHead<'_>, name: &str) {
    out.extend_from_slice(name.as_bytes());
    out.push(b':');
    for (at, value) in head.values(name).enumerate() {
        if at > 0 {
            out.push(b',');
        }
        let words = value
            .split(|byte| is_white(*byte))
            .filter(|word| !word.is_empty());
        for (at, word) in words.enumerate() {
            if at > 0 {
                out.push(b' ');
            }
            out.extend_from_slice(word);
        }
    }
    out.push(b'\n');
}

/// ASCII white space. Python's `str.split`, in botocore, also takes U+001C to U+001F, U+0085 and
/// U+00A0; the first cannot stand in a header (RFC 9110 §5.5), the others are half of a character.
pub(crate) const fn is_white(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}
