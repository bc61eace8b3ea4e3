//! Verification of AWS Signature Version 4, header form, for requests that arrive here; and, for a
//! service of ours that calls the API, [`signing`].
//!
//! In two steps, so that an unknown key is refused before the body is read: [`parse`] looks at the
//! head alone, then the caller finds the secret of [`Presented::access_key_id`], reads and hashes
//! the body, and asks [`verify`].
//!
//! ```
//! # use procura_protocol::sigv4::{self, Expectation, RequestHead, SigV4Error, SigningKey};
//! # use procura_core::time::Timestamp;
//! # fn f(head: RequestHead<'_>, secret: &[u8], hash: [u8; 32], now: Timestamp)
//! #     -> Result<(), SigV4Error> {
//! let presented = sigv4::parse(&head)?;
//! let scope = presented.scope();
//! let key = SigningKey::derive(secret, scope.date, scope.region, scope.service);
//! let expectation = Expectation { region: "us-east-1", service: "bedrock-agentcore" };
//! sigv4::verify(&presented, hash, &key, now, expectation)
//! # }
//! ```
//!
//! The access key id is no part of what is signed: which key was used is known only because this
//! key's secret verifies. So the caller looks the secret up by exactly that id, and never tries
//! several. A replay within the five minutes is not noticed here either: whoever must notice keeps
//! [`Presented::fingerprint`].
//!
//! Source: AWS "Create a signed AWS API request" and the published `aws-c-auth` vectors; the parts
//! that AWS leaves open follow botocore. What could be read in two ways is refused: `policy`.

mod authorization;
pub(crate) mod canonical;
mod date;
mod error;
mod key;
mod percent;
mod policy;
pub mod signing;
#[cfg(test)]
mod tests;

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use procura_core::digest::{Sha256, sha256_of_fields};
use procura_core::time::Timestamp;

pub use self::authorization::Scope;
pub use self::error::{Algorithm, Incomplete, Kind, Limit, PayloadMode, ScopeMismatch, SigV4Error};
pub use self::key::SigningKey;

/// How far the time of a request may lie from ours, before or after, in milliseconds. Inclusive.
pub const SKEW_MS_MAX: i64 = 5 * 60 * 1000;
/// Most headers of a request, signed or not.
pub const HEADERS_MAX: usize = 256;
/// Most names in `SignedHeaders`.
pub const SIGNED_HEADERS_MAX: usize = 64;
/// Longest `Authorization` header, in bytes.
pub const AUTHORIZATION_BYTES_MAX: usize = 8 * 1024;
/// Longest `x-amz-security-token`, in bytes.
pub const SESSION_TOKEN_BYTES_MAX: usize = 8 * 1024;

/// The head of a request as it arrived: nothing decoded, joined or reordered.
#[derive(Clone, Copy)]
pub struct RequestHead<'a> {
    /// Such as `POST`.
    pub method: &'a str,
    /// The path of an origin-form target (RFC 9112 §3.2.1), from its first slash to the `?`.
    pub path: &'a [u8],
    /// What follows the `?`; empty when there is none.
    pub query: &'a [u8],
    /// Names and values in their order, repetitions included. Names in any case.
    pub headers: &'a [(&'a str, &'a [u8])],
}

impl<'a> RequestHead<'a> {
    /// The values of a header, in their order.
    fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.headers
            .iter()
            .filter(move |(candidate, _)| candidate.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }
}

impl fmt::Debug for RequestHead<'_> {
    /// No header value and no target: tokens stand there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "RequestHead({}, {} headers)",
            self.method,
            self.headers.len()
        )
    }
}

/// What the endpoint that was called demands of the scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expectation<'a> {
    /// The region of this deployment.
    pub region: &'a str,
    /// The signing name of the service, such as `bedrock-agentcore` or `sts`.
    pub service: &'a str,
}

/// A request that says who signed it. **Nothing of it is verified yet.**
pub struct Presented<'a> {
    head: RequestHead<'a>,
    access_key_id: &'a str,
    scope: Scope<'a>,
    signed_headers: Vec<&'a str>,
    signature: [u8; 32],
    amz_date: &'a str,
    request_time: Timestamp,
    session_token: Option<&'a str>,
    payload_hash: Option<[u8; 32]>,
}

impl<'a> Presented<'a> {
    /// The key that the request says it was signed with: 1 to 128 of `A-Za-z0-9-_.`.
    pub const fn access_key_id(&self) -> &'a str {
        self.access_key_id
    }

    /// The day, region and service that the signing key is derived for.
    pub const fn scope(&self) -> Scope<'a> {
        self.scope
    }

    /// `x-amz-security-token`: visible ASCII, not empty, and one of the signed headers.
    pub const fn session_token(&self) -> Option<&'a str> {
        self.session_token
    }

    /// The names of the signed headers: lower case, sorted, distinct.
    pub fn signed_headers(&self) -> &[&'a str] {
        &self.signed_headers
    }

    /// Whether the signature covers this header. Names are compared without regard to case.
    pub fn is_signed(&self, name: &str) -> bool {
        self.signed_headers
            .iter()
            .any(|signed| signed.eq_ignore_ascii_case(name))
    }

    /// What tells this signature from every other: the SHA-256 of key id and signature. It has one
    /// form whatever unsigned headers a copy of the request carries.
    pub fn fingerprint(&self) -> Sha256 {
        sha256_of_fields(&[self.access_key_id.as_bytes(), &self.signature])
    }

    /// `x-amz-date`.
    pub const fn request_time(&self) -> Timestamp {
        self.request_time
    }

    /// The SHA-256 of the body as the client declares it, if it does.
    pub const fn payload_hash(&self) -> Option<[u8; 32]> {
        self.payload_hash
    }
}

impl fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presented")
            .field("access_key_id", &self.access_key_id)
            .field("scope", &self.scope)
            .field("signed_headers", &self.signed_headers)
            .field("request_time", &self.request_time)
            .finish_non_exhaustive()
    }
}

/// Reads who says to have signed this, and refuses what need not be verified to be refused.
///
/// # Errors
/// Every [`SigV4Error`] but those of [`verify`].
pub fn parse<'a>(head: &RequestHead<'a>) -> Result<Presented<'a>, SigV4Error> {
    policy::check_header_count(head)?;
    policy::refuse_query_authentication(head.query)?;
    let value = policy::single(head, "authorization")?;
    let value = value.ok_or(SigV4Error::MissingAuthenticationToken)?;
    let authorization = authorization::parse(value)?;
    policy::check_target(head)?;
    policy::check_headers(head, &authorization.signed_headers)?;

    let amz_date = policy::single(head, "x-amz-date")?.ok_or(Incomplete::DateAbsent)?;
    let amz_date = policy::trimmed(amz_date);
    let request_time = date::AmzDate::parse(amz_date).ok_or(Incomplete::Date)?;
    let amz_date = std::str::from_utf8(amz_date).map_err(|_| Incomplete::Date)?;
    if amz_date
        .split_once('T')
        .is_none_or(|(day, _)| day != authorization.scope.date)
    {
        return Err(ScopeMismatch::Date.into());
    }
    Ok(Presented {
        head: *head,
        access_key_id: authorization.access_key_id,
        scope: authorization.scope,
        signed_headers: authorization.signed_headers,
        signature: authorization.signature,
        amz_date,
        request_time,
        session_token: policy::session_token(head)?,
        payload_hash: policy::payload_hash(head)?,
    })
}

/// What can be refused without the secret: a request for another region or service, or of another
/// time. [`verify`] asks this, too; a caller that asks it first need not look for the key of a
/// request that no key could make good.
///
/// # Errors
/// [`SigV4Error::Scope`], [`SigV4Error::Expired`], [`SigV4Error::NotYetCurrent`].
pub fn check_scope_and_time(
    presented: &Presented<'_>,
    now: Timestamp,
    expectation: Expectation<'_>,
) -> Result<(), SigV4Error> {
    if presented.scope.region != expectation.region {
        return Err(ScopeMismatch::Region.into());
    }
    if presented.scope.service != expectation.service {
        return Err(ScopeMismatch::Service.into());
    }
    let signed_at = presented.request_time;
    let age_ms = now.millis_since(signed_at);
    if age_ms > SKEW_MS_MAX {
        return Err(SigV4Error::Expired { signed_at, now });
    }
    if age_ms < -SKEW_MS_MAX {
        return Err(SigV4Error::NotYetCurrent { signed_at, now });
    }
    Ok(())
}

/// Whether the holder of `key` signed this request and this body, for this endpoint, now.
///
/// `body_sha256` is the hash of the body that arrived, not the one that the client declares. `key`
/// is derived for [`Presented::scope`] from the secret of [`Presented::access_key_id`].
///
/// # Errors
/// [`SigV4Error::Scope`], [`SigV4Error::Expired`], [`SigV4Error::NotYetCurrent`],
/// [`SigV4Error::PayloadMismatch`], [`SigV4Error::SignatureMismatch`].
pub fn verify(
    presented: &Presented<'_>,
    body_sha256: [u8; 32],
    key: &SigningKey,
    now: Timestamp,
    expectation: Expectation<'_>,
) -> Result<(), SigV4Error> {
    check_scope_and_time(presented, now, expectation)?;
    if presented
        .payload_hash
        .is_some_and(|declared| declared != body_sha256)
    {
        return Err(SigV4Error::PayloadMismatch);
    }
    let canonical = canonical::request(
        &presented.head,
        &presented.signed_headers,
        &body_sha256,
        canonical::PathForm::Normalized,
    );
    let text = canonical::string_to_sign(presented.amz_date, &presented.scope, &canonical);
    let expected = key.sign(text.as_bytes());
    // SECURITY: constant time, or the signature could be found byte by byte.
    verify_slices_are_equal(&*expected, &presented.signature)
        .map_err(|_| SigV4Error::SignatureMismatch)
}
