//! What makes a provider a client of an authorization server.

use procura_core::error::Error;
use procura_core::id::{CallbackId, ProviderId};
use procura_core::oauth2_client::{Configuration, Oauth2Client};
use procura_core::permit::{Permit, of};
use procura_core::sealing::Sealed;
use procura_core::secret::kind::ClientSecret;
use procura_core::vendor::Vendor;

use crate::driver::Value;
use crate::row::{Row, json};
use crate::tx::AccountTx;

const TABLE: &str = "oauth2_client";

/// A sealed client secret that a permit has given out, to be sent to its provider.
#[derive(Debug, Clone)]
pub struct RevealedClientSecret {
    /// The secret, to be opened after the commit.
    pub sealed: Sealed<ClientSecret>,
    /// The row version that it is sealed for.
    pub secret_version: u64,
    /// As whom and where it is sent.
    pub client: Oauth2Client,
}

impl AccountTx<'_> {
    /// The client of a provider, and where users come back to.
    pub fn oauth2_client(
        &mut self,
        provider: ProviderId,
    ) -> Result<Option<(Oauth2Client, CallbackId)>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT vendor, configuration, callback
             FROM oauth2_client WHERE account = $1 AND provider = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(provider.as_bytes()),
            ],
        )?;
        row.map(|mut row| Ok((read(&mut row)?, row.id("callback", CallbackId::from_slice)?)))
            .transpose()
    }

    /// Adds the client of a provider that was just added.
    pub fn insert_oauth2_client(
        &mut self,
        provider: ProviderId,
        callback: CallbackId,
        client: &Oauth2Client,
    ) -> Result<(), Error> {
        self.session.execute(
            "INSERT INTO oauth2_client (account, provider, callback, vendor, configuration)
             VALUES ($1, $2, $3, $4, $5)",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(provider.as_bytes()),
                Value::Blob(callback.as_bytes()),
                Value::Text(client.vendor.as_str()),
                Value::Text(&json(&client.configuration)?),
            ],
        )?;
        Ok(())
    }

    /// Replaces the client of a provider. Only together with a new version of the provider and its
    /// secret, in one transaction: that is the compare-and-set of both.
    pub fn update_oauth2_client(
        &mut self,
        provider: ProviderId,
        client: &Oauth2Client,
    ) -> Result<(), Error> {
        self.session.execute(
            "UPDATE oauth2_client SET vendor = $3, configuration = $4
             WHERE account = $1 AND provider = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(provider.as_bytes()),
                Value::Text(client.vendor.as_str()),
                Value::Text(&json(&client.configuration)?),
            ],
        )?;
        Ok(())
    }

    /// The sealed secret of the provider that `permit` names with where it goes, if the provider is
    /// still at the version that was decided on.
    pub fn reveal_client_secret(
        &mut self,
        permit: &Permit<of::UseClientSecret>,
    ) -> Result<Option<RevealedClientSecret>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT c.vendor, c.configuration, p.id, p.version, p.secret, p.secret_version
             FROM credential_provider p
             JOIN oauth2_client c ON c.account = p.account AND c.provider = p.id
             WHERE p.account = $1 AND p.id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(permit.resource()),
            ],
        )?;
        let Some(mut row) = row else { return Ok(None) };
        let client = read(&mut row)?;
        let id = row.id("id", ProviderId::from_slice)?;
        let version = row.count("version")?;
        let revealed = RevealedClientSecret {
            sealed: row.sealed("secret")?,
            secret_version: row.count("secret_version")?,
            client,
        };
        Ok(permit.covers(id.as_bytes(), version).then_some(revealed))
    }
}

fn read(row: &mut Row) -> Result<Oauth2Client, Error> {
    Ok(Oauth2Client {
        vendor: row.word("vendor", Vendor::from_stored)?,
        configuration: row.json::<Configuration>("configuration")?,
    })
}
