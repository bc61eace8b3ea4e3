//! Tokens that providers' clients got for themselves, sealed, until they end.

use procura_core::digest::Sha256;
use procura_core::error::Error;
use procura_core::id::ProviderId;
use procura_core::machine_token::Lifetime;
use procura_core::permit::{Permit, of};
use procura_core::scope::{ScopeSeparator, Scopes};
use procura_core::sealing::Sealed;
use procura_core::secret::kind::AccessToken;
use procura_core::time::Timestamp;

use crate::driver::Value;
use crate::row::{count, time};
use crate::tx::{AccountTx, Tx};

const TABLE: &str = "machine_token";

/// A token to keep.
#[derive(Debug, Clone)]
pub struct NewMachineToken {
    /// Whose client got it.
    pub provider: ProviderId,
    /// For what it was asked ([`procura_core::machine_token::TokenRequest::digest`]).
    pub asked: Sha256,
    /// With which version of the provider's secret.
    pub secret_version: u64,
    /// The token, sealed for `version`.
    pub token: Sealed<AccessToken>,
    /// What the provider granted.
    pub scopes: Scopes,
    /// How long it is good.
    pub lifetime: Lifetime,
    /// The version of its row.
    pub version: u64,
}

/// A sealed token that a permit has given out.
#[derive(Debug, Clone)]
pub struct RevealedMachineToken {
    /// The token, to be opened after the commit.
    pub sealed: Sealed<AccessToken>,
    /// The version of the row that it is sealed for.
    pub version: u64,
    /// What the provider granted.
    pub scopes: Scopes,
    /// How long it is good.
    pub lifetime: Lifetime,
}

impl AccountTx<'_> {
    /// The version that the row for these has, 0 if there is none.
    pub fn machine_token_version(
        &mut self,
        provider: ProviderId,
        asked: &Sha256,
    ) -> Result<u64, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT version FROM machine_token
             WHERE account = $1 AND provider = $2 AND asked = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(provider.as_bytes()),
                Value::Blob(asked),
            ],
        )?;
        row.map_or(Ok(0), |mut row| row.count("version"))
    }

    /// Keeps a token in place of the one of the version before; false when another was faster, or
    /// the provider's secret is another by now.
    pub fn put_machine_token(&mut self, new: &NewMachineToken) -> Result<bool, Error> {
        let scopes = new.scopes.to_string();
        let written = self.session.execute(
            "INSERT INTO machine_token
             (account, provider, asked, secret_version, token, scopes,
              fetched_at, expires_at, version)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9
             FROM credential_provider p
             WHERE p.account = $1 AND p.id = $2 AND p.secret_version = $4
             ON CONFLICT (account, provider, asked) DO UPDATE SET
                secret_version = $4, token = $5, scopes = $6,
                fetched_at = $7, expires_at = $8, version = $9
             WHERE machine_token.version = $9 - 1",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(new.provider.as_bytes()),
                Value::Blob(&new.asked),
                count(new.secret_version)?,
                Value::Blob(new.token.as_bytes()),
                Value::Text(&scopes),
                time(new.lifetime.fetched_at),
                time(new.lifetime.expires_at),
                count(new.version)?,
            ],
        )?;
        Ok(written == 1)
    }

    /// The token that answers `asked` at the provider that `permit` names, if the provider is still
    /// at the version that was decided on and the token was got with its present secret.
    pub fn reveal_machine_token(
        &mut self,
        permit: &Permit<of::RevealMachineToken>,
        asked: &Sha256,
    ) -> Result<MachineTokenFound, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT p.id, p.version, p.secret_version, m.secret_version,
                    m.token, m.version, m.scopes, m.fetched_at, m.expires_at
             FROM credential_provider p
             LEFT JOIN machine_token m
               ON m.account = p.account AND m.provider = p.id AND m.asked = $3
             WHERE p.account = $1 AND p.id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(permit.resource()),
                Value::Blob(asked),
            ],
        )?;
        let Some(mut row) = row else {
            return Ok(MachineTokenFound::Changed);
        };
        let id = row.id("id", ProviderId::from_slice)?;
        if !permit.covers(id.as_bytes(), row.count("version")?) {
            return Ok(MachineTokenFound::Changed);
        }
        let current = row.int("secret_version")?;
        if row.optional_int("secret_version")? != Some(current) {
            return Ok(MachineTokenFound::Absent);
        }
        let sealed = row.sealed("token")?;
        let version = row.count("version")?;
        let scopes = row.text("scopes")?;
        let scopes = Scopes::from_text(&scopes, ScopeSeparator::Space)
            .map_err(|_| Error::inconsistent(TABLE, "scopes"))?;
        let lifetime = Lifetime {
            fetched_at: row.timestamp("fetched_at")?,
            expires_at: row.timestamp("expires_at")?,
        };
        Ok(MachineTokenFound::Kept(Box::new(RevealedMachineToken {
            sealed,
            version,
            scopes,
            lifetime,
        })))
    }
}

/// What is kept for a request.
#[derive(Debug, Clone)]
pub enum MachineTokenFound {
    /// The provider is not the one that was decided on any more.
    Changed,
    /// Nothing.
    Absent,
    /// A token, good or over.
    Kept(Box<RevealedMachineToken>),
}

impl Tx<'_> {
    /// Deletes tokens that were over before `now`; how many. At most `limit`, so that nobody waits
    /// long.
    pub fn sweep_machine_tokens(&mut self, now: Timestamp, limit: u32) -> Result<u64, Error> {
        self.session.execute(
            "DELETE FROM machine_token WHERE (account, provider, asked) IN
             (SELECT account, provider, asked FROM machine_token
              WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
            &[time(now), Value::Int(limit.into())],
        )
    }
}
