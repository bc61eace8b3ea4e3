//! `ListUserPools`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::page_token::PageRequest;
use procura_wire::cognito::generated::list_user_pools::{Input, Output};

use super::user_pool::{described, limit};
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let page = PageRequest {
        limit: limit(Some(input.max_results)),
        token: input.next_token,
    };
    let page = app.user_pools(cx, page).await?;
    Ok(Reply::read(Output {
        user_pools: Some(page.items.into_iter().map(described).collect()),
        next_token: page.next,
    }))
}
