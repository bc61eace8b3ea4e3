//! `ListResourceServers`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::page_token::PageRequest;
use procura_wire::cognito::generated::list_resource_servers::{Input, Output};

use super::resource_server::server_type;
use super::user_pool::{limit, pool_id};
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let page = PageRequest {
        limit: limit(input.max_results),
        token: input.next_token,
    };
    let pool = pool_id(&input.user_pool_id)?;
    let page = app.resource_servers(cx, pool, page).await?;
    Ok(Reply::read(Output {
        resource_servers: page.items.into_iter().map(server_type).collect(),
        next_token: page.next,
    }))
}
