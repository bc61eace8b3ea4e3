//! `CreateUserPoolClient`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::user_pool_client::NewPoolClient;
use procura_core::audit::record::Committed;
use procura_core::user_pool_client::ClientSettings;
use procura_wire::cognito::generated::create_user_pool_client::{Input, Output};

use super::openid_settings::{Asked, openid, rotation};
use super::user_pool::{pool_id, refuse};
use super::user_pool_client::{client_type, flows, lives, scopeless, unsupported};
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    refuse(&[("ClientSecret", input.client_secret.is_some())])?;
    refuse(&unsupported!(input))?;
    let asked = [
        input.access_token_validity,
        input.id_token_validity,
        input.refresh_token_validity,
    ];
    let has_secret = input.generate_secret.unwrap_or(false);
    let openid = openid(
        Asked {
            is_on: input.allowed_oauth_flows_user_pool_client,
            flows: input.allowed_oauth_flows,
            scopes: input.allowed_oauth_scopes,
            callbacks: input.callback_urls,
            logouts: input.logout_urls,
            default: input.default_redirect_uri,
            identity_providers: input.supported_identity_providers,
        },
        has_secret,
    )?;
    let new = NewPoolClient {
        pool: pool_id(&input.user_pool_id)?,
        name: input.client_name,
        settings: ClientSettings {
            flows: flows(input.explicit_auth_flows)?,
            lives: lives(asked, input.token_validity_units.as_ref())?,
            openid,
            rotation: rotation(input.refresh_token_rotation.as_ref())?,
        },
        has_secret,
    };
    let made = app.create_user_pool_client(cx, new).await;
    let Committed { value, record } = made.map_err(scopeless)?;
    let user_pool_client = Some(client_type(value)?);
    let made = Committed { value: (), record };
    Ok(Reply::done(made, |()| Output { user_pool_client }))
}
