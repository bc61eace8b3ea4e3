//! A consent that is cut short: while the user comes back, and while the code is redeemed.

use anyhow::{Context as _, bail};
use serde_json::json;

use super::Tally;
use super::stage::{Stage, ask, has_died};
use crate::prove::browser::Browser;
use crate::prove::client::Client;
use crate::prove::delegation::{self, Given, Session};
use crate::prove::server::Server;

/// What is said of a code of which nothing is known.
const INTERRUPTED: &str = "the exchange with the provider was interrupted";

/// Where the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Death {
    /// The user came back with a code; it is not kept.
    Returned,
    /// The code is kept; the browser was told nothing.
    CodeKept,
    /// It is written down that the code is redeemed; nothing is sent.
    Begun,
    /// The provider has answered; the answer is not kept.
    Answered,
    /// The answer is kept; nothing was made of it.
    Kept,
    /// The tokens are kept; nobody was told.
    Applied,
}

pub(super) const DEATHS: [Death; 6] = [
    Death::Returned,
    Death::CodeKept,
    Death::Begun,
    Death::Answered,
    Death::Kept,
    Death::Applied,
];

impl Death {
    const fn point(self) -> &'static str {
        match self {
            Self::Returned => "code-returned",
            Self::CodeKept => "code-kept",
            Self::Begun => "exchange-begun",
            Self::Answered => "exchange-answered",
            Self::Kept => "exchange-kept",
            Self::Applied => "exchange-applied",
        }
    }
}

/// One death, and the start after it.
pub(super) fn attack(stage: &mut Stage, death: Death, tally: &mut Tally) -> anyhow::Result<()> {
    let user = stage.new_user();
    let codes = stage.demo.provider.code_requests();
    let server = stage.start_to_die(death.point())?;
    let mut client = Client::connect(server.login.clone())?;
    let token = delegation::workload_token(&mut client, &user)?;
    let session = delegation::begin(&mut client, &token)?;
    let mut browser = Browser::default();
    let callback = delegation::consent(&mut browser, &session)?;
    if matches!(death, Death::Returned | Death::CodeKept) {
        if let Ok(page) = browser.get(&callback) {
            bail!("the process was to die and answered {page:?}");
        }
        has_died(server)?;
        let server = stage.start()?;
        // The browser loads the page again.
        let id = delegation::session_id(&browser.get(&callback)?, &session)?;
        let mut client = Client::connect(server.login.clone())?;
        delegation::uri_ends_nothing(&mut client, &session, &user)?;
        let ended = delegation::complete(&mut client, &id, &user)?;
        ended.expect(&[200])?;
        check_token(stage, &server, &user)?;
        tally.whole += 1;
        server.stop()?;
    } else {
        let id = delegation::session_id(&browser.get(&callback)?, &session)?;
        delegation::uri_ends_nothing(&mut client, &session, &user)?;
        if let Ok(answer) = delegation::complete(&mut client, &id, &user) {
            bail!("the process was to die and answered {answer:?}");
        }
        has_died(server)?;
        let server = stage.start()?;
        if matches!(death, Death::Kept | Death::Applied) {
            check_token(stage, &server, &user)?;
            tally.whole += 1;
        } else {
            is_told(stage, &server, &session, &user)?;
            tally.asked += 1;
        }
        server.stop()?;
    }
    tally.deaths += 1;
    let sent = stage.demo.provider.code_requests() - codes;
    // Whoever is asked anew brings another code.
    let most = if death == Death::Answered { 2 } else { 1 };
    if sent > most || stage.in_doubt()? > 0 || stage.demo.provider.families_revoked() > 0 {
        bail!("codes were sent {sent} times, or something is in doubt still");
    }
    Ok(())
}

fn check_token(stage: &Stage, server: &Server, user: &str) -> anyhow::Result<()> {
    let given = ask(server, user)?;
    stage.check_token(given)
}

/// Nothing is known of the code: the agent that waits is told why, and a record says so; then the
/// user consents again.
fn is_told(stage: &Stage, server: &Server, session: &Session, user: &str) -> anyhow::Result<()> {
    let mut client = Client::connect(server.login.clone())?;
    let token = delegation::workload_token(&mut client, user)?;
    let more = json!({ "sessionUri": session.uri });
    let waits = delegation::ask(&mut client, &token, &more)?;
    let message = waits.text("message").context("no message")?;
    if waits.status != 403 || !message.contains(INTERRUPTED) {
        bail!("who waits is told {}: {message}", waits.status);
    }
    if !stage.is_recorded(INTERRUPTED)? {
        bail!("no record says that the code was given up");
    }
    match ask(server, user)? {
        Given::Consent(_) => delegation::connect(&mut client, user)?,
        Given::Token(_) => bail!("a token without a consent"),
    }
    check_token(stage, server, user)
}
