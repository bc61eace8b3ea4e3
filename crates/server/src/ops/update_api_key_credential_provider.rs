//! `UpdateApiKeyCredentialProvider`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::error::Error;
use procura_core::secret::{Plain, kind::ApiKey};
use procura_wire::Sensitive;
use procura_wire::generated::shapes::SecretSourceType;
use procura_wire::generated::update_api_key_credential_provider::{Input, Output};

use super::{Reply, checked, epoch, provider_arn, secret_of};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let account = cx.account()?;
    let name = checked("name", &input.name)?;
    let external = input.api_key_secret_config.is_some();
    let api_key = managed_key(input.api_key, external, input.api_key_secret_source)?;
    let updated = app.update_api_key_provider(cx, name, api_key).await?;
    Ok(Reply::done(updated, |provider| Output {
        api_key_secret_arn: secret_of(app, account, &provider),
        api_key_secret_json_key: None,
        api_key_secret_source: Some(SecretSourceType::Managed),
        credential_provider_arn: provider_arn(app, account, &provider),
        name: provider.name.to_string(),
        created_time: epoch(provider.created_at),
        last_updated_time: epoch(provider.updated_at),
    }))
}

/// The key that is to be sealed here. A key that lies elsewhere cannot be referred to yet.
pub(super) fn managed_key(
    api_key: Option<Sensitive>,
    external: bool,
    source: Option<SecretSourceType>,
) -> Result<Plain<ApiKey>, Error> {
    if source == Some(SecretSourceType::External) {
        return Err(Error::field(
            "apiKeySecretSource",
            "EXTERNAL secrets are not supported; send the key as apiKey",
        ));
    }
    if external {
        return Err(Error::field(
            "apiKeySecretConfig",
            "references to external secrets are not supported; send the key as apiKey",
        ));
    }
    match api_key {
        Some(key) if !key.expose_secret().is_empty() => {
            Ok(Plain::new(key.expose_secret().as_bytes().to_vec()))
        }
        _ => Err(Error::field("apiKey", "send the API key as apiKey; it must not be empty")),
    }
}
