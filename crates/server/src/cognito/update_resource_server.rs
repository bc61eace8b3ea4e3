//! `UpdateResourceServer`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::cognito::generated::update_resource_server::{Input, Output};

use super::resource_server::{about, identifier, server_type};
use super::user_pool::pool_id;
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let (pool, identifier) = (
        pool_id(&input.user_pool_id)?,
        identifier(&input.identifier)?,
    );
    let about = about(input.name, input.scopes)?;
    let updated = app
        .update_resource_server(cx, pool, identifier, about)
        .await?;
    Ok(Reply::done(updated, |server| Output {
        resource_server: server_type(server),
    }))
}
