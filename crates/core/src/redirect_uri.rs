//! Where an authorization server of ours sends a browser back to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Longest redirect URI, in bytes.
pub const REDIRECT_URI_BYTES_MAX: usize = 1024;

/// Schemes that a browser runs or shows itself: a code would never reach an application.
const FORBIDDEN_SCHEMES: [&str; 9] = [
    "about",
    "blob",
    "data",
    "file",
    "filesystem",
    "ftp",
    "javascript",
    "vbscript",
    "view-source",
];

/// An absolute URI without a fragment and without user information (RFC 6749 §3.1.2): `https`,
/// `http` on a loopback host, or a scheme of an application's own with a dot in its name (RFC 8252
/// §7.1). It is kept as it was written and compared byte by byte.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RedirectUri(String);

/// Why a text is no [`RedirectUri`]. Never the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRedirectUri {
    /// More than [`REDIRECT_URI_BYTES_MAX`].
    #[error("use a URI of at most 1024 bytes")]
    TooLong,
    /// Something else than visible ASCII, or what some parsers read as a slash or as an end.
    #[error("use visible ASCII without quotes, angle brackets and backslashes")]
    Character,
    /// RFC 6749 §3.1.2.
    #[error("use a URI without a fragment")]
    Fragment,
    /// No scheme, one that a browser keeps for itself, or one that any application could have.
    #[error(
        "use https, http on localhost or a loopback address, or a scheme of your application with a \
         dot in its name"
    )]
    Scheme,
    /// No host, or something before it.
    #[error("use a URI with a host and without user information")]
    Host,
}

impl RedirectUri {
    /// The URI as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a browser may be sent to `asked` because this is registered: it is the same text, or
    /// it differs in nothing but the port of a loopback host (RFC 8252 §7.3; `localhost` counts as
    /// one, because the agents' tools register it).
    pub fn allows(&self, asked: &Self) -> bool {
        if self.0 == asked.0 {
            return true;
        }
        match (self.loopback(), asked.loopback()) {
            (Some(registered), Some(asked)) => registered == asked,
            _ => false,
        }
    }

    /// Host and rest of an `http` URI on a loopback host, without the port.
    fn loopback(&self) -> Option<(&str, &str)> {
        let after = self.0.strip_prefix("http://")?;
        let (authority, rest) = split(after);
        let host = host_of(authority)?;
        is_loopback(host).then_some((host, rest))
    }

    /// What a person is shown of where the browser goes: the host with its port, or the scheme.
    pub fn shown(&self) -> &str {
        match self.0.split_once("://") {
            Some(("https" | "http", after)) => split(after).0,
            _ => self.0.split(':').next().unwrap_or(&self.0),
        }
    }
}

/// The authority, and what follows it.
fn split(after_scheme: &str) -> (&str, &str) {
    let end = after_scheme.find(['/', '?']).unwrap_or(after_scheme.len());
    after_scheme
        .split_at_checked(end)
        .unwrap_or((after_scheme, ""))
}

/// The host of an authority, without its port; none if it has none, or the port is no port.
fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(address) => {
            let length = address.find(']')?.checked_add(2)?;
            authority.split_at_checked(length)?
        }
        None => match authority.find(':') {
            Some(at) => authority.split_at_checked(at)?,
            None => (authority, ""),
        },
    };
    let is_port = match port.strip_prefix(':') {
        None => port.is_empty(),
        Some(digits) => digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse::<u16>().is_ok(),
    };
    (is_port && !host.is_empty()).then_some(host)
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "[::1]" | "localhost")
}

fn is_uri_byte(byte: u8) -> bool {
    byte.is_ascii_graphic()
        && !matches!(
            byte,
            b'"' | b'\'' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'
        )
}

impl FromStr for RedirectUri {
    type Err = InvalidRedirectUri;

    fn from_str(text: &str) -> Result<Self, InvalidRedirectUri> {
        use InvalidRedirectUri as Invalid;
        if text.len() > REDIRECT_URI_BYTES_MAX {
            return Err(Invalid::TooLong);
        }
        if !text.bytes().all(is_uri_byte) {
            return Err(Invalid::Character);
        }
        if text.contains('#') {
            return Err(Invalid::Fragment);
        }
        let (scheme, rest) = text.split_once(':').ok_or(Invalid::Scheme)?;
        match scheme {
            "https" | "http" => {
                let (authority, _) = split(rest.strip_prefix("//").ok_or(Invalid::Host)?);
                if authority.contains('@') {
                    return Err(Invalid::Host);
                }
                let host = host_of(authority).ok_or(Invalid::Host)?;
                if scheme == "http" && !is_loopback(host) {
                    return Err(Invalid::Scheme);
                }
            }
            // RFC 8252 §7.1: a name of a domain that the application's makers have, backwards. One
            // without a dot any application could claim.
            own => {
                let is_name = own.bytes().all(|b| {
                    b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+')
                });
                let begins = own.starts_with(|c: char| c.is_ascii_lowercase());
                let is_own = own.contains('.') && !FORBIDDEN_SCHEMES.contains(&own);
                if !(is_name && begins && is_own) || rest.is_empty() {
                    return Err(Invalid::Scheme);
                }
            }
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for RedirectUri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RedirectUri {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_uri_goes_to_an_application_and_nowhere_else() {
        for good in [
            "https://app.example/callback",
            "https://app.example",
            "https://app.example:8443/cb?tenant=a",
            "http://localhost/callback",
            "http://127.0.0.1:8080/cb",
            "http://[::1]/cb",
            "com.example.app:/callback",
        ] {
            assert!(good.parse::<RedirectUri>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "app.example/cb",
            "http://app.example/cb",
            "http://localhost.evil.example/cb",
            "https://user@app.example/cb",
            "https:///cb",
            "https:app.example",
            "https://app.example:port/cb",
            "https://app.example:99999/cb",
            "https://app.example/cb#part",
            "https://app.example\\@evil.example/",
            "https://app.example/ cb",
            "HTTPS://app.example/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "myapp:/callback",
            "com.example.app:",
        ] {
            assert!(bad.parse::<RedirectUri>().is_err(), "{bad}");
        }
    }

    #[test]
    fn only_the_port_of_a_loopback_host_may_differ() {
        let check = |registered: &str, asked: &str| {
            let registered: RedirectUri = registered.parse().unwrap();
            registered.allows(&asked.parse().unwrap())
        };
        assert!(check("https://a.example/cb", "https://a.example/cb"));
        assert!(check("http://localhost/cb", "http://localhost:51234/cb"));
        assert!(check("http://127.0.0.1:1/cb", "http://127.0.0.1:51234/cb"));
        assert!(check("http://[::1]/cb", "http://[::1]:51234/cb"));
        for (registered, asked) in [
            ("https://a.example/cb", "https://a.example/cb/"),
            ("https://a.example/cb", "https://a.example/CB"),
            ("https://a.example/cb", "https://a.example:443/cb"),
            ("https://a.example/cb", "https://a.example/cb?x"),
            ("https://a.example/cb", "https://a.example/%63b"),
            ("https://a.example/cb", "https://a.example.evil.example/cb"),
            ("http://localhost/cb", "http://127.0.0.1/cb"),
            ("http://localhost/cb", "http://localhost:1/other"),
            ("http://localhost/cb", "https://localhost/cb"),
        ] {
            assert!(!check(registered, asked), "{registered} {asked}");
        }
    }

    #[test]
    fn people_are_shown_the_host() {
        let shown = |text: &str| text.parse::<RedirectUri>().unwrap().shown().to_owned();
        assert_eq!(shown("https://app.example:8443/cb?x=y"), "app.example:8443");
        assert_eq!(shown("com.example.app:/cb"), "com.example.app");
    }
}
