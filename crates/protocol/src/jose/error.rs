//! Why a token is refused.

use crate::strict_json::StrictJsonError;

use super::jwk::KEYS_TRIED_MAX;
use super::jwt::ForbiddenUse;

/// Why a token is refused. Carries names of claims and rules, never a part of the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JoseError {
    /// Not the compact form of a JWS with a JSON header, or not a JWT.
    #[error("{0}")]
    Malformed(#[from] Malformed),
    /// Five parts, or a header with `enc` or `zip`: a JWE (RFC 7516).
    #[error(
        "encrypted tokens are not supported: have the issuer sign the token and not encrypt it"
    )]
    Encrypted,
    /// `alg` is none of [`super::Algorithm::ALL`].
    #[error(
        "the algorithm of the token is not accepted: have the issuer sign with ES256, RS256 or \
         another signature algorithm that has a public key"
    )]
    AlgorithmUnsupported,
    /// `alg` is known and the caller does not allow it.
    #[error("the algorithm of the token is not among those that are registered for its issuer")]
    AlgorithmNotAllowed,
    /// `crit` or `b64`: extensions of which we understand none (RFC 7515 §4.1.11, RFC 7797).
    #[error(
        "the header demands an extension that is not supported: have the issuer leave out `crit` and `b64`"
    )]
    ExtensionUnsupported,
    /// No key of the set has the token's `kid` and is for its `alg`; or, without `kid`, for its
    /// `alg`.
    #[error("no published key of the issuer fits the token: check the issuer's key set")]
    UnknownKey,
    /// The token has no `kid` and too many keys are for its `alg`.
    #[error(
        "the token names no key and more than {KEYS_TRIED_MAX} keys of its issuer could have \
         signed it: have the issuer send `kid`"
    )]
    AmbiguousKey,
    /// No key that fits made this signature.
    #[error("the signature of the token is not that of its issuer: get a new token")]
    BadSignature,
    /// `exp` has passed.
    #[error("the token has expired: get a new one")]
    Expired,
    /// `nbf` or `iat` lies in the future.
    #[error("the token is not valid yet: check the clocks of the issuer and of this machine")]
    NotYetValid,
    /// A token of another kind than is accepted here (RFC 8725 §3.11).
    #[error("{0}")]
    WrongType(#[from] ForbiddenUse),
    /// A claim that must be there is not.
    #[error("the token has no `{0}`")]
    ClaimMissing(&'static str),
    /// A claim is not what its definition says.
    #[error("the claim `{claim}` must be {expected}")]
    ClaimInvalid {
        /// The name of the claim.
        claim: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// `iss` is not, byte for byte, the issuer whose keys are used.
    #[error("the token is of another issuer")]
    IssuerMismatch,
    /// `aud` names none of the registered audiences.
    #[error(
        "the token is for another audience: request one for an audience that is registered here"
    )]
    AudienceMismatch,
    /// `azp` or `client_id` is not, or neither is there to be, a registered client.
    #[error("the token was issued to another client: register the client or use another")]
    ClientMismatch,
    /// `aud` names others beside us, and no client is registered to hold such a token.
    #[error(
        "the token is for several audiences: register the clients that may present such a token, \
         or request one for this audience alone"
    )]
    SeveralAudiences,
}

impl JoseError {
    /// Whether newer keys of the issuer could change the answer: a new `kid`, or an old one with a
    /// new key. Anybody can provoke both, so a caller fetches once per cooldown, not per token.
    pub const fn may_change_with_new_keys(&self) -> bool {
        matches!(self, Self::UnknownKey | Self::BadSignature)
    }
}

/// What of a token cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// Longer than the caller accepts.
    #[error("the token is too long: send at most {bytes_max} bytes")]
    TooLong {
        /// What the caller accepts, in bytes.
        bytes_max: usize,
    },
    /// Not three parts with a dot between them (RFC 7515 §7.1).
    #[error("send a signed token in compact form: three parts with dots between them")]
    Parts,
    /// Padding, whitespace, a character of another alphabet, or unused bits that are not zero.
    #[error("the {0} of the token is not base64url without padding")]
    Base64url(Part),
    /// Not an unambiguous JSON object.
    #[error("the {part} of the token is not one unambiguous JSON object: {error}")]
    Json {
        /// Which part.
        part: Part,
        /// Which rule it breaks.
        error: StrictJsonError,
    },
    /// A header parameter is absent or not a string of a sensible length.
    #[error("the header parameter `{0}` must be a string")]
    HeaderParameter(&'static str),
}

/// The parts of the compact form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The first.
    Header,
    /// The second.
    Payload,
    /// The third.
    Signature,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}
