//! `CreateResourceServer`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::cognito::generated::create_resource_server::{Input, Output};

use super::resource_server::{about, full, identifier, server_type};
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
    let made = app
        .create_resource_server(cx, pool, identifier, about)
        .await;
    Ok(Reply::done(made.map_err(full)?, |server| Output {
        resource_server: server_type(server),
    }))
}
