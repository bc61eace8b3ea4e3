//! A sign-in goes on, with its refresh token (RFC 6749 §6).

use procura_core::account::AccountId;
use procura_core::audit::record::{Committed, Verdict};
use procura_core::digest::sha256;
use procura_core::error::{Error, Kind};
use procura_core::secret::{Plain, kind};
use procura_core::user_pool_client::{AuthFlow, Rotation};
use procura_store::{Outcome, PoolSignIn, StoredPoolUser, Tx};

use super::SIGN_IN;
use crate::App;
use crate::authorization_session::Visit;
use crate::pool_token::{PoolTokens, Subject};

fn refused_token() -> Error {
    Error::denied("Invalid Refresh Token")
}

impl App {
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
        let found = self.sign_in_of(account, token).await?;
        let found = found.filter(|(sign_in, user)| {
            sign_in.client == id && visit.now < sign_in.expires_at && user.user.is_enabled
        });
        let (sign_in, user) = found.ok_or_else(refused_token)?;
        let known = self.known(account, user).await?;
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
        let entry = self.entry_of_pool_user(visit, account, &known.user, SIGN_IN, Verdict::Allow);
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
                if is_enabled && own.has_pool_sign_in(sign_in.id)? {
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

    /// The sign-in of a refresh token, and its user.
    pub(crate) async fn sign_in_of(
        &self,
        account: AccountId,
        token: &Plain<kind::RefreshToken>,
    ) -> Result<Option<(PoolSignIn, StoredPoolUser)>, Error> {
        let hash = sha256(&[token.expose_secret()]);
        let read = move |tx: &mut Tx<'_>| {
            let mut own = tx.account(account);
            let Some(sign_in) = own.pool_sign_in_of(&hash)? else {
                return Ok(None);
            };
            let user = own.pool_user(sign_in.pool_user)?;
            Ok(user.map(|user| (sign_in, user)))
        };
        self.store.look_up("pool_sign_in", read).await
    }
}
