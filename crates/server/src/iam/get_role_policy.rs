//! `GetRolePolicy`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::iam::generated::get_role_policy::{Input, Output};

use super::role::{percent_encoded, policy_name, role_name};
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let name = role_name(&input.role_name)?;
    let policy = policy_name(&input.policy_name)?;
    let (role, found) = app.role_policy(cx, name, &policy).await?;
    Ok(Reply::read(Output {
        role_name: role.to_string(),
        policy_name: found.name,
        policy_document: percent_encoded(&found.document),
    }))
}
