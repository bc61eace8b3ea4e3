//! `ListApiKeyCredentialProviders`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::page_token::PageRequest;
use procura_core::credential_provider::CredentialProvider;
use procura_core::error::Error;
use procura_wire::generated::list_api_key_credential_providers::{Input, Output};
use procura_wire::generated::shapes::ApiKeyCredentialProviderItem;

use super::{Reply, epoch, provider_arn};

/// The page size of the model, and its default.
const PAGE: u32 = 100;

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let account = cx.account()?;
    let limit = input.max_results.and_then(|max| u32::try_from(max).ok()).unwrap_or(PAGE);
    let page = PageRequest { limit, token: input.next_token };
    let page = app.api_key_providers(cx, page).await?;
    let item = |provider: CredentialProvider| ApiKeyCredentialProviderItem {
        credential_provider_arn: provider_arn(app, account, &provider),
        name: provider.name.to_string(),
        created_time: epoch(provider.created_at),
        last_updated_time: epoch(provider.updated_at),
    };
    Ok(Reply::read(Output {
        credential_providers: page.items.into_iter().map(item).collect(),
        next_token: page.next,
    }))
}
