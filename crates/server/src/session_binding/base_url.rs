//! Where browsers reach the service: an origin, secure or on this machine.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use procura_protocol::egress::{OutboundUrl, Scheme};

/// The origin of the service: `https://host[:port]`, or `http://` on loopback. There is no path, so
/// that its cookies are those of the whole origin (`__Host-`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    /// Without a slash at the end.
    origin: String,
    /// What a browser sends in `Host`.
    authority: String,
    scheme: Scheme,
    port: u16,
}

/// The text is no [`BaseUrl`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "use https://HOST or https://HOST:PORT without a path; http:// is for 127.0.0.1, [::1] and \
     localhost only"
)]
pub struct InvalidBaseUrl;

impl FromStr for BaseUrl {
    type Err = InvalidBaseUrl;

    fn from_str(text: &str) -> Result<Self, InvalidBaseUrl> {
        let url: OutboundUrl = text.parse().map_err(|_| InvalidBaseUrl)?;
        let origin = url.url().origin().ascii_serialization();
        let is_here = url.host() == "localhost"
            || url
                .literal()
                .map(|address| address.ip())
                .is_some_and(|ip: IpAddr| ip.is_loopback());
        if url.as_str() != format!("{origin}/") || (url.scheme() == Scheme::Http && !is_here) {
            return Err(InvalidBaseUrl);
        }
        let (_, authority) = origin.split_once("://").ok_or(InvalidBaseUrl)?;
        Ok(Self {
            authority: authority.to_owned(),
            scheme: url.scheme(),
            port: url.port(),
            origin,
        })
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

impl BaseUrl {
    /// The page to which users come back: what [`procura_app::start::StartConfig::binding_page`] is
    /// set to.
    pub fn page(&self) -> String {
        format!("{}{}", self.origin, super::visit::LINKED)
    }

    /// Where the OpenID Connect provider sends users back to: to be registered there, to the letter.
    pub fn redirect_uri(&self) -> String {
        format!("{}{}", self.origin, super::visit::CALLBACK)
    }

    /// Whether it is https.
    pub(super) fn is_secure(&self) -> bool {
        self.scheme == Scheme::Https
    }

    /// The port, which tells cookies apart where the origin is not secure: browsers share them
    /// between the ports of a host.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// What a browser that means this origin sends in `Host`.
    pub(super) fn authority(&self) -> &str {
        &self.authority
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_secure_or_on_this_machine() {
        for good in [
            "https://bind.example",
            "https://bind.example:8443",
            "http://127.0.0.1:9404",
            "http://[::1]:9404",
            "http://localhost:9404",
        ] {
            let url: BaseUrl = good.parse().unwrap();
            assert_eq!(url.page(), format!("{good}/linked"));
        }
        for bad in [
            "http://bind.example",
            "http://10.0.0.1:9404",
            "https://bind.example/a",
            "https://bind.example/?a",
            "https://user@bind.example",
            "bind.example",
            "",
        ] {
            assert_eq!(bad.parse::<BaseUrl>(), Err(InvalidBaseUrl), "{bad}");
        }
    }
}
