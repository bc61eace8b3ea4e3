//! Sign-ins end: one by its refresh token (RFC 7009), or all of a user's. What is known of a user is
//! told to who has an access token of theirs.

use procura_core::audit::record::Verdict;
use procura_core::digest::constant_time_eq;
use procura_core::error::{Error, Kind};
use procura_core::pool_user::{PoolUser, Profile};
use procura_core::secret::{Plain, kind};
use procura_store::{Outcome, Tx};

use super::Admitted;
use crate::App;
use crate::authorization_session::Visit;
use crate::pool_token::ProvedByPool;

/// What records call them.
const SIGN_OUT: &str = "GlobalSignOut";
const REVOKE: &str = "RevokeToken";

impl App {
    /// Ends a sign-in, by its refresh token (RFC 7009): its tokens prove nobody any more. One that is
    /// over, or was none, is answered the same.
    pub async fn revoke_sign_in(
        &self,
        visit: &Visit,
        client: &str,
        token: &Plain<kind::RefreshToken>,
        secret: Option<&Plain<kind::Password>>,
    ) -> Result<(), Error> {
        let admitted = self.find_client(client).await;
        // Which ids there are is nothing that this call tells.
        let admitted = admitted.map_err(|error| match error.kind() {
            Kind::NotFound => Error::denied("Invalid client"),
            _ => error,
        })?;
        let (account, id) = (admitted.account, admitted.client().id.clone());
        if !self.is_client(&admitted, secret).await? {
            return Err(Error::denied("Invalid client"));
        }
        let found = self.any_sign_in_of(&admitted, token).await?;
        let Some((sign_in, user)) = found.filter(|(sign_in, _)| sign_in.client == id) else {
            return Ok(());
        };
        let user = user.user;
        let mut entry = self.entry_of_pool_user(visit, account, &user, REVOKE, Verdict::Allow);
        entry.reason = format!("{} ended", sign_in.id).into();
        let now = visit.now;
        self.store
            .run_tx("revoke_sign_in", move |tx| {
                if tx.account(account).delete_pool_sign_in(sign_in.id)? {
                    tx.cut_user(user.user, now)?;
                    return Ok(Outcome::Done((), entry.clone()));
                }
                Ok(Outcome::Unrecorded(()))
            })
            .await?;
        Ok(())
    }

    /// Whether who asks has shown the secret of a client, if it has one.
    pub(super) async fn is_client(
        &self,
        admitted: &Admitted,
        secret: Option<&Plain<kind::Password>>,
    ) -> Result<bool, Error> {
        let (account, id) = (admitted.account, &admitted.client().id);
        match (&admitted.sealed.secret, secret) {
            (None, None) => Ok(true),
            (Some(sealed), Some(shown)) => {
                let known = self.open_pool_client_secret(account, id, sealed).await?;
                let known = known.expose_secret();
                Ok(constant_time_eq(known, shown.expose_secret()))
            }
            (None, Some(_)) | (Some(_), None) => Ok(false),
        }
    }

    /// Ends all sign-ins of the user whose access token this is.
    pub async fn sign_out(&self, visit: &Visit, token: &str) -> Result<(), Error> {
        let proved = self.own_account(token, visit.now).await?;
        let ProvedByPool {
            account,
            user,
            sign_in,
            ..
        } = proved;
        let entry = self.entry_of_pool_user(visit, account, &user, SIGN_OUT, Verdict::Allow);
        let now = visit.now;
        self.store
            .run_tx("sign_out", move |tx| {
                let mut own = tx.account(account);
                // Who came at the same moment has ended it.
                if !own.has_pool_sign_in(sign_in)? {
                    return Ok(Outcome::Unrecorded(()));
                }
                let ended = own.delete_pool_sign_ins(user.id)?;
                tx.cut_user(user.user, now)?;
                let mut entry = entry.clone();
                entry.reason = format!("signed out; {ended} sign-ins ended").into();
                Ok(Outcome::Done((), entry))
            })
            .await?;
        Ok(())
    }

    /// What is known of the user whose access token this is.
    pub async fn own_profile(
        &self,
        visit: &Visit,
        token: &str,
    ) -> Result<(PoolUser, Profile), Error> {
        let proved = self.own_account(token, visit.now).await?;
        let id = proved.user.id;
        let read = move |tx: &mut Tx<'_>| tx.account(proved.account).pool_user(id);
        let found = self.store.look_up("pool_user", read).await?;
        let found = found.ok_or_else(|| Error::new(Kind::Unproved, "Invalid Access Token"))?;
        let known = self.known(proved.account, found).await?;
        Ok((known.user, known.profile))
    }
}
