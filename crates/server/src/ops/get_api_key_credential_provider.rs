//! `GetApiKeyCredentialProvider`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::error::Error;
use procura_wire::generated::get_api_key_credential_provider::{Input, Output};
use procura_wire::generated::shapes::SecretSourceType;

use super::{Reply, checked, epoch, provider_arn, secret_of};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let account = cx.account()?;
    let provider = app.api_key_provider(cx, checked("name", &input.name)?).await?;
    Ok(Reply::read(Output {
        api_key_secret_arn: secret_of(app, account, &provider),
        api_key_secret_json_key: None,
        api_key_secret_source: Some(SecretSourceType::Managed),
        credential_provider_arn: provider_arn(app, account, &provider),
        name: provider.name.to_string(),
        created_time: epoch(provider.created_at),
        last_updated_time: epoch(provider.updated_at),
    }))
}
