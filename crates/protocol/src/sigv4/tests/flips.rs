//! No byte of what is signed can change: each is replaced by its eight one-bit neighbours and by
//! three other values. The exceptions are the list in [`testing::changes_nothing`], and nothing else.

use super::*;
use crate::testing::{Part, changes_nothing};

/// The bytes that a byte is replaced by.
fn replacements(old: u8) -> impl Iterator<Item = u8> {
    let bits = (0..8).map(move |bit| old ^ (1 << bit));
    bits.chain([old.wrapping_add(1), old.wrapping_sub(1), old ^ 0xff])
}

struct Count {
    refused: usize,
    unchanged: usize,
}

fn flip_everything(request: &OwnedRequest, signed: &[&str]) -> Count {
    accepted(request);
    let mut count = Count {
        refused: 0,
        unchanged: 0,
    };
    for part in request.protected_parts(signed) {
        let bytes = request.part(part).to_vec();
        for (at, old) in bytes.iter().enumerate() {
            for new in replacements(*old) {
                let Some(changed) = request.with_byte(part, at, new) else {
                    continue;
                };
                let outcome = receive(&changed);
                let context = || format!("{part:?} byte {at}: {old:#04x} to {new:#04x}");
                if changes_nothing(part, &bytes, at, new) {
                    // The list is exact: what stands on it does verify.
                    assert_eq!(outcome, Some(Ok(())), "{}", context());
                    count.unchanged += 1;
                } else {
                    assert_ne!(outcome, Some(Ok(())), "{}", context());
                    count.refused += 1;
                }
            }
        }
    }
    count
}

#[test]
fn every_changed_byte_of_a_usual_request_is_refused() {
    let count = flip_everything(&usual(), &USUAL);
    assert!(count.refused > 4_000, "{}", count.refused);
}

#[test]
fn every_changed_byte_of_a_request_with_an_arn_and_a_query_is_refused() {
    let mut request = unsigned();
    request.method = "DELETE".into();
    request.path = b"/tags/arn%3Aaws%3Abedrock-agentcore%3Aus-east-1%3A1%3Avault%2Fa~b".to_vec();
    request.query = b"tagKeys=a%2Bb&tagKeys=%E1%88%B4&empty=&bare&x=1".to_vec();
    let request = with(request, "X-Amz-Two-Words", "one  two");
    let request = with(request, "My-List", "a");
    let request = with(request, "my-list", "b");
    let hash = hex::encode(request.body_sha256);
    let request = with(request, "x-amz-content-sha256", &hash);
    let signed = [
        "host",
        "my-list",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-two-words",
    ];
    let count = flip_everything(&sign(request.clone(), &signed), &signed);
    assert!(count.refused > 4_000, "{}", count.refused);
    // Letters of header names, two spaces to two other white spaces each at most, hex digits.
    assert!(
        count.unchanged > 0 && count.unchanged < 200,
        "{}",
        count.unchanged
    );
}

#[test]
fn the_list_of_harmless_changes_is_about_one_byte_of_a_name_a_space_or_an_escape() {
    let harmless = |part, text: &str, at, new| changes_nothing(part, text.as_bytes(), at, new);
    assert!(harmless(Part::HeaderName(0), "host", 0, b'H'));
    assert!(!harmless(Part::HeaderName(0), "host", 0, b'h' ^ 1));
    assert!(harmless(Part::HeaderValue(0), "a b", 1, b'\t'));
    assert!(!harmless(Part::HeaderValue(0), "a b", 1, b'_'));
    assert!(harmless(Part::Query, "a=%2b", 4, b'B'));
    assert!(!harmless(Part::Query, "a=b", 2, b'B'));
    assert!(!harmless(Part::Path, "/%2b", 3, b'B'));
    assert!(!harmless(Part::Authorization(0), "a b", 1, b'\t'));
}

#[test]
fn a_header_that_nobody_signed_may_change() {
    accepted(&replace(usual(), "user-agent", "Boto3", "Other"));
}

#[test]
fn surrounding_white_space_and_repeated_spaces_are_no_part_of_a_value() {
    let request = usual();
    let spaced = |from: &str, to: &str| replace(request.clone(), "content-type", from, to);
    accepted(&spaced("application", "  application"));
    accepted(&spaced("json", "json \t "));
    accepted(&replace(request.clone(), "authorization", "AWS4", " AWS4"));
    refused(
        &spaced("application/", "application/ "),
        SigV4Error::SignatureMismatch,
    );
}

#[test]
fn the_order_of_headers_and_of_query_parameters_is_not_signed() {
    let mut request = unsigned();
    request.query = b"b=2&a=1&a=0".to_vec();
    let mut request = sign(request, &USUAL);
    request.headers.reverse();
    request.query = b"a=0&a=1&b=2".to_vec();
    accepted(&request);
}

#[test]
fn an_added_removed_or_repeated_query_parameter_is_refused() {
    let mut request = unsigned();
    request.query = b"a=1&b=2".to_vec();
    let request = sign(request, &USUAL);
    for query in [
        "a=1&b=2&c=3",
        "a=1",
        "",
        "a=1&a=1&b=2",
        "a=1&b=2&",
        "&a=1&b=2",
        "a=1%26b=2",
        "a=1=&b=2",
    ] {
        let changed = OwnedRequest {
            query: query.as_bytes().to_vec(),
            ..request.clone()
        };
        refused(&changed, SigV4Error::SignatureMismatch);
    }
}

#[test]
fn the_slash_of_an_arn_and_the_slash_of_the_path_are_two_things() {
    let mut request = unsigned();
    request.path = b"/tags/arn%3Aaws%2Fx".to_vec();
    let mut request = sign(request, &USUAL);
    accepted(&request);
    for path in [
        "/tags/arn%3Aaws/x",
        "/tags/arn:aws%2Fx",
        "/tags/arn%3aaws%2Fx",
        "/tags/arn%253Aaws%252Fx",
    ] {
        request.path = path.as_bytes().to_vec();
        refused(&request, SigV4Error::SignatureMismatch);
    }
}
