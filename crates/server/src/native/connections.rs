//! What providers gave for users: listed, shown and taken back. Never a token.

use hyper::Method;
use procura_app::connections::{ConnectionsOf, ListedConnection, ShownConnection};
use procura_app::expected_account::Standing;
use procura_app::revocation::Answer;
use procura_core::action::Action;
use procura_core::error::Error;
use procura_core::id::{ConnectionId, RecordId};
use procura_core::secret::{Plain, kind::UserIdentity};
use procura_core::stated_reason::StatedReason;
use procura_core::time::Timestamp;
use procura_core::user::UserKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::keys::account_id;
use super::{Call, NativeAnswer, no_such, reply};

/// How many connections a list gives that says no limit.
const LIMIT: u32 = 50;

#[derive(Serialize)]
pub(super) struct NamedView {
    pub(super) id: String,
    pub(super) name: String,
}

#[derive(Serialize)]
pub(super) struct UserView {
    pub(super) id: String,
    pub(super) kind: UserKind,
    /// Who it is; shown for one connection, not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) identity: Option<Value>,
}

#[derive(Serialize)]
struct ProviderView {
    id: String,
    name: String,
    vendor: &'static str,
    /// Who the user is there, if it said.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Value>,
    /// How that stands to the account that is pinned, if one is: [`Standing::as_str`]. Shown for one
    /// connection, not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pinned_account: Option<&'static str>,
}

#[derive(Serialize)]
struct ConnectionView {
    id: String,
    agent: NamedView,
    user: UserView,
    provider: ProviderView,
    consented_scopes: Vec<String>,
    /// Whether the user lets the agent act now: `active` or `paused`.
    consent_state: &'static str,
    /// From when on the consent covers nothing, if the user said so.
    consent_expires_at: Option<String>,
    /// When the user last took scopes out of it, if ever.
    narrowed_at: Option<String>,
    granted_scopes: Vec<String>,
    first_consented_at: String,
    last_consented_at: String,
    access_token_expires_at: String,
    has_refresh_token: bool,
    health: &'static str,
    generation: u64,
    /// Whether consents of the user there are held to one account.
    pinned: bool,
}

#[derive(Serialize)]
struct ListView {
    connections: Vec<ConnectionView>,
    /// Where the list goes on, if it does.
    next: Option<String>,
}

/// Of what is done to one connection: why.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Stated {
    pub(super) reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RevokeAll {
    agent: Option<String>,
    user: Option<String>,
    provider: Option<String>,
    reason: Option<String>,
}

#[derive(Serialize)]
pub(super) struct AnswerView {
    id: String,
    agent: NamedView,
    user: UserView,
    provider: ProviderView,
    /// It is: nothing here uses it from now on, on no node.
    revoked: bool,
    /// How many flows that were under way ended with it.
    flows_ended: u64,
    at_provider: AtProviderView,
    record: RecordId,
}

#[derive(Serialize)]
struct AtProviderView {
    /// The word for it: [`procura_app::revocation::AtProvider::as_str`].
    outcome: &'static str,
    said: String,
    /// What is left to do, if anything is.
    advice: Option<&'static str>,
}

#[derive(Serialize)]
struct AnswersView {
    revoked: Vec<AnswerView>,
    /// Whether there are more than one call takes back: ask again.
    more: bool,
}

/// Whom and what a connection joins.
fn joined(listed: &ListedConnection) -> (NamedView, UserView, ProviderView) {
    let consent = &listed.connection.consent;
    let agent = NamedView {
        id: consent.agent.to_string(),
        name: listed.agent.to_string(),
    };
    let user = UserView {
        id: listed.user.id.to_string(),
        kind: listed.user.kind,
        identity: None,
    };
    let provider = ProviderView {
        id: consent.provider.to_string(),
        name: listed.provider.to_string(),
        vendor: listed.vendor.as_str(),
        account: None,
        pinned_account: None,
    };
    (agent, user, provider)
}

impl From<&ListedConnection> for ConnectionView {
    fn from(listed: &ListedConnection) -> Self {
        let (agent, user, provider) = joined(listed);
        let connection = &listed.connection;
        let text = |at: Timestamp| at.to_string();
        Self {
            id: connection.id.to_string(),
            agent,
            user,
            provider,
            consented_scopes: texts(connection.consent.scopes.iter()),
            consent_state: connection.consent.terms.state.as_str(),
            consent_expires_at: connection.consent.terms.ends_at.map(text),
            narrowed_at: connection.consent.terms.narrowed_at.map(text),
            granted_scopes: texts(connection.granted.iter()),
            first_consented_at: text(connection.created_at),
            last_consented_at: text(connection.consented_at),
            access_token_expires_at: text(connection.expires_at),
            has_refresh_token: connection.refreshable,
            health: connection.health.as_str(),
            generation: connection.generation,
            pinned: listed.is_pinned,
        }
    }
}

impl From<&ShownConnection> for ConnectionView {
    fn from(shown: &ShownConnection) -> Self {
        let mut view = Self::from(&shown.listed);
        view.user.identity = match shown.listed.user.kind {
            UserKind::Verified => issuer_and_subject(&shown.identity),
            // As the caller wrote it, also where that looks like an issuer and a subject.
            UserKind::Asserted => text_of(&shown.identity).map(Value::from),
        };
        let account = shown.provider_account.as_ref();
        view.provider.account = account.and_then(issuer_and_subject);
        view.provider.pinned_account = shown.standing.map(Standing::as_str);
        view
    }
}

impl From<&Answer> for AnswerView {
    fn from(answer: &Answer) -> Self {
        let (agent, user, provider) = joined(&answer.listed);
        Self {
            id: answer.listed.connection.id.to_string(),
            agent,
            user,
            provider,
            revoked: true,
            flows_ended: answer.flows,
            at_provider: AtProviderView {
                outcome: answer.at_provider.as_str(),
                said: answer.at_provider.said().into_owned(),
                advice: answer.at_provider.advice(),
            },
            record: answer.record,
        }
    }
}

fn texts<'a>(scopes: impl Iterator<Item = &'a str>) -> Vec<String> {
    scopes.map(str::to_owned).collect()
}

/// Who somebody is, as it was sealed.
fn text_of(identity: &Plain<UserIdentity>) -> Option<&str> {
    identity.expose_secret_text()
}

fn issuer_and_subject(identity: &Plain<UserIdentity>) -> Option<Value> {
    serde_json::from_str(text_of(identity)?).ok()
}

pub(super) fn connection_id(text: &str) -> Result<ConnectionId, Error> {
    text.parse()
        .map_err(|_| Error::field("connection", "not the id of a connection (con_…)"))
}

pub(super) fn reason(text: Option<String>) -> Result<Option<StatedReason>, Error> {
    let parse = |text: String| {
        StatedReason::new(&text).map_err(|error| Error::field("reason", error.to_string()))
    };
    text.map(parse).transpose()
}

fn wanted(
    agent: Option<&str>,
    user: Option<&str>,
    provider: Option<&str>,
) -> Result<ConnectionsOf, Error> {
    let name = |field: &'static str| move |_| Error::field(field, "not a name of this kind");
    Ok(ConnectionsOf {
        agent: agent.map(str::parse).transpose().map_err(name("agent"))?,
        user: user
            .map(str::parse)
            .transpose()
            .map_err(|_| Error::field("user", "not the id of a user (usr_…)"))?,
        provider: provider
            .map(str::parse)
            .transpose()
            .map_err(name("provider"))?,
    })
}

impl Call<'_> {
    /// Everything below `/v1/accounts/{account}/connections`.
    pub(super) async fn route_connections(
        &mut self,
        method: &Method,
        account: &str,
        rest: &[&str],
        query: &str,
    ) -> Result<NativeAnswer, Error> {
        match (method, rest) {
            (&Method::GET, []) => self.connections(account, query).await,
            (&Method::GET, ["pins"]) => self.pins(account, query).await,
            (&Method::GET, [id]) => self.connection(account, id).await,
            (&Method::POST, ["revoke"]) => self.revoke_connections(account).await,
            (&Method::POST, [id, "revoke"]) => self.revoke_connection(account, id).await,
            (&Method::POST, [id, "pin"]) => self.pin_connection(account, id).await,
            (&Method::POST, [id, "unpin"]) => self.unpin_connection(account, id).await,
            _ => Err(no_such(method, &format!("connections/{}", rest.join("/")))),
        }
    }

    async fn connections(&mut self, account: &str, query: &str) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::ListConnections;
        let account = account_id(account)?;
        let (mut agent, mut user, mut provider) = (None, None, None);
        let (mut limit, mut after) = (LIMIT, None);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=').unwrap_or((pair, "")) {
                ("agent", value) => agent = Some(value),
                ("user", value) => user = Some(value),
                ("provider", value) => provider = Some(value),
                ("limit", value) => {
                    let no_number = |_| Error::field("limit", "limit is a number");
                    limit = value.parse().map_err(no_number)?;
                }
                ("next", value) => after = Some(connection_id(value)?),
                _ => {
                    let text = "the parameters are agent, user, provider, limit and next";
                    return Err(Error::field("query", text));
                }
            }
        }
        let of = wanted(agent, user, provider)?;
        let page = self
            .app
            .connections(&mut self.cx, account, &of, after, limit)
            .await?;
        let view = ListView {
            connections: page.items.iter().map(ConnectionView::from).collect(),
            next: page.next,
        };
        reply(200, &view, self.cx.request)
    }

    async fn connection(&mut self, account: &str, id: &str) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::GetConnection;
        let (account, id) = (account_id(account)?, connection_id(id)?);
        let shown = self.app.connection_shown(&mut self.cx, account, id).await?;
        reply(200, &ConnectionView::from(&shown.value), self.cx.request)
    }

    async fn revoke_connection(&mut self, account: &str, id: &str) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::RevokeConnection;
        let (account, id) = (account_id(account)?, connection_id(id)?);
        let reason = reason(self.body::<Stated>().await?.reason)?;
        let answer = self
            .app
            .revoke_connection(&mut self.cx, account, id, reason)
            .await?;
        reply(200, &AnswerView::from(&answer.value), self.cx.request)
    }

    async fn revoke_connections(&mut self, account: &str) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::RevokeConnection;
        let account = account_id(account)?;
        let body: RevokeAll = self.body().await?;
        let of = wanted(
            body.agent.as_deref(),
            body.user.as_deref(),
            body.provider.as_deref(),
        )?;
        let reason = reason(body.reason)?;
        let done = self
            .app
            .revoke_connections(&mut self.cx, account, &of, reason)
            .await?;
        let view = AnswersView {
            revoked: done.revoked.iter().map(AnswerView::from).collect(),
            more: done.more,
        };
        reply(200, &view, self.cx.request)
    }
}
