//! `AdminGetUser`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::EpochMillis;
use procura_wire::cognito::generated::admin_get_user::{Input, Output};

use super::pool_user::{attribute_types, named, status, username};
use super::user_pool::pool_id;
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let name = username(&input.username)?;
    let known = app
        .pool_user(cx, pool_id(&input.user_pool_id)?, &name)
        .await;
    let known = known.map_err(named)?;
    let (user, profile) = (&known.user, &known.profile);
    Ok(Reply::read(Output {
        username: profile.username.clone(),
        user_attributes: Some(attribute_types(&user.id.as_uuid_text(), profile)),
        user_create_date: Some(EpochMillis(user.created_at.millis())),
        user_last_modified_date: Some(EpochMillis(user.updated_at.millis())),
        enabled: Some(user.is_enabled),
        user_status: Some(status(user.status)),
        mfa_options: None,
        preferred_mfa_setting: None,
        user_mfa_setting_list: None,
    }))
}
