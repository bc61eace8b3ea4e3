//! The place where an SDK in a container asks for credentials: `AWS_CONTAINER_CREDENTIALS_FULL_URI`,
//! with the token of the container's platform in `Authorization`
//! (`AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`). It gives what `AssumeRoleWithWebIdentity` gives.

use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use procura_app::App;
use procura_app::authorization_session::Visit;
use procura_app::web_identity::{WebIdentity, agent_role_arn};
use procura_core::account::AccountId;
use procura_core::error::{Error, Kind};
use procura_core::name::WorkloadName;
use procura_core::secret::Plain;
use serde_json::json;

use crate::response::{self, Answer};

/// What metrics and the log call it.
pub(crate) const NAME: &str = "ContainerCredentials";
/// What a use of a role is called that the SDK gives no name.
const SESSION_NAME: &str = "container";

/// Credentials of an agent, by the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ContainerCredentials {
    account: AccountId,
    agent: WorkloadName,
}

impl ContainerCredentials {
    /// What a path asks for: `/container-credentials/{account}/{agent}`.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let rest = path.strip_prefix("/container-credentials/")?;
        let (account, agent) = rest.split_once('/')?;
        Some(Self {
            account: account.parse().ok()?,
            agent: agent.parse().ok()?,
        })
    }

    /// The credentials, in the form that SDKs read.
    pub(crate) async fn answer(
        &self,
        app: &App,
        visit: &Visit,
        headers: &HeaderMap,
    ) -> Result<Answer, Error> {
        let role_arn = agent_role_arn(self.account, &self.agent);
        let with = WebIdentity {
            role_arn: role_arn.clone(),
            name: SESSION_NAME.to_owned(),
            token: Plain::new(token(headers)?.as_bytes().to_vec()),
            life_s: None,
        };
        let proved = app.assume_with_web_identity(visit, with).await?;
        let credentials = proved.value.credentials;
        let body = json!({
            "AccessKeyId": credentials.key.id.as_str(),
            "SecretAccessKey": credentials.secret.expose_secret_text(),
            "Token": credentials.token.expose_secret_text(),
            "Expiration": credentials.key.expires_at.to_string(),
            "RoleArn": role_arn,
        });
        let body = serde_json::to_vec(&body).map_err(Error::internal_source)?;
        Ok(response::json(200, body, visit.request, proved.record))
    }

    /// What is answered instead. SDKs log it and ask the next place that they know.
    pub(crate) fn failed(error: &Error, visit: &Visit) -> Answer {
        let (status, code) = match error.kind() {
            Kind::Caller => (400, "InvalidRequest"),
            Kind::Unproved => (401, "InvalidToken"),
            Kind::Denied | Kind::NotFound | Kind::Conflict => (403, "AccessDenied"),
            Kind::Throttled => (429, "Throttling"),
            Kind::Upstream | Kind::Internal => (503, "Unavailable"),
        };
        let body = json!({ "code": code, "message": error.public() }).to_string();
        response::json(status, body.into_bytes(), visit.request, error.record())
    }
}

/// The token of the platform: the header as it stands, or as a bearer token.
fn token(headers: &HeaderMap) -> Result<&str, Error> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().and_then(|value| value.to_str().ok());
    match (value, values.next()) {
        (Some(value), None) => Ok(value.strip_prefix("Bearer ").unwrap_or(value)),
        _ => Err(Error::new(
            Kind::Unproved,
            "send the token of the container's platform in Authorization, once: set \
             AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_an_agent_of_an_account_or_nothing() {
        let found = ContainerCredentials::of("/container-credentials/111111111111/mail.agent");
        assert_eq!(found.unwrap().agent.as_str(), "mail.agent");
        for path in [
            "/container-credentials",
            "/container-credentials/111111111111",
            "/container-credentials/11111/mail",
            "/container-credentials/111111111111/mail/agent",
            "/container-credentials/111111111111/",
        ] {
            assert_eq!(ContainerCredentials::of(path), None, "{path}");
        }
    }
}
