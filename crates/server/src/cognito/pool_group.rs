//! A group of a pool's users at the wire.

use procura_app::pool_group::{AboutGroup, TOO_MANY_GROUPS};
use procura_core::error::Error;
use procura_core::pool_group::{GroupName, PoolGroup};
use procura_wire::EpochMillis;
use procura_wire::cognito::generated::shapes::GroupType;

use super::user_pool::refuse;
use crate::error::cognito::Name;
use crate::ops::{Failure, checked};

/// The name of a group. Whether there is one is another question.
pub(super) fn group_name(text: &str) -> Result<GroupName, Error> {
    checked("GroupName", text)
}

/// What is said of a group.
pub(super) fn about(
    description: Option<String>,
    precedence: Option<i32>,
    role_arn: Option<&String>,
) -> Result<AboutGroup, Error> {
    // Nobody acts with a role by being in a group.
    refuse(&[("RoleArn", role_arn.is_some())])?;
    let precedence = precedence.map(u32::try_from).transpose();
    Ok(AboutGroup {
        description,
        precedence: precedence
            .map_err(|_| Error::field("Precedence", "Precedence is 0 or more"))?,
    })
}

/// A group, whole.
pub(super) fn group_type(group: PoolGroup) -> GroupType {
    let precedence = group.precedence.map(i32::try_from);
    GroupType {
        group_name: Some(group.name.to_string()),
        user_pool_id: Some(group.pool.to_string()),
        description: group.description,
        role_arn: None,
        precedence: precedence.and_then(Result::ok),
        last_modified_date: Some(EpochMillis(group.updated_at.millis())),
        creation_date: Some(EpochMillis(group.created_at.millis())),
    }
}

/// What is told where a group was made.
pub(super) fn full(error: Error) -> Failure {
    if error.public() == TOO_MANY_GROUPS {
        Failure::Named(Name::LimitExceeded, error)
    } else {
        error.into()
    }
}
