//! A code is redeemed (RFC 6749 §4.1.3, RFC 7636 §4.6).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_core::audit::record::{Committed, Verdict};
use procura_core::digest::{Sha256, sha256};
use procura_core::error::Error;
use procura_core::id::SignInId;
use procura_core::pool_authorization::{
    ErrorCode, NOT_REDEEMED, Parameters, Redeemer, Redemption, Refusal, resource,
};
use procura_core::secret::kind;
use procura_core::time::Timestamp;
use procura_store::{AccountTx, OpenIdSignIn, Outcome, PoolSignIn, Tx};

use super::standing::code_stands;
use super::token::{Granted, TOKEN, granted};
use super::{OpenIdError, may_go_on};
use crate::App;
use crate::authorization_session::Visit;
use crate::pool_sign_in::{Admitted, drawn, sign_in_written};
use crate::pool_token::{OpenIdSubject, refresh_token};

/// What is said of a code that was redeemed before.
const REUSED: Refusal = Refusal {
    code: ErrorCode::InvalidGrant,
    text: "the code was redeemed before; what it gave is over now",
};

/// How it ended.
#[derive(Clone, Copy)]
enum Settled {
    Redeemed,
    Refused(Refusal),
    Reused(SignInId),
}

impl App {
    /// A client redeems the code of a user who has signed in.
    pub(super) async fn redeem_code(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        asked: &Parameters,
    ) -> Result<Committed<Granted>, OpenIdError> {
        let (hash, who) = redeemer(admitted, asked)?;
        let (account, now) = (admitted.account, visit.now);
        let read = move |tx: &mut Tx<'_>| {
            let mut own = tx.account(account);
            let Some(code) = own.pool_code(&hash)? else {
                return Ok(None);
            };
            let user = own.pool_user(code.pool_user)?;
            Ok(user.map(|user| (code, user)))
        };
        let found = self.store.look_up("pool_authorization_code", read).await?;
        let (code, stored) = found.ok_or(NOT_REDEEMED)?;
        let user = stored.user.clone();
        match code.redeemed_by(&who, now) {
            Redemption::Redeemed if may_go_on(&stored) => {}
            Redemption::Redeemed => return Err(NOT_REDEEMED.into()),
            Redemption::Refused(refusal) => return Err(refusal.into()),
            Redemption::Reused(sign_in) => {
                let why = (TOKEN, REUSED.text);
                self.end_reused(visit, account, &user, sign_in, why).await?;
                return Err(REUSED.into());
            }
        }
        let life_s = admitted.client().settings.lives.refresh_s;
        let sign_in = PoolSignIn {
            id: self.with_rng(|rng| SignInId::generate(now, rng)),
            pool_user: code.pool_user,
            client: code.client.clone(),
            authenticated_at: code.authenticated_at,
            expires_at: now.plus_seconds(life_s.into()),
        };
        let openid = OpenIdSubject {
            scope: &code.scope,
            resource: code.resource.as_deref(),
            nonce: code.nonce.as_deref(),
        };
        let tokens = self.openid_tokens(visit, admitted, &sign_in, stored, openid);
        let mut tokens = tokens.await?;
        let (refresh, refresh_hash) = refresh_token(self);
        tokens.refresh = Some(refresh);
        let mut entry = self.entry_of_pool_user(visit, account, &user, TOKEN, Verdict::Allow);
        entry.scopes = code.scope.split(' ').map(str::to_owned).collect();
        // Nobody knows a token of this hash: `InitiateAuth` does not go on with this sign-in.
        let (_, no_token) = drawn::<kind::RefreshToken>(self);
        let hashes = (hash, refresh_hash, no_token);
        let committed = self
            .store
            .run_tx("redeem_code", move |tx| {
                let mut own = tx.account(account);
                let (settled, said) = redeemed(&mut own, &who, &sign_in, hashes, now)?;
                match settled {
                    Settled::Redeemed => {
                        let mut entry = entry.clone();
                        entry.reason = said.into();
                        Ok(Outcome::Done(settled, entry))
                    }
                    Settled::Refused(_) | Settled::Reused(_) => Ok(Outcome::Unrecorded(settled)),
                }
            })
            .await?;
        match committed.value {
            Settled::Redeemed => Ok(Committed {
                value: granted(tokens, &code.scope),
                record: committed.record,
            }),
            Settled::Refused(refusal) => Err(refusal.into()),
            Settled::Reused(sign_in) => {
                let why = (TOKEN, REUSED.text);
                self.end_reused(visit, account, &user, sign_in, why).await?;
                Err(REUSED.into())
            }
        }
    }
}

/// Redeems a code by the row as it is now: the sign-in is made with it, or not at all.
fn redeemed(
    own: &mut AccountTx<'_>,
    who: &Redeemer,
    sign_in: &PoolSignIn,
    (hash, refresh_hash, no_token): (Sha256, Sha256, Sha256),
    now: Timestamp,
) -> Result<(Settled, String), Error> {
    let refused = Ok((Settled::Refused(NOT_REDEEMED), String::new()));
    let Some(code) = own.pool_code(&hash)? else {
        return refused;
    };
    let user = own.pool_user(code.pool_user)?;
    // SECURITY: what the client may not ask for any more, it does not get by a code of before. Held
    // by `a_code_is_good_for_what_its_client_may_now`.
    if !user.is_some_and(|user| may_go_on(&user)) || !code_stands(own, &code)? {
        return refused;
    }
    // SECURITY: of many who redeem it at once one does; the others are its reuse. Held by
    // `of_many_redemptions_at_once_nothing_is_left`.
    match code.redeemed_by(who, now) {
        Redemption::Redeemed => {}
        Redemption::Refused(refusal) => return Ok((Settled::Refused(refusal), String::new())),
        Redemption::Reused(id) => return Ok((Settled::Reused(id), String::new())),
    }
    let Some(said) = sign_in_written(own, sign_in, &no_token)? else {
        return refused;
    };
    let openid = OpenIdSignIn {
        scope: Some(code.scope),
        resource: code.resource,
        generation: 1,
        began_at: now,
    };
    own.insert_openid_sign_in(sign_in.id, &openid, &refresh_hash)?;
    if !own.redeem_pool_code(&hash, sign_in.id)? {
        return Err(Error::internal("a code that was just read is gone"));
    }
    Ok((Settled::Redeemed, said))
}

/// The hash of the code, and who redeems it.
fn redeemer(admitted: &Admitted, asked: &Parameters) -> Result<(Sha256, Redeemer), Refusal> {
    let missing = |text| ErrorCode::InvalidRequest.because(text);
    let code = asked
        .get("code")
        .ok_or_else(|| missing("code is missing"))?;
    let verifier = asked.get("code_verifier");
    let verifier = verifier.ok_or_else(|| missing("code_verifier is missing"))?;
    // RFC 7636 §4.1.
    let is_unreserved =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(is_unreserved) {
        return Err(NOT_REDEEMED);
    }
    let who = Redeemer {
        client: admitted.client().id.clone(),
        redirect_uri: asked.get("redirect_uri").map(str::to_owned),
        challenge: URL_SAFE_NO_PAD.encode(sha256(&[verifier.as_bytes()])),
        resource: resource(asked)?,
    };
    Ok((sha256(&[code.as_bytes()]), who))
}
