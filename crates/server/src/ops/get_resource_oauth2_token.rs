//! `GetResourceOauth2Token`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::machine_token::MachineTokenAsked;
use procura_core::error::Error;
use procura_core::machine_token::TokenRequest;
use procura_core::scope::Scopes;
use procura_wire::Revealed;
use procura_wire::generated::get_resource_oauth2_token::{Input, Output};
use procura_wire::generated::shapes::Oauth2FlowType;

use super::{Reply, checked};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    if let Some(text) = unsupported(input.oauth2_flow) {
        return Err(Error::field("oauth2Flow", text));
    }
    let parameters = input.custom_parameters.unwrap_or_default().into_iter();
    let asked = MachineTokenAsked {
        provider: checked(
            "resourceCredentialProviderName",
            &input.resource_credential_provider_name,
        )?,
        request: TokenRequest {
            scopes: Scopes::from_items(&input.scopes)
                .map_err(|error| Error::field("scopes", error.to_string()))?,
            resources: input.resources.unwrap_or_default(),
            audiences: input.audiences.unwrap_or_default(),
            parameters: parameters
                .map(|(name, value)| (name, value.expose_secret().to_owned()))
                .collect(),
        },
        force: input.force_authentication.unwrap_or(false),
    };
    let token = input.workload_identity_token;
    let released = app.release_machine_token(cx, token.expose_secret(), &asked).await?;
    let text = released.value.expose_secret_text().map(str::to_owned);
    let text = text.ok_or_else(|| Error::internal("a stored access token is not text"))?;
    let output = Output {
        access_token: Some(Revealed::new(text.into())),
        authorization_url: None,
        session_uri: None,
        session_status: None,
    };
    Ok(Reply::done(released, |_| output))
}

/// What to say to who asks for a flow that is not here yet.
fn unsupported(flow: Oauth2FlowType) -> Option<&'static str> {
    match flow {
        Oauth2FlowType::M2m => None,
        Oauth2FlowType::UserFederation => {
            Some("USER_FEDERATION is not supported yet; use M2M for tokens of the client itself")
        }
        Oauth2FlowType::OnBehalfOfTokenExchange => Some(
            "ON_BEHALF_OF_TOKEN_EXCHANGE is not supported yet; use M2M for tokens of the client \
             itself",
        ),
    }
}
