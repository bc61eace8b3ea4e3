//! `DeleteWorkloadIdentity`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::error::Error;
use procura_wire::generated::delete_workload_identity::{Input, Output};

use super::{Reply, checked};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let deleted = app.delete_workload_identity(cx, checked("name", &input.name)?).await?;
    Ok(Reply::done(deleted, |()| Output {}))
}
