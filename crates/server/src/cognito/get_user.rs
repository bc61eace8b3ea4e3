//! `GetUser`.

use procura_app::App;
use procura_app::authorization_session::Visit;
use procura_wire::cognito::generated::get_user::{Input, Output};

use super::pool_user::attribute_types;
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    visit: &Visit,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let token = input.access_token.into_secret();
    let (user, profile) = app.own_profile(visit, &token).await?;
    Ok(Reply::read(Output {
        user_attributes: attribute_types(&user.id.as_uuid_text(), &profile),
        username: profile.username,
        mfa_options: None,
        preferred_mfa_setting: None,
        user_mfa_setting_list: None,
    }))
}
