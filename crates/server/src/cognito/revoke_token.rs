//! `RevokeToken`.

use procura_app::App;
use procura_app::authorization_session::Visit;
use procura_app::pool_token::REFRESH_TOKEN_PREFIX;
use procura_core::error::{Error, Kind};
use procura_core::secret::Plain;
use procura_wire::cognito::generated::revoke_token::{Input, Output};
use procura_wire::cognito::generated::shapes::RevokeAssociatedSessionsType::Linked;

use super::pool_user::password;
use super::user_pool::refuse;
use crate::error::cognito::Name;
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    visit: &Visit,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    refuse(&[(
        "RevokeAssociatedSessions",
        input.revoke_associated_sessions == Some(Linked),
    )])?;
    let text = input.token.into_secret();
    if !text.starts_with(REFRESH_TOKEN_PREFIX) {
        let error = Error::new(Kind::Caller, "only refresh tokens can be revoked");
        return Err(Failure::Named(Name::UnsupportedTokenType, error));
    }
    let token = Plain::new(text.as_bytes().to_vec());
    let secret = input.client_secret.map(password);
    app.revoke_sign_in(visit, &input.client_id, &token, secret.as_ref())
        .await?;
    Ok(Reply::read(Output {}))
}
