//! Browsers of users: what they are answered is kept, with what it is there to tell them.

use anyhow::Context as _;

use super::Drive;
use crate::prove::browser::{Browser, Page, parameter};
use crate::prove::canary::channel::Chunk;
use crate::prove::canary::kind::Kind;
use crate::prove::canary::secrets::Id;

impl Drive<'_> {
    /// Opens a page of ours.
    pub(super) fn open(&mut self, browser: &mut Browser, url: &str) -> anyhow::Result<Page> {
        let page = browser.get(url)?;
        self.keep_page("GET", url, &page);
        Ok(page)
    }

    /// Sends a form of a page of ours.
    pub(super) fn send_form(
        &mut self,
        browser: &mut Browser,
        url: &str,
        hidden: &str,
        own: &str,
    ) -> anyhow::Result<Page> {
        let page = browser.post(url, hidden, own)?;
        self.keep_page("POST", url, &page);
        Ok(page)
    }

    /// The user, who is sent to the provider, says yes there. What it sees is its own; where the
    /// browser is sent back.
    pub(super) fn at_provider(browser: &mut Browser, page: &Page) -> anyhow::Result<String> {
        let there = page.location.clone();
        let there = there.with_context(|| format!("nobody is sent on: {page:?}"))?;
        let back = browser.get(&there)?.location;
        back.context("the provider sends nobody back")
    }

    /// The last page is meant to hold this secret, and it does.
    pub(super) fn page_reveals(&mut self, id: Id) {
        if let Some(chunk) = self.pages.last_mut() {
            chunk.meant.push(id);
        }
    }

    fn keep_page(&mut self, method: &str, url: &str, page: &Page) {
        let path = url.split('?').next().unwrap_or_default();
        let place = format!("{method} {}", path.get(..60).unwrap_or(path));
        self.pages.push(Chunk::new(place, page.heard.clone()));
        // A cookie is told to the browser that keeps it.
        for (name, value) in &page.cookies {
            let kind = match name {
                name if name.contains("procura_binding") => Kind::BindingCookie,
                name if name.contains("procura-") => Kind::LoginCookie,
                _ => Kind::FlowCookie,
            };
            let id = self.plant(kind, value);
            self.page_reveals(id);
        }
        if let Some(location) = &page.location {
            self.sent_on(location);
        }
        // A form carries the session that it is for.
        if let Some(hidden) = page.hidden("/linked") {
            self.page_reveals_session(&hidden);
            self.page_reveals_parameter(&hidden, "token", Kind::FormToken);
        }
    }

    /// What the address to which a browser is sent on is there to tell.
    fn sent_on(&mut self, location: &str) {
        if location.starts_with(&self.provider.issuer) {
            for (name, kind) in [
                ("state", Kind::FlowState),
                ("nonce", Kind::Nonce),
                ("hint", Kind::CustomParameter),
            ] {
                self.page_reveals_parameter(location, name, kind);
            }
        } else {
            // To where the application, or the page of the session, is.
            self.page_reveals_session(location);
            self.page_reveals_parameter(location, "state", Kind::CustomState);
            self.page_reveals_parameter(location, "code", Kind::PoolCode);
        }
    }

    /// The last page may hold these secrets: its user has said them.
    pub(super) fn page_may_reveal(&mut self, ids: &[Id]) {
        if let Some(chunk) = self.pages.last_mut() {
            chunk.may.extend(ids);
        }
    }

    /// A `session_id`: the session's URI, which others know, too, and what only this browser is told.
    fn page_reveals_session(&mut self, form: &str) {
        let Some(text) = parameter(form, "session_id") else {
            return;
        };
        let (uri, proof) = text.rsplit_once('.').unwrap_or((&text, ""));
        for (kind, secret) in [(Kind::SessionUri, uri), (Kind::BrowserProof, proof)] {
            if !secret.is_empty() {
                let id = self.plant(kind, secret);
                self.page_reveals(id);
            }
        }
    }

    pub(super) fn page_reveals_parameter(&mut self, form: &str, name: &str, kind: Kind) {
        if let Some(value) = parameter(form, name) {
            let id = self.plant(kind, &value);
            self.page_reveals(id);
        }
    }
}
