//! Forms that the published suite does not have, written out.

use super::*;

/// The second and third line of the canonical request: path and query.
fn target(path: &str, query: &str) -> (String, String) {
    let request = OwnedRequest {
        path: path.into(),
        query: query.into(),
        ..unsigned()
    };
    let canonical = request.with_head(|head| {
        testing::canonical_request(head, &[], &[0; 32], canonical::PathForm::Normalized)
    });
    let text = String::from_utf8(canonical).unwrap();
    let mut lines = text.lines().skip(1).map(str::to_owned);
    (lines.next().unwrap(), lines.next().unwrap())
}

#[test]
fn the_path_is_encoded_once_more_and_the_query_is_not() {
    let (path, query) = target("/tags/arn%3Aaws%2Fa~b:c", "tagKeys=arn%3Aaws%2Fa~b");
    assert_eq!(path, "/tags/arn%253Aaws%252Fa~b%3Ac");
    assert_eq!(query, "tagKeys=arn%3Aaws%2Fa~b");
}

#[test]
fn everything_but_the_unreserved_is_encoded_in_the_query() {
    for (received, canonical) in [
        ("a=/", "a=%2F"),
        ("a=%2f", "a=%2F"),
        ("a=%41%7e", "a=A~"),
        ("a=+", "a=%2B"),
        ("a=b=c", "a=b%3Dc"),
        ("a=%", "a=%25"),
        ("a=%00", "a=%00"),
        ("a=:@!$'()*,;?", "a=%3A%40%21%24%27%28%29%2A%2C%3B%3F"),
    ] {
        assert_eq!(target("/", received).1, canonical, "{received}");
    }
}

#[test]
fn pairs_are_sorted_by_name_and_then_by_value() {
    for (received, canonical) in [
        ("b=1&a=2&a=1", "a=1&a=2&b=1"),
        ("a-=1&a=2", "a=2&a-=1"),
        ("a&A", "A=&a="),
        ("&&", "=&=&="),
        ("=b&a", "=b&a="),
        ("%C3%A9=1&z=2", "%C3%A9=1&z=2"),
    ] {
        assert_eq!(target("/", received).1, canonical, "{received}");
    }
}

#[test]
fn the_normal_form_of_a_path_is_that_of_botocore() {
    for (received, canonical) in [
        ("", "/"),
        ("/", "/"),
        ("//", "/"),
        ("/..", "/"),
        ("/../", "/"),
        ("/a/..", "/"),
        ("/a/b/..", "/a"),
        ("/a/b/../", "/a/"),
        ("/a/.", "/a"),
        ("/a//b/", "/a/b/"),
        ("/a/.../b", "/a/.../b"),
        ("/%2E%2E/a", "/%252E%252E/a"),
    ] {
        assert_eq!(target(received, "").0, canonical, "{received}");
    }
}
