//! `AssumeRole`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::role_session::AssumeRole;
use procura_core::audit::record::Committed;
use procura_wire::sts::generated::assume_role::{Input, Output};

use super::session::{credentials, refuse, session_name, user};
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    refuse(&[
        ("PolicyArns", input.policy_arns.is_some()),
        ("Policy", input.policy.is_some()),
        ("Tags", input.tags.is_some()),
        ("TransitiveTagKeys", input.transitive_tag_keys.is_some()),
        ("SerialNumber", input.serial_number.is_some()),
        ("TokenCode", input.token_code.is_some()),
        ("SourceIdentity", input.source_identity.is_some()),
        ("ProvidedContexts", input.provided_contexts.is_some()),
    ])?;
    let asked = AssumeRole {
        role_arn: input.role_arn,
        name: session_name(&input.role_session_name)?,
        life_s: input.duration_seconds.map(i64::from),
        external_id: input.external_id,
    };
    let Committed { value, record } = app.assume_role(cx, asked).await?;
    let (of, role) = (&value.credentials, &value.role);
    let output = Output {
        credentials: Some(credentials(of)?),
        assumed_role_user: Some(user(of, &role.id.to_string(), role.name.as_str())),
        ..Output::default()
    };
    let made = Committed { value: (), record };
    Ok(Reply::done(made, |()| output))
}
