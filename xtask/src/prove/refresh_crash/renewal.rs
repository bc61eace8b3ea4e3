//! A renewal that is cut short.

use std::sync::Arc;

use anyhow::bail;
use procura_demo::{Misbehaviour, RefreshPolicy};
use tokio::sync::Semaphore;

use super::Tally;
use super::stage::{Stage, ask, has_died};
use crate::prove::browser::Browser;
use crate::prove::client::Client;
use crate::prove::delegation::{self, Given};

/// What the record says of a refresh token that the provider does not take any more.
const ENDED: &str = "the user has to consent again";

/// Where the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Death {
    /// It is written down that a renewal begins; nothing is sent.
    Begun,
    /// It was sent, and the provider has it before it and did nothing yet.
    Sent,
    /// The provider has answered; the answer is not kept.
    Answered,
    /// The answer is kept; nothing was made of it.
    Kept,
    /// The new tokens are kept; nobody was told.
    Applied,
}

pub(super) const DEATHS: [Death; 5] = [
    Death::Begun,
    Death::Sent,
    Death::Answered,
    Death::Kept,
    Death::Applied,
];

impl Death {
    /// What the defective build calls it; none where it is killed from outside.
    const fn point(self) -> Option<&'static str> {
        match self {
            Self::Begun => Some("renewal-begun"),
            Self::Sent => None,
            Self::Answered => Some("renewal-answered"),
            Self::Kept => Some("renewal-kept"),
            Self::Applied => Some("renewal-applied"),
        }
    }

    /// Whether it has to be in doubt what the provider did.
    const fn leaves_doubt(self) -> bool {
        matches!(self, Self::Begun | Self::Sent | Self::Answered)
    }

    /// Whether the user may be asked to consent again: where the one answer is lost, and the
    /// provider gives no second one.
    fn may_ask(self, policy: RefreshPolicy) -> bool {
        let has_grace = matches!(policy, RefreshPolicy::Grace { .. });
        matches!(self, Self::Sent | Self::Answered) && !has_grace
    }
}

/// One death, and the start after it. `more` is what the process does wrong besides.
pub(super) fn attack(
    stage: &mut Stage,
    death: Death,
    more: &str,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let user = stage.new_user();
    let provider = stage.demo.provider.clone();
    let defects = [death.point().unwrap_or_default(), more].join(",");
    let server = stage.start_to_die(&defects)?;
    let login = server.login.clone();
    delegation::connect(&mut Client::connect(login.clone())?, &user)?;
    stage.let_tokens_end()?;
    let (redeemed, reused) = (provider.refresh_redemptions(), provider.refresh_reuses());
    if death.point().is_some() {
        if let Ok(given) = ask(&server, &user) {
            bail!("the process was to die and answered {given:?}");
        }
        has_died(server)?;
    } else {
        die_at_the_provider(stage, server, &user)?;
    }
    tally.deaths += 1;
    let doubts = stage.in_doubt()?;
    if doubts != u64::from(death.leaves_doubt()) {
        bail!("{doubts} exchanges are in doubt in the journal");
    }
    let server = stage.start()?;
    match ask(&server, &user)? {
        Given::Consent(_) if death.may_ask(stage.policy) => {
            if !stage.is_recorded(ENDED)? {
                bail!("the user has to consent again, and no record says why");
            }
            delegation::connect(&mut Client::connect(server.login.clone())?, &user)?;
            tally.asked += 1;
        }
        given => {
            stage.check_token(given)?;
            let once = provider.refresh_redemptions() == redeemed + 1;
            let reused = provider.refresh_reuses() - reused;
            // What a provider answers twice it is asked twice.
            let most = u64::from(death == Death::Answered || death == Death::Sent);
            if !once || reused > most {
                bail!("a refresh token came again {reused} times");
            }
            tally.whole += 1;
        }
    }
    let given = ask(&server, &user)?;
    stage.check_token(given)?;
    server.stop()?;
    stage.clear()
}

/// The process is killed while the provider looks at its request.
fn die_at_the_provider(
    stage: &Stage,
    server: crate::prove::server::Server,
    user: &str,
) -> anyhow::Result<()> {
    let provider = &stage.demo.provider;
    let asked = provider.refresh_requests();
    let gate = Arc::new(Semaphore::new(0));
    provider.misbehave(Some(Misbehaviour::Gate(Arc::clone(&gate))));
    let login = server.login.clone();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut client = Client::connect(login)?;
            let token = delegation::workload_token(&mut client, user)?;
            // Nobody answers this one.
            let _ = delegation::token(&mut client, &token);
            anyhow::Ok(())
        });
        let reached = stage
            .demo
            .wait_for(provider.refresh_requests_reach(asked + 1));
        server.kill()?;
        reached
    })?;
    gate.close();
    provider.misbehave(None);
    Ok(())
}

/// A stop by the service manager, while the provider takes its time.
pub(super) fn stop(stage: &mut Stage, tally: &mut Tally) -> anyhow::Result<()> {
    let user = stage.new_user();
    let provider = stage.demo.provider.clone();
    let server = stage.start()?;
    let login = server.login.clone();
    delegation::connect(&mut Client::connect(login.clone())?, &user)?;
    stage.let_tokens_end()?;
    let (asked, redeemed) = (provider.refresh_requests(), provider.refresh_redemptions());
    let reused = provider.refresh_reuses();
    let gate = Arc::new(Semaphore::new(0));
    provider.misbehave(Some(Misbehaviour::Gate(Arc::clone(&gate))));
    let answer = std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let mut client = Client::connect(login)?;
            let token = delegation::workload_token(&mut client, &user)?;
            delegation::token(&mut client, &token)
        });
        stage
            .demo
            .wait_for(provider.refresh_requests_reach(asked + 1))?;
        server.signal("TERM")?;
        // It takes no new callers before the provider answers: it has begun to stop.
        while Client::connect(server.login.clone()).is_ok() {
            crate::prove::kill9::wait(10);
        }
        gate.close();
        asking
            .join()
            .map_err(|_| anyhow::anyhow!("a caller panicked"))?
    });
    server.stop()?;
    provider.misbehave(None);
    let token = answer?;
    if !Browser::opens(&provider.issuer(), &token)? {
        bail!("the last token that was given opens nothing");
    }
    let server = stage.start()?;
    let given = ask(&server, &user)?;
    stage.check_token(given)?;
    let seen = (
        provider.refresh_redemptions() - redeemed,
        provider.refresh_reuses() - reused,
        stage.in_doubt()?,
    );
    if seen != (1, 0, 0) {
        bail!("redeemed, reused and in doubt after a stop: {seen:?}");
    }
    server.stop()?;
    tally.stopped += 1;
    Ok(())
}
