//! The authorization server that every user pool is (OAuth 2.0, OpenID Connect Core 1.0): browsers
//! are sent to it by applications, users sign in, and applications fetch tokens.
//!
//! SECURITY: nothing that comes through a browser is believed. An authorization request is checked
//! once and travels sealed through the page; a code is of use only to who knows the verifier.
//!
//! Start with [`authorize`].

pub mod authorize;
mod client_authentication;
mod client_credentials;
mod code;
mod continuation;
pub mod introspection;
pub mod login;
pub mod logout;
mod metadata;
mod page_state;
pub(crate) mod rotation;
pub(crate) mod standing;
pub mod token;
pub mod userinfo;

use procura_core::account::AccountId;
use procura_core::audit::record::{Entry, Verdict};
use procura_core::digest::{Sha256, sha256};
use procura_core::error::{Error, Kind};
use procura_core::pool_authorization::Refusal;
use procura_core::pool_user::PoolUserStatus;
use procura_core::secret::{Plain, kind};
use procura_core::time::Timestamp;
use procura_core::user_pool::PoolId;
use procura_core::user_pool_client::PoolClientId;
use procura_store::{PoolBrowserSession, StoredPoolUser, Tx};

use crate::App;
use crate::authorization_session::Visit;
use crate::pool_sign_in::Admitted;

/// Why something was not done.
#[derive(Debug)]
pub enum OpenIdError {
    /// The client, or whoever stands for it, is told this.
    Refused(Refusal),
    /// Something else is wrong.
    Failed(Error),
}

impl From<Refusal> for OpenIdError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Error> for OpenIdError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What a browser brings of ours.
#[derive(Debug, Default)]
pub struct BrowserCookies {
    /// What it is signed in with.
    pub session: Option<Plain<kind::BrowserCookie>>,
    /// What the forms of its pages are bound to.
    pub form: Option<Plain<kind::BrowserCookie>>,
}

/// The hash that is kept of a cookie.
fn hash_of(cookie: &Plain<kind::BrowserCookie>) -> Sha256 {
    sha256(&[cookie.expose_secret()])
}

/// Somebody who is signed in in a browser.
struct SignedInBrowser {
    hash: Sha256,
    session: PoolBrowserSession,
    user: StoredPoolUser,
}

impl App {
    /// Whether browsers reach us under a secure origin.
    pub fn has_secure_origin(&self) -> bool {
        self.is_https()
    }

    /// Where browsers reach us, without a slash at the end.
    pub fn origin(&self) -> &str {
        &self.endpoint
    }

    /// The client of this id, if it is one of the pool and may ask for something here.
    async fn openid_client(&self, pool: &PoolId, client: &str) -> Result<Option<Admitted>, Error> {
        let admitted = match self.find_client(client).await {
            Ok(admitted) => admitted,
            Err(error) if error.kind() == Kind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let client = admitted.client();
        let is_meant = client.pool == *pool && !client.settings.openid.grants.is_empty();
        Ok(is_meant.then_some(admitted))
    }

    /// Who is signed in in a browser, by its cookie, if that user may sign in still.
    async fn signed_in_browser(
        &self,
        account: AccountId,
        pool: &PoolId,
        cookies: &BrowserCookies,
        now: Timestamp,
    ) -> Result<Option<SignedInBrowser>, Error> {
        let Some(cookie) = &cookies.session else {
            return Ok(None);
        };
        let hash = hash_of(cookie);
        let read = move |tx: &mut Tx<'_>| {
            let mut own = tx.account(account);
            let Some(session) = own.pool_browser_session(&hash)? else {
                return Ok(None);
            };
            let user = own.pool_user(session.pool_user)?;
            Ok(user.map(|user| (session, user)))
        };
        let found = self.store.look_up("pool_browser_session", read).await?;
        let found = found.filter(|(session, user)| {
            now < session.expires_at && user.user.pool == *pool && may_go_on(user)
        });
        Ok(found.map(|(session, user)| SignedInBrowser {
            hash,
            session,
            user,
        }))
    }

    /// A record of what a client did that no user did.
    fn entry_of_pool_client(
        &self,
        visit: &Visit,
        account: AccountId,
        (pool, client): (&PoolId, &PoolClientId),
        action: &'static str,
        verdict: Verdict,
    ) -> Entry {
        let mut entry = self.entry_of(visit, account, action, verdict, String::new());
        entry.resource = Some(format!("userpool/{pool}/client/{client}"));
        entry
    }
}

/// Whether a user who has signed in may go on.
fn may_go_on(user: &StoredPoolUser) -> bool {
    user.user.is_enabled && user.user.status == PoolUserStatus::Confirmed
}
