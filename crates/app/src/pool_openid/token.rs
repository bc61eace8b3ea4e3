//! The token endpoint (RFC 6749 §3.2).

use procura_core::account::AccountId;
use procura_core::audit::record::{Committed, Verdict};
use procura_core::error::Error;
use procura_core::id::SignInId;
use procura_core::pool_authorization::{ErrorCode, Parameters};
use procura_core::pool_user::PoolUser;
use procura_core::secret::{Plain, kind};
use procura_core::user_pool::PoolId;
use procura_core::user_pool_client::Grant;
use procura_store::{Outcome, PoolSignIn, StoredPoolUser};

use super::OpenIdError;
use crate::App;
use crate::authorization_session::Visit;
use crate::pool_sign_in::Admitted;
use crate::pool_token::{OpenIdSubject, PoolTokens, Subject};

/// What a record calls it.
pub(super) const TOKEN: &str = "UserPoolToken";

/// What a client gets (RFC 6749 §5.1).
#[derive(Debug)]
pub struct Granted {
    /// For who acts for the user, or for the client itself.
    pub access: Plain<kind::UserToken>,
    /// Who the user is.
    pub id: Option<Plain<kind::UserToken>>,
    /// For more of both, once.
    pub refresh: Option<Plain<kind::RefreshToken>>,
    /// How long the access token is good, in seconds.
    pub access_s: i64,
    /// What it is good for.
    pub scope: String,
}

impl App {
    /// A client asks for tokens.
    ///
    /// # Errors
    /// What the client is told (RFC 6749 §5.2).
    pub async fn grant(
        &self,
        visit: &Visit,
        pool: &PoolId,
        authorization: Option<&str>,
        asked: &Parameters,
    ) -> Result<Committed<Granted>, OpenIdError> {
        let admitted = self.authenticate_client(pool, authorization, asked).await?;
        let grant = asked.get("grant_type");
        let grant =
            grant.ok_or_else(|| ErrorCode::InvalidRequest.because("grant_type is missing"))?;
        let needed = match grant {
            "authorization_code" | "refresh_token" => Grant::AuthorizationCode,
            "client_credentials" => Grant::ClientCredentials,
            _ => {
                let text = "use authorization_code, refresh_token or client_credentials";
                return Err(ErrorCode::UnsupportedGrantType.because(text).into());
            }
        };
        if !admitted.client().settings.openid.grants.contains(&needed) {
            let text = "the client may not use this grant";
            return Err(ErrorCode::UnauthorizedClient.because(text).into());
        }
        match grant {
            "authorization_code" => self.redeem_code(visit, &admitted, asked).await,
            "refresh_token" => self.continue_openid_sign_in(visit, &admitted, asked).await,
            _ => self.grant_to_client(visit, &admitted, asked).await,
        }
    }

    /// The tokens of a sign-in, without the next refresh token.
    pub(super) async fn openid_tokens(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        sign_in: &PoolSignIn,
        user: StoredPoolUser,
        openid: OpenIdSubject<'_>,
    ) -> Result<PoolTokens, Error> {
        let known = self.known(admitted.account, user).await?;
        self.pool_tokens(&Subject {
            account: admitted.account,
            client: admitted.client(),
            sign_in,
            profile: &known.profile,
            openid: Some(openid),
            request: visit.request,
            now: visit.now,
        })
        .await
    }

    /// What was used twice ends with what it gave, on record.
    pub(super) async fn end_reused(
        &self,
        visit: &Visit,
        account: AccountId,
        user: &PoolUser,
        sign_in: SignInId,
        (action, why): (&'static str, &'static str),
    ) -> Result<(), Error> {
        let mut entry = self.entry_of_pool_user(visit, account, user, action, Verdict::Deny);
        entry.reason = format!("used again: {why}; {sign_in} ended").into();
        let (user, now) = (user.user, visit.now);
        self.store
            .run_tx("end_reused_sign_in", move |tx| {
                // What ended before ends no more, however often somebody tries.
                if !tx.account(account).delete_pool_sign_in(sign_in)? {
                    return Ok(Outcome::Unrecorded(()));
                }
                tx.cut_user(user, now)?;
                Ok(Outcome::Done((), entry.clone()))
            })
            .await?;
        Ok(())
    }
}

/// What a client gets of these tokens.
pub(super) fn granted(tokens: PoolTokens, scope: &str) -> Granted {
    Granted {
        access: tokens.access,
        id: tokens.id,
        refresh: tokens.refresh,
        access_s: tokens.access_s,
        scope: scope.to_owned(),
    }
}
