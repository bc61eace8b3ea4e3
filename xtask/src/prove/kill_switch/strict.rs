//! Where an issuer that nobody registered proves nobody: under the strict set. There a token proves its
//! user until the registration is taken back, and then nobody, whoever can say what its keys are.
//!
//! The baseline believes such an issuer, so that there the same token goes on to prove the same user;
//! what was got with it before ends all the same ([`super::matrix::Ground::Registrations`]).

use anyhow::bail;

use super::paths::token_for;
use super::world::{self, Place, USER};
use super::{Found, Outcome, instant, outcome, stopped};

const AGENT: &str = "agent";

/// Registers an issuer, has it prove a user, and takes it back.
pub(super) fn removed_issuer(place: &Place<'_>) -> anyhow::Result<()> {
    world::new_agent(place, AGENT)?;
    let host = world::host(place)?;
    let issuer = place.issuers.named("users");
    world::register(place, &issuer)?;
    let token = place.issuers.token(&issuer, USER)?;
    let ask = || outcome(token_for(&place.asked, &host, AGENT, &token));
    match ask() {
        Outcome::Given => {}
        other => bail!("a registered issuer proves nobody: {other:?}"),
    }
    place.operator(&["issuers", "remove", &issuer])?;
    match stopped(ask, instant(), "a token of an issuer that was removed") {
        Found::Right { .. } => Ok(()),
        Found::Late => bail!("an issuer that was removed proves a user"),
        Found::Wrong(text) => bail!("{text}"),
    }
}
