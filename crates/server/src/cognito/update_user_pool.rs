//! `UpdateUserPool`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::cognito::generated::update_user_pool::{Input, Output};

use super::user_pool::{password_policy, pool_id, refuse, unsupported_of_pool};
use crate::ops::{Failure, Reply};

/// As in the reference, what is left out goes back to what it is by itself, but for the name.
pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    refuse(&unsupported_of_pool!(input))?;
    let pool = pool_id(&input.user_pool_id)?;
    let passwords = password_policy(input.policies.as_ref())?;
    let updated = app.update_user_pool(cx, pool, input.pool_name, passwords);
    Ok(Reply::done(updated.await?, |()| Output {}))
}
