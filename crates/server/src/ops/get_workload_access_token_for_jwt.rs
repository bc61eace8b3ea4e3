//! `GetWorkloadAccessTokenForJWT`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::error::Error;
use procura_wire::Revealed;
use procura_wire::generated::get_workload_access_token_for_jwt::{Input, Output};

use super::{Reply, checked};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let name = checked("workloadName", &input.workload_name)?;
    let token = input.user_token;
    let minted = app.mint_for_proved_user(cx, name, token.expose_secret()).await?;
    Ok(Reply::done(minted, |token| Output { workload_access_token: Revealed::new(token.into()) }))
}
