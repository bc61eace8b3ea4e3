//! Which accounts at providers users are expected to come back with: pinned by a connection, and listed.
//! Not the accounts themselves: who they are is shown with a connection.

use procura_app::expected_account::ExpectedAccount;
use procura_core::action::Action;
use procura_core::audit::record::Committed;
use procura_core::error::Error;
use procura_core::id::RecordId;
use serde::Serialize;

use super::connections::{NamedView, Stated, UserView, connection_id, reason};
use super::keys::account_id;
use super::{Call, NativeAnswer, reply};

/// How many pins a list gives.
const LIMIT: u32 = 50;

#[derive(Serialize)]
struct PinView {
    /// The connection that it was taken from, which may be gone.
    connection: String,
    user: UserView,
    provider: NamedView,
    pinned_at: String,
}

#[derive(Serialize)]
struct ListView {
    pins: Vec<PinView>,
    /// Where the list goes on, if it does.
    next: Option<String>,
}

#[derive(Serialize)]
struct ChangedView {
    pin: PinView,
    /// Whether it holds from now on, or does no more.
    pinned: bool,
    record: Option<RecordId>,
}

impl From<&ExpectedAccount> for PinView {
    fn from(expected: &ExpectedAccount) -> Self {
        Self {
            connection: expected.connection.to_string(),
            user: UserView {
                id: expected.user.id.to_string(),
                kind: expected.user.kind,
                identity: None,
            },
            provider: NamedView {
                id: expected.provider.to_string(),
                name: expected.provider_name.to_string(),
            },
            pinned_at: expected.pinned_at.to_string(),
        }
    }
}

impl ChangedView {
    fn of(done: &Committed<ExpectedAccount>, pinned: bool) -> Self {
        Self {
            pin: PinView::from(&done.value),
            pinned,
            record: done.record,
        }
    }
}

impl Call<'_> {
    pub(super) async fn pin_connection(
        &mut self,
        account: &str,
        id: &str,
    ) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::PinConnection;
        let (account, id) = (account_id(account)?, connection_id(id)?);
        let reason = reason(self.body::<Stated>().await?.reason)?;
        let done = self
            .app
            .pin_connection(&mut self.cx, account, id, reason)
            .await?;
        reply(200, &ChangedView::of(&done, true), self.cx.request)
    }

    pub(super) async fn unpin_connection(
        &mut self,
        account: &str,
        id: &str,
    ) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::UnpinConnection;
        let (account, id) = (account_id(account)?, connection_id(id)?);
        let reason = reason(self.body::<Stated>().await?.reason)?;
        let done = self
            .app
            .unpin_connection(&mut self.cx, account, id, reason)
            .await?;
        reply(200, &ChangedView::of(&done, false), self.cx.request)
    }

    pub(super) async fn pins(&mut self, account: &str, query: &str) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::ListConnections;
        let account = account_id(account)?;
        let after = match query.split_once('=') {
            Some(("next", id)) => Some(connection_id(id)?),
            None if query.is_empty() => None,
            _ => return Err(Error::field("query", "the only parameter is next")),
        };
        let page = self
            .app
            .expected_accounts(&mut self.cx, account, after, LIMIT)
            .await?;
        let view = ListView {
            pins: page.items.iter().map(PinView::from).collect(),
            next: page.next,
        };
        reply(200, &view, self.cx.request)
    }
}
