//! `CreateUserPool`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::user_pool::NewUserPool;
use procura_core::signing_key::SigningAlgorithm;
use procura_core::user_pool::PoolSettings;
use procura_wire::cognito::generated::create_user_pool::{Input, Output};

use super::pool_arn;
use super::user_pool::{password_policy, pool_type, refuse, unsupported_of_pool};
use super::user_pool_client::is_wanted;
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    refuse(&[
        (
            "AliasAttributes",
            is_wanted(input.alias_attributes.as_ref()),
        ),
        (
            "UsernameAttributes",
            is_wanted(input.username_attributes.as_ref()),
        ),
        ("Schema", is_wanted(input.schema.as_ref())),
        // Names differ by more than their case.
        (
            "UsernameConfiguration",
            input
                .username_configuration
                .is_some_and(|names| names.case_sensitive),
        ),
    ])?;
    refuse(&unsupported_of_pool!(input))?;
    let settings = PoolSettings {
        algorithm: SigningAlgorithm::Rs256,
        passwords: password_policy(input.policies.as_ref())?,
    };
    let new = NewUserPool {
        name: input.pool_name,
        settings,
    };
    let made = app.create_user_pool(cx, new).await?;
    let account = cx.account()?;
    Ok(Reply::done(made, |pool| Output {
        user_pool: Some(pool_type(pool_arn(app, account, &pool.id), pool)),
    }))
}
