//! `AdminDisableUser`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::cognito::generated::admin_disable_user::{Input, Output};

use super::pool_user::{named, username};
use super::user_pool::pool_id;
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let (pool, name) = (pool_id(&input.user_pool_id)?, username(&input.username)?);
    let done = app
        .enable_pool_user(cx, pool, &name, false)
        .await
        .map_err(named)?;
    Ok(Reply::done(done, |()| Output {}))
}
