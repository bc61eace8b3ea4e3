//! What the service remembers: in the browser, sealed, for a while.
//!
//! A cookie is bound to its name and to the origin: one that is put under another name, or that
//! another installation sealed under the same key, does not open.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::header::{HeaderMap, HeaderValue};
use procura_core::digest::{
    Sha256, constant_time_eq, hmac_sha256, length_prefixed, sha256_of_fields,
};
use procura_core::entropy::{OsEntropy, random_bytes};
use procura_core::error::Error;
use procura_core::id::{DeploymentId, KeyId};
use procura_core::sealing::{self, Location, Sealed, SealingKey, Subject};
use procura_core::secret::Plain;
use procura_core::secret::kind::{BrowserState, CookieKey};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::base_url::BaseUrl;
use crate::browser;

/// The longest value that browsers are sure to keep, with a name and attributes of ours beside it,
/// in bytes (RFC 6265 §6.1).
const VALUE_BYTES_MAX: usize = 3800;

/// What a cookie is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cookie<'a> {
    /// Who is signed in.
    Login,
    /// A browser in which nobody is.
    Visitor,
    /// A sign-in that is under way; it has a state of its own, and so a cookie of its own.
    Attempt {
        /// `state` of the authorization request.
        state: &'a str,
    },
}

/// The cookies of one origin.
pub(super) struct Cookies {
    key: SealingKey,
    form_key: Sha256,
    origin: DeploymentId,
    /// What every name begins with.
    prefix: String,
    /// What every `Set-Cookie` ends with.
    attributes: &'static str,
}

/// The first 16 bytes of a hash.
fn short(hash: Sha256) -> [u8; 16] {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(hash) {
        *to = from;
    }
    bytes
}

impl Cookies {
    pub(super) fn new(base_url: &BaseUrl, key: &Plain<CookieKey>) -> Result<Self, Error> {
        let bytes = key.expose_secret();
        let id = sha256_of_fields(&[b"procura cookie key id v1", bytes]);
        let key = SealingKey::from_bytes(KeyId::from_bytes(short(id)), 1, bytes)
            .ok_or_else(|| Error::field("cookie-key", "the cookie key has 32 bytes"))?;
        let origin = base_url.to_string();
        let origin = sha256_of_fields(&[b"procura cookie origin v1", origin.as_bytes()]);
        // SECURITY: where the origin is secure, no other name of the domain can set these cookies.
        let (prefix, attributes) = if base_url.is_secure() {
            let attributes = "Path=/; HttpOnly; SameSite=Lax; Secure";
            ("__Host-procura_binding".to_owned(), attributes)
        } else {
            let prefix = format!("procura_binding_{}", base_url.port());
            (prefix, "Path=/; HttpOnly; SameSite=Lax")
        };
        Ok(Self {
            form_key: key.derive_label(b"procura session binding form v1"),
            key,
            origin: DeploymentId::from_bytes(short(origin)),
            prefix,
            attributes,
        })
    }

    fn name(&self, cookie: Cookie<'_>) -> String {
        let prefix = &self.prefix;
        match cookie {
            Cookie::Login => format!("{prefix}_login"),
            Cookie::Visitor => format!("{prefix}_visitor"),
            Cookie::Attempt { state } => {
                let own = sha256_of_fields(&[b"procura binding attempt v1", state.as_bytes()]);
                let own = URL_SAFE_NO_PAD.encode(short(own));
                format!("{prefix}_attempt_{own}")
            }
        }
    }

    fn place<'a>(&self, name: &'a str) -> Location<'a> {
        Location {
            deployment: self.origin,
            account: None,
            subject: Subject::Deployment,
            table: "cookie",
            column: "value",
            row: name.as_bytes(),
            row_version: 1,
            destination: None,
        }
    }

    /// The `Set-Cookie` that has a browser keep `value` for `age_s` seconds; none if it is longer
    /// than browsers keep.
    pub(super) fn keep<T: Serialize>(
        &self,
        cookie: Cookie<'_>,
        value: &T,
        age_s: i64,
    ) -> Result<Option<HeaderValue>, Error> {
        let name = self.name(cookie);
        let plain = serde_json::to_vec(value).map_err(Error::internal_source)?;
        let plain = Plain::<BrowserState>::new(plain);
        let sealed = sealing::seal(&mut OsEntropy, &self.key, &self.place(&name), &plain)
            .map_err(Error::internal_source)?;
        let text = URL_SAFE_NO_PAD.encode(sealed.as_bytes());
        if text.len() > VALUE_BYTES_MAX {
            return Ok(None);
        }
        self.set_cookie(&name, &text, age_s).map(Some)
    }

    /// The `Set-Cookie` that has a browser forget a cookie.
    pub(super) fn forget(&self, cookie: Cookie<'_>) -> Result<HeaderValue, Error> {
        self.set_cookie(&self.name(cookie), "", 0)
    }

    /// SECURITY: a script does not read it, and another site's request does not carry it but for a
    /// link that the user follows.
    fn set_cookie(&self, name: &str, value: &str, age_s: i64) -> Result<HeaderValue, Error> {
        let text = format!("{name}={value}; Max-Age={age_s}; {}", self.attributes);
        let mut value = HeaderValue::from_str(&text).map_err(Error::internal_source)?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// What a browser kept; none if it has no such cookie, or one that is not of ours.
    pub(super) fn kept<T: DeserializeOwned>(
        &self,
        headers: &HeaderMap,
        cookie: Cookie<'_>,
    ) -> Option<T> {
        let name = self.name(cookie);
        let text = browser::cookie(headers, &name)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let sealed = Sealed::<BrowserState>::from_stored(bytes);
        let plain = sealing::open(&self.key, &self.place(&name), &sealed).ok()?;
        serde_json::from_slice(plain.expose_secret()).ok()
    }

    /// What a form carries: it holds for this session in this browser, and for nothing else.
    pub(super) fn form_token(&self, browser: &str, session_uri: &str) -> String {
        let fields = length_prefixed(&[browser.as_bytes(), session_uri.as_bytes()]);
        URL_SAFE_NO_PAD.encode(hmac_sha256(&self.form_key, &fields))
    }

    /// SECURITY: whether a form that comes back was given to this browser for this session. Held by
    /// `a_form_that_another_site_posts_is_refused`.
    pub(super) fn gave(&self, browser: &str, session_uri: &str, token: &str) -> bool {
        let expected = self.form_token(browser, session_uri);
        constant_time_eq(expected.as_bytes(), token.as_bytes())
    }
}

/// A text that nobody can guess.
pub(super) fn random_text() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<32>(&mut OsEntropy))
}

#[cfg(test)]
mod tests {
    use hyper::header::COOKIE;

    use super::*;

    fn cookies(base_url: &str, key: u8) -> Cookies {
        let key = Plain::new(vec![key; 32]);
        Cookies::new(&base_url.parse().unwrap(), &key).unwrap()
    }

    /// What a browser sends that was told this.
    fn sent(set: &HeaderValue) -> HeaderMap {
        let (pair, _) = set.to_str().unwrap().split_once(';').unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_str(pair).unwrap());
        headers
    }

    #[test]
    fn a_secure_origin_has_cookies_that_no_other_name_can_set() {
        let set = |base_url: &str| {
            let set = cookies(base_url, 1).keep(Cookie::Login, &"x", 60);
            set.unwrap().unwrap().to_str().unwrap().to_owned()
        };
        let secure = set("https://bind.example");
        assert!(
            secure.starts_with("__Host-procura_binding_login="),
            "{secure}"
        );
        assert!(secure.ends_with("; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure"));
        let here = set("http://127.0.0.1:9404");
        assert!(here.starts_with("procura_binding_9404_login="), "{here}");
        assert!(here.ends_with("; Max-Age=60; Path=/; HttpOnly; SameSite=Lax"));
    }

    #[test]
    fn a_cookie_opens_in_its_own_place_only() {
        let own = cookies("https://bind.example", 1);
        let set = own.keep(Cookie::Visitor, &"x", 60).unwrap().unwrap();
        let headers = sent(&set);
        let read = |cookies: &Cookies, cookie| cookies.kept::<String>(&headers, cookie);
        assert_eq!(read(&own, Cookie::Visitor).as_deref(), Some("x"));
        assert_eq!(read(&own, Cookie::Login), None);
        assert_eq!(
            read(&cookies("https://bind.example", 2), Cookie::Visitor),
            None
        );
        assert_eq!(
            read(&cookies("https://other.example", 1), Cookie::Visitor),
            None
        );
        // The same bytes under the name of another cookie.
        let moved = set.to_str().unwrap().replace("_visitor=", "_login=");
        let headers = sent(&HeaderValue::from_str(&moved).unwrap());
        assert_eq!(own.kept::<String>(&headers, Cookie::Login), None);
    }

    #[test]
    fn what_browsers_do_not_keep_is_not_sent() {
        let own = cookies("https://bind.example", 1);
        let kept = |bytes| own.keep(Cookie::Login, &"x".repeat(bytes), 60).unwrap();
        assert!(kept(2500).is_some());
        assert!(kept(3000).is_none());
    }

    #[test]
    fn a_form_is_of_one_browser_and_one_session() {
        let own = cookies("https://bind.example", 1);
        let token = own.form_token("browser", "urn:1");
        assert!(own.gave("browser", "urn:1", &token));
        assert!(!own.gave("other", "urn:1", &token));
        assert!(!own.gave("browser", "urn:2", &token));
        assert!(!own.gave("browser", "urn:1", ""));
    }
}
