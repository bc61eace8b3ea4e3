//! `DeleteOauth2CredentialProvider`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::error::Error;
use procura_wire::generated::delete_oauth2_credential_provider::{Input, Output};

use super::{Reply, checked};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let deleted = app.delete_oauth2_provider(cx, checked("name", &input.name)?).await?;
    Ok(Reply::done(deleted, |()| Output {}))
}
