//! Answers from the rules in force, for the operator.

use hyper::Method;
use procura_app::answers::{PolicyInForce, WhoCan, Why};
use procura_app::reach::{Consented, Granted, Reach, ReachOf};
use procura_core::access_key::AccessKey;
use procura_core::action::Action;
use procura_core::audit::record::Record;
use procura_core::error::Error;
use serde::{Deserialize, Serialize};

use super::connections::{NamedView, UserView};
use super::grants::GrantView;
use super::keys::account_id;
use super::record_search::{agent, provider};
use super::{Call, NativeAnswer, no_such, reply};

#[derive(Serialize)]
struct PolicyView {
    id: String,
    effect: &'static str,
    advice: Option<String>,
    text: String,
}

impl From<&PolicyInForce> for PolicyView {
    fn from(policy: &PolicyInForce) -> Self {
        Self {
            id: policy.id.clone(),
            effect: if policy.permits { "permit" } else { "forbid" },
            advice: policy.advice.clone(),
            text: policy.text.clone(),
        }
    }
}

#[derive(Serialize)]
struct PoliciesView<'a> {
    version: &'a str,
    policies: Vec<PolicyView>,
}

#[derive(Serialize)]
struct WhyView {
    record: Record,
    /// Null: there is none, or it is not there any more.
    agent: Option<String>,
    provider: Option<String>,
    policies: Vec<PolicyView>,
    rules_now: String,
    /// Whether these are the rules that decided.
    same_rules: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WhoCanBody {
    action: String,
    account: Option<String>,
}

#[derive(Serialize)]
struct WhoCanView {
    rules: String,
    /// Null: the rules are somebody's own, and no table says it.
    callers: Option<Vec<&'static str>>,
    keys: Vec<KeyView>,
}

#[derive(Serialize)]
struct KeyView {
    id: String,
    roles: Vec<&'static str>,
}

impl From<&AccessKey> for KeyView {
    fn from(key: &AccessKey) -> Self {
        Self {
            id: key.id.to_string(),
            roles: key.roles.iter().map(|role| role.as_str()).collect(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReachBody {
    account: String,
    agent: Option<String>,
    user: Option<String>,
    provider: Option<String>,
}

#[derive(Serialize)]
struct ReachView {
    granted: Vec<GrantedView>,
    consented: Vec<ConsentedView>,
    keys: Vec<KeyView>,
    workloads: Option<u64>,
    cut_off: bool,
}

#[derive(Serialize)]
struct GrantedView {
    agent: NamedView,
    provider: NamedView,
    kind: &'static str,
    grant: GrantView,
    refused: Option<String>,
}

#[derive(Serialize)]
struct ConsentedView {
    connection: String,
    agent: NamedView,
    user: UserView,
    provider: NamedView,
    consented_scopes: String,
    granted_scopes: String,
    health: &'static str,
    refused: Option<String>,
}

impl From<&Granted> for GrantedView {
    fn from(granted: &Granted) -> Self {
        let (agent, provider) = (&granted.agent, &granted.provider);
        Self {
            agent: named(agent.id.to_string(), agent.name.to_string()),
            provider: named(provider.id.to_string(), provider.name.to_string()),
            kind: provider.kind.as_str(),
            grant: GrantView::from(&granted.grant),
            refused: granted.refused.clone(),
        }
    }
}

impl From<&Consented> for ConsentedView {
    fn from(consented: &Consented) -> Self {
        let listed = &consented.connection;
        let consent = &listed.connection.consent;
        Self {
            connection: listed.connection.id.to_string(),
            agent: named(consent.agent.to_string(), listed.agent.to_string()),
            user: UserView {
                id: listed.user.id.to_string(),
                kind: listed.user.kind,
                identity: None,
            },
            provider: named(consent.provider.to_string(), listed.provider.to_string()),
            consented_scopes: consent.scopes.as_text(),
            granted_scopes: listed.connection.granted.as_text(),
            health: listed.connection.health.as_str(),
            refused: consented.refused.clone(),
        }
    }
}

impl From<&Reach> for ReachView {
    fn from(reach: &Reach) -> Self {
        Self {
            granted: reach.granted.iter().map(GrantedView::from).collect(),
            consented: reach.consented.iter().map(ConsentedView::from).collect(),
            keys: reach.keys.iter().map(KeyView::from).collect(),
            workloads: reach.workloads,
            cut_off: reach.is_cut_off,
        }
    }
}

fn named(id: String, name: String) -> NamedView {
    NamedView { id, name }
}

impl Call<'_> {
    /// Everything below `/v1/policy`. Who reads the records gets these answers.
    pub(super) async fn route_policy(
        &mut self,
        method: &Method,
        rest: &[&str],
    ) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::ReadAudit;
        match (method, rest) {
            (&Method::GET, ["policies"]) => self.rules_in_force(),
            (&Method::GET, ["why", record]) => self.why(record).await,
            (&Method::POST, ["who-can"]) => self.who_can().await,
            (&Method::POST, ["reach"]) => self.reach().await,
            _ => Err(no_such(method, "policy")),
        }
    }

    fn rules_in_force(&mut self) -> Result<NativeAnswer, Error> {
        let policies = self.app.policies_in_force(&mut self.cx)?;
        let view = PoliciesView {
            version: self.app.policy_version(),
            policies: policies.iter().map(PolicyView::from).collect(),
        };
        reply(200, &view, self.cx.request)
    }

    async fn why(&mut self, record: &str) -> Result<NativeAnswer, Error> {
        let id = record
            .parse()
            .map_err(|_| Error::field("record", "not the id of a record (rec_…)"))?;
        let Why {
            record,
            agent,
            provider,
            policies,
            are_same_rules,
        } = self.app.why(&mut self.cx, id).await?;
        let view = WhyView {
            record,
            agent: agent.map(|name| name.to_string()),
            provider: provider.map(|(kind, name)| format!("{} {name}", kind.as_str())),
            policies: policies.iter().map(PolicyView::from).collect(),
            rules_now: self.app.policy_version().to_owned(),
            same_rules: are_same_rules,
        };
        reply(200, &view, self.cx.request)
    }

    async fn who_can(&mut self) -> Result<NativeAnswer, Error> {
        let body: WhoCanBody = self.body().await?;
        let named = |action: &Action| action.name() == body.action;
        let asked = Action::ALL.into_iter().find(named);
        let asked = asked.ok_or_else(|| Error::field("action", "there is no such action"))?;
        let account = body.account.as_deref().map(account_id).transpose()?;
        let WhoCan {
            version,
            callers,
            keys,
        } = self.app.who_can(&mut self.cx, asked, account).await?;
        let view = WhoCanView {
            rules: version,
            callers: callers.map(|callers| callers.iter().map(|who| who.as_str()).collect()),
            keys: keys.iter().map(KeyView::from).collect(),
        };
        reply(200, &view, self.cx.request)
    }

    async fn reach(&mut self) -> Result<NativeAnswer, Error> {
        let body: ReachBody = self.body().await?;
        let account = account_id(&body.account)?;
        let user = body.user.as_deref().map(str::parse).transpose();
        let of = ReachOf {
            agent: body.agent.as_deref().map(agent).transpose()?,
            user: user.map_err(|_| Error::field("user", "not the id of a user (usr_…)"))?,
            provider: body.provider.as_deref().map(provider).transpose()?,
        };
        let reach = self.app.reach(&mut self.cx, account, &of).await?;
        reply(200, &ReachView::from(&reach), self.cx.request)
    }
}
