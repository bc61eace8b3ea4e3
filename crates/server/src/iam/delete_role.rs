//! `DeleteRole`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::iam::generated::delete_role::{Input, Output};

use super::role::role_name;
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let deleted = app
        .delete_iam_role(cx, role_name(&input.role_name)?)
        .await?;
    Ok(Reply::done(deleted, |()| Output {}))
}
