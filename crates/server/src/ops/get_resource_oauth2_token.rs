//! `GetResourceOauth2Token`.

use procura_app::App;
use procura_app::authorization_session::Begun;
use procura_app::connection::{UserTokenAnswer, UserTokenAsked};
use procura_app::machine_token::MachineTokenAsked;
use procura_app::on_behalf_of::ExchangeAsked;
use procura_app::operation::OpCx;
use procura_core::audit::record::Committed;
use procura_core::error::Error;
use procura_core::machine_token::TokenRequest;
use procura_core::scope::Scopes;
use procura_core::secret::{Plain, kind::AccessToken};
use procura_wire::Revealed;
use procura_wire::generated::get_resource_oauth2_token::{Input, Output};
use procura_wire::generated::shapes::{Oauth2FlowType, SessionStatus};

use super::{Reply, checked};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Error> {
    match input.oauth2_flow {
        Oauth2FlowType::M2m => machine_token(app, cx, input).await,
        Oauth2FlowType::UserFederation => user_token(app, cx, input).await,
        Oauth2FlowType::OnBehalfOfTokenExchange => exchanged_token(app, cx, input).await,
    }
}

async fn machine_token(app: &App, cx: &mut OpCx, input: Input) -> Result<Reply<Output>, Error> {
    let token = input.workload_identity_token;
    let asked = MachineTokenAsked {
        provider: checked(
            "resourceCredentialProviderName",
            &input.resource_credential_provider_name,
        )?,
        request: TokenRequest {
            scopes: scopes(&input.scopes)?,
            resources: input.resources.unwrap_or_default(),
            audiences: input.audiences.unwrap_or_default(),
            parameters: parameters(input.custom_parameters),
        },
        force: input.force_authentication.unwrap_or(false),
    };
    let released = app
        .release_machine_token(cx, token.expose_secret(), &asked)
        .await?;
    released_token(released)
}

async fn exchanged_token(app: &App, cx: &mut OpCx, input: Input) -> Result<Reply<Output>, Error> {
    let token = input.workload_identity_token;
    let asked = ExchangeAsked {
        provider: checked(
            "resourceCredentialProviderName",
            &input.resource_credential_provider_name,
        )?,
        request: TokenRequest {
            scopes: scopes(&input.scopes)?,
            resources: input.resources.unwrap_or_default(),
            audiences: input.audiences.unwrap_or_default(),
            parameters: parameters(input.custom_parameters),
        },
    };
    let released = app
        .exchange_user_token(cx, token.expose_secret(), &asked)
        .await?;
    released_token(released)
}

async fn user_token(app: &App, cx: &mut OpCx, input: Input) -> Result<Reply<Output>, Error> {
    let token = input.workload_identity_token;
    let asked = UserTokenAsked {
        provider: checked(
            "resourceCredentialProviderName",
            &input.resource_credential_provider_name,
        )?,
        scopes: scopes(&input.scopes)?,
        resources: input.resources.unwrap_or_default(),
        audiences: input.audiences.unwrap_or_default(),
        parameters: parameters(input.custom_parameters),
        return_url: input.resource_oauth2_return_url,
        custom_state: input.custom_state.map(|state| state.expose_secret().to_owned()),
        session: input.session_uri,
        force: input.force_authentication.unwrap_or(false),
    };
    match app
        .release_user_token(cx, token.expose_secret(), &asked)
        .await?
    {
        UserTokenAnswer::Token(released) => released_token(released),
        UserTokenAnswer::Consent(begun) => Ok(Reply::done(begun, waiting)),
    }
}

fn released_token(released: Committed<Plain<AccessToken>>) -> Result<Reply<Output>, Error> {
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

fn waiting(begun: Begun) -> Output {
    Output {
        access_token: None,
        authorization_url: Some(Revealed::new(begun.authorization_url.into())),
        session_uri: Some(begun.uri.as_str().to_owned()),
        session_status: Some(SessionStatus::InProgress),
    }
}

fn scopes(items: &[String]) -> Result<Scopes, Error> {
    Scopes::from_items(items).map_err(|error| Error::field("scopes", error.to_string()))
}

fn parameters(
    told: Option<std::collections::BTreeMap<String, procura_wire::Sensitive>>,
) -> std::collections::BTreeMap<String, String> {
    let told = told.unwrap_or_default().into_iter();
    told.map(|(name, value)| (name, value.expose_secret().to_owned()))
        .collect()
}
