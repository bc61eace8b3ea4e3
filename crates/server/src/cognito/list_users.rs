//! `ListUsers`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::page_token::PageRequest;
use procura_wire::cognito::generated::list_users::{Input, Output};

use super::pool_user::user_type;
use super::user_pool::{limit, pool_id, refuse};
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    refuse(&[
        (
            "Filter",
            input.filter.is_some_and(|filter| !filter.is_empty()),
        ),
        (
            "AttributesToGet",
            input.attributes_to_get.is_some_and(|all| !all.is_empty()),
        ),
    ])?;
    let page = PageRequest {
        limit: limit(input.limit),
        token: input.pagination_token,
    };
    let page = app
        .pool_users(cx, pool_id(&input.user_pool_id)?, page)
        .await?;
    Ok(Reply::read(Output {
        users: Some(page.items.iter().map(user_type).collect()),
        pagination_token: page.next,
    }))
}
