//! What is refused although it could be verified: everything that a signer and a server could read
//! in two ways (attacks I29, I32, 99 and 101 of the catalogue).

use super::error::{Incomplete, Limit, PayloadMode, SigV4Error};
use super::{HEADERS_MAX, RequestHead, SESSION_TOKEN_BYTES_MAX, authorization, canonical, percent};

/// Headers that have one value. Two of them and one that joins their values with a comma have the
/// same canonical form, so two are refused. The `x-amz-*` headers belong here too: [`must_be_signed`].
const SINGLE: [&str; 4] = ["authorization", "content-length", "content-type", "host"];

/// A query that carries credentials or a signature is refused whatever else the request has: a
/// mixture of both forms is what the bypasses of CVE-2026-40344 and CVE-2022-2385 were made of.
/// Names are compared decoded and without regard to case.
pub(crate) fn refuse_query_authentication(query: &[u8]) -> Result<(), SigV4Error> {
    let is_authentication = |pair: &[u8]| {
        let name = percent::decode(canonical::name_and_value(pair).0).to_ascii_lowercase();
        name.trim_ascii().starts_with(b"x-amz-") || name.trim_ascii() == b"awsaccesskeyid"
    };
    if query.split(|byte| *byte == b'&').any(is_authentication) {
        return Err(SigV4Error::QueryAuth);
    }
    Ok(())
}

/// Method, path and query have one reading.
pub(crate) fn check_target(head: &RequestHead<'_>) -> Result<(), SigV4Error> {
    // SECURITY: a method or a name with a line feed in it could shift the lines of the canonical
    // request. Held by `tests::policy::a_method_or_name_that_is_no_token_is_refused`.
    if !is_token(head.method) || !head.headers.iter().all(|(name, _)| is_token(name)) {
        return Err(SigV4Error::MalformedHead);
    }
    // SECURITY: the signature covers the normal form and the router sees the path as received.
    if !head.path.starts_with(b"/") || canonical::normalized(head.path) != head.path {
        return Err(SigV4Error::PathNotCanonical);
    }
    // SECURITY: `+` is a plus to RFC 3986 and a space to form decoding; whoever decodes the query
    // after us must not see another value than the one that was signed. AWS clients write %20 and
    // %2B. A `%` that begins no escape has no meaning at all.
    if head.query.contains(&b'+') || !percent::escapes_are_complete(head.query) {
        return Err(SigV4Error::QueryNotCanonical);
    }
    Ok(())
}

/// Each header that matters is signed, each signed header is there, and single ones are single.
pub(crate) fn check_headers(head: &RequestHead<'_>, signed: &[&str]) -> Result<(), SigV4Error> {
    for name in SINGLE {
        single(head, name)?;
    }
    if head.values("host").next().is_none() {
        return Err(Incomplete::HostAbsent.into());
    }
    for (name, _) in head.headers {
        let is_signed = signed
            .iter()
            .any(|signed| signed.eq_ignore_ascii_case(name));
        if must_be_signed(name) && !is_signed {
            return Err(SigV4Error::HeaderNotSigned(printable(name)));
        }
    }
    for name in signed {
        if *name == "authorization" {
            return Err(Incomplete::SignedHeaders.into());
        }
        let value = if must_be_signed(name) {
            single(head, name)?
        } else {
            head.values(name).next()
        };
        if value.is_none() {
            return Err(SigV4Error::SignedHeaderAbsent(printable(name)));
        }
    }
    Ok(())
}

/// `host`, every `x-amz-*` header, and those that name the user an agent acts for.
///
/// Not `content-type`: AWS asks for it only where it is present *and* the client chose to sign it,
/// several clients do not, and the body's meaning does not depend on it here (every operation has
/// one type). Not `x-amzn-*` as a whole: load balancers add `x-amzn-trace-id` on the way. An endpoint
/// that trusts another header asks [`Presented::is_signed`](super::Presented::is_signed).
fn must_be_signed(name: &str) -> bool {
    let begins = |prefix: &str| {
        name.as_bytes()
            .split_at_checked(prefix.len())
            .is_some_and(|(front, _)| front.eq_ignore_ascii_case(prefix.as_bytes()))
    };
    name.eq_ignore_ascii_case("host") || begins("x-amz-") || begins("x-amzn-bedrock-agentcore-")
}

/// The value of a header that may appear once.
pub(crate) fn single<'a>(
    head: &RequestHead<'a>,
    name: &str,
) -> Result<Option<&'a [u8]>, SigV4Error> {
    let mut values = head.values(name);
    let first = values.next();
    if values.next().is_some() {
        return Err(SigV4Error::Duplicate(printable(name)));
    }
    Ok(first)
}

pub(crate) fn check_header_count(head: &RequestHead<'_>) -> Result<(), SigV4Error> {
    if head.headers.len() > HEADERS_MAX {
        return Err(Limit::Headers.into());
    }
    Ok(())
}

/// The session token, if the request carries one.
pub(crate) fn session_token<'a>(head: &RequestHead<'a>) -> Result<Option<&'a str>, SigV4Error> {
    let Some(value) = single(head, "x-amz-security-token")? else {
        return Ok(None);
    };
    if value.len() > SESSION_TOKEN_BYTES_MAX {
        return Err(Limit::SessionToken.into());
    }
    let token = trimmed(value);
    let visible = !token.is_empty() && token.iter().all(u8::is_ascii_graphic);
    let token = std::str::from_utf8(token).ok().filter(|_| visible);
    Ok(Some(token.ok_or(Incomplete::SessionToken)?))
}

/// The hash of the body that the client declares, if it does. The body is always signed as a whole:
/// the modes in which it is not are refused by name (`MinIO` CVE-2026-40344, CVE-2025-31489).
pub(crate) fn payload_hash(head: &RequestHead<'_>) -> Result<Option<[u8; 32]>, SigV4Error> {
    let Some(value) = single(head, "x-amz-content-sha256")? else {
        return Ok(None);
    };
    let value = trimmed(value);
    if let Some(hash) = authorization::parse_hex_32(value) {
        return Ok(Some(hash));
    }
    let upper = value.to_ascii_uppercase();
    Err(if upper == b"UNSIGNED-PAYLOAD" {
        PayloadMode::Unsigned.into()
    } else if upper.starts_with(b"STREAMING-") {
        PayloadMode::Streaming.into()
    } else {
        PayloadMode::Malformed.into()
    })
}

/// RFC 9110 §5.6.2.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// Without the optional white space around a field value (RFC 9110 §5.6.3), which is no part of it.
pub(crate) fn trimmed(value: &[u8]) -> &[u8] {
    let mut rest = value;
    while let [b' ' | b'\t', after @ ..] = rest {
        rest = after;
    }
    while let [before @ .., b' ' | b'\t'] = rest {
        rest = before;
    }
    rest
}

/// A header name for an error text: lower case and at most 64 characters.
fn printable(name: &str) -> String {
    name.chars()
        .take(64)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}
