//! Tokens are looked at (RFC 7662), and taken back (RFC 7009), by the clients of their pool.

use procura_core::audit::record::Verdict;
use procura_core::digest::sha256;
use procura_core::error::{Error, Kind};
use procura_core::id::SignInId;
use procura_core::pool_authorization::{ErrorCode, Parameters, Refusal};
use procura_core::pool_user::PoolUser;
use procura_core::secret::Plain;
use procura_core::time::Timestamp;
use procura_core::user_pool::PoolId;
use procura_core::user_pool_client::Grant;
use procura_protocol::jose::jwt::{Claims, USER_TOKEN_BYTES_MAX, Unverified};
use procura_store::Outcome;
use serde_json::{Value, json};

use super::rotation::Rotating;
use super::standing::left_of;
use super::{OpenIdError, may_go_on};
use crate::App;
use crate::authorization_session::Visit;
use crate::pool_sign_in::Admitted;

/// What a record calls it.
const REVOKE: &str = "UserPoolRevoke";

/// What is said of a token that is none, is over, or is another's.
fn inactive() -> Value {
    json!({ "active": false })
}

fn missing() -> Refusal {
    ErrorCode::InvalidRequest.because("token is missing")
}

impl App {
    /// What a token is good for, for a client of its pool that has shown its secret.
    ///
    /// # Errors
    /// What the client is told.
    pub async fn introspect(
        &self,
        visit: &Visit,
        pool: &PoolId,
        authorization: Option<&str>,
        asked: &Parameters,
    ) -> Result<Value, OpenIdError> {
        let admitted = self.authenticate_client(pool, authorization, asked).await?;
        // SECURITY: whoever has only the name of a client does not learn which tokens are good
        // (RFC 7662 §2.1).
        if admitted.sealed.secret.is_none() {
            let text = "only a client with a secret may ask";
            return Err(ErrorCode::InvalidClient.because(text).into());
        }
        let token = asked.get("token").ok_or_else(missing)?;
        let told = if token.contains('.') {
            self.introspect_access(visit, pool, token).await?
        } else {
            self.introspect_refresh(visit, &admitted, token).await?
        };
        Ok(told.unwrap_or_else(inactive))
    }

    async fn introspect_access(
        &self,
        visit: &Visit,
        pool: &PoolId,
        token: &str,
    ) -> Result<Option<Value>, Error> {
        let Ok(unverified) = Unverified::parse(token, USER_TOKEN_BYTES_MAX) else {
            return Ok(None);
        };
        let signed = self.signed_by_pool(None, pool, &unverified, visit.now);
        let claims = match signed.await {
            Ok((_, verified)) => verified.claims().clone(),
            Err(error) if error.kind() == Kind::Unproved => return Ok(None),
            Err(error) => return Err(error),
        };
        if claims.token_use.as_deref() != Some("access") {
            return Ok(None);
        }
        let (username, scope) = match self.user_of(visit, pool, token).await? {
            Some(proved) => {
                let read = move |tx: &mut procura_store::Tx<'_>| {
                    tx.account(proved.account).pool_user(proved.user.id)
                };
                let Some(found) = self.store.look_up("pool_user", read).await? else {
                    return Ok(None);
                };
                let known = self.known(proved.account, found).await?;
                (Some(known.profile.username), proved.scope)
            }
            None => match self.scope_of_client(pool, &claims).await? {
                Some(scope) => (None, scope),
                None => return Ok(None),
            },
        };
        // What a token is good for is what its client may have now; one that is good for nothing is
        // over.
        Ok((!scope.is_empty()).then(|| told(&claims, scope, username)))
    }

    /// What a token that the pool has signed is good for, if it is of a client itself, which may have
    /// such still.
    async fn scope_of_client(
        &self,
        pool: &PoolId,
        claims: &Claims,
    ) -> Result<Option<String>, Error> {
        if claims.client_id.as_deref() != Some(claims.subject.as_str()) {
            return Ok(None);
        }
        let Some(found) = self.openid_client(pool, &claims.subject).await? else {
            return Ok(None);
        };
        let grants = &found.client().settings.openid.grants;
        if !grants.contains(&Grant::ClientCredentials) {
            return Ok(None);
        }
        let allowed = self.standing_scopes(&found, None).await?;
        let scope = claims.scope.as_deref().unwrap_or_default();
        Ok(Some(left_of(scope, &allowed).join(" ")))
    }

    /// A refresh token is of one client, and nobody else learns anything of it.
    async fn introspect_refresh(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        token: &str,
    ) -> Result<Option<Value>, Error> {
        let hash = sha256(&[token.as_bytes()]);
        let Some(Rotating { found, user, .. }) = self.rotating(admitted, hash).await? else {
            return Ok(None);
        };
        // One of a sign-in of `InitiateAuth` is of no use at these endpoints.
        let Some(had) = &found.openid.scope else {
            return Ok(None);
        };
        let granted_for = found.openid.resource.as_deref();
        let allowed = self.standing_scopes(admitted, granted_for).await?;
        let scope = left_of(had, &allowed).join(" ");
        let grants = &admitted.client().settings.openid.grants;
        let is_active = found.sign_in.client == admitted.client().id
            && grants.contains(&Grant::AuthorizationCode)
            && visit.now < found.sign_in.expires_at
            && found.generation == found.openid.generation
            && !scope.is_empty()
            && may_go_on(&user);
        Ok(is_active.then(|| {
            json!({
                "active": true,
                "iss": self.pool_issuer(&admitted.client().pool),
                "sub": user.user.id.as_uuid_text(),
                "client_id": admitted.client().id.as_str(),
                "scope": scope,
                "exp": seconds(found.sign_in.expires_at),
            })
        }))
    }

    /// A client takes a token back: the sign-in that it is of ends, whichever of its tokens this is.
    /// One that is over, was none, or is another client's is answered the same (RFC 7009 §2.2).
    ///
    /// # Errors
    /// What the client is told.
    pub async fn revoke(
        &self,
        visit: &Visit,
        pool: &PoolId,
        authorization: Option<&str>,
        asked: &Parameters,
    ) -> Result<(), OpenIdError> {
        let admitted = self.authenticate_client(pool, authorization, asked).await?;
        let token = asked.get("token").ok_or_else(missing)?;
        let found = if token.contains('.') {
            self.revocable_access(visit, &admitted, token).await?
        } else {
            self.revocable_refresh(&admitted, token).await?
        };
        let Some((user, sign_in)) = found else {
            return Ok(());
        };
        let account = admitted.account;
        let mut entry = self.entry_of_pool_user(visit, account, &user, REVOKE, Verdict::Allow);
        entry.reason = format!("{sign_in} ended").into();
        let now = visit.now;
        self.store
            .run_tx("revoke_openid_sign_in", move |tx| {
                if tx.account(account).delete_pool_sign_in(sign_in)? {
                    tx.cut_user(user.user, now)?;
                    return Ok(Outcome::Done((), entry.clone()));
                }
                Ok(Outcome::Unrecorded(()))
            })
            .await?;
        Ok(())
    }

    async fn revocable_access(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        token: &str,
    ) -> Result<Option<(PoolUser, SignInId)>, OpenIdError> {
        let client = admitted.client();
        let proved = self.user_of(visit, &client.pool, token).await?;
        Ok(proved
            .filter(|proved| proved.is_access && proved.client == client.id)
            .map(|proved| (proved.user, proved.sign_in)))
    }

    async fn revocable_refresh(
        &self,
        admitted: &Admitted,
        token: &str,
    ) -> Result<Option<(PoolUser, SignInId)>, OpenIdError> {
        // One that `InitiateAuth` gave is taken back here, too.
        let token = Plain::new(token.as_bytes().to_vec());
        let found = self.any_sign_in_of(admitted, &token).await?;
        Ok(found
            .filter(|(sign_in, _)| sign_in.client == admitted.client().id)
            .map(|(sign_in, user)| (user.user, sign_in.id)))
    }
}

/// RFC 7662 §2.2.
fn told(claims: &Claims, scope: String, username: Option<String>) -> Value {
    let mut told = json!({
        "active": true,
        "iss": claims.issuer,
        "sub": claims.subject,
        "token_type": "Bearer",
        "token_use": "access",
        "exp": seconds(claims.times.expires_at),
    });
    let Some(members) = told.as_object_mut() else {
        return told;
    };
    let texts = [
        ("client_id", claims.client_id.clone()),
        ("scope", Some(scope)),
        ("jti", claims.token_id.clone()),
        ("aud", claims.audiences.first().cloned()),
        ("username", username),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            members.insert(name.to_owned(), json!(text));
        }
    }
    told
}

fn seconds(at: Timestamp) -> i64 {
    at.millis().div_euclid(1000)
}
