//! Which endpoints a credential provider's tokens come from.

use procura_core::vendor::{ConfigShape, Vendor};

use super::endpoint_url::{EndpointUrl, UrlError};
use super::issuer::{DiscoveryUrl, DiscoveryUrlError, Issuer};
use super::vendor_table::{self, Row};

/// Longest name of a tenant, in bytes: that of a domain.
pub const TENANT_BYTES_MAX: usize = 253;
/// The tenant of Microsoft Entra ID when none is named.
pub const TENANT_DEFAULT: &str = "common";

/// The endpoints of one authorization server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// Who issues; absent where the vendor states none.
    pub issuer: Option<Issuer>,
    /// Where a user consents.
    pub authorization: Option<EndpointUrl>,
    /// Where tokens come from.
    pub token: EndpointUrl,
    /// Where tokens are revoked (RFC 7009).
    pub revocation: Option<EndpointUrl>,
}

/// Where the endpoints come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndpointSource {
    /// They are known.
    Known(Endpoints),
    /// They stand in a document that is fetched when a token is first needed.
    Discovered(DiscoveryUrl),
}

/// What whoever makes a provider says of its endpoints.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Supplied<'a> {
    /// `issuer`.
    pub issuer: Option<&'a str>,
    /// `authorizationEndpoint`.
    pub authorization_endpoint: Option<&'a str>,
    /// `tokenEndpoint`.
    pub token_endpoint: Option<&'a str>,
}

/// Why there are no endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointsError {
    /// The vendor's endpoints are in our table.
    #[error("leave {0} out: the endpoints of this vendor are known")]
    Fixed(&'static str),
    /// The vendor's endpoints are each customer's own.
    #[error(
        "name {0}: this vendor needs issuer, authorizationEndpoint and tokenEndpoint, or the issuer alone"
    )]
    Missing(&'static str),
    /// A tenant where there are none.
    #[error("leave tenantId out: this vendor has no tenants")]
    NoTenants,
    /// Something else than letters, digits, hyphens and single dots.
    #[error("use the id or the domain of the tenant: letters, digits, hyphens and single dots")]
    Tenant,
    /// Not the URL of an endpoint.
    #[error("{member}: {error}")]
    Url {
        /// Which of [`Supplied`].
        member: &'static str,
        /// The rule that is broken.
        error: UrlError,
    },
    /// No URL of metadata follows from the issuer.
    #[error("issuer: {0}")]
    Discovery(#[from] DiscoveryUrlError),
}

/// The endpoints of a provider of `vendor`. A custom provider with a discovery URL does not come
/// here: see [`DiscoveryUrl::parse`].
///
/// # Errors
/// Something is missing, superfluous or malformed.
pub fn endpoints(
    vendor: Vendor,
    tenant: Option<&str>,
    supplied: Supplied<'_>,
) -> Result<EndpointSource, EndpointsError> {
    let shape = vendor.shape();
    if tenant.is_some() && shape != ConfigShape::Microsoft {
        return Err(EndpointsError::NoTenants);
    }
    match shape {
        ConfigShape::Custom | ConfigShape::IncludedTenant => from_supplied(supplied),
        ConfigShape::Own | ConfigShape::Microsoft | ConfigShape::IncludedFixed => {
            let superfluous = [
                ("issuer", supplied.issuer),
                ("authorizationEndpoint", supplied.authorization_endpoint),
                ("tokenEndpoint", supplied.token_endpoint),
            ];
            if let Some((member, _)) = superfluous.iter().find(|(_, value)| value.is_some()) {
                return Err(EndpointsError::Fixed(member));
            }
            from_row(vendor_table::row(vendor), tenant.unwrap_or(TENANT_DEFAULT))
        }
    }
}

fn from_supplied(supplied: Supplied<'_>) -> Result<EndpointSource, EndpointsError> {
    let issuer = supplied.issuer.ok_or(EndpointsError::Missing("issuer"))?;
    let issuer = issuer_of("issuer", issuer)?;
    match (supplied.authorization_endpoint, supplied.token_endpoint) {
        (None, None) => Ok(EndpointSource::Discovered(issuer.discovery_url()?)),
        (None, Some(_)) => Err(EndpointsError::Missing("authorizationEndpoint")),
        (Some(_), None) => Err(EndpointsError::Missing("tokenEndpoint")),
        (Some(authorization), Some(token)) => Ok(EndpointSource::Known(Endpoints {
            issuer: Some(issuer),
            authorization: Some(url_of("authorizationEndpoint", authorization)?),
            token: url_of("tokenEndpoint", token)?,
            revocation: None,
        })),
    }
}

fn from_row(row: &Row, tenant: &str) -> Result<EndpointSource, EndpointsError> {
    if !is_tenant(tenant) {
        return Err(EndpointsError::Tenant);
    }
    let filled = |template: &str| template.replace("{tenant}", tenant);
    let optional = |member, template: Option<&str>| {
        template
            .map(|template| url_of(member, &filled(template)))
            .transpose()
    };
    let token = row
        .token_endpoint
        .ok_or(EndpointsError::Missing("tokenEndpoint"))?;
    Ok(EndpointSource::Known(Endpoints {
        issuer: row
            .issuer
            .map(|template| issuer_of("issuer", &filled(template)))
            .transpose()?,
        authorization: optional("authorizationEndpoint", row.authorization_endpoint)?,
        token: url_of("tokenEndpoint", &filled(token))?,
        revocation: optional("revocationEndpoint", row.revocation_endpoint)?,
    }))
}

/// SECURITY: a tenant becomes part of a path. Held by `a_tenant_stays_one_segment_of_the_path`.
fn is_tenant(text: &str) -> bool {
    text.len() <= TENANT_BYTES_MAX
        && text.split('.').all(|label| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}

fn url_of(member: &'static str, text: &str) -> Result<EndpointUrl, EndpointsError> {
    EndpointUrl::parse(text).map_err(|error| EndpointsError::Url { member, error })
}

fn issuer_of(member: &'static str, text: &str) -> Result<Issuer, EndpointsError> {
    Issuer::parse(text).map_err(|error| EndpointsError::Url { member, error })
}

#[cfg(test)]
mod tests;
