//! How a row is played: the flow up to its step, the misbehaviour, what is told, and the honest flow
//! after the cure.

use anyhow::{Context as _, bail};
use procura_core::time::{Clock as _, SystemClock};
use serde_json::json;

use super::row::{Cured, Row, Step, Told, Within};
use super::scene::Scene;
use crate::prove::client::Answer;
use crate::prove::delegation::Session;

/// How long after another the token is asked for that is good still.
const AGAIN: u32 = 3;

/// Plays `row`. The provider is cured in the end, or the row has failed.
pub(super) fn play(scene: &mut Scene<'_>, row: &Row) -> anyhow::Result<()> {
    scene.wants(row.scopes);
    let session = up_to(scene, row)?;
    let misbehaviour = (row.does)(scene).context("it cannot be made to")?;
    if misbehaviour.is_some() {
        scene.provider().misbehave(misbehaviour);
    }
    misbehaved(scene, row, session.as_ref())?;
    scene.is_cured()?;
    cured(scene, row, session.as_ref()).context("when the provider is cured")
}

/// The honest part.
fn up_to(scene: &mut Scene<'_>, row: &Row) -> anyhow::Result<Option<Session>> {
    Ok(match row.step {
        Step::FirstUse => None,
        Step::Found | Step::SentAway | Step::SentBack => Some(scene.begins()?),
        Step::Redeemed => {
            let session = scene.begins()?;
            scene.comes_back(&session)?;
            Some(session)
        }
        Step::Renewed | Step::RenewedEarly | Step::TakenBack => {
            scene.connects()?;
            None
        }
    })
}

/// The part in which the provider misbehaves.
fn misbehaved(scene: &mut Scene<'_>, row: &Row, session: Option<&Session>) -> anyhow::Result<()> {
    let begun = || session.context("no session");
    match row.step {
        Step::FirstUse => in_time(row, || scene.asks(json!({})))
            .and_then(|answer| row.answer.check(scene, &answer))?,
        Step::Found => {
            scene.goes_through(begun()?)?;
        }
        Step::SentAway | Step::SentBack => comes_back(scene, row, begun()?)?,
        Step::Redeemed => in_time(row, || scene.completes(begun()?))
            .and_then(|answer| row.answer.check(scene, &answer))?,
        Step::Renewed => {
            scene.ages(100)?;
            in_time(row, || scene.asks(json!({})))
                .and_then(|answer| row.answer.check(scene, &answer))?;
        }
        Step::RenewedEarly => {
            still_served(scene)?;
            in_time(row, || scene.asks(json!({})))
                .and_then(|answer| row.answer.check(scene, &answer))?;
        }
        Step::TakenBack => {
            let since = SystemClock.now();
            let (outcome, said) = scene.is_taken_back()?;
            row.within.check(since)?;
            match row.answer {
                Told::Gone(wanted, says) if outcome == wanted && said.contains(says) => {}
                told => bail!("specified is \"{told}\", and told is {outcome}: {said}"),
            }
        }
    }
    let Some(told) = row.poll else {
        return Ok(());
    };
    let polled = match session {
        Some(session) => scene.polls(session)?,
        None => scene.asks(json!({}))?,
    };
    told.check(scene, &polled)
        .context("the agent that asks again")
}

/// The browser's way, and where the answer is taken, the application's word.
fn comes_back(scene: &mut Scene<'_>, row: &Row, session: &Session) -> anyhow::Result<()> {
    let page = scene.browses(session)?;
    let is_taken = page.as_ref().is_some_and(|page| {
        let location = page.location.as_deref().unwrap_or_default();
        page.status == 302 && !location.contains("error=")
    });
    if !is_taken {
        return row.answer.check_page(page.as_ref());
    }
    let answer = in_time(row, || scene.completes(session))?;
    row.answer.check(scene, &answer)
}

/// While the provider does not renew it, the token that is good is given, at once, again and again.
fn still_served(scene: &mut Scene<'_>) -> anyhow::Result<()> {
    scene.ages(95)?;
    let mut before = None;
    for _ in 0..AGAIN {
        let since = SystemClock.now();
        let answer = scene.asks(json!({}))?;
        let given = answer.text("accessToken");
        let given = given
            .with_context(|| format!("the token that is good is not given: {}", answer.body))?;
        Within::Soon.check(since)?;
        if before.is_some_and(|before| before != given) {
            bail!("another token was given");
        }
        before = Some(given);
    }
    scene.ages(5)
}

/// The honest flow, with the same server.
fn cured(scene: &mut Scene<'_>, row: &Row, session: Option<&Session>) -> anyhow::Result<()> {
    match row.cured {
        Cured::LivesOn => {}
        Cured::Renews => {
            scene.obeys()?;
            scene.ages(100)?;
        }
        Cured::Asks => drop(scene.connects()?),
        Cured::AsksWhenOver => {
            scene.obeys()?;
            scene.ages(100)?;
            scene.connects()?;
        }
        Cured::Repaired => {
            scene.is_repaired()?;
            scene.connects()?;
        }
        Cured::SameLink => drop(scene.goes_through(session.context("no session")?)?),
        Cured::SameCode => {
            let session = session.context("no session")?;
            scene.completes(session)?.expect(&[200])?;
            let given = scene.polls(session)?;
            Told::Token.check(scene, &given)?;
        }
    }
    scene.obeys().map(drop)
}

fn in_time(row: &Row, call: impl FnOnce() -> anyhow::Result<Answer>) -> anyhow::Result<Answer> {
    let since = SystemClock.now();
    let answer = call()?;
    row.within.check(since)?;
    Ok(answer)
}
