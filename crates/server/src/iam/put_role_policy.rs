//! `PutRolePolicy`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::iam::generated::put_role_policy::{Input, Output};

use super::role::{policy_name, role_name};
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let name = role_name(&input.role_name)?;
    let policy = policy_name(&input.policy_name)?;
    let put = app
        .put_role_policy(cx, name, policy, input.policy_document)
        .await?;
    Ok(Reply::done(put, |()| Output {}))
}
