//! What a right password gains, made before it is written down.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_core::digest::{Sha256, sha256};
use procura_core::entropy::random_bytes;
use procura_core::error::Error;
use procura_core::id::SignInId;
use procura_core::pool_authorization::{AuthorizationCode, AuthorizationRequest, LOGIN_LIFETIME_S};
use procura_core::pool_user::{PoolUser, Profile};
use procura_core::secret::{Plain, kind};
use procura_core::user_pool_client::{AuthFlow, PoolClientId};
use procura_store::{AccountTx, PoolBrowserSession, PoolSignIn};

use super::Admitted;
use crate::App;
use crate::authorization_session::Visit;
use crate::pool_openid::standing::code_stands;
use crate::pool_token::{PoolTokens, Subject, refresh_token};

/// How many sign-ins a user has at once; the oldest ends for the next.
pub(crate) const SIGN_INS_MAX: u32 = 100;

/// What a password is given for.
pub(crate) enum Aim<'a> {
    /// Tokens, for an application that asked for the password itself.
    Tokens,
    /// A login session of a browser, and a code for the application that sent it.
    Browser(&'a AuthorizationRequest),
}

/// What comes of it.
pub(crate) enum Gained {
    /// Tokens.
    Tokens(Box<PoolTokens>),
    /// A login session and a code.
    Browser(Entered),
}

/// A browser in which a user has just signed in.
pub(crate) struct Entered {
    /// What it gets for a cookie.
    pub(crate) session: Plain<kind::BrowserCookie>,
    /// What it carries to the application.
    pub(crate) code: Plain<kind::AuthorizationCode>,
}

/// What is not written down yet.
pub(crate) struct Prepared {
    pub(super) rows: NewRows,
    pub(super) gained: Gained,
}

/// What is written down.
#[derive(Clone)]
pub(super) enum NewRows {
    /// A sign-in, with the hash of its refresh token.
    SignIn(PoolSignIn, Sha256),
    /// A session and a code, each with its hash.
    LogIn(PoolBrowserSession, Sha256, Box<AuthorizationCode>, Sha256),
}

/// 256 random bits as a text, and the hash that is kept of it.
pub(crate) fn drawn<K>(app: &App) -> (Plain<K>, Sha256) {
    let text = URL_SAFE_NO_PAD.encode(app.with_rng(random_bytes::<32>));
    let hash = sha256(&[text.as_bytes()]);
    (Plain::new(text.into_bytes()), hash)
}

impl App {
    /// What a user gains who is to be signed in.
    pub(super) async fn prepare(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        user: &PoolUser,
        profile: &Profile,
        aim: &Aim<'_>,
    ) -> Result<Prepared, Error> {
        match aim {
            Aim::Tokens => self.prepare_sign_in(visit, admitted, user, profile).await,
            Aim::Browser(request) => Ok(self.prepare_log_in(visit, user, request)),
        }
    }

    /// The tokens of a sign-in.
    async fn prepare_sign_in(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        user: &PoolUser,
        profile: &Profile,
    ) -> Result<Prepared, Error> {
        let client = admitted.client();
        let life_s = client.settings.lives.refresh_s;
        let sign_in = PoolSignIn {
            id: self.with_rng(|rng| SignInId::generate(visit.now, rng)),
            pool_user: user.id,
            client: client.id.clone(),
            authenticated_at: visit.now,
            expires_at: visit.now.plus_seconds(life_s.into()),
        };
        let mut tokens = self
            .pool_tokens(&Subject {
                account: admitted.account,
                client,
                sign_in: &sign_in,
                profile,
                openid: None,
                request: visit.request,
                now: visit.now,
            })
            .await?;
        let (refresh, hash) = refresh_token(self);
        tokens.refresh = Some(refresh);
        Ok(Prepared {
            rows: NewRows::SignIn(sign_in, hash),
            gained: Gained::Tokens(Box::new(tokens)),
        })
    }

    /// SECURITY: a session of before is not gone on with: whoever knew its cookie knows nothing of
    /// this one. Held by `each_login_is_another_session`.
    fn prepare_log_in(
        &self,
        visit: &Visit,
        user: &PoolUser,
        request: &AuthorizationRequest,
    ) -> Prepared {
        let now = visit.now;
        let row = PoolBrowserSession {
            pool_user: user.id,
            authenticated_at: now,
            expires_at: now.plus_seconds(LOGIN_LIFETIME_S),
        };
        let (session, session_hash) = drawn(self);
        let (code, code_hash) = drawn(self);
        let of = Box::new(AuthorizationCode::for_request(request, user.id, now, now));
        Prepared {
            rows: NewRows::LogIn(row, session_hash, of, code_hash),
            gained: Gained::Browser(Entered { session, code }),
        }
    }
}

/// Writes down what a right password gains, and ends the oldest sign-in of a user who has too many:
/// what the record says of it; none when the client is gone, or may not do this any more.
pub(super) fn written(
    own: &mut AccountTx<'_>,
    rows: Option<&NewRows>,
) -> Result<Option<String>, Error> {
    match rows {
        None => Ok(None),
        Some(NewRows::SignIn(sign_in, hash)) => {
            if !takes_passwords(own, &sign_in.client)? {
                return Ok(None);
            }
            sign_in_written(own, sign_in, hash)
        }
        Some(NewRows::LogIn(session, session_hash, code, code_hash)) => {
            if !code_stands(own, code)? {
                return Ok(None);
            }
            own.insert_pool_browser_session(session_hash, session)?;
            own.insert_pool_code(code_hash, code)?;
            let client = &code.client;
            Ok(Some(format!(
                "signed in with a browser, for client {client}"
            )))
        }
    }
}

/// Whether a client may sign users in with their password by the row as it is now: it may have lost
/// that while the password was checked.
fn takes_passwords(own: &mut AccountTx<'_>, client: &PoolClientId) -> Result<bool, Error> {
    let found = own.user_pool_client(client)?;
    let flow = AuthFlow::UserPassword;
    Ok(found.is_some_and(|found| found.client.settings.flows.contains(&flow)))
}

/// Adds a sign-in, and ends the oldest of a user who has too many: what the record says of it; none
/// when the client is gone.
pub(crate) fn sign_in_written(
    own: &mut AccountTx<'_>,
    sign_in: &PoolSignIn,
    hash: &Sha256,
) -> Result<Option<String>, Error> {
    let (client, id) = (&sign_in.client, sign_in.id);
    if own.user_pool_client(client)?.is_none() {
        return Ok(None);
    }
    own.insert_pool_sign_in(sign_in, hash)?;
    let ended = own.trim_pool_sign_ins(sign_in.pool_user, SIGN_INS_MAX)?;
    let said = format!("signed in with client {client}; {id}");
    Ok(Some(match ended {
        0 => said,
        ended => format!("{said}; {ended} older sign-ins ended for it"),
    }))
}
