//! The issuer whose tokens an authorizer takes, or the tenants of Microsoft's.
//!
//! Everybody's discovery document names its issuer, and a document speaks for the issuer of its own
//! URL ([`crate::oauth::metadata`]). Entra ID departs from that twice, and both are resolved here
//! without an exception there: the documents of `common` and `organizations` name a template, and
//! those of tokens of version 1.0 lie at another host than their issuer. So the issuer of an Entra
//! tenant is composed from the tenant's id, and its keys are found at that issuer's own document.

use super::issuer_profile::IssuerProfile;
use crate::oauth::issuer::{DiscoveryUrl, Issuer};

/// Where Entra ID signs users in and issues tokens of version 2.0, and who issues those of version 1.0.
const CLOUDS: &[(&str, &str)] = &[
    ("login.microsoftonline.com", "sts.windows.net"),
    ("login.microsoftonline.us", "sts.windows.net"),
    ("login.partner.microsoftonline.cn", "sts.chinacloudapi.cn"),
];
/// The tenant of personal accounts.
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

pub(super) fn is_login_host(host: &str) -> bool {
    CLOUDS.iter().any(|(login, _)| *login == host)
}

pub(super) fn is_sts_host(host: &str) -> bool {
    CLOUDS.iter().any(|(_, sts)| *sts == host)
}

/// Whether this is a GUID as issuers write it: lower case, with hyphens.
pub(super) fn is_guid(text: &str) -> bool {
    let mut lengths = [8, 4, 4, 4, 12].into_iter();
    text.split('-').all(|part| {
        lengths.next() == Some(part.len())
            && part
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    }) && lengths.next().is_none()
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TrustedIssuer {
    /// The one that the document at this URL names.
    Discovered {
        from: DiscoveryUrl,
        profile: IssuerProfile,
    },
    /// Tenants of Entra ID.
    Entra {
        host: &'static str,
        version: EntraVersion,
        tenants: Tenants,
    },
}

/// Of Entra ID's tokens. The application that the token is for decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntraVersion {
    V1,
    V2,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tenants {
    One(String),
    /// `common`.
    All,
    /// `organizations`: all but the one of personal accounts.
    Organizations,
}

/// A tenant that is named by its domain, or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoTenantId;

impl TrustedIssuer {
    pub(super) fn of(from: DiscoveryUrl) -> Result<Self, NoTenantId> {
        let rest = from.base().strip_prefix("https://").unwrap_or_default();
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        for (login, sts) in CLOUDS {
            if *login == host {
                return entra(login, sts, path);
            }
            if *sts == host {
                let tenants = Tenants::One(guid(path)?);
                return Ok(Self::Entra {
                    host: sts,
                    version: EntraVersion::V1,
                    tenants,
                });
            }
        }
        // What a URL leads to is an issuer, or nothing that a document could name.
        let profile = Issuer::parse(from.base())
            .map_or(IssuerProfile::Generic, |issuer| IssuerProfile::of(&issuer));
        Ok(Self::Discovered { from, profile })
    }

    pub(super) const fn profile(&self) -> IssuerProfile {
        match self {
            Self::Discovered { profile, .. } => *profile,
            Self::Entra {
                version: EntraVersion::V1,
                ..
            } => IssuerProfile::EntraIdV1,
            Self::Entra {
                version: EntraVersion::V2,
                ..
            } => IssuerProfile::EntraIdV2,
        }
    }

    /// Whether tokens of more than one tenant count: anybody may found one.
    pub(super) const fn is_many(&self) -> bool {
        match self {
            Self::Discovered { .. } => false,
            Self::Entra { tenants, .. } => !matches!(tenants, Tenants::One(_)),
        }
    }

    /// Where the document lies whose issuer is to be `iss`; none if that is none of those that count.
    pub(super) fn location(&self, iss: &str) -> Option<DiscoveryUrl> {
        match self {
            Self::Discovered { from, profile } => {
                let is_ours = from.speaks_for(iss) && profile.spells(iss);
                let is_ours = is_ours || profile.alias() == Some(iss);
                is_ours.then(|| from.clone())
            }
            Self::Entra { .. } => {
                self.tenant(iss)?;
                Issuer::parse(iss).ok()?.discovery_url().ok()
            }
        }
    }

    /// The tenant of Entra ID that `iss` names, if tokens of that tenant count.
    ///
    /// SECURITY: the template is compared as a whole, with a GUID in its place; held by
    /// `a_tenant_of_entra_id_is_the_one_in_its_issuer`.
    pub(super) fn tenant<'i>(&self, iss: &'i str) -> Option<&'i str> {
        let Self::Entra {
            host,
            version,
            tenants,
        } = self
        else {
            return None;
        };
        let path = iss
            .strip_prefix("https://")?
            .strip_prefix(host)?
            .strip_prefix('/')?;
        let tenant = match version {
            EntraVersion::V1 => path.strip_suffix('/')?,
            EntraVersion::V2 => path.strip_suffix("/v2.0")?,
        };
        let counts = match tenants {
            Tenants::One(id) => tenant == id,
            Tenants::All => true,
            Tenants::Organizations => tenant != CONSUMERS,
        };
        (counts && is_guid(tenant)).then_some(tenant)
    }
}

fn entra(login: &'static str, sts: &'static str, path: &str) -> Result<TrustedIssuer, NoTenantId> {
    let (tenant, host, version) = match path.strip_suffix("/v2.0") {
        Some(tenant) => (tenant, login, EntraVersion::V2),
        None => (path, sts, EntraVersion::V1),
    };
    let tenants = match tenant {
        "common" => Tenants::All,
        "organizations" => Tenants::Organizations,
        "consumers" => Tenants::One(CONSUMERS.to_owned()),
        other => Tenants::One(guid(other)?),
    };
    Ok(TrustedIssuer::Entra {
        host,
        version,
        tenants,
    })
}

/// An id in the URL may be written in capitals, which an issuer never does.
fn guid(text: &str) -> Result<String, NoTenantId> {
    let id = text.to_ascii_lowercase();
    if is_guid(&id) {
        Ok(id)
    } else {
        Err(NoTenantId)
    }
}
