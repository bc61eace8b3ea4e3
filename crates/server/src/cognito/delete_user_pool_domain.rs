//! `DeleteUserPoolDomain`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::cognito::generated::delete_user_pool_domain::{Input, Output};

use super::user_pool::pool_id;
use crate::ops::{Failure, Reply, checked};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let (pool, prefix) = (
        pool_id(&input.user_pool_id)?,
        checked("Domain", &input.domain)?,
    );
    let deleted = app.delete_pool_domain(cx, pool, prefix).await?;
    Ok(Reply::done(deleted, |()| Output {}))
}
