//! What a page carries from the request that opened it to the answer of its user.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_core::digest::Sha256;
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::Error;
use procura_core::pool_authorization::{AuthorizationRequest, ErrorCode, Refusal};
use procura_core::redirect_uri::RedirectUri;
use procura_core::sealing::{self, Location, Sealed, Subject};
use procura_core::secret::{Plain, kind};
use procura_core::time::Timestamp;
use procura_core::user_pool::PoolId;
use procura_core::user_pool_client::PoolClientId;
use serde::{Deserialize, Serialize};

use super::OpenIdError;
use crate::App;

/// What is sealed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageState {
    pub(super) of: PageOf,
    /// The hash of the cookie of the browser for which the page was made.
    pub(super) browser: Sha256,
    pub(super) expires_at: Timestamp,
}

/// What a page is about.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PageOf {
    /// An authorization request.
    Request(Box<AuthorizationRequest>),
    /// The end of a login session, and where the browser goes then.
    LogOut(Option<LogOutReturn>),
}

/// Where a browser goes when its user has signed out.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LogOutReturn {
    pub(super) client: PoolClientId,
    pub(super) uri: RedirectUri,
    pub(super) state: Option<String>,
}

/// What is said to who comes with a page that is not good any more, or another browser's.
pub(super) const PAGE_OVER: Refusal = Refusal {
    code: ErrorCode::InvalidRequest,
    text: "the page is too old, or was not opened in this browser",
};

fn page_over() -> OpenIdError {
    PAGE_OVER.into()
}

impl App {
    /// The state of a page as it stands in its form.
    pub(super) async fn seal_page(
        &self,
        pool: &PoolId,
        state: &PageState,
    ) -> Result<String, Error> {
        let text = serde_json::to_vec(state).map_err(Error::internal_source)?;
        let key = self.newest_key(None, KeyPurpose::Token).await?;
        let plain = Plain::<kind::PageState>::new(text);
        let place = self.pool_page_place(pool);
        let sealed = self
            .with_rng(|rng| sealing::seal(rng, &key, &place, &plain))
            .map_err(Error::internal_source)?;
        Ok(URL_SAFE_NO_PAD.encode(sealed.as_bytes()))
    }

    /// What it says, if it is of this pool and this browser, and not over.
    pub(super) async fn open_page(
        &self,
        pool: &PoolId,
        text: &str,
        browser: Option<Sha256>,
        now: Timestamp,
    ) -> Result<PageOf, OpenIdError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| page_over())?;
        let sealed = Sealed::<kind::PageState>::from_stored(bytes);
        let (id, version) = sealed.key().map_err(|_| page_over())?;
        let key = self.token_key(id, version).await?;
        let key = key.ok_or_else(page_over)?;
        let plain =
            sealing::open(&key, &self.pool_page_place(pool), &sealed).map_err(|_| page_over())?;
        let state: PageState = serde_json::from_slice(plain.expose_secret())
            .map_err(|_| Error::internal("the state of a page of ours cannot be read"))?;
        // SECURITY: a form is answered by the browser that it was given to. Held by
        // `a_form_is_of_the_browser_that_got_it`.
        if now < state.expires_at && browser == Some(state.browser) {
            Ok(state.of)
        } else {
            Err(page_over())
        }
    }

    fn pool_page_place<'a>(&self, pool: &'a PoolId) -> Location<'a> {
        Location {
            deployment: self.deployment,
            account: None,
            subject: Subject::Deployment,
            table: "pool_page",
            column: "state",
            row: pool.as_str().as_bytes(),
            row_version: 0,
            destination: None,
        }
    }
}
