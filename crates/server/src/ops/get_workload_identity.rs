//! `GetWorkloadIdentity`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::error::Error;
use procura_wire::generated::get_workload_identity::{Input, Output};

use super::{Reply, agent_arn, checked, epoch};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let account = cx.account()?;
    let agent = app.workload_identity(cx, checked("name", &input.name)?).await?;
    Ok(Reply::read(Output {
        workload_identity_arn: agent_arn(app, account, &agent.name),
        name: agent.name.to_string(),
        allowed_resource_oauth2_return_urls: Some(agent.return_urls),
        created_time: epoch(agent.created_at),
        last_updated_time: epoch(agent.updated_at),
    }))
}
