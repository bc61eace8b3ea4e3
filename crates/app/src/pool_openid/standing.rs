//! What a client may ask for is looked at when a token is made, and again in the transaction that
//! writes it down: settings are changed, and resource servers are deleted, at any time.

use procura_core::error::Error;
use procura_core::pool_authorization::{AuthorizationCode, granted};
use procura_core::user_pool_client::{Grant, PoolClient, PoolClientId};
use procura_store::{AccountTx, Tx};

use crate::App;
use crate::pool_sign_in::Admitted;

impl App {
    /// Which of the scopes of a client are had now, of a token for `resource`.
    pub(super) async fn standing_scopes(
        &self,
        admitted: &Admitted,
        resource: Option<&str>,
    ) -> Result<Vec<String>, Error> {
        let (account, client) = (admitted.account, admitted.client());
        let (pool, scopes) = (client.pool.clone(), client.settings.openid.scopes.clone());
        let resource = resource.map(str::to_owned);
        let read = move |tx: &mut Tx<'_>| {
            tx.account(account)
                .standing_scopes(&pool, &scopes, resource.as_deref())
        };
        self.store.look_up("standing_scopes", read).await
    }
}

/// What a client may have with `grant` and for `resource`, by the rows as they are now; none where it
/// may not use the grant, or is gone.
pub(super) fn allowed_now(
    own: &mut AccountTx<'_>,
    client: &PoolClientId,
    grant: Grant,
    resource: Option<&str>,
) -> Result<Option<(PoolClient, Vec<String>)>, Error> {
    let Some(found) = own.user_pool_client(client)? else {
        return Ok(None);
    };
    let client = found.client;
    let openid = &client.settings.openid;
    if !openid.grants.contains(&grant) {
        return Ok(None);
    }
    let scopes = own.standing_scopes(&client.pool, &openid.scopes, resource)?;
    Ok(Some((client, scopes)))
}

/// Whether a client may have `scope` still.
pub(super) fn has_still(
    own: &mut AccountTx<'_>,
    client: &PoolClientId,
    grant: Grant,
    (scope, resource): (&str, Option<&str>),
) -> Result<bool, Error> {
    let found = allowed_now(own, client, grant, resource)?;
    Ok(found.is_some_and(|(_, scopes)| granted(Some(scope), &scopes).is_ok()))
}

/// Whether what a code was made for may be still: its scopes, and where the browser was sent.
pub(crate) fn code_stands(
    own: &mut AccountTx<'_>,
    code: &AuthorizationCode,
) -> Result<bool, Error> {
    let resource = code.resource.as_deref();
    let found = allowed_now(own, &code.client, Grant::AuthorizationCode, resource)?;
    let Some((client, scopes)) = found else {
        return Ok(false);
    };
    let openid = &client.settings.openid;
    let is_registered = match &code.redirect_uri {
        Some(uri) => openid.redirect_uris.iter().any(|own| own.allows(uri)),
        None => openid.default_redirect_uri.is_some(),
    };
    Ok(is_registered && granted(Some(&code.scope), &scopes).is_ok())
}

/// What is left of a text of scopes.
pub(crate) fn left_of(scope: &str, allowed: &[String]) -> Vec<String> {
    let all = scope.split(' ').map(str::to_owned);
    all.filter(|scope| allowed.contains(scope)).collect()
}
