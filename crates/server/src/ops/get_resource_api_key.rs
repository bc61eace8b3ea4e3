//! `GetResourceApiKey`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_core::error::Error;
use procura_wire::Revealed;
use procura_wire::generated::get_resource_api_key::{Input, Output};

use super::{Reply, checked};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    let provider =
        checked("resourceCredentialProviderName", &input.resource_credential_provider_name)?;
    let token = input.workload_identity_token;
    let released = app.release_api_key(cx, token.expose_secret(), provider).await?;
    let text = released.value.expose_secret_text().map(str::to_owned);
    let text = text.ok_or_else(|| Error::internal("a stored API key is not text"))?;
    let output = Output { api_key: Revealed::new(text.into()) };
    Ok(Reply::done(released, |_| output))
}
