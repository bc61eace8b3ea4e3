//! A sign-in goes on with a refresh token that is good once (RFC 9700 §4.14.2): the one way of those
//! at the OpenID endpoints, and of those that `InitiateAuth` gave to a client whose tokens rotate.

use procura_core::audit::record::{Committed, Verdict};
use procura_core::digest::Sha256;
use procura_core::error::Error;
use procura_core::pool_authorization::{self, Refresh, refresh};
use procura_core::secret::kind;
use procura_core::time::Timestamp;
use procura_core::user_pool_client::{AuthFlow, Grant, PoolClient, PoolClientId, Rotation};
use procura_store::{
    AccountTx, OpenIdSignIn, Outcome, PoolSignIn, RefreshTokenFound, StoredPoolUser, Tx,
};

use super::may_go_on;
use super::standing::{allowed_now, left_of};
use crate::App;
use crate::authorization_session::Visit;
use crate::pool_sign_in::{Admitted, drawn};
use crate::pool_token::{OpenIdSubject, PoolTokens, Subject, refresh_token};

/// A refresh token that rotates, as it was found.
pub(crate) struct Rotating {
    /// The hash of the token.
    pub(crate) hash: Sha256,
    /// What it leads to.
    pub(crate) found: RefreshTokenFound,
    /// Whose it is.
    pub(crate) user: StoredPoolUser,
}

/// A refresh token, as it was found.
pub(crate) enum Presented {
    /// One that its sign-in keeps.
    Stays(PoolSignIn, StoredPoolUser),
    /// One that is good once.
    Rotates(Rotating),
}

impl Presented {
    /// The sign-in, and its user.
    pub(crate) fn into_sign_in(self) -> (PoolSignIn, StoredPoolUser) {
        match self {
            Self::Stays(sign_in, user) => (sign_in, user),
            Self::Rotates(rotating) => (rotating.found.sign_in, rotating.user),
        }
    }
}

/// What comes of it.
pub(crate) enum Continued {
    /// The sign-in went on, with these.
    WentOn(Committed<PoolTokens>),
    /// It did not, and stays what it is.
    Refused,
    /// It is over now: the token was used before.
    Reused,
}

/// How it ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Settled {
    WentOn,
    Refused,
    Reused,
}

/// What a transaction goes on with.
#[derive(Clone)]
struct Going {
    hash: Sha256,
    next_hash: Sha256,
    /// The hash of nothing that anybody knows.
    no_token: Sha256,
    client: PoolClientId,
    /// What is asked for; none of a sign-in of `InitiateAuth`.
    scope: Option<String>,
    grace_s: u8,
    now: Timestamp,
}

/// Whether a client goes on with sign-ins of `InitiateAuth` by [`App::rotate`]: the setting is a word
/// for it, as the flow is.
pub(crate) fn goes_on_with_sign_ins(client: &PoolClient) -> bool {
    let rotates = client.settings.rotation != Rotation::AtOpenIdEndpoints;
    rotates || client.settings.flows.contains(&AuthFlow::RefreshToken)
}

/// A refresh token of `InitiateAuth` before its first use, as the first that rotates.
pub(crate) fn first_of(sign_in: PoolSignIn) -> RefreshTokenFound {
    let openid = OpenIdSignIn {
        scope: None,
        resource: None,
        generation: 1,
        began_at: sign_in.authenticated_at,
    };
    RefreshTokenFound {
        sign_in,
        openid,
        generation: 1,
    }
}

impl App {
    /// What a refresh token of either kind leads to.
    ///
    /// A token that stays becomes one that rotates, and never the other way: who asks for the first
    /// kind first finds it also where its first use comes between the two questions. Held by
    /// `many_who_rotate_at_once_all_go_on`.
    pub(crate) async fn presented(
        &self,
        admitted: &Admitted,
        hash: Sha256,
    ) -> Result<Option<Presented>, Error> {
        let account = admitted.account;
        let read = move |tx: &mut Tx<'_>| {
            let mut own = tx.account(account);
            if let Some(sign_in) = own.pool_sign_in_of(&hash)? {
                let user = own.pool_user(sign_in.pool_user)?;
                return Ok(user.map(|user| Presented::Stays(sign_in, user)));
            }
            let Some(found) = own.pool_refresh_token(&hash)? else {
                return Ok(None);
            };
            let user = own.pool_user(found.sign_in.pool_user)?;
            Ok(user.map(|user| Presented::Rotates(Rotating { hash, found, user })))
        };
        self.store.look_up("pool_refresh_token", read).await
    }

    /// The sign-in of a refresh token that rotates, and its user.
    pub(crate) async fn rotating(
        &self,
        admitted: &Admitted,
        hash: Sha256,
    ) -> Result<Option<Rotating>, Error> {
        match self.presented(admitted, hash).await? {
            Some(Presented::Rotates(rotating)) => Ok(Some(rotating)),
            Some(Presented::Stays(..)) | None => Ok(None),
        }
    }

    /// Why a refresh token does not go on, if it does not; what was used before ends with what it
    /// gave.
    pub(crate) async fn stopped(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        rotating: &Rotating,
        action: &'static str,
    ) -> Result<Option<Continued>, Error> {
        let (sign_in, client) = (&rotating.found.sign_in, admitted.client());
        let is_over = visit.now >= sign_in.expires_at || !may_go_on(&rotating.user);
        if sign_in.client != client.id || is_over {
            return Ok(Some(Continued::Refused));
        }
        let grace_s = client.settings.rotation.grace_s();
        if what_becomes(&rotating.found, grace_s, visit.now) == Refresh::Reused {
            return self
                .ended(visit, admitted, rotating, action)
                .await
                .map(Some);
        }
        Ok(None)
    }

    async fn ended(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        rotating: &Rotating,
        action: &'static str,
    ) -> Result<Continued, Error> {
        let (user, id) = (&rotating.user.user, rotating.found.sign_in.id);
        let why = (action, "the refresh token was used before");
        self.end_reused(visit, admitted.account, user, id, why)
            .await?;
        Ok(Continued::Reused)
    }

    /// A sign-in that nothing stops goes on, and gets the next refresh token. `scope` is what is asked
    /// for of what it has at the OpenID endpoints; none of a sign-in of `InitiateAuth`.
    pub(crate) async fn rotate(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        rotating: Rotating,
        scope: Option<&str>,
        action: &'static str,
    ) -> Result<Continued, Error> {
        let (account, client, now) = (admitted.account, admitted.client(), visit.now);
        let known = self.known(account, rotating.user.clone()).await?;
        let (sign_in, openid) = (&rotating.found.sign_in, &rotating.found.openid);
        let subject = Subject {
            account,
            client,
            sign_in,
            profile: &known.profile,
            openid: scope.map(|scope| OpenIdSubject {
                scope,
                resource: openid.resource.as_deref(),
                nonce: None,
            }),
            request: visit.request,
            now,
        };
        let mut tokens = self.pool_tokens(&subject).await?;
        let (next, next_hash) = refresh_token(self);
        tokens.refresh = Some(next);
        let mut entry =
            self.entry_of_pool_user(visit, account, &known.user, action, Verdict::Allow);
        entry.reason = format!("went on with client {}; {}", client.id, sign_in.id).into();
        let scopes = scope.unwrap_or_default().split(' ');
        let scopes = scopes.filter(|scope| !scope.is_empty());
        entry.scopes = scopes.map(str::to_owned).collect();
        let (_, no_token) = drawn::<kind::RefreshToken>(self);
        let going = Going {
            hash: rotating.hash,
            next_hash,
            no_token,
            client: client.id.clone(),
            scope: scope.map(str::to_owned),
            grace_s: client.settings.rotation.grace_s(),
            now,
        };
        let committed = self
            .store
            .run_tx("rotate_pool_refresh_token", move |tx| {
                match gone_on(&mut tx.account(account), &going)? {
                    Settled::WentOn => Ok(Outcome::Done(Settled::WentOn, entry.clone())),
                    other => Ok(Outcome::Unrecorded(other)),
                }
            })
            .await?;
        match committed.value {
            Settled::WentOn => Ok(Continued::WentOn(Committed {
                value: tokens,
                record: committed.record,
            })),
            Settled::Refused => Ok(Continued::Refused),
            Settled::Reused => self.ended(visit, admitted, &rotating, action).await,
        }
    }
}

fn what_becomes(found: &RefreshTokenFound, grace_s: u8, now: Timestamp) -> Refresh {
    let newest = (found.openid.generation, found.openid.began_at);
    refresh(found.generation, newest, grace_s, now)
}

/// Goes on by the rows as they are now.
fn gone_on(own: &mut AccountTx<'_>, going: &Going) -> Result<Settled, Error> {
    let Some(found) = found_now(own, going)? else {
        return Ok(Settled::Refused);
    };
    let user = own.pool_user(found.sign_in.pool_user)?;
    // SECURITY: what was ended since it was looked at does not go on.
    if !user.is_some_and(|user| may_go_on(&user)) {
        return Ok(Settled::Refused);
    }
    let (id, newest) = (found.sign_in.id, found.openid.generation);
    let (next_hash, now) = (&going.next_hash, going.now);
    let becomes = what_becomes(&found, going.grace_s, now);
    if becomes != Refresh::Reused && !has_still(own, &found, going)? {
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

/// What the token leads to; of one that `InitiateAuth` gave, its first use makes it the first that
/// rotates.
///
/// SECURITY: after that nothing goes on with it beside its successors. Held by
/// `rotation_that_is_taken_back_is_not_for_a_sign_in_that_rotates`.
fn found_now(own: &mut AccountTx<'_>, going: &Going) -> Result<Option<RefreshTokenFound>, Error> {
    let found = own.pool_refresh_token(&going.hash)?;
    if found.is_some() || going.scope.is_some() {
        return Ok(found);
    }
    if let Some(sign_in) = own.pool_sign_in_of(&going.hash)? {
        own.begin_rotation(&sign_in, &going.hash, &going.no_token)?;
    }
    own.pool_refresh_token(&going.hash)
}

/// Whether what is asked for is had still. What the client may not have any more is taken from the
/// sign-in for good: a scope that comes back is asked for anew.
fn has_still(
    own: &mut AccountTx<'_>,
    found: &RefreshTokenFound,
    going: &Going,
) -> Result<bool, Error> {
    let (sign_in, openid) = (&found.sign_in, &found.openid);
    let (granted, asked) = match (&openid.scope, &going.scope) {
        (Some(granted), Some(asked)) => (granted, asked),
        (None, None) => {
            let client = own.user_pool_client(&going.client)?;
            return Ok(client.is_some_and(|found| goes_on_with_sign_ins(&found.client)));
        }
        // Tokens of the two ways do not mix.
        (Some(_), None) | (None, Some(_)) => return Ok(false),
    };
    let resource = openid.resource.as_deref();
    let client = allowed_now(own, &going.client, Grant::AuthorizationCode, resource)?;
    let Some((_, allowed)) = client else {
        return Ok(false);
    };
    let left = left_of(granted, &allowed);
    if pool_authorization::granted(Some(asked), &left).is_err() {
        return Ok(false);
    }
    let left = left.join(" ");
    if left != *granted {
        own.narrow_openid_sign_in(sign_in.id, &left)?;
    }
    Ok(true)
}
