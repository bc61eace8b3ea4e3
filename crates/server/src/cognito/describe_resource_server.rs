//! `DescribeResourceServer`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::cognito::generated::describe_resource_server::{Input, Output};

use super::resource_server::{identifier, server_type};
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
    let server = app.resource_server(cx, pool, identifier).await?;
    Ok(Reply::read(Output {
        resource_server: server_type(server),
    }))
}
