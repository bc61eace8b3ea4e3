//! `GetCallerIdentity`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::sts::generated::get_caller_identity::{Input, Output};

use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    Input {}: Input,
) -> Result<Reply<Output>, Failure> {
    let identity = app.caller_identity(cx).await?;
    Ok(Reply::read(Output {
        user_id: Some(identity.user_id),
        account: Some(identity.account.to_string()),
        arn: Some(identity.arn),
    }))
}
