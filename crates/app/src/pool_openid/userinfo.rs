//! The userinfo endpoint (OpenID Connect Core §5.3).

use procura_core::error::{Error, Kind};
use procura_core::pool_authorization::{ErrorCode, OPENID, Refusal, has_scope};
use procura_core::user_pool::PoolId;
use procura_protocol::jose::jwt::{USER_TOKEN_BYTES_MAX, Unverified};
use procura_store::Tx;
use serde_json::{Value, json};

use super::OpenIdError;
use crate::App;
use crate::authorization_session::Visit;
use crate::pool_token::{ProvedByPool, claims_for};

const INVALID: Refusal = Refusal {
    code: ErrorCode::InvalidToken,
    text: "the access token is not valid, or is over",
};

impl App {
    /// What the access token of a user tells of that user.
    ///
    /// # Errors
    /// What the client is told (RFC 6750 §3.1).
    pub async fn userinfo(
        &self,
        visit: &Visit,
        pool: &PoolId,
        token: &str,
    ) -> Result<Value, OpenIdError> {
        let proved = self.user_of(visit, pool, token).await?;
        let proved = proved.filter(|proved| proved.is_access).ok_or(INVALID)?;
        if !has_scope(&proved.scope, OPENID) {
            return Err(ErrorCode::InsufficientScope
                .because("openid is needed")
                .into());
        }
        let (account, id) = (proved.account, proved.user.id);
        let read = move |tx: &mut Tx<'_>| tx.account(account).pool_user(id);
        let found = self.store.look_up("pool_user", read).await?;
        let known = self.known(account, found.ok_or(INVALID)?).await?;
        let mut told = claims_for(&known.profile, &proved.scope);
        told.insert("sub".to_owned(), json!(id.as_uuid_text()));
        told.insert("username".to_owned(), json!(known.profile.username));
        Ok(Value::Object(told))
    }

    /// Whom a token of this pool proves, if it proves somebody.
    pub(super) async fn user_of(
        &self,
        visit: &Visit,
        pool: &PoolId,
        token: &str,
    ) -> Result<Option<ProvedByPool>, Error> {
        let Ok(unverified) = Unverified::parse(token, USER_TOKEN_BYTES_MAX) else {
            return Ok(None);
        };
        let proved = self.proved_by_pool(None, pool.clone(), &unverified, visit.now);
        match proved.await {
            Ok(proved) => Ok(Some(proved)),
            Err(error) if error.kind() == Kind::Unproved => Ok(None),
            Err(error) => Err(error),
        }
    }
}
