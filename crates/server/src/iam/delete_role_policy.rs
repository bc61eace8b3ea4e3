//! `DeleteRolePolicy`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::iam::generated::delete_role_policy::{Input, Output};

use super::role::{policy_name, role_name};
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let name = role_name(&input.role_name)?;
    let policy = policy_name(&input.policy_name)?;
    let deleted = app.delete_role_policy(cx, name, policy).await?;
    Ok(Reply::done(deleted, |()| Output {}))
}
