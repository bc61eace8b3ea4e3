//! What putting a role on takes and gives, at the wire.

use procura_app::caller_identity::session_arn;
use procura_app::temporary_key::TemporaryCredentials;
use procura_core::account::AccountId;
use procura_core::error::Error;
use procura_core::iam_role::SessionName;
use procura_wire::sts::generated::shapes::{AssumedRoleUser, Credentials};
use procura_wire::{EpochMillis, Revealed};

use crate::ops::checked;

/// The name of a session.
pub(super) fn session_name(text: &str) -> Result<SessionName, Error> {
    checked("RoleSessionName", text)
}

/// SECURITY: what would make a session less than its role is refused as long as it would not: nobody
/// gets more than they asked for without a word.
pub(super) fn refuse(members: &[(&'static str, bool)]) -> Result<(), Error> {
    match members.iter().find(|(_, is_there)| *is_there) {
        None => Ok(()),
        Some((name, _)) => Err(Error::field(
            *name,
            "not supported by Procura: a session has what its role has; make a role that has less",
        )),
    }
}

/// The credentials.
pub(super) fn credentials(of: &TemporaryCredentials) -> Result<Credentials, Error> {
    let text = |text: Option<&str>| {
        text.map(str::to_owned)
            .ok_or_else(|| Error::internal("a new key is no text"))
    };
    Ok(Credentials {
        access_key_id: of.key.id.to_string(),
        secret_access_key: Revealed::new(text(of.secret.expose_secret_text())?.into()),
        session_token: text(of.token.expose_secret_text())?,
        expiration: EpochMillis(of.key.expires_at.millis()),
    })
}

/// Who signs with them.
pub(super) fn user(of: &TemporaryCredentials, role_id: &str, role_name: &str) -> AssumedRoleUser {
    let (account, session): (AccountId, _) = (of.key.account, &of.key.name);
    AssumedRoleUser {
        assumed_role_id: format!("{role_id}:{session}"),
        arn: session_arn(account, role_name, session),
    }
}
