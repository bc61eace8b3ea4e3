//! `DeleteUserPoolClient`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::cognito::generated::delete_user_pool_client::{Input, Output};

use super::user_pool::pool_id;
use super::user_pool_client::client_id;
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let (pool, id) = (pool_id(&input.user_pool_id)?, client_id(&input.client_id)?);
    let deleted = app.delete_user_pool_client(cx, pool, id).await?;
    Ok(Reply::done(deleted, |()| Output {}))
}
