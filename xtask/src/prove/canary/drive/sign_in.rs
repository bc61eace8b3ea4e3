//! The pages of the session-binding service: users sign in and end their sessions there, or fail to.

use anyhow::{Context as _, bail};

use super::Drive;
use super::session::{Session, User};
use crate::prove::browser::{Browser, Page};
use crate::prove::canary::encoding::escaped;
use crate::prove::canary::kind::Kind;
use crate::prove::canary::provider::BEHAVIOURS;
use crate::prove::canary::secrets::invent;

/// Where its form goes.
const LINKED: &str = "/linked";
/// What the button sends.
const CONTINUE: &str = "decision=continue&understood=yes";

impl Drive<'_> {
    /// The user, who came back to the page at `url`, signs in, reads what is asked and continues.
    pub(super) fn end_by_page(
        &mut self,
        browser: &mut Browser,
        url: &str,
        session: &Session,
    ) -> anyhow::Result<()> {
        let mut page = self.open(browser, url)?;
        if let User::Proved { subject, .. } = &session.user {
            self.provider.signs_in(subject, "grant");
            let callback = Self::at_provider(browser, &page)?;
            page = self.open(browser, &callback)?;
            let again = page.location.clone();
            let again = again.with_context(|| format!("nobody is signed in: {page:?}"))?;
            page = self.open(browser, &again)?;
        }
        self.decide(browser, url, &page, session)
    }

    /// The page that asks; its form is sent from another browser, then as it should be.
    fn decide(
        &mut self,
        browser: &mut Browser,
        url: &str,
        page: &Page,
        session: &Session,
    ) -> anyhow::Result<()> {
        let hidden = page.hidden(LINKED);
        let hidden = hidden.with_context(|| format!("no page that asks: {page:?}"))?;
        // It says who is signed in, or whom the caller named.
        let id = self.plant(Kind::UserId, session.user.shown());
        self.page_reveals(id);
        let (page_url, _) = url.split_once('?').unwrap_or((url, ""));
        let stranger = &mut Browser::default();
        let forged = self.send_form(stranger, page_url, &hidden, CONTINUE)?;
        let cancelled = self.send_form(browser, page_url, &hidden, "decision=cancel")?;
        if (forged.status, cancelled.status) != (403, 200) {
            bail!("forms were answered: {forged:?}, {cancelled:?}");
        }
        let page = self.send_form(browser, page_url, &hidden, CONTINUE)?;
        if page.status != 200 || !page.body.contains("can now act for you") {
            bail!("a session was not ended by its page: {page:?}");
        }
        // Once more, which is too late.
        self.send_form(browser, page_url, &hidden, CONTINUE)
            .map(drop)
    }

    /// Sign-ins that come to nothing: at the provider, and on the way back from it.
    pub(super) fn failed_sign_ins(&mut self, session_id: &str) -> anyhow::Result<()> {
        let binding = self.binding.as_ref().context("no service")?;
        let origin = binding.origin.clone();
        let link = format!("{origin}/login?session_id={}", escaped(session_id));
        for behaviour in BEHAVIOURS.iter().filter(|behaviour| **behaviour != "grant") {
            let mut browser = Browser::default();
            self.provider.signs_in("canary-nobody", behaviour);
            let page = self.open(&mut browser, &link)?;
            let callback = Self::at_provider(&mut browser, &page)?;
            let page = self.open(&mut browser, &callback)?;
            if page.location.is_some() {
                bail!("{behaviour}: somebody is signed in: {page:?}");
            }
        }
        for number in 0..super::EACH {
            let mut browser = Browser::default();
            let page = self.open(&mut browser, &link)?;
            let callback = Self::at_provider(&mut browser, &page)?;
            let (stranger, forged) = (Browser::default(), browser.with_all_cookies(&invent()));
            for mut other in [stranger, forged] {
                self.open(&mut other, &callback)?;
            }
            let told = match number {
                0 => callback.replacen("code=", "error=", 1),
                1 => format!("{callback}&error=access_denied"),
                _ => callback.replacen("code=", "error=server_error&error_description=", 1),
            };
            let page = self.open(&mut browser, &told)?;
            if page.location.is_some() {
                bail!("somebody is signed in by an error: {page:?}");
            }
        }
        Ok(())
    }
}
