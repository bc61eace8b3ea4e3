//! `GetRole`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::iam::generated::get_role::{Input, Output};

use super::role::{described, role_name};
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let account = cx.account()?;
    let role = app.iam_role(cx, role_name(&input.role_name)?).await?;
    Ok(Reply::read(Output {
        role: described(account, role),
    }))
}
