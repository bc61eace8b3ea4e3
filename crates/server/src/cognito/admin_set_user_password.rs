//! `AdminSetUserPassword`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::cognito::generated::admin_set_user_password::{Input, Output};

use super::pool_user::{named, password, username};
use super::user_pool::pool_id;
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let (pool, name) = (pool_id(&input.user_pool_id)?, username(&input.username)?);
    let is_permanent = input.permanent.unwrap_or(false);
    let set = app.set_pool_user_password(cx, pool, &name, password(input.password), is_permanent);
    let set = set.await.map_err(named)?;
    Ok(Reply::done(set, |()| Output {}))
}
