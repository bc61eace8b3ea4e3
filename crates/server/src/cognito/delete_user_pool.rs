//! `DeleteUserPool`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::cognito::generated::delete_user_pool::{Input, Output};

use super::user_pool::pool_id;
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let deleted = app
        .delete_user_pool(cx, pool_id(&input.user_pool_id)?)
        .await?;
    Ok(Reply::done(deleted, |()| Output {}))
}
