//! `RespondToAuthChallenge`.

use procura_app::App;
use procura_app::authorization_session::Visit;
use procura_app::pool_sign_in::Credentials;
use procura_core::audit::record::Committed;
use procura_core::error::Error;
use procura_wire::Sensitive;
use procura_wire::cognito::generated::respond_to_auth_challenge::{Input, Output};
use procura_wire::cognito::generated::shapes::ChallengeNameType;

use super::parameters::{Parameters, no_more, secret_hash};
use super::pool_tokens::result;
use super::pool_user::{password, weak};
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    visit: &Visit,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    if input.challenge_name != ChallengeNameType::NewPasswordRequired {
        let text = format!(
            "{} is not supported by Procura; NEW_PASSWORD_REQUIRED is",
            input.challenge_name.as_str()
        );
        return Err(Error::field("ChallengeName", text).into());
    }
    let session = input.session.map(Sensitive::into_secret);
    let session =
        session.ok_or_else(|| Error::field("Session", "Missing required parameter Session"))?;
    let mut responses = Parameters::new(input.challenge_responses);
    let with = Credentials {
        client: input.client_id,
        username: responses.required("USERNAME")?.expose_secret().to_owned(),
        password: password(responses.required("NEW_PASSWORD")?),
        secret_hash: secret_hash(&mut responses),
    };
    no_more(&responses)?;
    let signed = app.sign_in_with_new_password(visit, &session, with).await;
    let Committed { value, record } = signed.map_err(weak)?;
    let output = Output {
        authentication_result: Some(result(&value)?),
        challenge_parameters: Some(std::collections::BTreeMap::new()),
        ..Output::default()
    };
    let done = Committed { value: (), record };
    Ok(Reply::done(done, |()| output))
}
