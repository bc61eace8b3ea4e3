//! Who takes connections back, and what is on record of it.

use procura_core::account::AccountId;
use procura_core::audit::record::{Entry, Verdict};
use procura_core::error::Error;
use procura_core::time::Timestamp;
use procura_store::ListedConnection;

use super::about;
use crate::App;
use crate::authorize::{RevocationPermits, permits_of_owner};
use crate::operation::OpCx;
use crate::own_consents::{OwnUser, REVOKE};

/// Who takes a connection back.
#[derive(Debug)]
pub(crate) enum Taker {
    /// A caller of an operation, whom the policies are asked about.
    Caller(Box<OpCx>),
    /// The user whose it is.
    Owner(OwnUser),
}

impl Taker {
    /// When.
    pub(super) fn now(&self) -> Timestamp {
        match self {
            Self::Caller(cx) => cx.now,
            Self::Owner(own) => own.now(),
        }
    }

    /// The decision; none where there is nothing that the taker may know of.
    pub(super) fn permits(
        &mut self,
        app: &App,
        account: AccountId,
        listed: &ListedConnection,
        provider_version: u64,
    ) -> Result<Option<RevocationPermits>, Error> {
        let connection = &listed.connection;
        match self {
            Self::Caller(cx) => {
                about(cx, listed);
                app.authorize_revocation(cx, account, connection, provider_version)
                    .map(Some)
            }
            Self::Owner(own) => Ok(own
                .user()
                .and_then(|user| permits_of_owner(user, connection, provider_version))),
        }
    }

    /// A record of it, that begins with `said`.
    pub(super) fn entry(&self, app: &App, listed: &ListedConnection, said: String) -> Entry {
        match self {
            Self::Caller(cx) => app.allowed(cx, said),
            Self::Owner(own) => {
                let about = (listed.connection.id, Some(listed));
                app.entry_of_own(own, REVOKE, about, (Verdict::Allow, said))
            }
        }
    }
}
