//! `InitiateAuth`.

use procura_app::App;
use procura_app::authorization_session::Visit;
use procura_app::pool_sign_in::{Credentials, SignedIn};
use procura_core::audit::record::Committed;
use procura_core::error::Error;
use procura_core::secret::Plain;
use procura_wire::Revealed;
use procura_wire::cognito::generated::initiate_auth::{Input, Output};
use procura_wire::cognito::generated::shapes::{AuthFlowType, ChallengeNameType};

use super::parameters::{Parameters, no_more, secret_hash};
use super::pool_tokens::result;
use super::pool_user::password;
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    visit: &Visit,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    let mut parameters = Parameters::new(input.auth_parameters);
    match input.auth_flow {
        AuthFlowType::UserPasswordAuth => {
            let with = Credentials {
                client: input.client_id,
                username: parameters.required("USERNAME")?.expose_secret().to_owned(),
                password: password(parameters.required("PASSWORD")?),
                secret_hash: secret_hash(&mut parameters),
            };
            no_more(&parameters)?;
            let signed = app.sign_in(visit, with).await?;
            answered(signed)
        }
        AuthFlowType::RefreshToken | AuthFlowType::RefreshTokenAuth => {
            let token = parameters.required("REFRESH_TOKEN")?.into_secret();
            let token = Plain::new(token.as_bytes().to_vec());
            let hash = secret_hash(&mut parameters);
            let hash = hash.as_deref();
            no_more(&parameters)?;
            let client = &input.client_id;
            let Committed { value, record } =
                app.continue_sign_in(visit, client, &token, hash).await?;
            let signed = SignedIn::Tokens(Box::new(value));
            answered(Committed {
                value: signed,
                record,
            })
        }
        other => {
            let text = format!(
                "{} is not supported by Procura; USER_PASSWORD_AUTH and REFRESH_TOKEN_AUTH are",
                other.as_str()
            );
            Err(Error::field("AuthFlow", text).into())
        }
    }
}

fn answered(signed: Committed<SignedIn>) -> Result<Reply<Output>, Failure> {
    let Committed { value, record } = signed;
    let output = match value {
        SignedIn::Tokens(tokens) => Output {
            authentication_result: Some(result(&tokens)?),
            challenge_parameters: Some(std::collections::BTreeMap::new()),
            ..Output::default()
        },
        SignedIn::NewPassword { session, profile } => {
            let attributes = serde_json::to_string(&profile.attributes);
            let attributes = attributes.map_err(Error::internal_source)?;
            let parameters = [
                ("USER_ID_FOR_SRP", profile.username),
                ("requiredAttributes", "[]".to_owned()),
                ("userAttributes", attributes),
            ];
            let parameters = parameters.map(|(name, value)| (name.to_owned(), value));
            Output {
                challenge_name: Some(ChallengeNameType::NewPasswordRequired),
                session: Some(Revealed::new(session.into())),
                challenge_parameters: Some(parameters.into_iter().collect()),
                ..Output::default()
            }
        }
    };
    let done = Committed { value: (), record };
    Ok(Reply::done(done, |()| output))
}
