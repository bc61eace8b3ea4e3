//! `DescribeUserPool`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::cognito::generated::describe_user_pool::{Input, Output};

use super::pool_arn;
use super::user_pool::{pool_id, pool_type};
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let pool = app.user_pool(cx, pool_id(&input.user_pool_id)?).await?;
    let arn = pool_arn(app, cx.account()?, &pool.id);
    Ok(Reply::read(Output {
        user_pool: Some(pool_type(arn, pool)),
    }))
}
