//! Which kind of token is accepted where: one table (RFC 8725 §3.11, §3.12).
//!
//! A row lists what *is* accepted; every other `typ` is refused, known or not: `logout+jwt`,
//! `secevent+jwt`, `dpop+jwt`, `oauth-id-jag+jwt`, `client-authentication+jwt`,
//! `token-introspection+jwt`, `txntoken+jwt`, `kb+jwt`, … Kinds that are older than `typ` are known by
//! their claims. A new use of tokens is a new variant and its row; rows must not overlap in what
//! they accept, or a token of one use could be presented for another.

use super::Claims;

/// What a token is to be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// A user's own access or identity token, presented as a bearer token to say who the user is.
    UserToken,
    /// What the platform of a workload says of it: of a Kubernetes service account, of a job, of a
    /// SPIFFE id. It is of the same form as a user's; for whom it is (`aud`) tells it from one.
    WorkloadToken,
}

/// A row of the table.
struct Row {
    /// Accepted values of `typ`, lower-case and without `application/`.
    types: &'static [&'static str],
    /// Whether a token without `typ` is accepted.
    typ_may_be_absent: bool,
    /// Claims that show a token of another kind, whatever their value.
    refused_claims: &'static [(&'static str, ForbiddenUse)],
}

const USER_TOKEN: Row = Row {
    // `JWT` is what most issuers write, in any case; `at+jwt` is RFC 9068 §2.1.
    types: &["jwt", "at+jwt"],
    typ_may_be_absent: true,
    refused_claims: &[
        ("events", ForbiddenUse::SecurityEvent),
        ("cnf", ForbiddenUse::SenderConstrained),
    ],
};

const WORKLOAD_TOKEN: Row = Row {
    // `JOSE` is what SPIFFE allows beside `JWT` (JWT-SVID §2.2).
    types: &["jwt", "jose"],
    typ_may_be_absent: true,
    refused_claims: USER_TOKEN.refused_claims,
};

impl Purpose {
    const fn row(self) -> &'static Row {
        match self {
            Self::UserToken => &USER_TOKEN,
            Self::WorkloadToken => &WORKLOAD_TOKEN,
        }
    }

    /// Whether a token with this `typ` and these claims may be used so.
    pub(super) fn check(self, typ: Option<&str>, claims: &Claims) -> Result<(), ForbiddenUse> {
        let row = self.row();
        let typ_is_accepted = match typ {
            None => row.typ_may_be_absent,
            Some(typ) => row.types.contains(&media_type(typ).as_str()),
        };
        if !typ_is_accepted {
            return Err(ForbiddenUse::Typ);
        }
        let refused = row.refused_claims.iter();
        let mut refused = refused.filter(|(claim, _)| claims.other(claim).is_some());
        refused.next().map_or(Ok(()), |(_, reason)| Err(*reason))
    }
}

/// Media types are compared without case, and `application/` may be left out (RFC 7515 §4.1.9). No
/// accepted type has another slash, so what is left of a longer one is none of them.
pub(super) fn media_type(typ: &str) -> String {
    let lower = typ.to_ascii_lowercase();
    lower
        .strip_prefix("application/")
        .map_or_else(|| lower.clone(), str::to_owned)
}

/// Why a token is not for this use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ForbiddenUse {
    /// `typ` is that of another kind of token, or unknown.
    #[error("a token of this `typ` is not accepted here: send an access token or an ID token")]
    Typ,
    /// `events`: a logout token or another security event (RFC 8417).
    #[error(
        "a security event or logout token is not accepted here: send an access token or an ID token"
    )]
    SecurityEvent,
    /// `cnf`: the token is bound to a key (RFC 7800, RFC 9449, RFC 8705) and presented without it.
    #[error(
        "the token is bound to its sender's key and was sent as a bearer token: request one without \
         DPoP or mutual TLS"
    )]
    SenderConstrained,
}
