//! `AssumeRoleWithWebIdentity`.

use procura_app::App;
use procura_app::authorization_session::Visit;
use procura_app::web_identity::WebIdentity;
use procura_core::audit::record::Committed;
use procura_core::secret::Plain;
use procura_wire::sts::generated::assume_role_with_web_identity::{Input, Output};

use super::session::{credentials, refuse, session_name, user};
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    visit: &Visit,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    refuse(&[
        ("ProviderId", input.provider_id.is_some()),
        ("PolicyArns", input.policy_arns.is_some()),
        ("Policy", input.policy.is_some()),
    ])?;
    let with = WebIdentity {
        role_arn: input.role_arn,
        name: session_name(&input.role_session_name)?.to_string(),
        token: Plain::new(input.web_identity_token.expose_secret().as_bytes().to_vec()),
        life_s: input.duration_seconds.map(i64::from),
    };
    let Committed { value, record } = app.assume_with_web_identity(visit, with).await?;
    let of = &value.credentials;
    let role_name = value.role_arn.rsplit('/').next().unwrap_or_default();
    let output = Output {
        credentials: Some(credentials(of)?),
        assumed_role_user: Some(user(of, &value.role_id, role_name)),
        subject_from_web_identity_token: Some(value.subject),
        provider: Some(value.issuer),
        audience: Some(value.audience),
        ..Output::default()
    };
    let made = Committed { value: (), record };
    Ok(Reply::done(made, |()| output))
}
