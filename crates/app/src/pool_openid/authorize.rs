//! The authorization endpoint (RFC 6749 §3.1): a browser comes with the request of an application.

use procura_core::audit::record::Verdict;
use procura_core::digest::Sha256;
use procura_core::error::Error;
use procura_core::pool_authorization::{
    AuthorizationCode, AuthorizationRequest, ErrorCode, PAGE_LIFETIME_S, Parameters, Refusal,
    ReturnTo, Step,
};
use procura_core::redirect_uri::RedirectUri;
use procura_core::secret::{Plain, kind};
use procura_core::user_pool::PoolId;
use procura_store::Outcome;

use super::page_state::{PageOf, PageState};
use super::standing::code_stands;
use super::{BrowserCookies, OpenIdError, SignedInBrowser, hash_of, may_go_on};
use crate::App;
use crate::authorization_session::Visit;
use crate::pool_sign_in::{Admitted, drawn};

/// What a record calls it.
const AUTHORIZE: &str = "UserPoolAuthorize";

/// What a browser gets.
#[derive(Debug)]
pub enum Shown {
    /// It goes back to the application.
    Returned(Returned),
    /// A page that asks its user.
    Page(Box<LoginPage>),
}

/// A browser that goes back to the application.
#[derive(Debug)]
pub struct Returned {
    /// Where.
    pub location: String,
    /// What it is signed in with from now on.
    pub session: Option<Plain<kind::BrowserCookie>>,
}

/// A page that asks its user.
#[derive(Debug)]
pub struct LoginPage {
    /// What the application is called.
    pub client_name: String,
    /// Where the browser goes afterwards.
    pub redirect_uri: RedirectUri,
    /// What the application asks for.
    pub scopes: Vec<String>,
    /// What the user is asked.
    pub asks: Asks,
    /// What the form carries.
    pub state: String,
    /// What the form is bound to, if the browser has no such cookie yet.
    pub form_cookie: Option<Plain<kind::BrowserCookie>>,
    /// What was wrong the last time.
    pub notice: Option<Notice>,
}

/// What a user is asked.
#[derive(Debug)]
pub enum Asks {
    /// Name and password.
    Password {
        /// What the name may be.
        hint: Option<String>,
    },
    /// Whether to go on.
    Confirmation {
        /// Who is signed in.
        username: String,
    },
    /// A password of the user's own.
    NewPassword {
        /// What proves that the temporary one was known.
        session: String,
        /// The name.
        username: String,
    },
}

/// What was wrong with what a user gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Name or password.
    Refused,
    /// The pool does not take the new password.
    Weak(String),
    /// It took too long.
    Late,
}

/// What is said where nobody can be sent anywhere.
const NOWHERE: Refusal = Refusal {
    code: ErrorCode::InvalidRequest,
    text: "client_id or redirect_uri is not registered",
};

impl App {
    /// A browser comes with the request of an application.
    ///
    /// # Errors
    /// What a person is shown, and no application learns: it is not known where that would be.
    pub async fn open_authorization(
        &self,
        visit: &Visit,
        pool: &PoolId,
        asked: &Parameters,
        cookies: &BrowserCookies,
    ) -> Result<Shown, OpenIdError> {
        let client = asked.get("client_id").unwrap_or_default();
        let admitted = self.openid_client(pool, client).await?;
        let admitted = admitted.ok_or(NOWHERE)?;
        let to = ReturnTo::of(admitted.client(), asked).ok_or(NOWHERE)?;
        let scopes = self.standing_scopes(&admitted, asked.get("resource"));
        let scopes = scopes.await?;
        let checked = AuthorizationRequest::check(admitted.client(), &scopes, to.clone(), asked);
        let request = match checked {
            Ok(request) => request,
            Err(refusal) => return Ok(self.refused(pool, &to, refusal)),
        };
        let (account, now) = (admitted.account, visit.now);
        let browser = self.signed_in_browser(account, pool, cookies, now).await?;
        let since = browser.as_ref().map(|found| found.session.authenticated_at);
        match (
            request.step(since, is_anybodys(&admitted, &to), now),
            browser,
        ) {
            (Step::Refuse(refusal), _) => Ok(self.refused(pool, &to, refusal)),
            (Step::Answer, Some(browser)) => {
                self.answer_at_once(visit, &admitted, &request, &browser)
                    .await
            }
            (Step::Confirm, Some(browser)) => {
                let known = self.known(account, browser.user).await?;
                let username = known.profile.username;
                let asks = Asks::Confirmation { username };
                self.login_page(visit, &admitted, request, asks, cookies)
                    .await
            }
            (Step::LogIn | Step::Answer | Step::Confirm, _) => {
                let hint = request.login_hint.clone();
                let asks = Asks::Password { hint };
                self.login_page(visit, &admitted, request, asks, cookies)
                    .await
            }
        }
    }

    /// The page of a request.
    async fn login_page(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        request: AuthorizationRequest,
        asks: Asks,
        cookies: &BrowserCookies,
    ) -> Result<Shown, OpenIdError> {
        let (form_cookie, browser) = self.form_cookie(cookies);
        let state = PageState {
            of: PageOf::Request(Box::new(request.clone())),
            browser,
            expires_at: visit.now.plus_seconds(PAGE_LIFETIME_S),
        };
        let state = self.seal_page(&admitted.client().pool, &state).await?;
        let mut page = page_for(admitted, &request, asks, state);
        page.form_cookie = form_cookie;
        Ok(Shown::Page(Box::new(page)))
    }

    /// What a form is bound to: the cookie that the browser has, or a new one.
    pub(super) fn form_cookie(
        &self,
        cookies: &BrowserCookies,
    ) -> (Option<Plain<kind::BrowserCookie>>, Sha256) {
        if let Some(cookie) = &cookies.form {
            return (None, hash_of(cookie));
        }
        let (cookie, hash) = drawn(self);
        (Some(cookie), hash)
    }

    /// Who is signed in gets a code without a question.
    pub(super) async fn answer_at_once(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        request: &AuthorizationRequest,
        browser: &SignedInBrowser,
    ) -> Result<Shown, OpenIdError> {
        let (account, user, now) = (admitted.account, &browser.user.user, visit.now);
        let (text, hash) = drawn::<kind::AuthorizationCode>(self);
        let since = browser.session.authenticated_at;
        let code = AuthorizationCode::for_request(request, user.id, since, now);
        let mut entry = self.entry_of_pool_user(visit, account, user, AUTHORIZE, Verdict::Allow);
        entry.reason = format!("signed in with this browser before; client {}", code.client).into();
        entry.scopes = code.scope.split(' ').map(str::to_owned).collect();
        let session = browser.hash;
        let committed = self
            .store
            .run_tx("authorize_signed_in", move |tx| {
                let mut own = tx.account(account);
                // SECURITY: what ended since it was looked at gives no code.
                let is_signed_in = own.pool_browser_session(&session)?.is_some()
                    && own
                        .pool_user(code.pool_user)?
                        .is_some_and(|user| may_go_on(&user))
                    && code_stands(&mut own, &code)?;
                if !is_signed_in {
                    return Ok(Outcome::Unrecorded(false));
                }
                own.insert_pool_code(&hash, &code)?;
                Ok(Outcome::Done(true, entry.clone()))
            })
            .await?;
        let pool = &admitted.client().pool;
        if !committed.value {
            let refusal = ErrorCode::LoginRequired.because("nobody is signed in any more");
            return Ok(self.refused(pool, &request.to, refusal));
        }
        Ok(Shown::Returned(self.with_code(pool, &request.to, &text)?))
    }

    /// The browser goes back with a code.
    pub(super) fn with_code(
        &self,
        pool: &PoolId,
        to: &ReturnTo,
        code: &Plain<kind::AuthorizationCode>,
    ) -> Result<Returned, Error> {
        let code = code.expose_secret_text();
        let code = code.ok_or_else(|| Error::internal("a code that is not text"))?;
        Ok(Returned {
            location: self.location(pool, to, &[("code", code)]),
            session: None,
        })
    }

    /// The browser goes back with an error (RFC 6749 §4.1.2.1).
    pub(super) fn refused(&self, pool: &PoolId, to: &ReturnTo, refusal: Refusal) -> Shown {
        let error = [
            ("error", refusal.code.as_str()),
            ("error_description", refusal.text),
        ];
        Shown::Returned(Returned {
            location: self.location(pool, to, &error),
            session: None,
        })
    }

    /// SECURITY: every answer names its issuer, so that it is taken for no other's (RFC 9207). Held
    /// by `every_answer_names_its_issuer`.
    fn location(&self, pool: &PoolId, to: &ReturnTo, said: &[(&str, &str)]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(said);
        if let Some(state) = &to.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", &self.pool_issuer(pool));
        with_query(&to.redirect_uri, &query.finish())
    }
}

/// A URI with more in its query (RFC 6749 §3.1.2: what it has is kept).
pub(super) fn with_query(uri: &RedirectUri, query: &str) -> String {
    let uri = uri.as_str();
    let separator = match uri.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    format!("{uri}{separator}{query}")
}

/// Whether any program could be this client: it has no secret, and comes back to no host of its own.
pub(super) fn is_anybodys(admitted: &Admitted, to: &ReturnTo) -> bool {
    admitted.sealed.secret.is_none() && !to.redirect_uri.as_str().starts_with("https://")
}

/// A page about a request.
pub(super) fn page_for(
    admitted: &Admitted,
    request: &AuthorizationRequest,
    asks: Asks,
    state: String,
) -> LoginPage {
    LoginPage {
        client_name: admitted.client().name.clone(),
        redirect_uri: request.to.redirect_uri.clone(),
        scopes: request.scope.split(' ').map(str::to_owned).collect(),
        asks,
        state,
        form_cookie: None,
        notice: None,
    }
}
