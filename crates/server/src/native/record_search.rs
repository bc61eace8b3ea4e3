//! Looking for records: what operators and auditors ask, and what they are told.

use procura_app::page_token::{Page, PageRequest};
use procura_app::record_search::{RecordsOf, Which};
use procura_core::access_key::AccessKeyId;
use procura_core::action::Action;
use procura_core::audit::record::{Record, Verdict};
use procura_core::error::Error;
use procura_core::id::{AgentId, ProviderId};
use procura_core::name::{ProviderName, WorkloadName};
use procura_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::keys::account_id;
use super::{Call, NativeAnswer, reply};

/// How many records a page has, where nothing else is asked for.
const LIMIT: u32 = 100;
/// The longest text that is looked for, in bytes.
const TEXT_BYTES_MAX: usize = 200;

/// Which records.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    /// An operator's; whoever signs is asking of its own.
    account: Option<String>,
    /// A name, or an id.
    agent: Option<String>,
    user: Option<String>,
    /// The id of an access key, or `operator`.
    caller: Option<String>,
    /// A name, or an id.
    provider: Option<String>,
    operation: Option<String>,
    /// `allow` or `deny`.
    verdict: Option<String>,
    /// RFC 3339.
    since: Option<String>,
    /// RFC 3339.
    until: Option<String>,
    text: Option<String>,
    limit: Option<u32>,
    next: Option<String>,
}

/// A page of records.
#[derive(Serialize)]
pub(super) struct FoundView {
    records: Vec<Record>,
    next: Option<String>,
}

impl From<Page<Record>> for FoundView {
    fn from(page: Page<Record>) -> Self {
        Self {
            records: page.items,
            next: page.next,
        }
    }
}

impl Search {
    /// What is asked for. No text of the caller is in what is wrong with it.
    pub(super) fn parsed(self) -> Result<(RecordsOf, PageRequest), Error> {
        let page = PageRequest {
            limit: self.limit.unwrap_or(LIMIT),
            token: self.next,
        };
        let user = self.user.as_deref().map(str::parse).transpose();
        let of = RecordsOf {
            account: self.account.as_deref().map(account_id).transpose()?,
            agent: self.agent.as_deref().map(agent).transpose()?,
            user: user.map_err(|_| Error::field("user", "not the id of a user (usr_…)"))?,
            caller: self.caller.map(caller).transpose()?,
            provider: self.provider.as_deref().map(provider).transpose()?,
            operation: short("operation", self.operation)?,
            verdict: self.verdict.as_deref().map(verdict).transpose()?,
            since: moment("since", self.since.as_deref())?,
            until: moment("until", self.until.as_deref())?,
            text: short("text", self.text)?,
        };
        Ok((of, page))
    }

    /// Whether it says whose records are meant.
    pub(super) const fn names_an_account(&self) -> bool {
        self.account.is_some()
    }
}

/// An agent by its id or its name.
pub(super) fn agent(text: &str) -> Result<Which<AgentId, WorkloadName>, Error> {
    if let Ok(id) = text.parse() {
        return Ok(Which::Id(id));
    }
    let not_one = |_| Error::field("agent", "neither the name nor the id of an agent");
    text.parse().map(Which::Name).map_err(not_one)
}

/// A provider by its id or its name.
pub(super) fn provider(text: &str) -> Result<Which<ProviderId, ProviderName>, Error> {
    if let Ok(id) = text.parse() {
        return Ok(Which::Id(id));
    }
    let not_one = |_| Error::field("provider", "neither the name nor the id of a provider");
    text.parse().map(Which::Name).map_err(not_one)
}

fn caller(text: String) -> Result<String, Error> {
    if text == "operator" || text.parse::<AccessKeyId>().is_ok() {
        return Ok(text);
    }
    let told = "the id of an access key, or operator";
    Err(Error::field("caller", told))
}

fn verdict(text: &str) -> Result<Verdict, Error> {
    match text {
        "allow" => Ok(Verdict::Allow),
        "deny" => Ok(Verdict::Deny),
        _ => Err(Error::field("verdict", "verdict is allow or deny")),
    }
}

fn moment(field: &'static str, text: Option<&str>) -> Result<Option<Timestamp>, Error> {
    let parsed = text.map(str::parse).transpose();
    parsed.map_err(|error: procura_core::time::InvalidTime| Error::field(field, error.to_string()))
}

fn short(field: &'static str, text: Option<String>) -> Result<Option<String>, Error> {
    match text {
        Some(text) if text.is_empty() || text.len() > TEXT_BYTES_MAX => {
            let told = format!("{field} has 1 to {TEXT_BYTES_MAX} bytes");
            Err(Error::field(field, told))
        }
        text => Ok(text),
    }
}

impl Call<'_> {
    pub(super) async fn search_records(&mut self) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::ReadAudit;
        let (of, page) = self.body::<Search>().await?.parsed()?;
        let found = self.app.search_records(&mut self.cx, of, page).await?;
        reply(200, &FoundView::from(found), self.cx.request)
    }
}
