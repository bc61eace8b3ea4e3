//! `GetWorkloadAccessToken`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::error::Error;
use procura_wire::Revealed;
use procura_wire::generated::get_workload_access_token::{Input, Output};

use super::{Reply, checked};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let minted = app.mint_without_user(cx, checked("workloadName", &input.workload_name)?).await?;
    Ok(Reply::done(minted, |token| Output { workload_access_token: Revealed::new(token.into()) }))
}
