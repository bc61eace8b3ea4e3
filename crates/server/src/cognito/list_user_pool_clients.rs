//! `ListUserPoolClients`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::page_token::PageRequest;
use procura_wire::cognito::generated::list_user_pool_clients::{Input, Output};

use super::user_pool::{limit, pool_id};
use super::user_pool_client::described;
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
    let page = app
        .user_pool_clients(cx, pool_id(&input.user_pool_id)?, page)
        .await?;
    Ok(Reply::read(Output {
        user_pool_clients: Some(page.items.into_iter().map(described).collect()),
        next_token: page.next,
    }))
}
