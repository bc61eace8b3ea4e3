//! The answer of a user to the page: name and password, a new password, a word to go on, or Cancel.

use procura_core::account::AccountId;
use procura_core::digest::Sha256;
use procura_core::error::{Error, Kind};
use procura_core::pool_authorization::{AuthorizationRequest, ErrorCode, Step};
use procura_core::secret::{Plain, kind};
use procura_core::user_pool::PoolId;
use procura_store::Outcome;

use super::authorize::{Asks, LoginPage, Notice, Shown, is_anybodys, page_for};
use super::page_state::{PAGE_OVER, PageOf};
use super::{BrowserCookies, OpenIdError, hash_of};
use crate::App;
use crate::authorization_session::Visit;
use crate::pool_sign_in::{Admitted, Aim, Credentials, Gained, Led};

/// What a user answered.
#[derive(Debug)]
pub enum Given {
    /// Nothing is allowed.
    Cancelled,
    /// The user who is signed in goes on.
    Confirmed,
    /// Another user is to sign in.
    SomebodyElse,
    /// Name and password.
    Password {
        /// The name.
        username: String,
        /// The password.
        password: Plain<kind::Password>,
    },
    /// A password of the user's own, in place of a temporary one.
    NewPassword {
        /// What proves that the temporary one was known.
        session: String,
        /// The name.
        username: String,
        /// The new password.
        password: Plain<kind::Password>,
    },
}

impl App {
    /// A user answers the page that `state` is of.
    ///
    /// # Errors
    /// What a person is shown, and no application learns.
    pub async fn answer_login_page(
        &self,
        visit: &Visit,
        pool: &PoolId,
        (state, given): (&str, Given),
        cookies: &BrowserCookies,
    ) -> Result<Shown, OpenIdError> {
        let browser = cookies.form.as_ref().map(hash_of);
        let PageOf::Request(request) = self.open_page(pool, state, browser, visit.now).await?
        else {
            return Err(PAGE_OVER.into());
        };
        let admitted = self.openid_client(pool, request.client.as_str()).await?;
        let admitted = admitted.ok_or(PAGE_OVER)?;
        // What the client may was looked at when the page was made, and may be less by now.
        let scopes = self.standing_scopes(&admitted, request.resource.as_deref());
        if !request.stands(admitted.client(), &scopes.await?) {
            return Err(PAGE_OVER.into());
        }
        let page = |asks, notice| {
            let page = page_for(&admitted, &request, asks, state.to_owned());
            Shown::Page(Box::new(LoginPage { notice, ..page }))
        };
        let asks_password = |hint: Option<String>| Asks::Password { hint };
        match given {
            Given::Cancelled => {
                let refusal = ErrorCode::AccessDenied.because("the user did not allow it");
                Ok(self.refused(pool, &request.to, refusal))
            }
            Given::SomebodyElse => Ok(page(asks_password(None), None)),
            Given::Confirmed => {
                let shown = self.confirmed(visit, &admitted, &request, cookies);
                let hint = request.login_hint.clone();
                let again = || page(asks_password(hint), Some(Notice::Late));
                Ok(shown.await?.unwrap_or_else(again))
            }
            Given::Password { username, password } => {
                let with = credentials(&admitted, &username, password);
                let led = self.log_in(visit, &admitted, with, &request).await;
                match led.map(|led| led.value) {
                    Ok(Led::Gained(gained)) => {
                        self.entered(&admitted, &request, gained, cookies).await
                    }
                    Ok(Led::NewPassword { session, .. }) => {
                        Ok(page(Asks::NewPassword { session, username }, None))
                    }
                    Err(error) if error.kind() == Kind::Denied => {
                        Ok(page(asks_password(Some(username)), Some(Notice::Refused)))
                    }
                    Err(error) => Err(error.into()),
                }
            }
            Given::NewPassword {
                session,
                username,
                password,
            } => {
                let with = credentials(&admitted, &username, password);
                let aim = Aim::Browser(&request);
                let gained = self.choose_password(visit, &admitted, &session, with, &aim);
                match gained.await.map(|gained| gained.value) {
                    Ok(gained) => self.entered(&admitted, &request, gained, cookies).await,
                    Err(error) if error.kind() == Kind::Caller => {
                        let weak = Notice::Weak(error.public().to_owned());
                        Ok(page(Asks::NewPassword { session, username }, Some(weak)))
                    }
                    Err(error) if error.kind() == Kind::Denied => {
                        Ok(page(asks_password(Some(username)), Some(Notice::Late)))
                    }
                    Err(error) => Err(error.into()),
                }
            }
        }
    }

    /// The user who is signed in goes on, if that is enough.
    async fn confirmed(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        request: &AuthorizationRequest,
        cookies: &BrowserCookies,
    ) -> Result<Option<Shown>, OpenIdError> {
        let (account, pool) = (admitted.account, &admitted.client().pool);
        let found = self.signed_in_browser(account, pool, cookies, visit.now);
        let Some(found) = found.await? else {
            return Ok(None);
        };
        let since = Some(found.session.authenticated_at);
        match request.step(since, is_anybodys(admitted, &request.to), visit.now) {
            Step::Answer | Step::Confirm => {
                let shown = self.answer_at_once(visit, admitted, request, &found);
                shown.await.map(Some)
            }
            Step::LogIn | Step::Refuse(_) => Ok(None),
        }
    }

    /// A user has signed in: the browser goes back with a code, and keeps a session.
    async fn entered(
        &self,
        admitted: &Admitted,
        request: &AuthorizationRequest,
        gained: Gained,
        cookies: &BrowserCookies,
    ) -> Result<Shown, OpenIdError> {
        let Gained::Browser(entered) = gained else {
            return Err(Error::internal("tokens that nobody asked for").into());
        };
        if let Some(before) = &cookies.session {
            let account = admitted.account;
            self.end_browser_session(account, hash_of(before)).await?;
        }
        let pool = &admitted.client().pool;
        let mut returned = self.with_code(pool, &request.to, &entered.code)?;
        returned.session = Some(entered.session);
        Ok(Shown::Returned(returned))
    }

    /// The session of a browser is over.
    pub(super) async fn end_browser_session(
        &self,
        account: AccountId,
        hash: Sha256,
    ) -> Result<(), Error> {
        self.store
            .run_tx("end_browser_session", move |tx| {
                tx.account(account).delete_pool_browser_session(&hash)?;
                Ok(Outcome::Unrecorded(()))
            })
            .await?;
        Ok(())
    }
}

fn credentials(
    admitted: &Admitted,
    username: &str,
    password: Plain<kind::Password>,
) -> Credentials {
    Credentials {
        client: admitted.client().id.as_str().to_owned(),
        username: username.to_owned(),
        password,
        // The application is not here; it shows its secret where it redeems the code.
        secret_hash: None,
    }
}
