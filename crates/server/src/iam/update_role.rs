//! `UpdateRole`.

use procura_app::App;
use procura_app::iam_role::IamRoleChanges;
use procura_app::operation::OpCx;
use procura_wire::iam::generated::update_role::{Input, Output};

use super::role::role_name;
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let changes = IamRoleChanges {
        description: input.description,
        max_session_s: input
            .max_session_duration
            .and_then(|seconds| u32::try_from(seconds).ok()),
    };
    let name = role_name(&input.role_name)?;
    let updated = app.update_iam_role(cx, name, changes).await?;
    Ok(Reply::done(updated, |()| Output {}))
}
