//! Signed claims (RFC 7519): what a token says, and whether it may be used here and now.
//!
//! One order, for every token: the compact form and the claims are read strictly
//! ([`Unverified::parse`]); what can be refused without a key is refused ([`Unverified::check`]):
//! kind, algorithm, issuer, time, audience; then the signature is verified ([`Unverified::verify`]).
//! So a stale or foreign token costs no search for keys, and no claim but the issuer that a token
//! *claims* can be read before the signature holds.

mod claims;
mod purpose;
mod times;

use std::fmt;

use procura_core::time::Timestamp;

pub use self::claims::{AUDIENCES_MAX, Claims, SUBJECT_BYTES_MAX, TEXT_BYTES_MAX};
pub use self::purpose::{ForbiddenUse, Purpose};
pub use self::times::{LEEWAY_S, Times};
use super::jwk::KeySet;
use super::{Algorithm, JoseError, jws};

/// Longest token of a user, in bytes. Directories that put every group into the token stay below.
pub const USER_TOKEN_BYTES_MAX: usize = 16 * 1024;

/// What the caller demands of a token.
#[derive(Debug, Clone, Copy)]
pub struct Expectation<'a> {
    /// What the token is to be used for.
    pub purpose: Purpose,
    /// The issuer whose keys are used; `iss` must be this, byte for byte (RFC 8725 §3.8).
    pub issuer: &'a str,
    /// The algorithms that are accepted from this issuer.
    pub algorithms: &'a [Algorithm],
    /// For whom the token must be.
    pub audience: AudiencePolicy<'a>,
}

/// For whom a token must be (RFC 8725 §3.9).
#[derive(Debug, Clone, Copy)]
pub enum AudiencePolicy<'a> {
    /// Not asked. For issuers that nobody registered, whose users own nothing but their own
    /// connections; such a use is recorded as what it is.
    Unchecked,
    /// An issuer that was registered for these. An empty list is not asked; two empty lists refuse
    /// every token.
    Registered {
        /// `aud` must have one of them, byte for byte.
        audiences: &'a [String],
        /// `azp` and `client_id`, each if it is there and at least one of them, must be one of them.
        /// Without this list a token that is also for somebody else is refused.
        clients: &'a [String],
    },
}

/// How a moment lies to the life of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Within it.
    Good,
    /// After it.
    Over,
    /// Before it.
    NotYet,
}

/// A token that says who issued it. **Nothing of it is verified yet.**
pub struct Unverified<'t> {
    jws: jws::Unverified<'t>,
    claims: Claims,
}

impl<'t> Unverified<'t> {
    /// Reads header and claims, at most `bytes_max` long.
    ///
    /// # Errors
    /// Those of [`jws::Unverified::parse`], [`JoseError::ClaimMissing`],
    /// [`JoseError::ClaimInvalid`].
    pub fn parse(token: &'t str, bytes_max: usize) -> Result<Self, JoseError> {
        let jws = jws::Unverified::parse(token, bytes_max)?;
        let claims = Claims::parse(jws.claimed_payload())?;
        Ok(Self { jws, claims })
    }

    /// The issuer that the token claims: good for finding keys, and for nothing else.
    pub fn claimed_issuer(&self) -> &str {
        &self.claims.issuer
    }

    /// When the token claims to be over: for who takes one that is over, and only a time to verify
    /// it at.
    pub fn claimed_end(&self) -> Timestamp {
        self.claims.times.expires_at
    }

    /// How `now` lies to when the token claims to be good, and the moment to verify it at: `now`, or
    /// else the one of its life that lies next. That it is genuine then says [`Self::verify`].
    pub fn claimed_hold(&self, now: Timestamp) -> (Hold, Timestamp) {
        let times = &self.claims.times;
        match times.check(now, LEEWAY_S) {
            Err(JoseError::Expired) => (Hold::Over, times.expires_at),
            Err(_) => {
                let begins = times.not_before.max(times.issued_at);
                (Hold::NotYet, begins.unwrap_or(now))
            }
            Ok(()) => (Hold::Good, now),
        }
    }

    /// What can be refused without a key. [`Self::verify`] asks this, too.
    ///
    /// # Errors
    /// [`JoseError::WrongType`], [`JoseError::AlgorithmNotAllowed`], [`JoseError::IssuerMismatch`],
    /// [`JoseError::Expired`], [`JoseError::NotYetValid`], [`JoseError::AudienceMismatch`],
    /// [`JoseError::ClientMismatch`], [`JoseError::SeveralAudiences`].
    pub fn check(&self, expectation: &Expectation<'_>, now: Timestamp) -> Result<(), JoseError> {
        let header = self.jws.claimed_header();
        expectation
            .purpose
            .check(header.typ.as_deref(), &self.claims)?;
        if !expectation.algorithms.contains(&header.algorithm) {
            return Err(JoseError::AlgorithmNotAllowed);
        }
        if self.claims.issuer != expectation.issuer {
            return Err(JoseError::IssuerMismatch);
        }
        self.claims.times.check(now, LEEWAY_S)?;
        expectation.audience.check(&self.claims)
    }

    /// Whether the token is what `expectation` demands, now, and signed with one of `keys`.
    ///
    /// # Errors
    /// Those of [`Self::check`] and of [`jws::Unverified::verify`].
    pub fn verify(
        &self,
        keys: &KeySet,
        expectation: &Expectation<'_>,
        now: Timestamp,
    ) -> Result<Verified, JoseError> {
        self.check(expectation, now)?;
        let verified = self.jws.verify(keys, expectation.algorithms)?;
        let typ = self.jws.claimed_header().typ.as_deref();
        Ok(Verified {
            typ: typ.map(purpose::media_type),
            algorithm: verified.algorithm(),
            key_thumbprint: verified.key().thumbprint().to_owned(),
            claims: self.claims.clone(),
        })
    }
}

impl fmt::Debug for Unverified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.jws.fmt(f)
    }
}

/// A token that was issued by whom it says, for the use that was asked for.
///
/// INVARIANT: only [`Unverified::verify`] makes one.
#[derive(Clone)]
pub struct Verified {
    typ: Option<String>,
    algorithm: Algorithm,
    key_thumbprint: String,
    claims: Claims,
}

impl Verified {
    /// What the issuer says.
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }

    /// The claims alone.
    pub fn into_claims(self) -> Claims {
        self.claims
    }

    /// `typ` of the header, in lower case and without `application/`: what kind of token the issuer
    /// says it is, where it says so.
    pub fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }

    /// How it was signed.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Which key signed it: what a cache compares when the issuer's set has changed.
    pub fn key_thumbprint(&self) -> &str {
        &self.key_thumbprint
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verified({}, {})", self.algorithm, self.key_thumbprint)
    }
}

impl AudiencePolicy<'_> {
    fn check(&self, claims: &Claims) -> Result<(), JoseError> {
        let Self::Registered { audiences, clients } = self else {
            return Ok(());
        };
        if audiences.is_empty() && clients.is_empty() {
            return Err(JoseError::AudienceMismatch);
        }
        let is_ours = |audience: &String| audiences.contains(audience);
        if !audiences.is_empty() {
            if !claims.audiences.iter().any(is_ours) {
                return Err(JoseError::AudienceMismatch);
            }
            // SECURITY: a token that somebody else may hold, too, is taken only from clients that
            // are known (OpenID Connect Core §3.1.3.7); held by attack 61.
            if clients.is_empty() && !claims.audiences.iter().all(is_ours) {
                return Err(JoseError::SeveralAudiences);
            }
        }
        if clients.is_empty() {
            return Ok(());
        }
        let named = [&claims.authorized_party, &claims.client_id];
        let mut named = named.into_iter().flatten().peekable();
        if named.peek().is_none() || !named.all(|client| clients.contains(client)) {
            return Err(JoseError::ClientMismatch);
        }
        Ok(())
    }
}
