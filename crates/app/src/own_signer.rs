//! Private keys that sign tokens of ours: made, sealed, and held ready to sign.

use std::sync::Arc;

use moka::sync::Cache;
use procura_core::account::AccountId;
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::Error;
use procura_core::id::{DeploymentId, SigningKeyId};
use procura_core::sealing::{self, Location, Sealed, Subject};
use procura_core::secret::kind::PrivateKey;
use procura_core::time::Timestamp;
use procura_protocol::jose::Algorithm;
use procura_protocol::jose::signing::TokenSigningKey;

use crate::App;
use crate::signing_key::new_key_pair;

/// How many keys are held ready to sign.
const SIGNERS_MAX: u64 = 1000;

/// What a key was opened for: account, table and row. One that was copied to another in the database
/// is so opened anew, and does not open.
type OpenedFor = (AccountId, &'static str, SigningKeyId);

/// Keys, opened. Who signs has read from the store that the key is still one to sign with.
pub(crate) struct OwnSigners(Cache<OpenedFor, Arc<TokenSigningKey>>);

impl Default for OwnSigners {
    fn default() -> Self {
        Self(Cache::new(SIGNERS_MAX))
    }
}

/// A key that nobody has stored yet.
pub(crate) struct NewKey {
    pub(crate) id: SigningKeyId,
    pub(crate) public_jwk: String,
    pub(crate) sealed: Sealed<PrivateKey>,
}

fn place<'a>(
    deployment: DeploymentId,
    account: AccountId,
    table: &'static str,
    id: &'a SigningKeyId,
) -> Location<'a> {
    Location {
        deployment,
        account: Some(account),
        subject: Subject::Account,
        table,
        column: "private_key",
        row: id.as_bytes(),
        row_version: 1,
        destination: None,
    }
}

impl App {
    /// Makes a key for a row of `table`.
    pub(crate) async fn new_key(
        &self,
        now: Timestamp,
        account: AccountId,
        table: &'static str,
        algorithm: Algorithm,
    ) -> Result<NewKey, Error> {
        let (public_jwk, private) = new_key_pair(algorithm).await?;
        let id = self.with_rng(|rng| SigningKeyId::generate(now, rng));
        let purpose = KeyPurpose::Subject(Subject::Account);
        let sealing_key = self.newest_key(Some(account), purpose).await?;
        let sealed = self
            .with_rng(|rng| {
                let place = place(self.deployment, account, table, &id);
                sealing::seal(rng, &sealing_key, &place, &private)
            })
            .map_err(Error::internal_source)?;
        Ok(NewKey {
            id,
            public_jwk,
            sealed,
        })
    }

    /// A key of a row of `table`, ready to sign.
    pub(crate) async fn own_signer(
        &self,
        account: AccountId,
        table: &'static str,
        (id, algorithm): (SigningKeyId, Algorithm),
        sealed: &Sealed<PrivateKey>,
    ) -> Result<Arc<TokenSigningKey>, Error> {
        let opened_for = (account, table, id);
        if let Some(signer) = self.own_signers.0.get(&opened_for) {
            return Ok(signer);
        }
        let sealing_key = self.key_of(sealed).await?;
        let place = place(self.deployment, account, table, &id);
        let plain = sealing::open(&sealing_key, &place, sealed).map_err(Error::internal_source)?;
        let signer = TokenSigningKey::from_pkcs8(algorithm, plain.expose_secret());
        let signer = Arc::new(signer.map_err(Error::internal_source)?);
        self.own_signers.0.insert(opened_for, Arc::clone(&signer));
        Ok(signer)
    }
}
