//! Credential providers and their sealed secrets.

use procura_core::credential_provider::{CredentialProvider, ProviderKind};
use procura_core::error::Error;
use procura_core::id::ProviderId;
use procura_core::name::{ProviderName, VaultName};
use procura_core::permit::{Permit, of};
use procura_core::sealing::Sealed;
use procura_core::secret::kind::ApiKey;

use crate::driver::Value;
use crate::row::{Row, before, count, json, time};
use crate::tx::AccountTx;

const TABLE: &str = "credential_provider";

/// A sealed API key that a permit has given out.
#[derive(Debug, Clone)]
pub struct Revealed {
    /// The key, to be opened after the commit.
    pub sealed: Sealed<ApiKey>,
    /// The row version that it is sealed for.
    pub secret_version: u64,
}

impl AccountTx<'_> {
    /// The provider of this name.
    pub fn credential_provider(
        &mut self,
        vault: &VaultName,
        kind: ProviderKind,
        name: &ProviderName,
    ) -> Result<Option<CredentialProvider>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, vault, kind, name, secret_suffix, tags,
                    created_at, updated_at, version, secret_version
             FROM credential_provider
             WHERE account = $1 AND vault = $2 AND kind = $3 AND name = $4",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(vault.as_str()),
                Value::Text(kind.as_str()),
                Value::Text(name.as_str()),
            ],
        )?;
        row.map(read).transpose()
    }

    /// The provider of this id.
    pub fn credential_provider_by_id(
        &mut self,
        id: ProviderId,
    ) -> Result<Option<CredentialProvider>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, vault, kind, name, secret_suffix, tags,
                    created_at, updated_at, version, secret_version
             FROM credential_provider WHERE account = $1 AND id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        row.map(read).transpose()
    }

    /// The providers of a vault after the one named `after`, in the order of the bytes of their
    /// names.
    pub fn credential_providers(
        &mut self,
        vault: &VaultName,
        kind: ProviderKind,
        after: Option<&ProviderName>,
        limit: u32,
    ) -> Result<Vec<CredentialProvider>, Error> {
        let rows = self.session.rows(
            TABLE,
            "SELECT id, vault, kind, name, secret_suffix, tags,
                    created_at, updated_at, version, secret_version
             FROM credential_provider
             WHERE account = $1 AND vault = $2 AND kind = $3 AND name > $4
             ORDER BY name LIMIT $5",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(vault.as_str()),
                Value::Text(kind.as_str()),
                Value::Text(after.map_or("", ProviderName::as_str)),
                Value::Int(limit.into()),
            ],
        )?;
        rows.into_iter().map(read).collect()
    }

    /// Adds a provider with its secret; false when the name is taken.
    pub fn insert_credential_provider<K>(
        &mut self,
        provider: &CredentialProvider,
        secret: &Sealed<K>,
    ) -> Result<bool, Error> {
        let inserted = self.session.execute(
            "INSERT INTO credential_provider
             (account, id, vault, kind, name, secret_suffix, tags, secret,
              created_at, updated_at, version, secret_version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT (account, vault, kind, name) DO NOTHING",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(provider.id.as_bytes()),
                Value::Text(provider.vault.as_str()),
                Value::Text(provider.kind.as_str()),
                Value::Text(provider.name.as_str()),
                Value::Text(&provider.secret_suffix),
                Value::Text(&json(provider.tags.pairs())?),
                Value::Blob(secret.as_bytes()),
                time(provider.created_at),
                time(provider.updated_at),
                count(provider.version)?,
                count(provider.secret_version)?,
            ],
        )?;
        Ok(inserted == 1)
    }

    /// Writes the version after the stored one, with a new secret; false when another was faster,
    /// or none is there.
    pub fn update_credential_provider<K>(
        &mut self,
        new: &CredentialProvider,
        secret: &Sealed<K>,
    ) -> Result<bool, Error> {
        let updated = self.session.execute(
            "UPDATE credential_provider SET tags = $3, updated_at = $4, version = $5,
                    secret_version = $7, secret = $8
             WHERE account = $1 AND id = $2 AND version = $6",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(new.id.as_bytes()),
                Value::Text(&json(new.tags.pairs())?),
                time(new.updated_at),
                count(new.version)?,
                before(new.version)?,
                count(new.secret_version)?,
                Value::Blob(secret.as_bytes()),
            ],
        )?;
        Ok(updated == 1)
    }

    /// Writes the tags of the version after the stored one; false when another was faster, or none
    /// is there. The secret stays, and so does the version that it is sealed for.
    pub fn update_credential_provider_tags(
        &mut self,
        new: &CredentialProvider,
    ) -> Result<bool, Error> {
        let updated = self.session.execute(
            "UPDATE credential_provider SET tags = $3, updated_at = $4, version = $5
             WHERE account = $1 AND id = $2 AND version = $6 AND secret_version = $7",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(new.id.as_bytes()),
                Value::Text(&json(new.tags.pairs())?),
                time(new.updated_at),
                count(new.version)?,
                before(new.version)?,
                count(new.secret_version)?,
            ],
        )?;
        Ok(updated == 1)
    }

    /// Deletes a provider at this version, and the administrator's grants on it.
    pub fn delete_credential_provider(
        &mut self,
        id: ProviderId,
        version: u64,
    ) -> Result<bool, Error> {
        let deleted = self.session.execute(
            "DELETE FROM credential_provider WHERE account = $1 AND id = $2 AND version = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
                count(version)?,
            ],
        )?;
        Ok(deleted == 1)
    }

    /// The sealed key of the provider that `permit` names, if it is still at the version that was
    /// decided on.
    pub fn reveal_api_key(
        &mut self,
        permit: &Permit<of::RevealApiKey>,
    ) -> Result<Option<Revealed>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, version, secret, secret_version
             FROM credential_provider WHERE account = $1 AND id = $2 AND kind = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(permit.resource()),
                Value::Text(ProviderKind::ApiKey.as_str()),
            ],
        )?;
        let Some(mut row) = row else { return Ok(None) };
        let id = row.id("id", ProviderId::from_slice)?;
        let version = row.count("version")?;
        let revealed = Revealed {
            sealed: row.sealed("secret")?,
            secret_version: row.count("secret_version")?,
        };
        Ok(permit.covers(id.as_bytes(), version).then_some(revealed))
    }
}

fn read(mut row: Row) -> Result<CredentialProvider, Error> {
    Ok(CredentialProvider {
        id: row.id("id", ProviderId::from_slice)?,
        vault: row.parsed("vault")?,
        kind: row.word("kind", ProviderKind::from_stored)?,
        name: row.parsed("name")?,
        secret_suffix: row.text("secret_suffix")?,
        tags: row.tags("tags")?,
        created_at: row.timestamp("created_at")?,
        updated_at: row.timestamp("updated_at")?,
        version: row.count("version")?,
        secret_version: row.count("secret_version")?,
    })
}
