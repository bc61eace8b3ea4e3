//! For tests, fuzzing and `cargo xtask prove` only: the inside of [`crate::sigv4`], a signer, and
//! the changes that an attacker could make to a signed request; and tokens that nobody honest makes.
//! No stability is promised.

pub mod jose;

use crate::sigv4::{RequestHead, Scope, SigningKey};

pub use crate::sigv4::canonical::PathForm;

/// The canonical request.
pub fn canonical_request(
    head: &RequestHead<'_>,
    signed: &[&str],
    body_sha256: &[u8; 32],
    form: PathForm,
) -> Vec<u8> {
    crate::sigv4::canonical::request(head, signed, body_sha256, form)
}

/// The string to sign.
pub fn string_to_sign(amz_date: &str, scope: &Scope<'_>, canonical: &[u8]) -> String {
    crate::sigv4::canonical::string_to_sign(amz_date, scope, canonical)
}

/// The signature of a string, in hex.
pub fn signature(key: &SigningKey, string_to_sign: &str) -> String {
    hex::encode(*key.sign(string_to_sign.as_bytes()))
}

/// The value of the `Authorization` header, in the form that botocore writes.
pub fn authorization(
    access_key_id: &str,
    scope: &Scope<'_>,
    signed: &[&str],
    signature: &str,
) -> String {
    crate::sigv4::signing::authorization(access_key_id, scope, signed, signature)
}

/// A request that owns its parts, so that it can be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedRequest {
    /// Such as `POST`.
    pub method: String,
    /// As received.
    pub path: Vec<u8>,
    /// As received, without `?`.
    pub query: Vec<u8>,
    /// In their order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The hash of the body that arrived.
    pub body_sha256: [u8; 32],
}

/// A part of a request that its signature protects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The method.
    Method,
    /// The path.
    Path,
    /// The query.
    Query,
    /// The name of the header at this place.
    HeaderName(usize),
    /// The value of the header at this place.
    HeaderValue(usize),
    /// The value of `Authorization`, which is at this place.
    Authorization(usize),
    /// The hash of the body.
    BodyHash,
}

impl OwnedRequest {
    /// Calls `f` with the head that borrows from this request.
    pub fn with_head<T>(&self, f: impl FnOnce(&RequestHead<'_>) -> T) -> T {
        let headers: Vec<(&str, &[u8])> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect();
        f(&RequestHead {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &headers,
        })
    }

    /// The parts that a signature over the headers `signed` protects.
    pub fn protected_parts(&self, signed: &[&str]) -> Vec<Part> {
        let mut parts = vec![Part::Method, Part::Path, Part::Query, Part::BodyHash];
        for (at, (name, _)) in self.headers.iter().enumerate() {
            if name.eq_ignore_ascii_case("authorization") {
                parts.extend([Part::HeaderName(at), Part::Authorization(at)]);
            } else if signed
                .iter()
                .any(|signed| signed.eq_ignore_ascii_case(name))
            {
                parts.extend([Part::HeaderName(at), Part::HeaderValue(at)]);
            }
        }
        parts
    }

    /// The bytes of a part.
    pub fn part(&self, part: Part) -> &[u8] {
        match part {
            Part::Method => self.method.as_bytes(),
            Part::Path => &self.path,
            Part::Query => &self.query,
            Part::HeaderName(at) => self
                .headers
                .get(at)
                .map_or(b"", |(name, _)| name.as_bytes()),
            Part::HeaderValue(at) | Part::Authorization(at) => self
                .headers
                .get(at)
                .map_or(b"", |(_, value)| value.as_slice()),
            Part::BodyHash => &self.body_sha256,
        }
    }

    /// This request with one byte of one part replaced. `None` where the change cannot be presented
    /// at all: a method or a header name is text to every HTTP library.
    pub fn with_byte(&self, part: Part, at: usize, byte: u8) -> Option<Self> {
        let mut bytes = self.part(part).to_vec();
        *bytes.get_mut(at)? = byte;
        let mut changed = self.clone();
        match part {
            Part::Method => changed.method = String::from_utf8(bytes).ok()?,
            Part::Path => changed.path = bytes,
            Part::Query => changed.query = bytes,
            Part::HeaderName(index) => {
                changed.headers.get_mut(index)?.0 = String::from_utf8(bytes).ok()?;
            }
            Part::HeaderValue(index) | Part::Authorization(index) => {
                changed.headers.get_mut(index)?.1 = bytes;
            }
            Part::BodyHash => changed.body_sha256 = bytes.try_into().ok()?,
        }
        Some(changed)
    }
}

/// The changes of one byte that leave the request the same request, and so its signature valid.
/// This is the whole list; anything else that verifies is a forgery.
///
/// 1. The case of a letter in a header name: names have no case (RFC 9110 §5.1).
/// 2. One white space for another in the value of a signed header: a run of it is one space in the
///    canonical form. (In `Authorization` nothing but a space is taken.)
/// 3. The case of a hexadecimal digit in a percent escape of the query: the same byte (RFC 3986
///    §2.1). In the path it is another path.
pub fn changes_nothing(part: Part, before: &[u8], at: usize, new: u8) -> bool {
    let Some(old) = before.get(at).copied() else {
        return true;
    };
    match part {
        _ if old == new => true,
        Part::HeaderName(_) => old.eq_ignore_ascii_case(&new),
        Part::HeaderValue(_) => {
            crate::sigv4::canonical::is_white(old) && crate::sigv4::canonical::is_white(new)
        }
        Part::Query => {
            let is_percent = |back: usize| {
                at.checked_sub(back)
                    .and_then(|at| before.get(at))
                    .is_some_and(|b| *b == b'%')
            };
            old.is_ascii_hexdigit()
                && old.eq_ignore_ascii_case(&new)
                && (is_percent(1) || is_percent(2))
        }
        Part::Method | Part::Path | Part::Authorization(_) | Part::BodyHash => false,
    }
}
