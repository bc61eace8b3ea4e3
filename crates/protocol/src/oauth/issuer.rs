//! Issuers, and where their metadata lies.

use std::fmt;

use super::endpoint_url::{EndpointUrl, UrlError};

/// The identifier of an authorization server (RFC 8414 §2): a URL without query and fragment.
/// Compared byte for byte, never normalised.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Issuer(EndpointUrl);

impl Issuer {
    /// An issuer that an administrator or a table of ours names. What a document says of itself
    /// becomes one only in [`super::metadata::parse`].
    ///
    /// # Errors
    /// The text has not the form.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let url = EndpointUrl::parse(text)?;
        if url.has_query() {
            return Err(UrlError::Query);
        }
        Ok(Self(url))
    }

    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Where OpenID Connect Discovery 1.0 §4 puts its metadata.
    ///
    /// # Errors
    /// The URL would be too long.
    pub fn discovery_url(&self) -> Result<DiscoveryUrl, DiscoveryUrlError> {
        let base = self.as_str();
        let base = base.strip_suffix('/').unwrap_or(base);
        DiscoveryUrl::parse(&format!("{base}{OPENID}"))
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Issuer({})", self.as_str())
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

const OPENID: &str = "/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server";

/// The URL of an authorization server's metadata. Which issuer it may speak for follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DiscoveryUrl {
    url: EndpointUrl,
    /// The issuer without a terminating slash.
    base: String,
}

/// Why a text is not a [`DiscoveryUrl`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoveryUrlError {
    /// Not the URL of an endpoint.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// No well-known part.
    #[error(
        "use a URL with /.well-known/openid-configuration or /.well-known/oauth-authorization-server"
    )]
    NotWellKnown,
    /// Path before and after the well-known part: two issuers are possible.
    #[error("put the path of the issuer before or after the well-known part, not both")]
    TwoPaths,
}

impl DiscoveryUrl {
    /// Takes the URL of a discovery document. Three forms are known, and each gives one issuer:
    /// `ISSUER/.well-known/openid-configuration` (OpenID Connect Discovery 1.0 §4), the same with
    /// `oauth-authorization-server`, and the well-known part put between host and path (RFC 8414
    /// §3.1 and §5).
    ///
    /// # Errors
    /// The text has none of the forms.
    pub fn parse(text: &str) -> Result<Self, DiscoveryUrlError> {
        let url = EndpointUrl::parse(text)?;
        if url.has_query() {
            return Err(UrlError::Query.into());
        }
        let path = url.after_origin();
        let (before, after) = [OPENID, OAUTH]
            .into_iter()
            .find_map(|part| path.split_once(part))
            .ok_or(DiscoveryUrlError::NotWellKnown)?;
        if !after.is_empty() && !after.starts_with('/') || after.contains("/.well-known/") {
            return Err(DiscoveryUrlError::NotWellKnown);
        }
        // A path of slashes only would give an issuer that no rule of the RFCs leads to.
        if !before.is_empty() && !after.is_empty() || after == "/" || before.ends_with('/') {
            return Err(DiscoveryUrlError::TwoPaths);
        }
        let base = format!("{}{before}{after}", url.origin());
        let base = base.strip_suffix('/').unwrap_or(&base).to_owned();
        Ok(Self { url, base })
    }

    /// The URL to fetch.
    pub const fn url(&self) -> &EndpointUrl {
        &self.url
    }

    /// The issuer without a terminating slash.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Whether a document from this URL may name `issuer`: RFC 8414 §3.3 and OpenID Connect
    /// Discovery 1.0 §4.3, byte for byte. Both RFCs take a terminating slash off the issuer before
    /// they build the URL, so an issuer with one and an issuer without have the same URL; Auth0's
    /// has one, Google's has none.
    pub fn speaks_for(&self, issuer: &str) -> bool {
        issuer.strip_suffix('/').unwrap_or(issuer) == self.base
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_discovery_url_speaks_for_one_issuer() {
        let cases = [
            ("https://h/.well-known/openid-configuration", "https://h"),
            ("https://h/.well-known/openid-configuration", "https://h/"),
            (
                "https://h/a/.well-known/openid-configuration",
                "https://h/a",
            ),
            (
                "https://h/.well-known/openid-configuration/a",
                "https://h/a",
            ),
            (
                "https://h/.well-known/oauth-authorization-server",
                "https://h",
            ),
            (
                "https://h:8443/.well-known/oauth-authorization-server/a/b",
                "https://h:8443/a/b",
            ),
            (
                "https://h/a/.well-known/oauth-authorization-server",
                "https://h/a",
            ),
        ];
        for (url, issuer) in cases {
            let discovery = DiscoveryUrl::parse(url).unwrap();
            assert!(discovery.speaks_for(issuer), "{url} {issuer}");
            for other in [
                "https://H",
                "http://h",
                "https://h/b",
                "https://h//",
                "https://h.evil",
                "",
            ] {
                assert!(!discovery.speaks_for(other), "{url} {other}");
            }
        }
    }

    #[test]
    fn other_urls_are_no_discovery_urls() {
        let cases = [
            "https://h/",
            "https://h/openid-configuration",
            "https://h/.well-known/openid-configurationx",
            "https://h/a/.well-known/openid-configuration/b",
            "https://h/.well-known/openid-configuration/",
            "https://h//.well-known/openid-configuration",
            "https://h/.well-known/openid-configuration?p=a",
            "https://h/.well-known/openid-configuration/.well-known/openid-configuration",
            "file:///.well-known/openid-configuration",
        ];
        for url in cases {
            assert!(DiscoveryUrl::parse(url).is_err(), "{url}");
        }
    }

    #[test]
    fn an_issuer_leads_to_its_metadata_and_back() {
        for text in ["https://h", "https://h/", "https://h/a", "https://h/a/"] {
            let issuer = Issuer::parse(text).unwrap();
            assert!(issuer.discovery_url().unwrap().speaks_for(text));
        }
        assert_eq!(Issuer::parse("https://h?a").unwrap_err(), UrlError::Query);
    }
}
