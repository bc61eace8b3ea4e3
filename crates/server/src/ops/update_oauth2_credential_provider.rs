//! `UpdateOauth2CredentialProvider`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::error::Error;
use procura_wire::generated::shapes::{SecretSourceType, Status};
use procura_wire::generated::update_oauth2_credential_provider::{Input, Output};

use super::{
    Reply, callback_url, checked, epoch, oauth2_config, oauth2_config_output, provider_arn, secret_of, vendor_of,
};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let account = cx.account()?;
    let (vendor, config) = (input.credential_provider_vendor, input.oauth2_provider_config_input);
    let told = oauth2_config::read(app, account, vendor, config)?;
    let updated = app.update_oauth2_provider(cx, checked("name", &input.name)?, told).await?;
    Ok(Reply::done(updated, |new| Output {
        client_secret_arn: secret_of(app, account, &new.provider),
        client_secret_json_key: None,
        client_secret_source: Some(SecretSourceType::Managed),
        name: new.provider.name.to_string(),
        credential_provider_vendor: vendor_of(&new),
        credential_provider_arn: provider_arn(app, account, &new.provider),
        callback_url: Some(callback_url(app, &new)),
        oauth2_provider_config_output: oauth2_config_output::config(app, account, &new),
        created_time: epoch(new.provider.created_at),
        last_updated_time: epoch(new.provider.updated_at),
        status: Some(Status::Ready),
    }))
}
