//! `DescribeUserPoolClient`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::audit::record::Committed;
use procura_wire::cognito::generated::describe_user_pool_client::{Input, Output};

use super::user_pool::pool_id;
use super::user_pool_client::{client_id, client_type};
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let (pool, id) = (pool_id(&input.user_pool_id)?, client_id(&input.client_id)?);
    let Committed { value, record } = app.user_pool_client(cx, pool, id).await?;
    let user_pool_client = Some(client_type(value)?);
    let read = Committed { value: (), record };
    Ok(Reply::done(read, |()| Output { user_pool_client }))
}
