//! The two cookies of a pool: what a browser is signed in with, and what its forms are bound to.

use hyper::header::{HeaderMap, HeaderValue};
use procura_app::App;
use procura_app::pool_openid::BrowserCookies;
use procura_core::error::Error;
use procura_core::pool_authorization::LOGIN_LIFETIME_S;
use procura_core::secret::{Plain, kind};
use procura_core::user_pool::PoolId;

use crate::browser;

/// One of the two.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cookie {
    Session,
    Form,
}

impl Cookie {
    /// A pool has names of its own: where the origin is secure, the cookies of all stand side by
    /// side.
    fn name(self, app: &App, pool: &PoolId) -> String {
        let prefix = if app.has_secure_origin() {
            "__Host-"
        } else {
            ""
        };
        let own = match self {
            Self::Session => "procura-login",
            Self::Form => "procura-form",
        };
        format!("{prefix}{own}-{pool}")
    }

    fn read(
        self,
        app: &App,
        pool: &PoolId,
        headers: &HeaderMap,
    ) -> Option<Plain<kind::BrowserCookie>> {
        let value = browser::cookie(headers, &self.name(app, pool))?;
        Some(Plain::new(value.into_bytes()))
    }

    /// SECURITY: a script does not read it, another site's form does not carry it, and where the
    /// origin is secure no other name of the domain can set it (`__Host-`).
    pub(super) fn set(
        self,
        app: &App,
        pool: &PoolId,
        value: Option<&Plain<kind::BrowserCookie>>,
    ) -> Result<HeaderValue, Error> {
        let name = self.name(app, pool);
        let (path, secure) = if app.has_secure_origin() {
            ("/".to_owned(), "; Secure")
        } else {
            (format!("/{pool}"), "")
        };
        let text = value
            .and_then(Plain::expose_secret_text)
            .unwrap_or_default();
        let age = match (value, self) {
            (None, _) => "; Max-Age=0".to_owned(),
            (Some(_), Self::Session) => format!("; Max-Age={LOGIN_LIFETIME_S}"),
            // As long as the browser is open.
            (Some(_), Self::Form) => String::new(),
        };
        let text = format!("{name}={text}; Path={path}{age}; HttpOnly; SameSite=Lax{secure}");
        let mut value = HeaderValue::from_str(&text).map_err(Error::internal_source)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// What a browser brings.
pub(super) fn brought(app: &App, pool: &PoolId, headers: &HeaderMap) -> BrowserCookies {
    BrowserCookies {
        session: Cookie::Session.read(app, pool, headers),
        form: Cookie::Form.read(app, pool, headers),
    }
}
