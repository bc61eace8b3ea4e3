//! `GetWorkloadAccessToken`.

use procura_app::App;
use procura_app::delegation::Delegation;
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

/// The same of who brings the token of the agent that calls: the new one is made of that one.
pub(super) async fn handle_delegated(
    app: &App,
    cx: &mut OpCx,
    parent: &str,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let to = Some(checked("workloadName", &input.workload_name)?);
    let asked = Delegation { to, ..Delegation::default() };
    let made = app.delegate_token(cx, parent, asked).await?;
    Ok(Reply::done(made, |made| Output { workload_access_token: Revealed::new(made.token.into()) }))
}
