//! `ListUsersInGroup`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::page_token::PageRequest;
use procura_wire::cognito::generated::list_users_in_group::{Input, Output};

use super::pool_group::group_name;
use super::pool_user::user_type;
use super::user_pool::{limit, pool_id};
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let (pool, name) = (
        pool_id(&input.user_pool_id)?,
        group_name(&input.group_name)?,
    );
    let page = PageRequest {
        limit: limit(input.limit),
        token: input.next_token,
    };
    let page = app.pool_group_members(cx, pool, name, page).await?;
    Ok(Reply::read(Output {
        users: Some(page.items.iter().map(user_type).collect()),
        next_token: page.next,
    }))
}
