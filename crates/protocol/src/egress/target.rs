//! A URL that may be called: read strictly, so that what was checked is what is called.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use url::{Host, Url};

/// Longest URL, in bytes.
const URL_BYTES_MAX: usize = 2_048;
/// Longest host name, in bytes (RFC 1035 §2.3.4, without the length bytes).
const HOST_BYTES_MAX: usize = 253;

/// How a target is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// In the clear.
    Http,
    /// Over TLS.
    Https,
}

impl Scheme {
    /// The port where the URL names none.
    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// An http or https URL without user, password and fragment, in the spelling that is sent.
///
/// The WHATWG parser repairs much in silence (white space, backslashes, dot segments, empty ports,
/// names that are not ASCII). Two readers that repair differently see two targets, so a text that
/// would be repaired is refused. What is taken in other spellings: the case of scheme and host, a
/// port that is the default, a missing `/`, and the number forms of an IPv4 address, which end up as
/// that address.
///
/// `Debug` shows the authority only: paths and queries may carry secrets.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OutboundUrl {
    url: Url,
    scheme: Scheme,
    host: String,
    address: Option<IpAddr>,
    port: u16,
}

/// Why a text is not a URL that may be called. It never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUrl {
    /// Longer than 2,048 bytes.
    #[error("a URL has at most {URL_BYTES_MAX} bytes; use a shorter one")]
    TooLong,
    /// Control characters, white space, a backslash, or bytes that are not ASCII (RFC 3986 §2).
    #[error(
        "a URL has no white space, control characters, backslashes or letters outside of ASCII; \
         percent-encode them, and write an international host name in its xn-- form"
    )]
    Characters,
    /// Another scheme, or not `scheme://`.
    #[error("a URL begins with https:// (or http:// where the operator allows it)")]
    Scheme,
    /// `user:password@`.
    #[error("a URL carries no user or password; configure credentials on their own")]
    UserInfo,
    /// `#…`
    #[error("a URL that is called has no fragment; leave out what begins with #")]
    Fragment,
    /// No host, or one that is neither an address nor a host name.
    #[error(
        "the host of a URL is an IP address without a zone, or a name of letters, digits, hyphens \
         and dots that does not end with a dot"
    )]
    Host,
    /// Empty, zero, or above 65535.
    #[error("the port of a URL is a number from 1 to 65535; leave out the colon for the default")]
    Port,
    /// Dot segments, or characters that a URL carries percent-encoded.
    #[error("write the path and query of a URL percent-encoded and without dot segments")]
    Repaired,
}

impl FromStr for OutboundUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        if text.len() > URL_BYTES_MAX {
            return Err(InvalidUrl::TooLong);
        }
        if !text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') {
            return Err(InvalidUrl::Characters);
        }
        if text.contains('#') {
            return Err(InvalidUrl::Fragment);
        }
        let (scheme, rest) = split_scheme(text).ok_or(InvalidUrl::Scheme)?;
        let (authority, tail) = match rest.find(['/', '?']) {
            Some(at) => rest.split_at_checked(at).ok_or(InvalidUrl::Host)?,
            None => (rest, ""),
        };
        check_authority(authority)?;
        let url = Url::parse(text).map_err(|error| match error {
            url::ParseError::InvalidPort => InvalidUrl::Port,
            _ => InvalidUrl::Host,
        })?;
        if !is_sent_as_written(&url, tail) {
            return Err(InvalidUrl::Repaired);
        }
        let (host, address) = match url.host().ok_or(InvalidUrl::Host)? {
            Host::Domain(name) if is_host_name(name) => (name.to_owned(), None),
            Host::Domain(_) => return Err(InvalidUrl::Host),
            Host::Ipv4(v4) => (v4.to_string(), Some(IpAddr::V4(v4))),
            Host::Ipv6(v6) => (format!("[{v6}]"), Some(IpAddr::V6(v6))),
        };
        let port = url.port().unwrap_or(scheme.default_port());
        if port == 0 {
            return Err(InvalidUrl::Port);
        }
        Ok(Self {
            url,
            scheme,
            host,
            address,
            port,
        })
    }
}

impl OutboundUrl {
    /// The URL, in the spelling that is sent. It may carry secrets: not for logs.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// The URL, as the HTTP client takes it.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// In the clear or over TLS.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host in lower case; an IPv6 address in brackets. Safe in logs and errors: letters,
    /// digits and `-_.:[]` only.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, named or the scheme's own.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `host:port`, the port always there.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Where it leads, if the host is an address and not a name.
    pub fn literal(&self) -> Option<SocketAddr> {
        Some(SocketAddr::new(self.address?, self.port))
    }
}

impl fmt::Debug for OutboundUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OutboundUrl({:?} {})", self.scheme, self.authority())
    }
}

/// The scheme, and what stands after `://`.
fn split_scheme(text: &str) -> Option<(Scheme, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    if scheme.eq_ignore_ascii_case("https") {
        Some((Scheme::Https, rest))
    } else if scheme.eq_ignore_ascii_case("http") {
        Some((Scheme::Http, rest))
    } else {
        None
    }
}

/// What the parser would take out of an authority, or decode in it, without a word.
fn check_authority(authority: &str) -> Result<(), InvalidUrl> {
    if authority.contains('@') {
        return Err(InvalidUrl::UserInfo);
    }
    if authority.is_empty() || authority.starts_with(':') || authority.contains('%') {
        return Err(InvalidUrl::Host);
    }
    if authority.ends_with(':') {
        return Err(InvalidUrl::Port);
    }
    Ok(())
}

/// Whether path and query stand in the URL as they stood in the text.
fn is_sent_as_written(url: &Url, tail: &str) -> bool {
    let (path, query) = match tail.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (tail, None),
    };
    let path = if path.is_empty() { "/" } else { path };
    url.path() == path && url.query() == query
}

/// RFC 1123 §2.1, and the underscore, which names inside of clusters have.
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
    };
    name.len() <= HOST_BYTES_MAX && name.split('.').all(is_label)
}
