//! Keys that sign client assertions: made and listed by the local operator, used for one account.

use procura_authority::Target;
use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::Error;
use procura_core::id::{DeploymentId, SigningKeyId};
use procura_core::sealing::{self, Location, Subject};
use procura_core::secret::{Plain, kind::PrivateKey};
use procura_core::signing_key::{SigningAlgorithm, SigningKey};
use procura_protocol::jose::Algorithm;
use procura_protocol::jose::signing::{SigningError, TokenSigningKey};
use procura_store::Outcome;

use crate::App;
use crate::access_key::no_account;
use crate::operation::OpCx;

fn place(deployment: DeploymentId, account: AccountId, id: &SigningKeyId) -> Location<'_> {
    Location {
        deployment,
        account: Some(account),
        subject: Subject::Account,
        table: "signing_key",
        column: "private_key",
        row: id.as_bytes(),
        row_version: 1,
        // The key itself is sent nowhere; what it signs names its one audience.
        destination: None,
    }
}

impl App {
    /// Makes a key. Its private half never leaves the service.
    pub async fn create_signing_key(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        algorithm: SigningAlgorithm,
    ) -> Result<Committed<SigningKey>, Error> {
        cx.about.account = Some(account);
        self.authorize(cx, &Target::Account(account))?;
        let known = move |tx: &mut procura_store::Tx<'_>| tx.account_exists(account);
        if !self.store.run_read("account_exists", known).await? {
            return Err(no_account(account));
        }
        let (public_jwk, private) = new_key_pair(jose_algorithm(algorithm)).await?;
        let id = self.with_rng(|rng| SigningKeyId::generate(cx.now, rng));
        let key = SigningKey {
            id,
            algorithm,
            public_jwk,
            created_at: cx.now,
        };
        let purpose = KeyPurpose::Subject(Subject::Account);
        let sealing_key = self.newest_key(Some(account), purpose).await?;
        let sealed = self
            .with_rng(|rng| {
                let place = place(self.deployment, account, &id);
                sealing::seal(rng, &sealing_key, &place, &private)
            })
            .map_err(Error::internal_source)?;
        cx.about.resource = Some(format!("signing-key/{id}"));
        let done = self.allowed(cx, format!("created for {}", algorithm.as_str()));
        self.store
            .run_tx("create_signing_key", move |tx| {
                tx.account(account).insert_signing_key(&key, &sealed)?;
                Ok(Outcome::Done(key.clone(), done.clone()))
            })
            .await
    }

    /// Lists the keys of an account.
    pub async fn signing_keys(
        &self,
        cx: &mut OpCx,
        account: AccountId,
    ) -> Result<Vec<SigningKey>, Error> {
        cx.about.account = Some(account);
        self.authorize(cx, &Target::Account(account))?;
        self.store
            .run_read("signing_keys", move |tx| tx.account(account).signing_keys())
            .await
    }

    /// The key of an account, ready to sign.
    pub(crate) async fn signer(
        &self,
        account: AccountId,
        id: SigningKeyId,
    ) -> Result<TokenSigningKey, Error> {
        let read = move |tx: &mut procura_store::Tx<'_>| tx.account(account).signing_key(id);
        let found = self.store.run_read("signing_key", read).await?;
        let (key, sealed) = found.ok_or_else(|| {
            Error::conflict("the signing key of this provider is gone; update the provider")
        })?;
        let sealing_key = self.key_of(&sealed).await?;
        let plain = sealing::open(&sealing_key, &place(self.deployment, account, &id), &sealed)
            .map_err(Error::internal_source)?;
        TokenSigningKey::from_pkcs8(jose_algorithm(key.algorithm), plain.expose_secret())
            .map_err(Error::internal_source)
    }
}

/// A new key: its public half as a JSON Web Key, and its private half.
pub(crate) async fn new_key_pair(
    algorithm: Algorithm,
) -> Result<(String, Plain<PrivateKey>), Error> {
    // A new RSA key takes a noticeable part of a second.
    let made = tokio::task::spawn_blocking(move || {
        let key = TokenSigningKey::generate(algorithm)?;
        let private = Plain::<PrivateKey>::new(key.to_pkcs8()?.to_vec());
        Ok::<_, SigningError>((key.public_jwk().to_string(), private))
    });
    let made = made.await.map_err(Error::internal_source)?;
    made.map_err(Error::internal_source)
}

pub(crate) const fn jose_algorithm(algorithm: SigningAlgorithm) -> Algorithm {
    match algorithm {
        SigningAlgorithm::Es256 => Algorithm::Es256,
        SigningAlgorithm::Rs256 => Algorithm::Rs256,
        SigningAlgorithm::Ps256 => Algorithm::Ps256,
    }
}
