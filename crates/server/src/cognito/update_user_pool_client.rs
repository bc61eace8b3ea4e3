//! `UpdateUserPoolClient`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::user_pool_client::PoolClientChange;
use procura_core::audit::record::Committed;
use procura_core::user_pool_client::ClientSettings;
use procura_wire::cognito::generated::update_user_pool_client::{Input, Output};

use super::openid_settings::{Asked, openid, rotation};
use super::user_pool::{pool_id, refuse};
use super::user_pool_client::{client_id, client_type, flows, lives, scopeless, unsupported};
use crate::ops::{Failure, Reply};

/// As in the reference, what is left out goes back to what it is by itself, but for the name.
pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    refuse(&unsupported!(input))?;
    let (pool, id) = (pool_id(&input.user_pool_id)?, client_id(&input.client_id)?);
    let asked = [
        input.access_token_validity,
        input.id_token_validity,
        input.refresh_token_validity,
    ];
    let asked_of_openid = Asked {
        is_on: input.allowed_oauth_flows_user_pool_client,
        flows: input.allowed_oauth_flows,
        scopes: input.allowed_oauth_scopes,
        callbacks: input.callback_urls,
        logouts: input.logout_urls,
        default: input.default_redirect_uri,
        identity_providers: input.supported_identity_providers,
    };
    let settings = ClientSettings {
        flows: flows(input.explicit_auth_flows)?,
        lives: lives(asked, input.token_validity_units.as_ref())?,
        // Whether it has a secret is not known here: the row says.
        openid: openid(asked_of_openid, true)?,
        rotation: rotation(input.refresh_token_rotation.as_ref())?,
    };
    let change = PoolClientChange {
        name: input.client_name,
        settings,
    };
    let updated = app.update_user_pool_client(cx, pool, id, change).await;
    let Committed { value, record } = updated.map_err(scopeless)?;
    let user_pool_client = Some(client_type(value)?);
    let updated = Committed { value: (), record };
    Ok(Reply::done(updated, |()| Output { user_pool_client }))
}
