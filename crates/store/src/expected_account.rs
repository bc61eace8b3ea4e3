//! Which account at a provider a user is expected to come back with, where that is pinned.

use procura_core::connection::Connection;
use procura_core::error::Error;
use procura_core::id::{ConnectionId, ProviderId, UserId};
use procura_core::name::ProviderName;
use procura_core::sealing::Sealed;
use procura_core::secret::kind::UserIdentity;
use procura_core::time::Timestamp;
use procura_core::user::{User, UserKind};

use crate::driver::Value;
use crate::row::{Row, time};
use crate::tx::AccountTx;

const TABLE: &str = "expected_account";

/// The account at a provider that consents of a user are held to.
#[derive(Debug, Clone)]
pub struct ExpectedAccount {
    /// Whose.
    pub user: User,
    /// Where.
    pub provider: ProviderId,
    /// The name of where.
    pub provider_name: ProviderName,
    /// The connection that it was taken from, which may be gone.
    pub connection: ConnectionId,
    /// Which account it is: sealed for version 1, under the id of the provider.
    pub identity: Sealed<UserIdentity>,
    /// When it was pinned.
    pub pinned_at: Timestamp,
}

impl ExpectedAccount {
    /// Whether these are one and the same pin: what is sealed is never twice the same.
    pub fn is_same(&self, other: &Self) -> bool {
        self.identity.as_bytes() == other.identity.as_bytes()
    }
}

impl AccountTx<'_> {
    /// What consents of `user` at `provider` are held to.
    pub fn expected_account(
        &mut self,
        user: UserId,
        provider: ProviderId,
    ) -> Result<Option<ExpectedAccount>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT e.\"user\", u.kind, e.provider, p.name, e.connection, e.identity, e.pinned_at
             FROM expected_account e
             JOIN \"user\" u ON u.account = e.account AND u.id = e.\"user\"
             JOIN credential_provider p ON p.account = e.account AND p.id = e.provider
             WHERE e.account = $1 AND e.\"user\" = $2 AND e.provider = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(user.as_bytes()),
                Value::Blob(provider.as_bytes()),
            ],
        )?;
        row.map(read).transpose()
    }

    /// What the connection of this id is held to: the pin of its user at its provider or, when it
    /// is gone, the one that was taken from it.
    pub fn expected_account_of(
        &mut self,
        connection: ConnectionId,
    ) -> Result<Option<ExpectedAccount>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT e.\"user\", u.kind, e.provider, p.name, e.connection, e.identity, e.pinned_at
             FROM expected_account e
             JOIN \"user\" u ON u.account = e.account AND u.id = e.\"user\"
             JOIN credential_provider p ON p.account = e.account AND p.id = e.provider
             WHERE e.account = $1
               AND (e.connection = $2
                    OR EXISTS (SELECT 1 FROM connection c
                               WHERE c.account = $1 AND c.id = $2
                                 AND c.\"user\" = e.\"user\" AND c.provider = e.provider))",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(connection.as_bytes()),
            ],
        )?;
        row.map(read).transpose()
    }

    /// Everything that is pinned, in the order of the connections that it was taken from, after
    /// that of `after`.
    pub fn expected_accounts(
        &mut self,
        after: Option<ConnectionId>,
        limit: u32,
    ) -> Result<Vec<ExpectedAccount>, Error> {
        // Before every id that there is.
        let after = after.unwrap_or(ConnectionId::from_bytes([0; 16]));
        let rows = self.session.rows(
            TABLE,
            "SELECT e.\"user\", u.kind, e.provider, p.name, e.connection, e.identity, e.pinned_at
             FROM expected_account e
             JOIN \"user\" u ON u.account = e.account AND u.id = e.\"user\"
             JOIN credential_provider p ON p.account = e.account AND p.id = e.provider
             WHERE e.account = $1 AND e.connection > $2
             ORDER BY e.connection LIMIT $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(after.as_bytes()),
                Value::Int(limit.into()),
            ],
        )?;
        rows.into_iter().map(read).collect()
    }

    /// Holds the user of `connection` at its provider to the account that is sealed in `identity`;
    /// false when something is pinned there already.
    pub fn pin_account(
        &mut self,
        connection: &Connection,
        identity: &Sealed<UserIdentity>,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let pinned = self.session.execute(
            "INSERT INTO expected_account
             (account, \"user\", provider, connection, identity, pinned_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (account, \"user\", provider) DO NOTHING",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(connection.consent.user.as_bytes()),
                Value::Blob(connection.consent.provider.as_bytes()),
                Value::Blob(connection.id.as_bytes()),
                Value::Blob(identity.as_bytes()),
                time(now),
            ],
        )?;
        Ok(pinned == 1)
    }

    /// Takes this very pin away; false when it is not there any more.
    pub fn unpin_account(&mut self, pinned: &ExpectedAccount) -> Result<bool, Error> {
        let deleted = self.session.execute(
            "DELETE FROM expected_account
             WHERE account = $1 AND \"user\" = $2 AND provider = $3 AND identity = $4",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(pinned.user.id.as_bytes()),
                Value::Blob(pinned.provider.as_bytes()),
                Value::Blob(pinned.identity.as_bytes()),
            ],
        )?;
        Ok(deleted == 1)
    }
}

fn read(mut row: Row) -> Result<ExpectedAccount, Error> {
    Ok(ExpectedAccount {
        user: User {
            id: row.id("user", UserId::from_slice)?,
            kind: row.word("kind", UserKind::from_stored)?,
        },
        provider: row.id("provider", ProviderId::from_slice)?,
        provider_name: row.parsed("provider")?,
        connection: row.id("connection", ConnectionId::from_slice)?,
        identity: row.sealed("identity")?,
        pinned_at: row.timestamp("pinned_at")?,
    })
}
