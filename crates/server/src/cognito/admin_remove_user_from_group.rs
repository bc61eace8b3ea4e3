//! `AdminRemoveUserFromGroup`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::cognito::generated::admin_remove_user_from_group::{Input, Output};

use super::pool_group::group_name;
use super::pool_user::{named, username};
use super::user_pool::pool_id;
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
    let user = username(&input.username)?;
    let done = app
        .remove_from_pool_group(cx, pool, &user, name)
        .await
        .map_err(named)?;
    Ok(Reply::done(done, |()| Output {}))
}
