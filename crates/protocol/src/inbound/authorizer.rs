//! `customJWTAuthorizer`: which tokens of one issuer may pass.

mod custom_claim;
mod reading;
mod token;

use std::fmt;

pub use self::custom_claim::CustomClaim;
pub use self::reading::{AuthorizerError, CONFIGURATION_BYTES_MAX, ITEMS_MAX, TEXT_CHARS_MAX};
use super::challenge::Fault;
use super::issuer_profile::IssuerProfile;
use super::trusted_issuer::TrustedIssuer;
use crate::jose::Algorithm;
use crate::jose::jwt::{AudiencePolicy, Claims, Expectation, Purpose, Verified};
use crate::oauth::issuer::{DiscoveryUrl, Issuer};

/// What a token must have to pass: all that is set here, and something is.
///
/// INVARIANT: at least one of audiences, clients, scopes and claims is not empty; every advertised
/// scope belongs to one that is allowed. Only [`Self::parse`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwtAuthorizer {
    issuer: TrustedIssuer,
    audiences: Vec<String>,
    clients: Vec<String>,
    scopes: Vec<String>,
    claims: Vec<CustomClaim>,
    /// In the order of `scopes`.
    advertised: Vec<String>,
}

/// A token that passed.
///
/// INVARIANT: only [`JwtAuthorizer::admit`] makes one.
#[derive(Clone)]
pub struct Admitted {
    claims: Claims,
    client: Option<String>,
    scopes: Vec<String>,
}

/// Which requirement a token did not meet. Carries names that the configuration has, never a part of
/// the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// `iss` is not the issuer of the discovery document.
    #[error("the token is of another issuer")]
    Issuer,
    /// `tid` is absent, no GUID, or not the tenant in `iss`.
    #[error("the token is not of the tenant that its issuer names")]
    Tenant,
    /// An ID token, a refresh token, or what cannot be told from one (RFC 8725 §3.11).
    #[error("the token is not an access token: send an access token")]
    NotAnAccessToken,
    /// A claim that says what kind of token it is, to whom it was issued or for what, is of another
    /// JSON type than it must be. Never the same as absent.
    #[error("the claim `{0}` of the token has the wrong type")]
    ClaimType(&'static str),
    /// `aud` has none of the allowed audiences.
    #[error("the token is for another audience")]
    Audience,
    /// `aud` names others beside us, and no client is allowed to hold such a token.
    #[error(
        "the token is for several audiences: allow the clients that may present such a token, or \
         request one for this audience alone"
    )]
    SeveralAudiences,
    /// The client is not named, or is none of the allowed.
    #[error("the token was issued to another client")]
    Client,
    /// A custom claim.
    #[error("the claim `{name}` of the token {fault}")]
    Claim {
        /// Its name, as it was configured.
        name: String,
        /// What is wrong with it.
        fault: ClaimFault,
    },
    /// None of the allowed scopes.
    #[error("the token has none of the scopes that are allowed here: request one of them")]
    Scope,
}

/// What is wrong with a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimFault {
    /// It is not there.
    #[error("is not there")]
    Absent,
    /// It is not there, and the token says where it could be had: too many groups.
    #[error(
        "is too long to stand in the token: have the issuer write fewer groups, or roles in their \
         place"
    )]
    Elsewhere,
    /// It has another JSON type than was configured.
    #[error("has another type than was configured")]
    Type,
    /// It holds something else.
    #[error("does not hold what is demanded")]
    Other,
}

impl JwtAuthorizer {
    /// Reads the JSON that stands under `customJWTAuthorizer`.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn parse(json: &[u8]) -> Result<Self, AuthorizerError> {
        reading::parse(json)
    }

    /// Whose tokens these are, by the discovery URL.
    pub const fn profile(&self) -> IssuerProfile {
        self.issuer.profile()
    }

    /// Where the document lies that leads to the keys of a token that *claims* `issuer`. Its issuer is
    /// what [`Self::admit`] is to be told.
    ///
    /// # Errors
    /// [`Refused::Issuer`]: nobody is to be asked for the keys of this token.
    pub fn discovery_url(&self, issuer: &str) -> Result<DiscoveryUrl, Refused> {
        self.issuer.location(issuer).ok_or(Refused::Issuer)
    }

    /// What the verifier is to demand of a token that *claims* `issuer`. Audience and client are left
    /// to [`Self::admit`], which knows where this issuer writes them.
    ///
    /// # Errors
    /// [`Refused::Issuer`].
    pub fn expectation<'a>(
        &self,
        issuer: &'a str,
        algorithms: &'a [Algorithm],
    ) -> Result<Expectation<'a>, Refused> {
        self.discovery_url(issuer)?;
        Ok(Expectation {
            purpose: Purpose::UserToken,
            issuer,
            algorithms,
            audience: AudiencePolicy::Unchecked,
        })
    }

    /// Whether the token passes. `discovered` is the issuer that the discovery document names with
    /// whose keys it was verified.
    ///
    /// Scopes come last: who lacks nothing but a scope is told so, and nobody else is.
    ///
    /// # Errors
    /// The first requirement that is not met.
    pub fn admit(&self, verified: &Verified, discovered: &Issuer) -> Result<Admitted, Refused> {
        let claims = verified.claims();
        let reading = self.profile().reading();
        self.check_issuer(claims, discovered)?;
        token::check_kind(reading.kind, verified)?;
        let named = token::clients(reading, claims)?;
        let scopes = token::scopes(reading, claims)?;
        self.check_audience(claims)?;
        if !self.clients.is_empty() {
            let is_allowed = |client: &&str| self.clients.iter().any(|one| one == client);
            if named.is_empty() || !named.iter().all(is_allowed) {
                return Err(Refused::Client);
            }
        }
        for claim in &self.claims {
            claim.check(claims).map_err(|fault| Refused::Claim {
                name: claim.name().to_owned(),
                fault,
            })?;
        }
        let has = |scope: &String| scopes.iter().any(|one| one == scope);
        if !self.scopes.is_empty() && !self.scopes.iter().any(has) {
            return Err(Refused::Scope);
        }
        Ok(Admitted {
            client: match named.as_slice() {
                [client] => Some((*client).to_owned()),
                _ => None,
            },
            scopes: scopes.into_iter().map(str::to_owned).collect(),
            claims: claims.clone(),
        })
    }

    /// What a client is to request, for the metadata of the resource (RFC 9728 §2, `scopes_supported`)
    /// and for challenges: for each allowed scope the one that it is advertised as. Each once.
    pub fn advertised_scopes(&self) -> &[String] {
        &self.advertised
    }

    /// SECURITY: asked before anything else of a token is looked at. Held by
    /// `a_token_of_another_issuer_never_passes`.
    fn check_issuer(&self, claims: &Claims, discovered: &Issuer) -> Result<(), Refused> {
        let profile = self.profile();
        let issuer = discovered.as_str();
        let is_ours = self.issuer.location(issuer).is_some();
        let is_written = claims.issuer == issuer || profile.alias() == Some(&claims.issuer);
        if !is_ours || !is_written {
            return Err(Refused::Issuer);
        }
        match self.issuer.tenant(issuer) {
            None => Ok(()),
            Some(tenant) => match token::text(claims, "tid")? {
                Some(tid) if tid == tenant => Ok(()),
                Some(_) | None => Err(Refused::Tenant),
            },
        }
    }

    fn check_audience(&self, claims: &Claims) -> Result<(), Refused> {
        if self.audiences.is_empty() {
            return Ok(());
        }
        let is_ours = |audience: &String| self.audiences.contains(audience);
        if !claims.audiences.iter().any(is_ours) {
            return Err(Refused::Audience);
        }
        // SECURITY: a token that somebody else may hold, too, is taken only from clients that are
        // known (OpenID Connect Core §3.1.3.7), attack 61; the issuer itself is not somebody else.
        // Held by `a_token_for_somebody_else_too_needs_a_known_client`.
        let companions = self.profile().reading().companions;
        let is_known = |audience: &String| {
            is_ours(audience)
                || companions
                    .iter()
                    .any(|companion| companion.is(audience, &claims.issuer))
        };
        if self.clients.is_empty() && !claims.audiences.iter().all(is_known) {
            return Err(Refused::SeveralAudiences);
        }
        Ok(())
    }
}

impl Admitted {
    /// What the issuer says.
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }

    /// To which client the token was issued, where the issuer names one and not two.
    pub fn client(&self) -> Option<&str> {
        self.client.as_deref()
    }

    /// The scopes of the token as the issuer names them: not those that are advertised.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }
}

impl fmt::Debug for Admitted {
    /// Nothing: claims are about a person, and no log is to have them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Admitted([personal])")
    }
}

impl Refused {
    /// What the client is told (RFC 6750 §3.1).
    pub const fn fault(&self) -> Fault {
        match self {
            Self::Scope => Fault::InsufficientScope,
            Self::Issuer
            | Self::Tenant
            | Self::NotAnAccessToken
            | Self::ClaimType(_)
            | Self::Audience
            | Self::SeveralAudiences
            | Self::Client
            | Self::Claim { .. } => Fault::InvalidToken,
        }
    }
}
