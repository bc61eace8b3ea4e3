//! `GetWorkloadAccessTokenForUserId`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::error::Error;
use procura_core::user::AssertedUserId;
use procura_wire::Revealed;
use procura_wire::generated::get_workload_access_token_for_user_id::{Input, Output};

use super::{Reply, checked};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let name = checked("workloadName", &input.workload_name)?;
    let asserted = AssertedUserId::new(input.user_id).ok_or_else(|| {
        Error::field("userId", "userId has 1 to 128 characters and no NUL character")
    })?;
    let minted = app.mint_for_asserted_user(cx, name, asserted).await?;
    Ok(Reply::done(minted, |token| Output { workload_access_token: Revealed::new(token.into()) }))
}
