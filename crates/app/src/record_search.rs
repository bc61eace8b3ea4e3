//! Looking for records: by who, for whom, where, what, when.

use procura_authority::Target;
use procura_core::account::AccountId;
use procura_core::audit::filter::RecordFilter;
use procura_core::audit::record::{Record, Verdict};
use procura_core::credential_provider::ProviderKind;
use procura_core::digest::{Sha256, sha256_of_fields};
use procura_core::error::Error;
use procura_core::id::{AgentId, ProviderId, RecordId, UserId};
use procura_core::name::{ProviderName, VaultName, WorkloadName};
use procura_core::time::Timestamp;
use procura_store::{RecordSpan, Tx};

use crate::App;
use crate::audit::RECORDS_MAX;
use crate::operation::OpCx;
use crate::page_token::{Page, PageRequest};
use crate::workload_identity::not_found as agent_not_found;

/// How many records are looked through for one page: what is rare is found over several.
pub const LOOKED_THROUGH_MAX: u32 = 20_000;
/// How many are looked through in one read.
const READ_AT_ONCE: u32 = 1_000;

/// A thing by its id, or by the name that it has now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which<I, N> {
    /// Also what is not there any more.
    Id(I),
    /// What is there.
    Name(N),
}

/// Which records are meant: those of which everything that is named here is true.
#[derive(Debug, Clone, Default)]
pub struct RecordsOf {
    /// Whose; a caller's are those of its account.
    pub account: Option<AccountId>,
    /// Who acted.
    pub agent: Option<Which<AgentId, WorkloadName>>,
    /// For whom.
    pub user: Option<UserId>,
    /// Who asked, as records write it.
    pub caller: Option<String>,
    /// Where. A name may be of providers of several kinds.
    pub provider: Option<Which<ProviderId, ProviderName>>,
    /// What was asked.
    pub operation: Option<String>,
    /// What came of it.
    pub verdict: Option<Verdict>,
    /// None that is made before.
    pub since: Option<Timestamp>,
    /// None that is made at this moment or after.
    pub until: Option<Timestamp>,
    /// What the reason or the resource has in it.
    pub text: Option<String>,
}

impl App {
    /// Records of a kind, the newest first. A page may have fewer than asked for, or none, and still
    /// go on: no more than [`LOOKED_THROUGH_MAX`] records are looked through for it.
    pub async fn search_records(
        &self,
        cx: &mut OpCx,
        of: RecordsOf,
        page: PageRequest,
    ) -> Result<Page<Record>, Error> {
        // A caller sees its own account and no other, whatever it names.
        let account = cx.caller.account().or(of.account);
        cx.about.account = account;
        match account {
            Some(account) => self.authorize(cx, &Target::Account(account))?,
            None => self.authorize(cx, &Target::Deployment)?,
        }
        let filter = self.record_filter(account, &of).await?;
        let digest = digest(account, &filter);
        let start = self.page_start(cx, &digest, page.token.as_deref()).await?;
        let span = RecordSpan {
            account,
            since: of.since,
            before: start.or_else(|| of.until.map(RecordId::earliest)),
        };
        let limit = page.limit.clamp(1, RECORDS_MAX);
        let (items, goes_on) = self.look_through(span, &filter, limit).await?;
        let next = match goes_on {
            Some(last) => Some(self.page_after(cx, &digest, &last.to_string()).await?),
            None => None,
        };
        Ok(Page { items, next })
    }

    /// At most `limit` records of a filter, and after which the search goes on, if it does.
    async fn look_through(
        &self,
        mut span: RecordSpan,
        filter: &RecordFilter,
        limit: u32,
    ) -> Result<(Vec<Record>, Option<RecordId>), Error> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut found = Vec::new();
        for _ in 0..LOOKED_THROUGH_MAX.div_ceil(READ_AT_ONCE) {
            let wanted = limit.saturating_sub(found.len());
            let filter = filter.clone();
            let read = move |tx: &mut Tx<'_>| {
                let lines = tx.audit_records_of(&span, READ_AT_ONCE)?;
                taken(&lines, &filter, wanted)
            };
            let (more, last) = self.store.run_read("search_records", read).await?;
            found.extend(more);
            if last.is_none() || found.len() >= limit {
                return Ok((found, last));
            }
            span.before = last;
        }
        Ok((found, span.before))
    }

    /// The ids of what people name.
    async fn record_filter(
        &self,
        account: Option<AccountId>,
        of: &RecordsOf,
    ) -> Result<RecordFilter, Error> {
        let agent = match &of.agent {
            None => None,
            Some(Which::Id(id)) => Some(*id),
            Some(Which::Name(name)) => Some(self.agent_named(of_account(account)?, name).await?),
        };
        let providers = match &of.provider {
            None => None,
            Some(Which::Id(id)) => Some(vec![*id]),
            Some(Which::Name(name)) => {
                Some(self.providers_named(of_account(account)?, name).await?)
            }
        };
        Ok(RecordFilter {
            agent,
            user: of.user,
            caller: of.caller.clone(),
            providers,
            operation: of.operation.clone(),
            verdict: of.verdict,
            text: of.text.clone(),
        })
    }

    /// The agent that has this name now.
    pub(crate) async fn agent_named(
        &self,
        account: AccountId,
        name: &WorkloadName,
    ) -> Result<AgentId, Error> {
        let wanted = name.clone();
        let read = move |tx: &mut Tx<'_>| tx.account(account).workload_identity(&wanted);
        let found = self.store.run_read("workload_identity", read).await?;
        let agent = found.ok_or_else(|| agent_not_found(name))?;
        Ok(agent.id)
    }

    /// The providers that have this name now, of every kind.
    pub(crate) async fn providers_named(
        &self,
        account: AccountId,
        name: &ProviderName,
    ) -> Result<Vec<ProviderId>, Error> {
        let wanted = name.clone();
        let read = move |tx: &mut Tx<'_>| {
            let (mut own, vault) = (tx.account(account), VaultName::default_vault());
            let mut found = Vec::new();
            for kind in [ProviderKind::ApiKey, ProviderKind::Oauth2] {
                let provider = own.credential_provider(&vault, kind, &wanted)?;
                found.extend(provider.map(|provider| provider.id));
            }
            Ok(found)
        };
        let found = self.store.run_read("providers_named", read).await?;
        if found.is_empty() {
            let text = format!("no credential provider of this account has the name {name}");
            return Err(Error::not_found(text));
        }
        Ok(found)
    }
}

/// Those of the lines that are meant, at most `wanted`, and the last that was looked at, unless there
/// is none after it.
fn taken(
    lines: &[Vec<u8>],
    filter: &RecordFilter,
    wanted: usize,
) -> Result<(Vec<Record>, Option<RecordId>), Error> {
    let mut found = Vec::new();
    let mut last = None;
    for line in lines {
        let record =
            Record::from_line(line).map_err(|_| Error::inconsistent("audit_record", "line"))?;
        last = Some(record.entry.id);
        if filter.takes(&record.entry) {
            found.push(record);
            if found.len() >= wanted {
                return Ok((found, last));
            }
        }
    }
    let is_whole = u32::try_from(lines.len()).is_ok_and(|read| read >= READ_AT_ONCE);
    Ok((found, last.filter(|_| is_whole)))
}

fn of_account(account: Option<AccountId>) -> Result<AccountId, Error> {
    account.ok_or_else(|| Error::field("account", "names are of an account; name it, or use ids"))
}

/// What a page token is sealed to, beside who asks and what. The moments are not of it: one that is
/// said as an age is another one with the next page.
fn digest(account: Option<AccountId>, filter: &RecordFilter) -> Sha256 {
    let account = account.map(|account| account.to_string());
    sha256_of_fields(&[
        account.unwrap_or_default().as_bytes(),
        format!("{filter:?}").as_bytes(),
    ])
}
