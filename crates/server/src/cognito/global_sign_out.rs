//! `GlobalSignOut`.

use procura_app::App;
use procura_app::authorization_session::Visit;
use procura_wire::cognito::generated::global_sign_out::{Input, Output};

use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    visit: &Visit,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let token = input.access_token.into_secret();
    app.sign_out(visit, &token).await?;
    Ok(Reply::read(Output {}))
}
