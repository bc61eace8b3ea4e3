//! `DescribeUserPoolDomain`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_wire::cognito::generated::describe_user_pool_domain::{Input, Output};
use procura_wire::cognito::generated::shapes::{DomainDescriptionType, DomainStatusType};

use crate::ops::{Failure, Reply, checked};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let found = app
        .pool_domain(cx, checked("Domain", &input.domain)?)
        .await?;
    let account = cx.account()?;
    let described = found.map_or_else(DomainDescriptionType::default, |domain| {
        DomainDescriptionType {
            user_pool_id: Some(domain.pool.to_string()),
            aws_account_id: Some(account.to_string()),
            domain: Some(domain.prefix.to_string()),
            status: Some(DomainStatusType::Active),
            ..DomainDescriptionType::default()
        }
    });
    Ok(Reply::read(Output {
        domain_description: Some(described),
    }))
}
