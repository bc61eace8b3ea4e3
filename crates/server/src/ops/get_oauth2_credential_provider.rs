//! `GetOauth2CredentialProvider`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::error::Error;
use procura_wire::generated::get_oauth2_credential_provider::{Input, Output};
use procura_wire::generated::shapes::{SecretSourceType, Status};

use super::{
    Reply, callback_url, checked, epoch, oauth2_config_output, provider_arn, secret_of, vendor_of,
};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let account = cx.account()?;
    let found = app.oauth2_provider(cx, checked("name", &input.name)?).await?;
    Ok(Reply::read(Output {
        client_secret_arn: secret_of(app, account, &found.provider),
        client_secret_json_key: None,
        client_secret_source: Some(SecretSourceType::Managed),
        name: found.provider.name.to_string(),
        credential_provider_arn: provider_arn(app, account, &found.provider),
        credential_provider_vendor: vendor_of(&found),
        callback_url: Some(callback_url(app, &found)),
        oauth2_provider_config_output: oauth2_config_output::config(app, account, &found),
        created_time: epoch(found.provider.created_at),
        last_updated_time: epoch(found.provider.updated_at),
        status: Some(Status::Ready),
        failure_reason: None,
    }))
}
