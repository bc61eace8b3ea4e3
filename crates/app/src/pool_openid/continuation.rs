//! A client goes on with a sign-in at the token endpoint (RFC 6749 §6).

use procura_core::audit::record::Committed;
use procura_core::digest::sha256;
use procura_core::pool_authorization::{
    self, ErrorCode, Parameters, Refusal, check_resource, resource,
};

use super::OpenIdError;
use super::rotation::{Continued, Rotating};
use super::standing::left_of;
use super::token::{Granted, TOKEN, granted};
use crate::App;
use crate::authorization_session::Visit;
use crate::pool_sign_in::Admitted;

/// What is said of a refresh token that is not good, whatever is wrong.
const REFUSED: Refusal = Refusal {
    code: ErrorCode::InvalidGrant,
    text: "the refresh token is not valid",
};
/// What is said of one that was used before.
const REUSED: Refusal = Refusal {
    code: ErrorCode::InvalidGrant,
    text: "the refresh token was used before; the sign-in is over now",
};

impl App {
    /// A sign-in goes on, and gets the next refresh token.
    pub(super) async fn continue_openid_sign_in(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        asked: &Parameters,
    ) -> Result<Committed<Granted>, OpenIdError> {
        let missing = || ErrorCode::InvalidRequest.because("refresh_token is missing");
        let hash = sha256(&[asked.get("refresh_token").ok_or_else(missing)?.as_bytes()]);
        let rotating = self.rotating(admitted, hash).await?.ok_or(REFUSED)?;
        // SECURITY: who shows one that was used before has it of somebody else, also where it is of no
        // use. Held by `a_stolen_token_ends_its_sign_in_wherever_it_is_shown`.
        if let Some(stopped) = self.stopped(visit, admitted, &rotating, TOKEN).await? {
            return Err(refusal_of(&stopped).into());
        }
        // One of a sign-in of `InitiateAuth` is of no use here.
        let had = rotating.found.openid.scope.clone().ok_or(REFUSED)?;
        let scope = self.scope_of(admitted, &rotating, &had, asked).await?;
        let continued = self.rotate(visit, admitted, rotating, Some(&scope), TOKEN);
        match continued.await? {
            Continued::WentOn(Committed { value, record }) => Ok(Committed {
                value: granted(value, &scope),
                record,
            }),
            stopped => Err(refusal_of(&stopped).into()),
        }
    }

    /// What a client gets of what its user has granted: nothing that it may not ask for any more.
    async fn scope_of(
        &self,
        admitted: &Admitted,
        rotating: &Rotating,
        had: &str,
        asked: &Parameters,
    ) -> Result<String, OpenIdError> {
        let granted_for = rotating.found.openid.resource.as_deref();
        let allowed = self.standing_scopes(admitted, granted_for).await?;
        let left = left_of(had, &allowed);
        let scope = pool_authorization::granted(asked.get("scope"), &left)?;
        check_resource(granted_for, resource(asked)?.as_deref())?;
        Ok(scope)
    }
}

fn refusal_of(stopped: &Continued) -> Refusal {
    match stopped {
        Continued::Reused => REUSED,
        Continued::Refused | Continued::WentOn(_) => REFUSED,
    }
}
