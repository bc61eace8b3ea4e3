//! `AdminListGroupsForUser`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::page_token::PageRequest;
use procura_wire::cognito::generated::admin_list_groups_for_user::{Input, Output};

use super::pool_group::group_type;
use super::pool_user::{named, username};
use super::user_pool::{limit, pool_id};
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let (pool, user) = (pool_id(&input.user_pool_id)?, username(&input.username)?);
    let page = PageRequest {
        limit: limit(input.limit),
        token: input.next_token,
    };
    let page = app.pool_groups_of(cx, pool, &user, page).await;
    let page = page.map_err(named)?;
    Ok(Reply::read(Output {
        groups: Some(page.items.into_iter().map(group_type).collect()),
        next_token: page.next,
    }))
}
