//! `AttachRolePolicy`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::iam::generated::attach_role_policy::{Input, Output};

use super::role::role_name;
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let name = role_name(&input.role_name)?;
    let attached = app.attach_role_policy(cx, name, &input.policy_arn).await?;
    Ok(Reply::done(attached, |()| Output {}))
}
