//! A client asks for itself (RFC 6749 §4.4).

use procura_core::audit::record::{Committed, Verdict};
use procura_core::error::Error;
use procura_core::id::TokenId;
use procura_core::pool_authorization::{self, ErrorCode, Parameters, resource};
use procura_core::secret::Plain;
use procura_core::time::Timestamp;
use procura_core::user_pool_client::Grant;
use procura_store::Outcome;
use serde_json::{Map, json};

use super::OpenIdError;
use super::standing::has_still;
use super::token::{Granted, TOKEN};
use crate::App;
use crate::authorization_session::Visit;
use crate::pool_sign_in::Admitted;

impl App {
    /// An access token of the client itself. It proves no user: its subject is no user's, and it is
    /// of no sign-in. Held by `a_token_of_a_client_proves_no_user`.
    pub(super) async fn grant_to_client(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        asked: &Parameters,
    ) -> Result<Committed<Granted>, OpenIdError> {
        let (client, now) = (admitted.client(), visit.now);
        let resource = resource(asked)?;
        let scopes = self.standing_scopes(admitted, resource.as_deref()).await?;
        let scope = pool_authorization::granted(asked.get("scope"), &scopes)?;
        let seconds = |at: Timestamp| at.millis().div_euclid(1000);
        let end = now.plus_seconds(client.settings.lives.access_s.into());
        let id = self.with_rng(|rng| TokenId::generate(now, rng));
        let mut claims = json!({
            "iss": self.pool_issuer(&client.pool),
            "sub": client.id.as_str(),
            "client_id": client.id.as_str(),
            "token_use": "access",
            "scope": scope,
            "auth_time": seconds(now),
            "iat": seconds(now),
            "exp": seconds(end),
            "jti": id.as_uuid_text(),
        });
        if let (Some(resource), Some(claims)) = (&resource, claims.as_object_mut()) {
            claims.insert("aud".to_owned(), json!(resource));
        }
        let signer = self
            .pool_signer(admitted.account, &client.pool, now)
            .await?;
        let token = signer.sign(&Map::new(), claims.to_string().as_bytes());
        let token = token.map_err(Error::internal_source)?;
        let account = admitted.account;
        let named = (&client.pool, &client.id);
        let mut entry = self.entry_of_pool_client(visit, account, named, TOKEN, Verdict::Allow);
        entry.reason = format!("for the client itself; token {}", id.as_uuid_text()).into();
        entry.scopes = scope.split(' ').map(str::to_owned).collect();
        let (id, of) = (client.id.clone(), scope.clone());
        let committed = self
            .store
            .run_tx("grant_to_client", move |tx| {
                let mut own = tx.account(account);
                let asked = (of.as_str(), resource.as_deref());
                // SECURITY: what was taken away since it was looked at is given to nobody.
                if has_still(&mut own, &id, Grant::ClientCredentials, asked)? {
                    Ok(Outcome::Done(true, entry.clone()))
                } else {
                    Ok(Outcome::Unrecorded(false))
                }
            })
            .await?;
        if !committed.value {
            let text = "the client may not ask for this scope any more";
            return Err(ErrorCode::InvalidScope.because(text).into());
        }
        Ok(Committed {
            value: Granted {
                access: Plain::new(token.into_bytes()),
                id: None,
                refresh: None,
                access_s: seconds(end) - seconds(now),
                scope,
            },
            record: committed.record,
        })
    }
}
