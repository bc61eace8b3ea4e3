//! `ListOauth2CredentialProviders`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::oauth2_provider::Oauth2Provider;
use procura_app::page_token::PageRequest;
use procura_core::error::Error;
use procura_wire::generated::list_oauth2_credential_providers::{Input, Output};
use procura_wire::generated::shapes::Oauth2CredentialProviderItem;

use super::{Reply, epoch, provider_arn, vendor_of};

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
    let page = app.oauth2_providers(cx, page).await?;
    let item = |found: Oauth2Provider| Oauth2CredentialProviderItem {
        name: found.provider.name.to_string(),
        credential_provider_vendor: vendor_of(&found),
        credential_provider_arn: provider_arn(app, account, &found.provider),
        created_time: epoch(found.provider.created_at),
        last_updated_time: epoch(found.provider.updated_at),
    };
    Ok(Reply::read(Output {
        credential_providers: page.items.into_iter().map(item).collect(),
        next_token: page.next,
    }))
}
