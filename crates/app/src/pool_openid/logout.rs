//! A user signs out of a browser (OpenID Connect RP-Initiated Logout 1.0).

use procura_core::account::AccountId;
use procura_core::audit::record::Verdict;
use procura_core::error::{Error, Kind};
use procura_core::id::PoolUserId;
use procura_core::pool_authorization::{ErrorCode, PAGE_LIFETIME_S, Parameters, Refusal};
use procura_core::redirect_uri::RedirectUri;
use procura_core::secret::{Plain, kind};
use procura_core::user_pool::PoolId;
use procura_core::user_pool_client::PoolClientId;
use procura_protocol::jose::jwt::{USER_TOKEN_BYTES_MAX, Unverified};
use procura_store::{Outcome, Tx};

use super::authorize::with_query;
use super::page_state::{LogOutReturn, PAGE_OVER, PageOf, PageState};
use super::{BrowserCookies, OpenIdError, SignedInBrowser, hash_of};
use crate::App;
use crate::authorization_session::Visit;
use crate::pool_sign_in::Admitted;

/// What a record calls it.
const LOG_OUT: &str = "UserPoolLogOut";

/// What comes of a request to sign out.
#[derive(Debug)]
pub enum LoggedOut {
    /// Nobody is signed in in this browser any more; it goes there, if it goes anywhere.
    Done {
        /// Where.
        location: Option<String>,
    },
    /// The user is asked: anybody could have sent the browser.
    Asked {
        /// What the form carries.
        state: String,
        /// What it is bound to, if the browser has no such cookie yet.
        form_cookie: Option<Plain<kind::BrowserCookie>>,
        /// Where the browser goes afterwards.
        redirect_uri: Option<RedirectUri>,
    },
}

/// What is said where a browser may not be sent.
const NOWHERE: Refusal = Refusal {
    code: ErrorCode::InvalidRequest,
    text: "the address to go to after signing out is not registered for this client",
};

/// Whom a request to sign out is about, as its hint proves it.
struct Hint {
    user: PoolUserId,
    client: PoolClientId,
}

impl App {
    /// An application sends a browser to sign its user out.
    ///
    /// # Errors
    /// What a person is shown.
    pub async fn log_out(
        &self,
        visit: &Visit,
        pool: &PoolId,
        asked: &Parameters,
        cookies: &BrowserCookies,
    ) -> Result<LoggedOut, OpenIdError> {
        let hint = match asked.get("id_token_hint") {
            Some(token) => Some(self.hint_of(pool, token, visit).await?),
            None => None,
        };
        let named = asked.get("client_id");
        let of_hint = hint.as_ref().map(|hint| hint.client.as_str());
        if named.is_some() && of_hint.is_some() && named != of_hint {
            let text = "client_id is not the client of id_token_hint";
            return Err(ErrorCode::InvalidRequest.because(text).into());
        }
        let client = match named.or(of_hint) {
            Some(client) => self.openid_client(pool, client).await?,
            None => None,
        };
        let to = return_of(client.as_ref(), asked)?;
        let Some(account) = self.account_of_pool(pool).await? else {
            return Err(NOWHERE.into());
        };
        let browser = self
            .signed_in_browser(account, pool, cookies, visit.now)
            .await?;
        match browser {
            // SECURITY: who is signed in is asked, unless the application shows that it is about
            // them: anybody can have a link.
            Some(browser) if hint.is_none_or(|hint| hint.user != browser.session.pool_user) => {
                self.ask_to_log_out(visit, pool, to, cookies).await
            }
            Some(browser) => {
                self.end_session(visit, account, browser).await?;
                Ok(gone(to))
            }
            None => Ok(gone(to)),
        }
    }

    /// The user answers.
    ///
    /// # Errors
    /// What a person is shown.
    pub async fn answer_logout_page(
        &self,
        visit: &Visit,
        pool: &PoolId,
        state: &str,
        cookies: &BrowserCookies,
    ) -> Result<LoggedOut, OpenIdError> {
        let browser = cookies.form.as_ref().map(hash_of);
        let PageOf::LogOut(to) = self.open_page(pool, state, browser, visit.now).await? else {
            return Err(PAGE_OVER.into());
        };
        if let Some(account) = self.account_of_pool(pool).await? {
            let browser = self.signed_in_browser(account, pool, cookies, visit.now);
            if let Some(browser) = browser.await? {
                self.end_session(visit, account, browser).await?;
            }
        }
        let Some(to) = to else {
            return Ok(gone(None));
        };
        // What the client has registered may be less by now.
        let client = self.openid_client(pool, to.client.as_str()).await?;
        let client = client.filter(|client| is_registered(client, &to.uri));
        Ok(gone(client.map(|_| to)))
    }

    async fn ask_to_log_out(
        &self,
        visit: &Visit,
        pool: &PoolId,
        to: Option<LogOutReturn>,
        cookies: &BrowserCookies,
    ) -> Result<LoggedOut, OpenIdError> {
        let (form_cookie, browser) = self.form_cookie(cookies);
        let redirect_uri = to.as_ref().map(|to| to.uri.clone());
        let state = PageState {
            of: PageOf::LogOut(to),
            browser,
            expires_at: visit.now.plus_seconds(PAGE_LIFETIME_S),
        };
        Ok(LoggedOut::Asked {
            state: self.seal_page(pool, &state).await?,
            form_cookie,
            redirect_uri,
        })
    }

    async fn end_session(
        &self,
        visit: &Visit,
        account: AccountId,
        browser: SignedInBrowser,
    ) -> Result<(), Error> {
        let user = &browser.user.user;
        let mut entry = self.entry_of_pool_user(visit, account, user, LOG_OUT, Verdict::Allow);
        entry.reason = "signed out of a browser".into();
        let hash = browser.hash;
        self.store
            .run_tx("log_out", move |tx| {
                if tx.account(account).delete_pool_browser_session(&hash)? {
                    return Ok(Outcome::Done((), entry.clone()));
                }
                Ok(Outcome::Unrecorded(()))
            })
            .await?;
        Ok(())
    }

    async fn account_of_pool(&self, pool: &PoolId) -> Result<Option<AccountId>, Error> {
        let wanted = pool.clone();
        let read = move |tx: &mut Tx<'_>| tx.user_pool(&wanted);
        let found = self.store.look_up("user_pool", read).await?;
        Ok(found.map(|(account, _)| account))
    }

    /// Whom an ID token of ours is about; it may be over (RP-Initiated Logout 1.0 §2).
    async fn hint_of(
        &self,
        pool: &PoolId,
        token: &str,
        visit: &Visit,
    ) -> Result<Hint, OpenIdError> {
        let wrong =
            || ErrorCode::InvalidRequest.because("id_token_hint is no ID token of this pool");
        let unverified = Unverified::parse(token, USER_TOKEN_BYTES_MAX).map_err(|_| wrong())?;
        let at = unverified.claimed_end().min(visit.now);
        let signed = self.signed_by_pool(None, pool, &unverified, at).await;
        let claims = match signed {
            Ok((_, verified)) => verified.claims().clone(),
            Err(error) if error.kind() == Kind::Unproved => return Err(wrong().into()),
            Err(error) => return Err(error.into()),
        };
        let user = PoolUserId::from_uuid_text(&claims.subject);
        let client = claims.audiences.first().and_then(|text| text.parse().ok());
        match (claims.token_use.as_deref(), user, client) {
            (Some("id"), Some(user), Some(client)) => Ok(Hint { user, client }),
            _ => Err(wrong().into()),
        }
    }
}

/// Nobody is signed in any more.
fn gone(to: Option<LogOutReturn>) -> LoggedOut {
    let location = to.map(|to| match &to.state {
        None => to.uri.as_str().to_owned(),
        Some(state) => {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("state", state);
            with_query(&to.uri, &query.finish())
        }
    });
    LoggedOut::Done { location }
}

fn is_registered(client: &Admitted, uri: &RedirectUri) -> bool {
    let mut uris = client.client().settings.openid.logout_uris.iter();
    uris.any(|registered| registered.allows(uri))
}

/// Where the browser goes, by the name of the standard or of the reference.
fn return_of(
    client: Option<&Admitted>,
    asked: &Parameters,
) -> Result<Option<LogOutReturn>, Refusal> {
    let (standard, reference) = (
        asked.get("post_logout_redirect_uri"),
        asked.get("logout_uri"),
    );
    if standard.is_some() && reference.is_some() {
        return Err(ErrorCode::InvalidRequest.because("there are two addresses to go to"));
    }
    let Some(text) = standard.or(reference) else {
        return Ok(None);
    };
    let uri: RedirectUri = text.parse().map_err(|_| NOWHERE)?;
    // SECURITY: registered for this client, byte by byte: we are no way to somewhere else. Held by
    // `a_browser_that_signs_out_goes_to_registered_places_only`.
    let client = client.filter(|client| is_registered(client, &uri));
    let client = client.ok_or(NOWHERE)?.client().id.clone();
    Ok(Some(LogOutReturn {
        client,
        uri,
        state: asked.get("state").map(str::to_owned),
    }))
}
