//! `CreateWorkloadIdentity`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::workload_identity::NewWorkloadIdentity;
use procura_core::error::Error;
use procura_core::tag::Tags;
use procura_wire::generated::create_workload_identity::{Input, Output};

use super::{Reply, agent_arn, checked};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let account = cx.account()?;
    let new = NewWorkloadIdentity {
        name: checked("name", &input.name)?,
        return_urls: input.allowed_resource_oauth2_return_urls.unwrap_or_default(),
        tags: Tags::new(input.tags.unwrap_or_default())?,
    };
    let created = app.create_workload_identity(cx, new).await?;
    Ok(Reply::done(created, |agent| Output {
        workload_identity_arn: agent_arn(app, account, &agent.name),
        name: agent.name.to_string(),
        allowed_resource_oauth2_return_urls: Some(agent.return_urls),
    }))
}
