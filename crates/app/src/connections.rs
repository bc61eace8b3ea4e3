//! What providers gave for users, as operators, administrators and auditors see it and take it back.
//!
//! A connection is cut here first: its tokens are gone and every node refuses them from then on.
//! Only after that is durable is its provider told ([`crate::revocation`]); what the provider says
//! changes nothing here.

use std::collections::BTreeSet;
use std::sync::Arc;

use procura_authority::Target;
use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::credential_provider::ProviderKind;
use procura_core::error::Error;
use procura_core::id::{ConnectionId, ProviderId, UserId};
use procura_core::name::{ProviderName, VaultName, WorkloadName};
use procura_core::oauth2_client::Oauth2Client;
use procura_core::sealing::{self, Location, Subject};
use procura_core::secret::{Plain, kind::UserIdentity};
use procura_core::stated_reason::StatedReason;
pub use procura_store::ListedConnection;
use procura_store::{ConnectionFilter, Outcome, SealedConnection, Tx};
use tokio::task::JoinSet;

mod taker;

pub(crate) use self::taker::Taker;
use crate::App;
use crate::basis::busy;
use crate::connection::TokenPlace;
use crate::credential_provider;
use crate::expected_account::{Place, Standing};
use crate::operation::OpCx;
use crate::page_token::Page;
use crate::revocation::{Answer, AtProvider, Cut, Way, way};
use crate::workload_identity::not_found as agent_not_found;

/// The most connections that one list gives.
pub const CONNECTIONS_MAX: u32 = 100;
/// How many connections one call takes back at most.
pub const REVOKED_MAX: usize = 1000;
/// How often a connection is decided on anew that is renewed meanwhile.
const DECISIONS_MAX: u32 = 8;
/// How many calls to providers are in flight for one who takes connections back.
const TOLD_AT_ONCE_MAX: usize = 16;

/// Which connections are meant, as people name them: those of which everything that is named is
/// true.
#[derive(Debug, Clone, Default)]
pub struct ConnectionsOf {
    /// Who acts.
    pub agent: Option<WorkloadName>,
    /// For whom.
    pub user: Option<UserId>,
    /// Where.
    pub provider: Option<ProviderName>,
}

/// A connection with who its user is.
#[derive(Debug)]
pub struct ShownConnection {
    /// The connection.
    pub listed: ListedConnection,
    /// Who the user is here: what a caller asserted, or issuer and subject as JSON.
    pub identity: Plain<UserIdentity>,
    /// Who the user is at the provider, if it said: issuer and subject as JSON.
    pub provider_account: Option<Plain<UserIdentity>>,
    /// How that stands to what is pinned, if something is.
    pub standing: Option<Standing>,
}

/// What came of taking back many.
#[derive(Debug)]
pub struct RevokedConnections {
    /// What became of each.
    pub revoked: Vec<Answer>,
    /// Whether there are more than one call takes back: ask again.
    pub more: bool,
}

pub(crate) fn not_found(id: ConnectionId) -> Error {
    Error::not_found(format!(
        "connection {id} does not exist in this account; `procura connections list` shows those \
         that do"
    ))
}

impl App {
    /// Lists connections by id, at most `limit` after `after`.
    pub async fn connections(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        of: &ConnectionsOf,
        after: Option<ConnectionId>,
        limit: u32,
    ) -> Result<Page<ListedConnection>, Error> {
        cx.about.account = Some(account);
        self.authorize(cx, &Target::Account(account))?;
        let limit = limit.clamp(1, CONNECTIONS_MAX);
        let filter = self.connection_filter(account, of).await?;
        let read = move |tx: &mut Tx<'_>| {
            let more = limit.saturating_add(1);
            tx.account(account).connections(&filter, after, more)
        };
        let mut items = self.store.run_read("connections", read).await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let goes_on = items.len() > limit;
        items.truncate(limit);
        let last = items.last().filter(|_| goes_on);
        let next = last.map(|last| last.connection.id.to_string());
        Ok(Page { items, next })
    }

    /// Shows a connection with who its user is, here and at the provider; that it was shown is on
    /// record before it is opened. Never a token.
    pub async fn connection_shown(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        id: ConnectionId,
    ) -> Result<Committed<ShownConnection>, Error> {
        cx.about.account = Some(account);
        cx.about.resource = Some(format!("connection/{id}"));
        self.authorize(cx, &Target::Account(account))?;
        let read = move |tx: &mut Tx<'_>| tx.account(account).connection_by_id(id);
        let found = self.store.run_read("connection_by_id", read).await?;
        let found = found.ok_or_else(|| not_found(id))?;
        about(cx, &found.listed);
        let shown = self.allowed(cx, "shown, with who its user is");
        let committed = self
            .store
            .run_tx("show_connection", move |_| {
                Ok(Outcome::Done((), shown.clone()))
            })
            .await?;
        Ok(Committed {
            value: self.opened(account, found).await?,
            record: committed.record,
        })
    }

    /// A connection, opened but for its tokens.
    pub(crate) async fn opened(
        &self,
        account: AccountId,
        found: SealedConnection,
    ) -> Result<ShownConnection, Error> {
        let SealedConnection {
            listed,
            identity,
            provider_account,
            expected_account,
        } = found;
        let user = listed.user.id;
        let place = Location {
            deployment: self.deployment,
            account: Some(account),
            subject: Subject::User(user),
            table: "user",
            column: "identity",
            row: user.as_bytes(),
            row_version: 1,
            destination: None,
        };
        let key = self.key_of(&identity).await?;
        let identity = sealing::open(&key, &place, &identity).map_err(Error::internal_source)?;
        let there = TokenPlace {
            deployment: self.deployment,
            account,
            user,
            connection: listed.connection.id,
            generation: listed.connection.generation,
        };
        let provider_account = match provider_account {
            None => None,
            Some(sealed) => {
                let key = self.key_of(&sealed).await?;
                let opened = sealing::open(&key, &there.provider_account(), &sealed);
                Some(opened.map_err(Error::internal_source)?)
            }
        };
        let provider = listed.connection.consent.provider;
        let standing = match expected_account {
            None => None,
            Some(pinned) => {
                let place = Place::of(self.deployment, account, user, provider);
                Some(
                    self.standing(&place, &pinned, provider_account.as_ref())
                        .await?,
                )
            }
        };
        Ok(ShownConnection {
            listed,
            identity,
            provider_account,
            standing,
        })
    }

    /// Takes a connection back, here and then at its provider. That goes on when the caller is gone.
    pub async fn revoke_connection(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        id: ConnectionId,
        reason: Option<StatedReason>,
    ) -> Result<Committed<Answer>, Error> {
        cx.about.account = Some(account);
        cx.about.resource = Some(format!("connection/{id}"));
        self.authorize(cx, &Target::Account(account))?;
        let own = Taker::Caller(Box::new(cx.clone()));
        self.take_back(own, account, id, reason).await
    }

    /// Takes a connection back in the name of `taker`, who may.
    pub(crate) async fn take_back(
        &self,
        mut taker: Taker,
        account: AccountId,
        id: ConnectionId,
        reason: Option<StatedReason>,
    ) -> Result<Committed<Answer>, Error> {
        self.carry_through(move |app| async move {
            let cut = app.cut(&mut taker, account, id, reason.as_ref()).await?;
            let cut = cut.ok_or_else(|| not_found(id))?;
            let record = Some(cut.record);
            let told = app.tell(&cut).await;
            let value = app.answered(cut, told).await?;
            Ok(Committed { value, record })
        })
        .await
    }

    /// Takes back every connection of an agent, a user or a provider, and ends every flow of theirs
    /// that is under way. All are cut here before the first provider is told. That goes on when the
    /// caller is gone.
    pub async fn revoke_connections(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        of: &ConnectionsOf,
        reason: Option<StatedReason>,
    ) -> Result<RevokedConnections, Error> {
        cx.about.account = Some(account);
        self.authorize(cx, &Target::Account(account))?;
        let filter = self.connection_filter(account, of).await?;
        if filter == ConnectionFilter::default() {
            let text = "name the agent, the user or the provider whose connections are revoked";
            return Err(Error::field("agent", text));
        }
        cx.about.agent = filter.agent;
        cx.about.provider = filter.provider;
        cx.about.resource = filter.user.map(|user| format!("user/{user}"));
        let own = cx.clone();
        self.carry_through(move |app| async move {
            app.end_flows_of(&own, account, filter, reason.as_ref())
                .await?;
            let cuts = app.cut_all(own, account, filter, reason).await?;
            let more = cuts.len() >= REVOKED_MAX;
            let revoked = app.tell_all(cuts).await?;
            Ok(RevokedConnections { revoked, more })
        })
        .await
    }

    /// Ends what is under way and would make connections of a filter.
    async fn end_flows_of(
        &self,
        cx: &OpCx,
        account: AccountId,
        filter: ConnectionFilter,
        reason: Option<&StatedReason>,
    ) -> Result<(), Error> {
        let entry = self.allowed(cx, "");
        let reason = because(reason);
        self.store
            .run_tx("end_flows", move |tx| {
                let ended = tx.account(account).end_flows(&filter)?;
                let mut entry = entry.clone();
                entry.reason =
                    format!("all are revoked; {ended} flows under way ended{reason}").into();
                Ok(Outcome::Done((), entry))
            })
            .await?;
        Ok(())
    }

    /// Cuts the connections of a filter until none is left, or [`REVOKED_MAX`] are cut: each in a
    /// transaction of its own, which nobody waits for long.
    async fn cut_all(
        &self,
        cx: OpCx,
        account: AccountId,
        filter: ConnectionFilter,
        reason: Option<StatedReason>,
    ) -> Result<Vec<Cut>, Error> {
        let mut cuts = Vec::new();
        loop {
            // From the beginning each time: what is cut is not there any more.
            let read = move |tx: &mut Tx<'_>| {
                let mut own = tx.account(account);
                own.connections(&filter, None, CONNECTIONS_MAX)
            };
            let found = self.store.run_read("connections", read).await?;
            if found.is_empty() {
                return Ok(cuts);
            }
            for listed in found {
                if cuts.len() >= REVOKED_MAX {
                    return Ok(cuts);
                }
                let id = listed.connection.id;
                let mut own = cx.clone();
                own.about.resource = Some(format!("connection/{id}"));
                let mut taker = Taker::Caller(Box::new(own));
                cuts.extend(self.cut(&mut taker, account, id, reason.as_ref()).await?);
            }
        }
    }

    /// Cuts one connection: it is gone when this returns. None when there is none of this id.
    pub(crate) async fn cut(
        &self,
        taker: &mut Taker,
        account: AccountId,
        id: ConnectionId,
        reason: Option<&StatedReason>,
    ) -> Result<Option<Cut>, Error> {
        for _ in 0..DECISIONS_MAX {
            let read = move |tx: &mut Tx<'_>| with_client(tx, account, id);
            let found = self.store.run_read("connection_by_id", read).await?;
            let Some((listed, client, version)) = found else {
                return Ok(None);
            };
            let Some((permit, secret_permit)) = taker.permits(self, account, &listed, version)?
            else {
                return Ok(None);
            };
            let way = way(&listed.connection, &client);
            let entry = taker.entry(self, &listed, String::new());
            let (because, now) = (because(reason), taker.now());
            let told = taker.entry(self, &listed, format!("{}: ", listed.connection.id));
            let asked = way.clone();
            let committed = self
                .store
                .run_tx("revoke_connection", move |tx| {
                    let secret = match asked {
                        Way::Ask(_) => tx.account(account).reveal_client_secret(&secret_permit)?,
                        Way::No(_) => None,
                    };
                    // The provider changed since it was looked at, and so may have its endpoint.
                    if secret.is_none() && matches!(asked, Way::Ask(_)) {
                        return Ok(Outcome::Unrecorded(None));
                    }
                    let Some(revoked) = tx.revoke_connection(account, &permit, now)? else {
                        return Ok(Outcome::Unrecorded(None));
                    };
                    let mut entry = entry.clone();
                    let said = asked.announced(&revoked, secret.as_ref());
                    entry.reason = format!("{said}{because}").into();
                    Ok(Outcome::Done(Some((revoked, secret)), entry))
                })
                .await?;
            if let (Some((revoked, secret)), Some(record)) = (committed.value, committed.record) {
                return Ok(Some(Cut {
                    account,
                    listed,
                    revoked,
                    secret,
                    way,
                    record,
                    told,
                }));
            }
        }
        Err(busy())
    }

    /// Tells the providers of connections that are cut, several at a time. One that does not answer
    /// is not asked about the rest.
    pub(crate) async fn tell_all(self: Arc<Self>, cuts: Vec<Cut>) -> Result<Vec<Answer>, Error> {
        let mut answers = Vec::with_capacity(cuts.len());
        let mut silent: BTreeSet<ProviderId> = BTreeSet::new();
        let mut asking = JoinSet::new();
        let mut waiting = cuts.into_iter();
        loop {
            while asking.len() < TOLD_AT_ONCE_MAX {
                let Some(cut) = waiting.next() else { break };
                if silent.contains(&cut.provider()) && matches!(cut.way, Way::Ask(_)) {
                    let told = Ok(AtProvider::NotAsked(SILENT));
                    answers.push(self.answered(cut, told).await?);
                    continue;
                }
                let app = Arc::clone(&self);
                asking.spawn(async move {
                    let told = app.tell(&cut).await;
                    (cut, told)
                });
            }
            let Some(ended) = asking.join_next().await else {
                return Ok(answers);
            };
            let (cut, told) = ended.map_err(Error::internal_source)?;
            if told.is_err() {
                silent.insert(cut.provider());
            }
            answers.push(self.answered(cut, told).await?);
        }
    }

    /// The ids of what people name.
    pub(crate) async fn connection_filter(
        &self,
        account: AccountId,
        of: &ConnectionsOf,
    ) -> Result<ConnectionFilter, Error> {
        let (agent, provider) = (of.agent.clone(), of.provider.clone());
        let read = move |tx: &mut Tx<'_>| {
            let mut own = tx.account(account);
            let agent = match &agent {
                Some(name) => own.workload_identity(name)?.map(|agent| agent.id),
                None => None,
            };
            let (vault, kind) = (VaultName::default_vault(), ProviderKind::Oauth2);
            let provider = match &provider {
                Some(name) => own.credential_provider(&vault, kind, name)?.map(|p| p.id),
                None => None,
            };
            Ok((agent, provider))
        };
        let (agent, provider) = self.store.run_read("connection_names", read).await?;
        if let (Some(name), None) = (&of.agent, agent) {
            return Err(agent_not_found(name));
        }
        if let (Some(name), None) = (&of.provider, provider) {
            return Err(credential_provider::not_found(ProviderKind::Oauth2, name));
        }
        Ok(ConnectionFilter {
            agent,
            user: of.user,
            provider,
        })
    }
}

const SILENT: &str = "it did not answer about another token a moment ago";

/// What the records of `cx` name from here on.
pub(crate) fn about(cx: &mut OpCx, listed: &ListedConnection) {
    cx.about.agent = Some(listed.connection.consent.agent);
    cx.about.user = Some(listed.user);
    cx.about.provider = Some(listed.connection.consent.provider);
}

/// The end of a record's sentence: why, in the words of who did it.
pub(crate) fn because(reason: Option<&StatedReason>) -> String {
    reason.map_or_else(String::new, |reason| format!("; reason: {reason}"))
}

/// A connection with the client that it was got as, and the version of the provider.
fn with_client(
    tx: &mut Tx<'_>,
    account: AccountId,
    id: ConnectionId,
) -> Result<Option<(ListedConnection, Oauth2Client, u64)>, Error> {
    let mut own = tx.account(account);
    let Some(found) = own.connection_by_id(id)? else {
        return Ok(None);
    };
    let provider = found.listed.connection.consent.provider;
    let client = own.oauth2_client(provider)?;
    let row = own.credential_provider_by_id(provider)?;
    match (client, row) {
        (Some((client, _)), Some(row)) => Ok(Some((found.listed, client, row.version))),
        _ => Err(Error::inconsistent("oauth2_client", "provider")),
    }
}
