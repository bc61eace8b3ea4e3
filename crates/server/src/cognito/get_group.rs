//! `GetGroup`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::cognito::generated::get_group::{Input, Output};

use super::pool_group::{group_name, group_type};
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
    let group = app.pool_group(cx, pool, name).await?;
    Ok(Reply::read(Output {
        group: Some(group_type(group)),
    }))
}
