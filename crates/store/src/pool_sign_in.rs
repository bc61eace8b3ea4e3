//! Sign-ins of users of pools: what a refresh token of ours continues.

use procura_core::digest::Sha256;
use procura_core::error::Error;
use procura_core::id::{PoolUserId, SignInId};
use procura_core::time::Timestamp;
use procura_core::user_pool_client::PoolClientId;

use crate::driver::Value;
use crate::row::time;
use crate::tx::{AccountTx, Tx};

const TABLE: &str = "pool_sign_in";

/// A sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolSignIn {
    /// Its id: the `origin_jti` of its tokens.
    pub id: SignInId,
    /// Who signed in.
    pub pool_user: PoolUserId,
    /// With which application.
    pub client: PoolClientId,
    /// When.
    pub authenticated_at: Timestamp,
    /// When its refresh token is over.
    pub expires_at: Timestamp,
}

impl AccountTx<'_> {
    /// Adds a sign-in, whose refresh token has this hash.
    pub fn insert_pool_sign_in(
        &mut self,
        sign_in: &PoolSignIn,
        token_hash: &Sha256,
    ) -> Result<(), Error> {
        self.session.execute(
            "INSERT INTO pool_sign_in
             (account, id, pool_user, client, token_hash, authenticated_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(sign_in.id.as_bytes()),
                Value::Blob(sign_in.pool_user.as_bytes()),
                Value::Text(sign_in.client.as_str()),
                Value::Blob(token_hash),
                time(sign_in.authenticated_at),
                time(sign_in.expires_at),
            ],
        )?;
        Ok(())
    }

    /// The sign-in that a refresh token of this hash continues.
    pub fn pool_sign_in_of(&mut self, token_hash: &Sha256) -> Result<Option<PoolSignIn>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, pool_user, client, authenticated_at, expires_at
             FROM pool_sign_in WHERE account = $1 AND token_hash = $2",
            &[Value::Text(self.account.as_str()), Value::Blob(token_hash)],
        )?;
        row.map(|mut row| {
            Ok(PoolSignIn {
                id: row.id("id", SignInId::from_slice)?,
                pool_user: row.id("pool_user", PoolUserId::from_slice)?,
                client: row.parsed("client")?,
                authenticated_at: row.timestamp("authenticated_at")?,
                expires_at: row.timestamp("expires_at")?,
            })
        })
        .transpose()
    }

    /// Whether a sign-in is there still: its tokens are good while it is.
    pub fn has_pool_sign_in(&mut self, id: SignInId) -> Result<bool, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id FROM pool_sign_in WHERE account = $1 AND id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        Ok(row.is_some())
    }

    /// Whether a sign-in is there still, of this user by this client.
    pub fn is_pool_sign_in_of(
        &mut self,
        id: SignInId,
        user: PoolUserId,
        client: &PoolClientId,
    ) -> Result<bool, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id FROM pool_sign_in
             WHERE account = $1 AND id = $2 AND pool_user = $3 AND client = $4",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
                Value::Blob(user.as_bytes()),
                Value::Text(client.as_str()),
            ],
        )?;
        Ok(row.is_some())
    }

    /// Ends the oldest sign-ins of a user but for the `most` newest ones.
    pub fn trim_pool_sign_ins(&mut self, user: PoolUserId, most: u32) -> Result<u64, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id FROM pool_sign_in WHERE account = $1 AND pool_user = $2
             ORDER BY id DESC LIMIT 1 OFFSET $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(user.as_bytes()),
                Value::Int(most.into()),
            ],
        )?;
        let Some(mut row) = row else {
            return Ok(0);
        };
        let newest = row.id("id", SignInId::from_slice)?;
        self.session.execute(
            "DELETE FROM pool_sign_in WHERE account = $1 AND pool_user = $2 AND id <= $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(user.as_bytes()),
                Value::Blob(newest.as_bytes()),
            ],
        )
    }

    /// Ends a sign-in; false when it is over.
    pub fn delete_pool_sign_in(&mut self, id: SignInId) -> Result<bool, Error> {
        let deleted = self.session.execute(
            "DELETE FROM pool_sign_in WHERE account = $1 AND id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        Ok(deleted == 1)
    }

    /// Ends all sign-ins of a user, in browsers and before the code is redeemed, too; how many
    /// there were.
    pub fn delete_pool_sign_ins(&mut self, user: PoolUserId) -> Result<u64, Error> {
        self.delete_pool_logins(user)?;
        self.session.execute(
            "DELETE FROM pool_sign_in WHERE account = $1 AND pool_user = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(user.as_bytes()),
            ],
        )
    }
}

impl Tx<'_> {
    /// Ends every sign-in of the deployment.
    pub(crate) fn delete_all_pool_sign_ins(&mut self) -> Result<u64, Error> {
        self.delete_all_pool_logins()?;
        self.session.execute("DELETE FROM pool_sign_in", &[])
    }

    /// Deletes sign-ins that are over at `now`; how many, at most `limit`.
    pub fn sweep_pool_sign_ins(&mut self, now: Timestamp, limit: u32) -> Result<u64, Error> {
        self.session.execute(
            "DELETE FROM pool_sign_in WHERE (account, id) IN
                 (SELECT account, id FROM pool_sign_in WHERE expires_at <= $1 LIMIT $2)",
            &[time(now), Value::Int(limit.into())],
        )
    }
}
