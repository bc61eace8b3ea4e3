//! The tokens by which users were proved, sealed under the user's key, until they end.

use procura_core::digest::Sha256;
use procura_core::error::Error;
use procura_core::id::{ProviderId, SubjectTokenId, UserId};
use procura_core::permit::{Permit, of};
use procura_core::sealing::Sealed;
use procura_core::secret::kind::UserToken;
use procura_core::time::Timestamp;

use crate::driver::Value;
use crate::row::time;
use crate::tx::{AccountTx, Tx};

const TABLE: &str = "subject_token";

/// A user's sealed token that a permit has given out, to be sent to a provider.
#[derive(Debug, Clone)]
pub struct RevealedSubjectToken {
    /// The token, to be opened after the commit. It is sealed for version 1.
    pub sealed: Sealed<UserToken>,
    /// The first moment at which it is no longer accepted here.
    pub expires_at: Timestamp,
}

/// What there is of a user's token.
#[derive(Debug)]
pub enum SubjectTokenFound {
    /// It is kept.
    Kept(RevealedSubjectToken),
    /// It is over, or its user is gone.
    Absent,
    /// The provider is not the one that was decided on.
    Changed,
}

impl AccountTx<'_> {
    /// The token `id` of `user`, for the provider that `permit` names, if that is still at the version
    /// that was decided on. SECURITY: of this user and no other, whatever the id is of. Held by
    /// `a_users_token_is_revealed_for_its_user_and_the_provider_decided_on`.
    pub fn reveal_subject_token(
        &mut self,
        permit: &Permit<of::ExchangeUserToken>,
        user: UserId,
        id: SubjectTokenId,
    ) -> Result<SubjectTokenFound, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT p.id, p.version, s.token, s.expires_at
             FROM credential_provider p
             LEFT JOIN subject_token s
               ON s.account = p.account AND s.\"user\" = $3 AND s.id = $4
             WHERE p.account = $1 AND p.id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(permit.resource()),
                Value::Blob(user.as_bytes()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        let Some(mut row) = row else {
            return Ok(SubjectTokenFound::Changed);
        };
        let provider = row.id("id", ProviderId::from_slice)?;
        if !permit.covers(provider.as_bytes(), row.count("version")?) {
            return Ok(SubjectTokenFound::Changed);
        }
        let Some(sealed) = row.optional_sealed("token")? else {
            return Ok(SubjectTokenFound::Absent);
        };
        Ok(SubjectTokenFound::Kept(RevealedSubjectToken {
            sealed,
            expires_at: row.timestamp("expires_at")?,
        }))
    }

    /// The row of this token of this user.
    pub fn subject_token(
        &mut self,
        user: UserId,
        token_hash: &Sha256,
    ) -> Result<Option<SubjectTokenId>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id FROM subject_token
             WHERE account = $1 AND \"user\" = $2 AND token_hash = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(user.as_bytes()),
                Value::Blob(token_hash),
            ],
        )?;
        row.map(|mut row| row.id("id", SubjectTokenId::from_slice))
            .transpose()
    }

    /// Keeps a token of a user; false when it is kept already. It is sealed for version 1.
    pub fn insert_subject_token(
        &mut self,
        id: SubjectTokenId,
        user: UserId,
        token_hash: &Sha256,
        token: &Sealed<UserToken>,
        expires_at: Timestamp,
    ) -> Result<bool, Error> {
        let inserted = self.session.execute(
            "INSERT INTO subject_token (account, id, \"user\", token_hash, token, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (account, \"user\", token_hash) DO NOTHING",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
                Value::Blob(user.as_bytes()),
                Value::Blob(token_hash),
                Value::Blob(token.as_bytes()),
                time(expires_at),
            ],
        )?;
        Ok(inserted == 1)
    }
}

impl Tx<'_> {
    /// Deletes tokens that were over before `now`; how many. At most `limit`, so that nobody waits
    /// long.
    pub fn sweep_subject_tokens(&mut self, now: Timestamp, limit: u32) -> Result<u64, Error> {
        self.session.execute(
            "DELETE FROM subject_token WHERE (account, id) IN
             (SELECT account, id FROM subject_token
              WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
            &[time(now), Value::Int(limit.into())],
        )
    }
}
