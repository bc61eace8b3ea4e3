//! A sign-in goes on, with its refresh token (RFC 6749 §6).

use procura_core::audit::record::{Committed, Verdict};
use procura_core::digest::{Sha256, sha256};
use procura_core::error::{Error, Kind};
use procura_core::secret::{Plain, kind};
use procura_core::user_pool_client::{AuthFlow, PoolClientId, Rotation};
use procura_store::{AccountTx, Outcome, PoolSignIn, StoredPoolUser};

use super::{Admitted, SIGN_IN};
use crate::App;
use crate::authorization_session::Visit;
use crate::pool_openid::rotation::{
    Continued, Presented, Rotating, first_of, goes_on_with_sign_ins,
};
use crate::pool_token::{PoolTokens, Subject};

/// What a record calls it.
const REFRESH: &str = "GetTokensFromRefreshToken";

/// Whether a client goes on with tokens that do not rotate, by the row as it is now.
fn keeps_still(own: &mut AccountTx<'_>, client: &PoolClientId) -> Result<bool, Error> {
    let Some(found) = own.user_pool_client(client)? else {
        return Ok(false);
    };
    let settings = found.client.settings;
    Ok(settings.rotation == Rotation::AtOpenIdEndpoints
        && settings.flows.contains(&AuthFlow::RefreshToken))
}

/// A refresh token that its sign-in keeps.
struct Kept {
    hash: Sha256,
    sign_in: PoolSignIn,
    user: StoredPoolUser,
}

/// What is kept of a refresh token.
fn hash_of(token: &Plain<kind::RefreshToken>) -> Sha256 {
    sha256(&[token.expose_secret()])
}

fn refused_token() -> Error {
    Error::denied("Invalid Refresh Token")
}

impl App {
    /// A sign-in goes on with its refresh token, and gets the next one where tokens rotate: in the same
    /// way, and with the same end of who uses one twice, as at the token endpoint.
    ///
    /// # Errors
    /// Of [`Kind::Conflict`] where the token was used before.
    pub async fn tokens_from_refresh_token(
        &self,
        visit: &Visit,
        client: &str,
        token: &Plain<kind::RefreshToken>,
        secret: Option<&Plain<kind::Password>>,
    ) -> Result<Committed<PoolTokens>, Error> {
        let admitted = self.find_client(client).await?;
        if !self.is_client(&admitted, secret).await? {
            return Err(Error::denied("Invalid client"));
        }
        if !goes_on_with_sign_ins(admitted.client()) {
            let text = "RefreshTokenRotation or ALLOW_REFRESH_TOKEN_AUTH is needed for this client";
            return Err(Error::new(Kind::Caller, text));
        }
        let hash = hash_of(token);
        let presented = self.presented(&admitted, hash).await?;
        let rotating = match presented.ok_or_else(refused_token)? {
            Presented::Rotates(rotating) => rotating,
            Presented::Stays(sign_in, user) => {
                if sign_in.client != admitted.client().id {
                    return Err(refused_token());
                }
                if admitted.client().settings.rotation == Rotation::AtOpenIdEndpoints {
                    let kept = Kept {
                        hash,
                        sign_in,
                        user,
                    };
                    return self.go_on(visit, &admitted, kept, REFRESH).await;
                }
                let found = first_of(sign_in);
                Rotating { hash, found, user }
            }
        };
        let stopped = self.stopped(visit, &admitted, &rotating, REFRESH).await?;
        let continued = match stopped {
            Some(stopped) => stopped,
            // Tokens of the OpenID endpoints are used there.
            None if rotating.found.openid.scope.is_some() => Continued::Refused,
            None => {
                let continued = self.rotate(visit, &admitted, rotating, None, REFRESH);
                continued.await?
            }
        };
        match continued {
            Continued::WentOn(committed) => Ok(committed),
            Continued::Refused => Err(refused_token()),
            Continued::Reused => Err(Error::conflict(
                "Refresh token has been invalidated by rotation; the sign-in is over now",
            )),
        }
    }

    /// A sign-in goes on: with the refresh token that it gave, and gets no other.
    pub async fn continue_sign_in(
        &self,
        visit: &Visit,
        client: &str,
        token: &Plain<kind::RefreshToken>,
        secret_hash: Option<&str>,
    ) -> Result<Committed<PoolTokens>, Error> {
        let admitted = self.admit_client(client, AuthFlow::RefreshToken).await?;
        if let Rotation::Always { .. } = admitted.client().settings.rotation {
            let text = "Refresh token rotation is enabled for this client; REFRESH_TOKEN_AUTH is \
                        not supported with it";
            return Err(Error::new(Kind::Caller, text));
        }
        let (account, id) = (admitted.account, admitted.client().id.clone());
        let hash = hash_of(token);
        let kept = match self.presented(&admitted, hash).await? {
            Some(Presented::Stays(sign_in, user)) if sign_in.client == id => Kept {
                hash,
                sign_in,
                user,
            },
            _ => return Err(refused_token()),
        };
        let known = self.known(account, kept.user.clone()).await?;
        // The reference hashes the name; applications that know only the `sub` send that.
        let subject = known.user.id.as_uuid_text();
        let sealed = &admitted.sealed;
        let name = &known.profile.username;
        let shows_it = self
            .shows_its_secret(account, sealed, name, secret_hash)
            .await?
            || self
                .shows_its_secret(account, sealed, &subject, secret_hash)
                .await?;
        if !shows_it {
            return Err(Error::denied(format!(
                "Unable to verify secret hash for client {id}"
            )));
        }
        self.go_on(visit, &admitted, kept, SIGN_IN).await
    }

    /// A sign-in goes on and keeps its refresh token.
    async fn go_on(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        Kept {
            hash,
            sign_in,
            user,
        }: Kept,
        action: &'static str,
    ) -> Result<Committed<PoolTokens>, Error> {
        if visit.now >= sign_in.expires_at || !user.user.is_enabled {
            return Err(refused_token());
        }
        let (account, id) = (admitted.account, admitted.client().id.clone());
        let known = self.known(account, user).await?;
        let tokens = self
            .pool_tokens(&Subject {
                account,
                client: admitted.client(),
                sign_in: &sign_in,
                profile: &known.profile,
                openid: None,
                request: visit.request,
                now: visit.now,
            })
            .await?;
        let entry = self.entry_of_pool_user(visit, account, &known.user, action, Verdict::Allow);
        let mut done = entry.clone();
        done.reason = format!("went on with client {id}; {}", sign_in.id).into();
        let mut ended = entry;
        ended.verdict = Verdict::Deny;
        ended.reason = "the sign-in ended meanwhile".into();
        let committed = self
            .store
            .run_tx("continue_sign_in", move |tx| {
                let mut own = tx.account(account);
                // SECURITY: what was ended since it was looked at does not go on.
                let user = own.pool_user(known.user.id)?;
                let is_enabled = user.is_some_and(|user| user.user.is_enabled);
                let may_go_on = is_enabled && keeps_still(&mut own, &id)?;
                let stays = own.pool_sign_in_of(&hash)?.is_some();
                if may_go_on && stays {
                    Ok(Outcome::Done((), done.clone()))
                } else {
                    Ok(Outcome::Refused(refused_token(), ended.clone()))
                }
            })
            .await?;
        Ok(Committed {
            value: tokens,
            record: committed.record,
        })
    }

    /// The sign-in of a refresh token that a client presents, whether it rotates or not, and its user.
    pub(crate) async fn any_sign_in_of(
        &self,
        admitted: &Admitted,
        token: &Plain<kind::RefreshToken>,
    ) -> Result<Option<(PoolSignIn, StoredPoolUser)>, Error> {
        let presented = self.presented(admitted, hash_of(token)).await?;
        Ok(presented.map(Presented::into_sign_in))
    }
}
