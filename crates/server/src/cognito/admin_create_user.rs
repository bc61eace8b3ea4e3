//! `AdminCreateUser`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::pool_user::NewPoolUser;
use procura_core::error::Kind;
use procura_wire::cognito::generated::admin_create_user::{Input, Output};
use procura_wire::cognito::generated::shapes::MessageActionType;

use super::pool_user::{attributes, password, user_type, username, weak};
use super::user_pool::{pool_id, refuse};
use crate::error::cognito::Name;
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let deliveries = input.desired_delivery_mediums;
    refuse(&[
        // Nobody is written to from here.
        (
            "DesiredDeliveryMediums",
            deliveries.is_some_and(|all| !all.is_empty()),
        ),
        (
            "MessageAction",
            input.message_action == Some(MessageActionType::Resend),
        ),
        (
            "ForceAliasCreation",
            input.force_alias_creation == Some(true),
        ),
        (
            "ValidationData",
            input.validation_data.is_some_and(|all| !all.is_empty()),
        ),
    ])?;
    let new = NewPoolUser {
        pool: pool_id(&input.user_pool_id)?,
        username: username(&input.username)?,
        attributes: attributes(input.user_attributes)?,
        temporary_password: input.temporary_password.map(password),
    };
    let made = app.create_pool_user(cx, new).await;
    let made = made.map_err(|error| match error.kind() {
        Kind::Conflict => Failure::Named(Name::UsernameExists, error),
        _ => weak(error),
    })?;
    Ok(Reply::done(made, |known| Output {
        user: Some(user_type(&known)),
    }))
}
