//! A sign-in goes on, with a refresh token that is good once (RFC 6749 §6, RFC 9700 §4.14.2).

use procura_core::audit::record::{Committed, Verdict};
use procura_core::digest::{Sha256, sha256};
use procura_core::error::Error;
use procura_core::pool_authorization::{
    self, ErrorCode, Parameters, Refresh, Refusal, check_resource, refresh, resource,
};
use procura_core::time::Timestamp;
use procura_core::user_pool_client::Grant;
use procura_store::{AccountTx, Outcome, RefreshTokenFound, StoredPoolUser, Tx};

use super::standing::{allowed_now, left_of};
use super::token::{Granted, TOKEN, granted};
use super::{OpenIdError, may_go_on};
use crate::App;
use crate::authorization_session::Visit;
use crate::pool_sign_in::Admitted;
use crate::pool_token::{OpenIdSubject, refresh_token};

/// What is said of a refresh token that is not good, whatever is wrong.
const REFUSED: Refusal = Refusal {
    code: ErrorCode::InvalidGrant,
    text: "the refresh token is not valid",
};
/// What is said of one that was used before.
const REUSED: Refusal = Refusal {
    code: ErrorCode::InvalidGrant,
    text: "the refresh token was used before; the sign-in is over now",
};

/// How it ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Settled {
    WentOn,
    Refused,
    Reused,
}

impl App {
    /// A sign-in goes on, and gets the next refresh token.
    pub(super) async fn continue_openid_sign_in(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        asked: &Parameters,
    ) -> Result<Committed<Granted>, OpenIdError> {
        let missing = || ErrorCode::InvalidRequest.because("refresh_token is missing");
        let hash = sha256(&[asked.get("refresh_token").ok_or_else(missing)?.as_bytes()]);
        let (account, client, now) = (admitted.account, admitted.client(), visit.now);
        let found = self.openid_sign_in_of(admitted, hash).await?;
        let (found, stored) = found.ok_or(REFUSED)?;
        let (sign_in, openid) = (&found.sign_in, &found.openid);
        let (user, id) = (stored.user.clone(), sign_in.id);
        if sign_in.client != client.id || now >= sign_in.expires_at || !may_go_on(&stored) {
            return Err(REFUSED.into());
        }
        let grace_s = client.settings.rotation.grace_s();
        if what_becomes(&found, grace_s, now) == Refresh::Reused {
            return Err(self.end_reused(visit, account, &user, id, REUSED).await);
        }
        let allowed = self.standing_scopes(admitted, openid.resource.as_deref());
        let scopes = left_of(&openid.scope, &allowed.await?);
        let scope = pool_authorization::granted(asked.get("scope"), &scopes)?;
        check_resource(openid.resource.as_deref(), resource(asked)?.as_deref())?;
        let subject = OpenIdSubject {
            scope: &scope,
            resource: openid.resource.as_deref(),
            nonce: None,
        };
        let tokens = self.openid_tokens(visit, admitted, sign_in, stored, subject);
        let mut tokens = tokens.await?;
        let (next, next_hash) = refresh_token(self);
        tokens.refresh = Some(next);
        let mut entry = self.entry_of_pool_user(visit, account, &user, TOKEN, Verdict::Allow);
        entry.reason = format!("went on with client {}; {id}", client.id).into();
        entry.scopes = scope.split(' ').map(str::to_owned).collect();
        let of = scope.clone();
        let committed = self
            .store
            .run_tx("continue_openid_sign_in", move |tx| {
                let mut own = tx.account(account);
                match gone_on(&mut own, (&hash, &next_hash), &of, grace_s, now)? {
                    Settled::WentOn => Ok(Outcome::Done(Settled::WentOn, entry.clone())),
                    other => Ok(Outcome::Unrecorded(other)),
                }
            })
            .await?;
        match committed.value {
            Settled::WentOn => Ok(Committed {
                value: granted(tokens, &scope),
                record: committed.record,
            }),
            Settled::Refused => Err(REFUSED.into()),
            Settled::Reused => Err(self.end_reused(visit, account, &user, id, REUSED).await),
        }
    }

    /// The sign-in of a refresh token of the OpenID endpoints, and its user.
    pub(super) async fn openid_sign_in_of(
        &self,
        admitted: &Admitted,
        hash: Sha256,
    ) -> Result<Option<(RefreshTokenFound, StoredPoolUser)>, Error> {
        let account = admitted.account;
        let read = move |tx: &mut Tx<'_>| {
            let mut own = tx.account(account);
            let Some(found) = own.pool_refresh_token(&hash)? else {
                return Ok(None);
            };
            let user = own.pool_user(found.sign_in.pool_user)?;
            Ok(user.map(|user| (found, user)))
        };
        self.store.look_up("pool_refresh_token", read).await
    }
}

fn what_becomes(found: &RefreshTokenFound, grace_s: u8, now: Timestamp) -> Refresh {
    let newest = (found.openid.generation, found.openid.began_at);
    refresh(found.generation, newest, grace_s, now)
}

/// Goes on by the rows as they are now.
fn gone_on(
    own: &mut AccountTx<'_>,
    (hash, next_hash): (&Sha256, &Sha256),
    scope: &str,
    grace_s: u8,
    now: Timestamp,
) -> Result<Settled, Error> {
    let Some(found) = own.pool_refresh_token(hash)? else {
        return Ok(Settled::Refused);
    };
    let user = own.pool_user(found.sign_in.pool_user)?;
    // SECURITY: what was ended since it was looked at does not go on.
    if !user.is_some_and(|user| may_go_on(&user)) {
        return Ok(Settled::Refused);
    }
    let (id, newest) = (found.sign_in.id, found.openid.generation);
    let becomes = what_becomes(&found, grace_s, now);
    if becomes != Refresh::Reused && !narrowed(own, &found, scope)? {
        return Ok(Settled::Refused);
    }
    match becomes {
        Refresh::Reused => Ok(Settled::Reused),
        Refresh::Repeats => {
            own.insert_pool_refresh_token(id, newest, next_hash)?;
            Ok(Settled::WentOn)
        }
        Refresh::Advances => {
            if own.advance_pool_refresh_token(id, newest, now, next_hash)? {
                Ok(Settled::WentOn)
            } else {
                Err(Error::internal("a sign-in that was just read is gone"))
            }
        }
    }
}

/// Whether `scope` is of what the sign-in has now. What the client may not have any more is taken
/// from the sign-in for good: a scope that comes back is asked for anew.
fn narrowed(
    own: &mut AccountTx<'_>,
    found: &RefreshTokenFound,
    scope: &str,
) -> Result<bool, Error> {
    let (sign_in, openid) = (&found.sign_in, &found.openid);
    let resource = openid.resource.as_deref();
    let client = allowed_now(own, &sign_in.client, Grant::AuthorizationCode, resource)?;
    let Some((_, allowed)) = client else {
        return Ok(false);
    };
    let left = left_of(&openid.scope, &allowed);
    if pool_authorization::granted(Some(scope), &left).is_err() {
        return Ok(false);
    }
    let left = left.join(" ");
    if left != openid.scope {
        own.narrow_openid_sign_in(sign_in.id, &left)?;
    }
    Ok(true)
}
