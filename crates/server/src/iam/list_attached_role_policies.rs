//! `ListAttachedRolePolicies`. A role has few, so that there is one page.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::iam_role::ManagedPolicy;
use procura_wire::iam::generated::list_attached_role_policies::{Input, Output};
use procura_wire::iam::generated::shapes::AttachedPolicy;

use super::role::{refuse, role_name};
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let prefix = input.path_prefix.filter(|prefix| prefix != "/");
    refuse(&[
        ("PathPrefix", prefix.is_some()),
        ("Marker", input.marker.is_some()),
    ])?;
    let role = app.iam_role(cx, role_name(&input.role_name)?).await?;
    let attached = |policy: ManagedPolicy| AttachedPolicy {
        policy_name: Some(policy.name().to_owned()),
        policy_arn: Some(policy.arn()),
    };
    Ok(Reply::read(Output {
        attached_policies: Some(role.managed.into_iter().map(attached).collect()),
        is_truncated: Some(false),
        marker: None,
    }))
}
