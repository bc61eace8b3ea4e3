//! `CreateApiKeyCredentialProvider`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::api_key_provider::NewApiKeyProvider;
use procura_core::error::Error;
use procura_core::tag::Tags;
use procura_wire::generated::create_api_key_credential_provider::{Input, Output};
use procura_wire::generated::shapes::SecretSourceType;

use super::{Reply, checked, provider_arn, secret_of, update_api_key_credential_provider::managed_key};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let account = cx.account()?;
    let external = input.api_key_secret_config.is_some();
    let new = NewApiKeyProvider {
        name: checked("name", &input.name)?,
        api_key: managed_key(input.api_key, external, input.api_key_secret_source)?,
        tags: Tags::new(input.tags.unwrap_or_default())?,
    };
    let created = app.create_api_key_provider(cx, new).await?;
    Ok(Reply::done(created, |provider| Output {
        api_key_secret_arn: secret_of(app, account, &provider),
        api_key_secret_json_key: None,
        api_key_secret_source: Some(SecretSourceType::Managed),
        credential_provider_arn: provider_arn(app, account, &provider),
        name: provider.name.to_string(),
    }))
}
