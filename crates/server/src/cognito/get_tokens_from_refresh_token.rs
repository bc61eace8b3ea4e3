//! `GetTokensFromRefreshToken`.

use procura_app::App;
use procura_app::authorization_session::Visit;
use procura_core::error::{Error, Kind};
use procura_core::secret::Plain;
use procura_wire::cognito::generated::get_tokens_from_refresh_token::{Input, Output};

use super::pool_tokens::result;
use super::pool_user::password;
use super::user_pool::refuse;
use crate::error::cognito::Name;
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    visit: &Visit,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    // Devices are not remembered.
    refuse(&[("DeviceKey", input.device_key.is_some())])?;
    let text = input.refresh_token.into_secret();
    let token = Plain::new(text.as_bytes().to_vec());
    let secret = input.client_secret.map(password);
    let went_on = app.tokens_from_refresh_token(visit, &input.client_id, &token, secret.as_ref());
    let went_on = went_on.await.map_err(reused)?;
    let authentication_result = Some(result(&went_on.value)?);
    Ok(Reply::done(went_on, |_| Output {
        authentication_result,
    }))
}

/// What is told of a token that was used before.
fn reused(error: Error) -> Failure {
    if error.kind() == Kind::Conflict {
        Failure::Named(Name::RefreshTokenReuse, error)
    } else {
        error.into()
    }
}
