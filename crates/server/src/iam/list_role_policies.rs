//! `ListRolePolicies`. A role has few, so that there is one page.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::iam::generated::list_role_policies::{Input, Output};

use super::role::{refuse, role_name};
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    refuse(&[("Marker", input.marker.is_some())])?;
    let role = app.iam_role(cx, role_name(&input.role_name)?).await?;
    let written = role.inline.into_iter();
    Ok(Reply::read(Output {
        policy_names: written.map(|policy| policy.name).collect(),
        is_truncated: Some(false),
        marker: None,
    }))
}
