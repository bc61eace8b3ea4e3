//! `CreateOauth2CredentialProvider`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::error::Error;
use procura_core::tag::Tags;
use procura_wire::generated::create_oauth2_credential_provider::{Input, Output};
use procura_wire::generated::shapes::{SecretSourceType, Status};

use super::{Reply, callback_url, checked, oauth2_config, oauth2_config_output, provider_arn, secret_of};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let account = cx.account()?;
    let (vendor, config) = (input.credential_provider_vendor, input.oauth2_provider_config_input);
    let told = oauth2_config::read(app, account, vendor, config)?;
    let tags = Tags::new(input.tags.unwrap_or_default())?;
    let created = app.create_oauth2_provider(cx, checked("name", &input.name)?, told, tags).await?;
    Ok(Reply::done(created, |made| Output {
        client_secret_arn: secret_of(app, account, &made.provider),
        client_secret_json_key: None,
        client_secret_source: Some(SecretSourceType::Managed),
        name: made.provider.name.to_string(),
        credential_provider_arn: provider_arn(app, account, &made.provider),
        callback_url: Some(callback_url(app, &made)),
        oauth2_provider_config_output: Some(oauth2_config_output::config(app, account, &made)),
        status: Some(Status::Ready),
    }))
}
