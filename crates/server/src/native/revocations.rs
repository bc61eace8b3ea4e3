//! Everything of an agent, a user or a provider is taken back at once.

use hyper::Method;
use procura_app::connections::ListedConnection;
use procura_app::cut_off::{CutOff, CutReport, Whose};
use procura_core::action::Action;
use procura_core::error::Error;
use procura_core::id::{ConnectionId, RecordId};
use serde::{Deserialize, Serialize};

use super::connections::{AnswerView, reason};
use super::keys::account_id;
use super::{Call, NativeAnswer, no_such, reply};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoke {
    agent: Option<String>,
    user: Option<String>,
    provider: Option<String>,
    #[serde(default)]
    dry_run: bool,
    reason: Option<String>,
}

#[derive(Serialize)]
struct ToCutView {
    id: String,
    agent: String,
    user: String,
    provider: String,
}

#[derive(Serialize)]
struct LeftView {
    id: ConnectionId,
    why: String,
}

#[derive(Serialize)]
struct CountsView {
    connections: u64,
    flows: u64,
    temporary_keys: u64,
    sign_ins: u64,
    user_tokens: u64,
    machine_tokens: u64,
}

#[derive(Serialize)]
struct ReportView {
    dry_run: bool,
    /// Whether the agent that is named is suspended by it, and was not before.
    suspends: bool,
    counts: CountsView,
    /// The connections that would be taken back.
    to_revoke: Vec<ToCutView>,
    /// Those that were, with what their providers said.
    revoked: Vec<AnswerView>,
    /// Those that could not be, and why. They are good for nothing here.
    left: Vec<LeftView>,
    /// Whether there are more than one call takes back: ask again.
    more: bool,
    record: Option<RecordId>,
}

impl From<CutOff> for CountsView {
    fn from(counts: CutOff) -> Self {
        Self {
            connections: counts.connections,
            flows: counts.flows,
            temporary_keys: counts.temporary_keys,
            sign_ins: counts.sign_ins,
            user_tokens: counts.user_tokens,
            machine_tokens: counts.machine_tokens,
        }
    }
}

impl From<&ListedConnection> for ToCutView {
    fn from(listed: &ListedConnection) -> Self {
        Self {
            id: listed.connection.id.to_string(),
            agent: listed.agent.to_string(),
            user: listed.user.id.to_string(),
            provider: listed.provider.to_string(),
        }
    }
}

impl ReportView {
    fn of(report: CutReport, dry_run: bool) -> Self {
        let left = report.left.into_iter();
        Self {
            dry_run,
            suspends: report.suspends,
            counts: report.counts.into(),
            to_revoke: report.to_cut.iter().map(ToCutView::from).collect(),
            revoked: report.revoked.iter().map(AnswerView::from).collect(),
            left: left.map(|(id, why)| LeftView { id, why }).collect(),
            more: report.more,
            record: report.record,
        }
    }
}

impl Revoke {
    /// Whose everything: one of the three is named.
    fn whose(&self) -> Result<Whose, Error> {
        let one = || Error::field("agent", "name one of agent, user and provider");
        let odd = |field: &'static str| move |_| Error::field(field, "not a name of this kind");
        match (&self.agent, &self.user, &self.provider) {
            (Some(agent), None, None) => agent.parse().map(Whose::Agent).map_err(odd("agent")),
            (None, None, Some(name)) => name.parse().map(Whose::Provider).map_err(odd("provider")),
            (None, Some(user), None) => {
                let no_user = |_| Error::field("user", "not the id of a user (usr_…)");
                user.parse().map(Whose::User).map_err(no_user)
            }
            _ => Err(one()),
        }
    }
}

impl Call<'_> {
    /// `/v1/accounts/{account}/revocations`
    pub(super) async fn route_revocations(
        &mut self,
        method: &Method,
        account: &str,
    ) -> Result<NativeAnswer, Error> {
        if method != Method::POST {
            return Err(no_such(method, "revocations"));
        }
        self.cx.action = Action::RevokeConnection;
        let account = account_id(account)?;
        let body: Revoke = self.body().await?;
        let (whose, dry_run) = (body.whose()?, body.dry_run);
        let reason = reason(body.reason)?;
        let report = self
            .app
            .cut_off(&mut self.cx, account, &whose, (dry_run, reason))
            .await?;
        reply(200, &ReportView::of(report, dry_run), self.cx.request)
    }
}
