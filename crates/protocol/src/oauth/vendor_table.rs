//! What is known of each vendor, as data.
//!
//! A row is as good as its [`Evidence`]: where the vendor's own page or code was read, it is named
//! with the day; everything else is the best value that is known and says so.

use std::fmt;

use procura_core::vendor::Vendor;

use super::authentication_method::AuthenticationMethod;
use procura_core::scope::ScopeSeparator;

mod quirks;
mod rows;

pub use self::quirks::{
    Fact, MissingLife, Quirks, RenewalScopes, Reuse, RevocationForm, Rotation, Switches, quirks,
    quirks_tally, renewal_ends_token, switches,
};

/// One vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The vendor.
    pub vendor: Vendor,
    /// Its issuer, where there is one for all customers. `{tenant}` stands for a tenant.
    pub issuer: Option<&'static str>,
    /// Its authorization endpoint, as above.
    pub authorization_endpoint: Option<&'static str>,
    /// Its token endpoint, as above.
    pub token_endpoint: Option<&'static str>,
    /// Its revocation endpoint, if it has one in the form of RFC 7009.
    pub revocation_endpoint: Option<&'static str>,
    /// Where it publishes metadata, if it does.
    pub discovery_url: Option<&'static str>,
    /// How a client authenticates unless it is told otherwise.
    pub authentication: AuthenticationMethod,
    /// Where it departs from RFC 6749.
    pub dialect: Dialect,
    /// What the two endpoints rest on: the authorization endpoint and the token endpoint. The other
    /// members are what is known, whatever this says.
    pub evidence: Evidence,
}

/// Where a vendor's requests and replies depart from RFC 6749.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Between the scopes of a request (RFC 6749 §3.3: a space).
    pub request_separator: ScopeSeparator,
    /// Between the scopes of a reply.
    pub reply_separator: ScopeSeparator,
    /// Values of `token_type` that mean a bearer token beside `Bearer` itself.
    pub bearer_words: &'static [&'static str],
    /// Whether a reply without `token_type` is taken as a bearer token (RFC 6749 §5.1: it is
    /// required).
    pub token_type_optional: bool,
    /// Where a user's token stands in a reply.
    pub token_place: TokenPlace,
    /// Whether a member `ok` that is not `true` makes a reply a refusal, whatever its status.
    pub says_ok: bool,
    /// Other spellings of its issuer in an `id_token`.
    pub issuer_aliases: &'static [&'static str],
}

/// Where a user's token stands in a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenPlace {
    /// RFC 6749 §5.1: among the members of the reply.
    Top,
    /// In the object `authed_user`, with its own type, scopes and life; where that has no token, as
    /// above. What stands beside it is another's token, and is not kept.
    AuthedUser,
}

impl Dialect {
    /// RFC 6749 as written.
    pub const STANDARD: Self = Self {
        request_separator: ScopeSeparator::Space,
        reply_separator: ScopeSeparator::Space,
        bearer_words: &[],
        token_type_optional: false,
        token_place: TokenPlace::Top,
        says_ok: false,
        issuer_aliases: &[],
    };
}

/// What a row rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// The vendor's own documentation or code was read, and states both endpoints.
    Read {
        /// The pages, or the files at the commit that was read. More than one where each states one
        /// part.
        pages: &'static [&'static str],
        /// The day, as `YYYY-MM-DD`.
        on: &'static str,
    },
    /// The best values that are known. Nobody has compared them with the vendor's pages.
    Unverified,
    /// Whoever makes the provider supplies the endpoints; there is nothing to read.
    Supplied,
}

/// How many rows or facts rest on what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// [`Evidence::Read`].
    pub read: usize,
    /// [`Evidence::Unverified`].
    pub unverified: usize,
    /// [`Evidence::Supplied`].
    pub supplied: usize,
}

impl Tally {
    fn of(all: impl Iterator<Item = Evidence>) -> Self {
        let mut tally = Self {
            read: 0,
            unverified: 0,
            supplied: 0,
        };
        for evidence in all {
            let count = match evidence {
                Evidence::Read { .. } => &mut tally.read,
                Evidence::Unverified => &mut tally.unverified,
                Evidence::Supplied => &mut tally.supplied,
            };
            *count = count.saturating_add(1);
        }
        tally
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            read,
            unverified,
            supplied,
        } = self;
        write!(
            f,
            "{read} read, {unverified} unverified, {supplied} supplied"
        )
    }
}

/// What is known of a vendor.
pub const fn row(vendor: Vendor) -> &'static Row {
    rows::row(vendor)
}

/// Counts the evidence of all rows.
pub fn tally() -> Tally {
    let rows = Vendor::ALL.into_iter();
    Tally::of(rows.map(|vendor| row(vendor).evidence))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::endpoint_url::EndpointUrl;

    #[test]
    fn the_evidence_is_counted() {
        assert_eq!(tally().to_string(), "12 read, 5 unverified, 8 supplied");
    }

    #[test]
    fn every_row_is_its_vendors_and_its_urls_have_the_form() {
        for vendor in Vendor::ALL {
            let row = row(vendor);
            assert_eq!(row.vendor, vendor);
            let urls = [
                row.issuer,
                row.authorization_endpoint,
                row.token_endpoint,
                row.revocation_endpoint,
                row.discovery_url,
            ];
            for url in urls.into_iter().flatten() {
                let url = EndpointUrl::parse(&url.replace("{tenant}", "common")).unwrap();
                assert!(url.is_https(), "{vendor:?}");
            }
            let supplied = row.evidence == Evidence::Supplied;
            assert_eq!(row.token_endpoint.is_none(), supplied, "{vendor:?}");
            assert_eq!(row.authorization_endpoint.is_none(), supplied, "{vendor:?}");
        }
    }

    #[test]
    fn what_was_read_is_named_with_its_day() {
        for vendor in Vendor::ALL {
            if let Evidence::Read { pages, on } = row(vendor).evidence {
                assert!(!pages.is_empty());
                assert!(pages.iter().all(|page| page.starts_with("https://")));
                assert_eq!(on, "2026-11-22");
            }
        }
    }
}
