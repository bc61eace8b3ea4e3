//! `ListWorkloadIdentities`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::page_token::PageRequest;
use procura_core::error::Error;
use procura_wire::generated::list_workload_identities::{Input, Output};
use procura_wire::generated::shapes::WorkloadIdentityType;

use super::{Reply, agent_arn};

/// The page size of the model, and its default.
const PAGE: u32 = 20;

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let account = cx.account()?;
    let limit = input.max_results.and_then(|max| u32::try_from(max).ok()).unwrap_or(PAGE);
    let page = PageRequest { limit, token: input.next_token };
    let page = app.workload_identities(cx, page).await?;
    let item = |agent: procura_core::workload_identity::WorkloadIdentity| WorkloadIdentityType {
        workload_identity_arn: agent_arn(app, account, &agent.name),
        name: agent.name.to_string(),
    };
    Ok(Reply::read(Output {
        workload_identities: page.items.into_iter().map(item).collect(),
        next_token: page.next,
    }))
}
