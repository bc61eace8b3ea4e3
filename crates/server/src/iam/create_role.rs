//! `CreateRole`.

use procura_app::App;
use procura_app::iam_role::NewIamRole;
use procura_app::operation::OpCx;
use procura_core::iam_role::{RolePath, SESSION_MIN_S};
use procura_wire::iam::generated::create_role::{Input, Output};

use super::role::{described, refuse, role_name};
use crate::ops::{Failure, Reply, checked};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    refuse(&[
        ("PermissionsBoundary", input.permissions_boundary.is_some()),
        ("Tags", input.tags.is_some_and(|tags| !tags.is_empty())),
    ])?;
    let path = input.path.map(|path| checked::<RolePath>("Path", &path));
    let max_session_s = input.max_session_duration.map(u32::try_from);
    let new = NewIamRole {
        name: role_name(&input.role_name)?,
        path: path.transpose()?.unwrap_or_default(),
        description: input.description.unwrap_or_default(),
        trust: input.assume_role_policy_document,
        max_session_s: max_session_s.and_then(Result::ok).unwrap_or(SESSION_MIN_S),
    };
    let account = cx.account()?;
    let made = app.create_iam_role(cx, new).await?;
    Ok(Reply::done(made, |role| Output {
        role: described(account, role),
    }))
}
