//! Why a request is not authenticated.

use procura_core::time::Timestamp;

use super::date::AmzDate;
use super::{AUTHORIZATION_BYTES_MAX, HEADERS_MAX, SESSION_TOKEN_BYTES_MAX, SIGNED_HEADERS_MAX};

/// Why a request is refused. Carries header names and times, never a signature, a secret, a
/// session token or any part of the canonical request.
///
/// The texts of [`Self::SignatureMismatch`], [`Self::Expired`], [`Self::NotYetCurrent`] and
/// [`Self::MissingAuthenticationToken`] are those of AWS, because clients match on them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SigV4Error {
    /// There is no `Authorization` header.
    #[error("Missing Authentication Token")]
    MissingAuthenticationToken,
    /// Something that a signature consists of is absent or malformed.
    #[error("{0}")]
    IncompleteSignature(#[from] Incomplete),
    /// The request is signed, but not with `AWS4-HMAC-SHA256`.
    #[error("sign with AWS4-HMAC-SHA256: {0}")]
    UnsupportedAlgorithm(#[from] Algorithm),
    /// Credentials or a signature stand in the query string, alone or beside a header.
    #[error(
        "sign with the Authorization header: authentication in the query string is not accepted"
    )]
    QueryAuth,
    /// `x-amz-content-sha256` asks for a mode in which the body is not signed as a whole.
    #[error("send the SHA-256 of the body in lower-case hex as x-amz-content-sha256: {0}")]
    PayloadMode(#[from] PayloadMode),
    /// `x-amz-content-sha256` is not the hash of the body that arrived.
    #[error("the body does not match x-amz-content-sha256")]
    PayloadMismatch,
    /// A header that must be signed is not in `SignedHeaders`.
    #[error("sign the header {0}: it is in the request and not in SignedHeaders")]
    HeaderNotSigned(String),
    /// `SignedHeaders` names a header that the request does not have.
    #[error("send the header {0} or leave it out of SignedHeaders")]
    SignedHeaderAbsent(String),
    /// A header that has one value appears more than once.
    #[error("send the header {0} once")]
    Duplicate(String),
    /// The path is not its own normal form, so the signed and the routed path could differ.
    #[error(
        "send the path in its normal form: it begins with one slash and has no //, /./ or /../"
    )]
    PathNotCanonical,
    /// The query can be decoded in more than one way.
    #[error("encode a space in the query as %20, a plus as %2B and a percent sign as %25")]
    QueryNotCanonical,
    /// The method or a header name is not an HTTP token (RFC 9110 §5.6.2).
    #[error("the method and header names must be HTTP tokens")]
    MalformedHead,
    /// The credential is scoped to something else than this endpoint, or to another day.
    #[error("{0}")]
    Scope(#[from] ScopeMismatch),
    /// The request was signed too long ago.
    #[error(
        "Signature expired: {} is now earlier than {} ({} - 5 min.)",
        AmzDate::at(*.signed_at), AmzDate::at(.now.plus_seconds(-300)), AmzDate::at(*.now)
    )]
    Expired {
        /// What the request says.
        signed_at: Timestamp,
        /// When it was looked at.
        now: Timestamp,
    },
    /// The request was signed in the future.
    #[error(
        "Signature not yet current: {} is still later than {} ({} + 5 min.)",
        AmzDate::at(*.signed_at), AmzDate::at(.now.plus_seconds(300)), AmzDate::at(*.now)
    )]
    NotYetCurrent {
        /// What the request says.
        signed_at: Timestamp,
        /// When it was looked at.
        now: Timestamp,
    },
    /// The signature is not the one that the holder of this key would have made.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your \
         AWS Secret Access Key and signing method. Consult the service documentation for details."
    )]
    SignatureMismatch,
    /// A limit of this module was exceeded.
    #[error("{0}")]
    TooLarge(#[from] Limit),
}

impl SigV4Error {
    /// Which of the AWS common errors this is.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::MissingAuthenticationToken => Kind::MissingAuthenticationToken,
            Self::IncompleteSignature(_)
            | Self::UnsupportedAlgorithm(_)
            | Self::QueryAuth
            | Self::MalformedHead
            | Self::TooLarge(_) => Kind::IncompleteSignature,
            Self::PayloadMode(_)
            | Self::PayloadMismatch
            | Self::HeaderNotSigned(_)
            | Self::SignedHeaderAbsent(_)
            | Self::Duplicate(_)
            | Self::PathNotCanonical
            | Self::QueryNotCanonical
            | Self::Scope(_)
            | Self::Expired { .. }
            | Self::NotYetCurrent { .. }
            | Self::SignatureMismatch => Kind::InvalidSignature,
        }
    }
}

/// The AWS common errors that a failed signature maps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `MissingAuthenticationTokenException`.
    MissingAuthenticationToken,
    /// `IncompleteSignatureException`.
    IncompleteSignature,
    /// `InvalidSignatureException`.
    InvalidSignature,
}

/// What is absent or malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Incomplete {
    /// The header is not `algorithm name=value,name=value,name=value`.
    #[error(
        "write the Authorization header as AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…"
    )]
    Grammar,
    /// `Credential` is absent.
    #[error("Authorization header requires 'Credential' parameter.")]
    CredentialAbsent,
    /// `SignedHeaders` is absent.
    #[error("Authorization header requires 'SignedHeaders' parameter.")]
    SignedHeadersAbsent,
    /// `Signature` is absent.
    #[error("Authorization header requires 'Signature' parameter.")]
    SignatureAbsent,
    /// A parameter stands more than once, or is none of the three.
    #[error(
        "the Authorization header must have Credential, SignedHeaders and Signature, once each"
    )]
    ParameterRepeatedOrUnknown,
    /// `Credential` is not `key-id/YYYYMMDD/region/service/aws4_request`.
    #[error("write Credential as <key id>/<YYYYMMDD>/<region>/<service>/aws4_request")]
    Credential,
    /// `SignedHeaders` is not a sorted list of distinct lower-case names.
    #[error("write SignedHeaders as distinct lower-case names, sorted, with ; between them")]
    SignedHeaders,
    /// `Signature` is not 64 lower-case hex digits.
    #[error("write Signature as 64 lower-case hexadecimal digits")]
    Signature,
    /// `x-amz-date` is absent. A `Date` header is not taken in its place.
    #[error("Authorization header requires existence of a 'X-Amz-Date' header.")]
    DateAbsent,
    /// `x-amz-date` is not `YYYYMMDDTHHMMSSZ`.
    #[error("write X-Amz-Date as YYYYMMDDTHHMMSSZ in UTC")]
    Date,
    /// `host` is absent.
    #[error("send a Host header")]
    HostAbsent,
    /// `x-amz-security-token` is empty or has other than visible ASCII characters.
    #[error("send X-Amz-Security-Token as visible ASCII characters, or not at all")]
    SessionToken,
}

/// The scheme of an `Authorization` header that we do not verify. Other words are not repeated:
/// what stands there may be a secret that was put in the wrong place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Algorithm {
    /// `AWS4-ECDSA-P256-SHA256`.
    #[error("Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not accepted")]
    SigV4A,
    /// `AWS4-HMAC-SHA256-PAYLOAD` and other continuations of the name.
    #[error("other members of the AWS4 family are not accepted")]
    OtherAws4,
    /// `AWS` and `AWS3-HTTPS`.
    #[error("Signature Versions 2 and 3 are not accepted")]
    Older,
    /// `Bearer`.
    #[error("a bearer token is not accepted here")]
    Bearer,
    /// `Basic`.
    #[error("basic authentication is not accepted here")]
    Basic,
    /// Anything else.
    #[error("the scheme of the Authorization header is not known")]
    Unknown,
}

/// A value of `x-amz-content-sha256` that is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PayloadMode {
    /// `UNSIGNED-PAYLOAD`.
    #[error("UNSIGNED-PAYLOAD is not accepted")]
    Unsigned,
    /// `STREAMING-…`, signed or not, with or without a trailer.
    #[error("STREAMING- modes are not accepted")]
    Streaming,
    /// Neither a mode nor 64 lower-case hex digits.
    #[error("it is not 64 lower-case hexadecimal digits")]
    Malformed,
}

/// Which part of the scope is not as expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScopeMismatch {
    /// Another day than that of `x-amz-date`.
    #[error("Date in Credential scope does not match YYYYMMDD from X-Amz-Date.")]
    Date,
    /// Another region than this deployment's.
    #[error("Credential should be scoped to a valid region.")]
    Region,
    /// Another service than this endpoint's.
    #[error("Credential should be scoped to correct service.")]
    Service,
}

/// A limit that was exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// [`HEADERS_MAX`].
    #[error("send at most {HEADERS_MAX} headers")]
    Headers,
    /// [`SIGNED_HEADERS_MAX`].
    #[error("sign at most {SIGNED_HEADERS_MAX} headers")]
    SignedHeaders,
    /// [`AUTHORIZATION_BYTES_MAX`].
    #[error("send at most {AUTHORIZATION_BYTES_MAX} bytes in the Authorization header")]
    Authorization,
    /// [`SESSION_TOKEN_BYTES_MAX`].
    #[error("send at most {SESSION_TOKEN_BYTES_MAX} bytes in X-Amz-Security-Token")]
    SessionToken,
}
