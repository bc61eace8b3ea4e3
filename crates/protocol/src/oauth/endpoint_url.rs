//! The URL of an endpoint, by its form alone.
//!
//! Where it leads is another question: whether an address may be called is decided after its host
//! was resolved, by whoever makes the call. What is decided here is that a URL has one reading.

use std::fmt;

use url::{Host, Url};

/// Longest URL, in bytes.
pub const URL_BYTES_MAX: usize = 2048;

/// An absolute `https` or `http` URL without user information and fragment, in a form that every
/// parser reads alike. Keeps the text as it was given, because issuers are compared byte for byte.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointUrl {
    text: String,
}

/// Why a text is not an [`EndpointUrl`]. Never the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// More than [`URL_BYTES_MAX`] bytes.
    #[error("use a URL of at most 2048 bytes")]
    TooLong,
    /// Something else than visible ASCII, or one of `"<>\^{|}` and the backquote.
    #[error("use visible ASCII characters only; write others in percent or punycode form")]
    Character,
    /// Neither `https://` nor `http://`.
    #[error("use an absolute URL that begins with https:// (or http:// where that is allowed)")]
    Scheme,
    /// No host.
    #[error("use a URL with a host")]
    NoHost,
    /// `user@`, also an empty one.
    #[error("use a URL without user information")]
    UserInformation,
    /// RFC 6749 §3.1 and §3.2: endpoints have no fragment.
    #[error("use a URL without a fragment")]
    Fragment,
    /// Another spelling is the normal one: dot segments, numbers that are read as an IPv4 address.
    #[error("write the URL in its normal form: no dot segments, addresses as four decimal numbers")]
    NotNormal,
    /// RFC 8414 §2: an issuer has no query; neither has the URL of its metadata.
    #[error("use a URL without a query")]
    Query,
}

impl EndpointUrl {
    /// Takes a URL if it has the form.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        if text.len() > URL_BYTES_MAX {
            return Err(UrlError::TooLong);
        }
        if !text.bytes().all(is_url_byte) {
            return Err(UrlError::Character);
        }
        let (authority, _) = split(text).ok_or(UrlError::Scheme)?;
        if text.contains('#') {
            return Err(UrlError::Fragment);
        }
        if authority.contains('@') {
            return Err(UrlError::UserInformation);
        }
        if authority.is_empty() {
            return Err(UrlError::NoHost);
        }
        let url = Url::parse(text).map_err(|_| UrlError::NoHost)?;
        if normal(text) != Some(url.as_str().to_owned()) {
            return Err(UrlError::NotNormal);
        }
        Ok(Self {
            text: text.to_owned(),
        })
    }

    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the scheme is `https`.
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }

    /// Whether there is a query, also an empty one.
    pub fn has_query(&self) -> bool {
        self.text.contains('?')
    }

    /// The host in lower case, an IPv6 address in brackets.
    pub fn host(&self) -> String {
        Url::parse(&self.text)
            .ok()
            .and_then(|url| url.host().map(|host: Host<&str>| host.to_string()))
            .unwrap_or_default()
    }

    /// Scheme, host and port, as given.
    pub(crate) fn origin(&self) -> &str {
        let rest = split(&self.text).map_or(0, |(_, rest)| rest.len());
        let end = self.text.len().saturating_sub(rest);
        self.text.get(..end).unwrap_or(&self.text)
    }

    /// What follows [`Self::origin`].
    pub(crate) fn after_origin(&self) -> &str {
        split(&self.text).map_or("", |(_, rest)| rest)
    }
}

/// RFC 3986 §2: what may stand in a URI, `%` and the delimiters included. A backslash is a slash to
/// some parsers, and control characters vanish in others.
fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_graphic()
        && !matches!(
            byte,
            b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'
        )
}

/// The authority, and what follows it. The scheme in lower case and exactly two slashes.
fn split(text: &str) -> Option<(&str, &str)> {
    let after = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))?;
    let end = after.find(['/', '?', '#']).unwrap_or(after.len());
    after.split_at_checked(end)
}

/// The text with what may differ from the parser's own spelling levelled: the case of the host, a
/// default port, an absent path. Everything else must be as the parser writes it.
fn normal(text: &str) -> Option<String> {
    let (authority, rest) = split(text)?;
    let (scheme, port) = if text.starts_with("https://") {
        ("https://", ":443")
    } else {
        ("http://", ":80")
    };
    let authority = authority.to_ascii_lowercase();
    let authority = authority.strip_suffix(port).unwrap_or(&authority);
    let slash = if rest.starts_with('/') { "" } else { "/" };
    Some(format!("{scheme}{authority}{slash}{rest}"))
}

impl fmt::Debug for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EndpointUrl({})", self.text)
    }
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_taken_is_what_would_be_called(
            text in "https?:/{1,3}[a-zA-Z0-9.@:%\\\\\\[\\]#?-]{0,16}(/[ -~]{0,16})?",
        ) {
            if let Ok(taken) = EndpointUrl::parse(&text) {
                let called = Url::parse(taken.as_str()).unwrap();
                let host = taken.host();
                prop_assert_eq!(Some(host.as_str()), called.host_str());
                prop_assert!(called.username().is_empty() && called.password().is_none());
                let written = text.to_ascii_lowercase();
                prop_assert!(written.contains(&host), "{}", text);
            }
        }
    }

    #[test]
    fn a_url_of_the_form_keeps_its_text() {
        for text in [
            "https://accounts.google.com",
            "https://tenant.auth0.com/",
            "https://Login.Example.com:443/realms/a%20b/token?x=1&y",
            "http://127.0.0.1:8080/token",
            "https://[2001:db8::1]:8443/token",
            "https://xn--bcher-kva.example/~a/b,c;d",
            "https://host?only=query",
        ] {
            assert_eq!(EndpointUrl::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_two_parsers_could_read_differently_is_refused() {
        let cases = [
            ("", UrlError::Scheme),
            ("file:///etc/passwd", UrlError::Scheme),
            ("javascript:alert(1)", UrlError::Scheme),
            ("--flag", UrlError::Scheme),
            ("$(x)", UrlError::Scheme),
            ("a:$(x)", UrlError::Scheme),
            ("HTTPS://host/", UrlError::Scheme),
            ("https:host", UrlError::Scheme),
            ("//host/", UrlError::Scheme),
            ("https:///host/", UrlError::NoHost),
            ("https://", UrlError::NoHost),
            ("https://:443/", UrlError::NoHost),
            ("https://host/\r\nX: y", UrlError::Character),
            ("https://host/\ta", UrlError::Character),
            (" https://host/", UrlError::Character),
            ("https://h\\@evil/", UrlError::Character),
            ("https://b\u{fc}cher.example/", UrlError::Character),
            ("https://user@host/", UrlError::UserInformation),
            ("https://user:password@host/", UrlError::UserInformation),
            ("https://@host/", UrlError::UserInformation),
            ("https://host/#a", UrlError::Fragment),
            ("https://host/#", UrlError::Fragment),
            ("https://host/a/../b", UrlError::NotNormal),
            ("https://host/%2e%2e/b", UrlError::NotNormal),
            ("https://127.1/", UrlError::NotNormal),
            ("https://0x7f000001/", UrlError::NotNormal),
            ("https://2130706433/", UrlError::NotNormal),
            ("https://host:0443/", UrlError::NotNormal),
            ("https://host:99999/", UrlError::NoHost),
            ("https://h%6fst/", UrlError::NotNormal),
        ];
        for (text, error) in cases {
            assert_eq!(EndpointUrl::parse(text).unwrap_err(), error, "{text:?}");
        }
        let long = format!("https://host/{}", "a".repeat(URL_BYTES_MAX));
        assert_eq!(EndpointUrl::parse(&long).unwrap_err(), UrlError::TooLong);
    }
}
