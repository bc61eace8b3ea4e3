//! By what a session is known: its URI, and what only the browser has that went its way.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::digest::{Sha256, sha256, sha256_of_fields};

/// What a session's URI begins with (RFC 9126 §2.2).
pub const URI_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// What opens a session: whoever has the text may ask for it. Only its hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionUri(String);

impl SessionUri {
    /// The URI of these 32 random bytes.
    pub fn new(random: [u8; 32]) -> Self {
        let id = URL_SAFE_NO_PAD.encode(random);
        Self(format!("{URI_PREFIX}{id}"))
    }

    /// The URI that a caller wrote, if it has the form of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let id = text.strip_prefix(URI_PREFIX)?;
        let is_ours = id.len() == 43
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        is_ours.then(|| Self(text.to_owned()))
    }

    /// What a browser is sent back with: the URI, and what shows that it is the browser.
    pub fn returned(&self, proof: &BrowserProof) -> String {
        let proof = URL_SAFE_NO_PAD.encode(proof.0);
        format!("{}.{proof}", self.0)
    }

    /// The URI and the proof of a text that a browser was sent back with.
    pub fn parse_returned(text: &str) -> Option<(Self, BrowserProof)> {
        let (uri, proof) = text.rsplit_once('.')?;
        let proof = URL_SAFE_NO_PAD.decode(proof);
        let proof = BrowserProof(proof.ok()?.try_into().ok()?);
        Some((Self::parse(uri)?, proof))
    }

    /// The URI of either text.
    pub fn of_either(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| Self::parse_returned(text).map(|(uri, _)| uri))
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// By what the session is found.
    pub fn hash(&self) -> Sha256 {
        sha256(&[self.0.as_bytes()])
    }
}

impl fmt::Debug for SessionUri {
    /// Who reads a log does not open a session.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionUri([secret])")
    }
}

/// What only the browser has in which the link was opened: it is made of that browser's cookie, and
/// the browser brings it to where it is sent back to. Whoever merely knows the session's URI, as the
/// one does for whom it began, does not have it. Only its hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct BrowserProof(Sha256);

impl BrowserProof {
    /// The proof of the browser with this cookie.
    pub fn of_cookie(cookie: &[u8]) -> Self {
        Self(sha256_of_fields(&[b"procura browser proof v1", cookie]))
    }

    /// What is stored of it.
    pub fn hash(&self) -> Sha256 {
        sha256(&[&self.0])
    }
}

impl fmt::Debug for BrowserProof {
    /// Who reads a log ends no session.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrowserProof([secret])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_is_of_our_form_or_none() {
        let uri = SessionUri::new([7; 32]);
        assert_eq!(SessionUri::parse(uri.as_str()), Some(uri.clone()));
        assert_eq!(format!("{uri:?}"), "SessionUri([secret])");
        assert_eq!(SessionUri::parse(&format!("{URI_PREFIX}short")), None);
        assert_eq!(
            SessionUri::parse(&uri.as_str().replace("urn:", "URN:")),
            None
        );
    }

    #[test]
    fn what_a_browser_is_sent_back_with_is_the_uri_and_its_own_proof() {
        let (uri, proof) = (SessionUri::new([7; 32]), BrowserProof::of_cookie(b"cookie"));
        let text = uri.returned(&proof);
        let (found, shown) = SessionUri::parse_returned(&text).unwrap();
        assert_eq!((found.as_str(), shown.hash()), (uri.as_str(), proof.hash()));
        assert_ne!(BrowserProof::of_cookie(b"other").hash(), proof.hash());
        assert_eq!(SessionUri::of_either(&text), Some(uri.clone()));
        assert_eq!(SessionUri::of_either(uri.as_str()), Some(uri.clone()));
        // Neither half alone, nor anything before, between or after them.
        let (_, digits) = text.rsplit_once('.').unwrap();
        for other in [
            uri.as_str().to_owned(),
            digits.to_owned(),
            format!("{uri}.", uri = uri.as_str()),
            format!("{text}A"),
            format!("{text}="),
            format!("{text}.{digits}"),
            format!(" {text}"),
            text.replace(':', "%3A"),
        ] {
            assert!(SessionUri::parse_returned(&other).is_none(), "{other}");
        }
    }
}
