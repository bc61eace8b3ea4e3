//! The frozen vectors of the sealed format. They may be added to and never changed: a value that
//! was sealed by any release must open in every later one.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

use std::path::PathBuf;

use procura_core::id::{DeploymentId, KeyId, UserId};
use procura_core::sealing::{Location, Sealed, SealingKey, Subject, open, seal};
use procura_core::secret::{Plain, kind::ApiKey};
use rand_core::{CryptoRng, RngCore};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    note: String,
    key_id: String,
    key_version: u32,
    key: String,
    deployment: String,
    account: Option<String>,
    subject: String,
    table: String,
    column: String,
    row: String,
    row_version: u64,
    destination: Option<String>,
    salt: String,
    plaintext: String,
    aad: String,
    sealed: String,
}

/// Gives the salt of a vector, and only that.
struct Fixed([u8; 32]);

impl RngCore for Fixed {
    fn next_u32(&mut self) -> u32 {
        panic!("sealing draws bytes only")
    }
    fn next_u64(&mut self) -> u64 {
        panic!("sealing draws bytes only")
    }
    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self.0);
    }
}
impl CryptoRng for Fixed {}

fn array<const N: usize>(text: &str) -> [u8; N] {
    hex::decode(text).unwrap().try_into().unwrap()
}

impl Vector {
    fn subject(&self) -> Subject {
        match self.subject.as_str() {
            "deployment" => Subject::Deployment,
            "account" => Subject::Account,
            user => Subject::User(UserId::from_bytes(array(
                user.strip_prefix("user:").unwrap(),
            ))),
        }
    }

    fn check(&self) {
        let key = SealingKey::from_bytes(
            KeyId::from_bytes(array(&self.key_id)),
            self.key_version,
            &hex::decode(&self.key).unwrap(),
        )
        .unwrap();
        let row = hex::decode(&self.row).unwrap();
        let location = Location {
            deployment: DeploymentId::from_bytes(array(&self.deployment)),
            account: self
                .account
                .as_ref()
                .map(|account| account.parse().unwrap()),
            subject: self.subject(),
            table: self.table.clone().leak(),
            column: self.column.clone().leak(),
            row: &row,
            row_version: self.row_version,
            destination: self.destination.as_ref().map(|digest| array(digest)),
        };
        let plaintext = hex::decode(&self.plaintext).unwrap();
        assert_eq!(hex::encode(location.aad()), self.aad, "{}", self.note);
        let plain = Plain::<ApiKey>::new(plaintext.clone());
        let sealed = seal(&mut Fixed(array(&self.salt)), &key, &location, &plain).unwrap();
        assert_eq!(hex::encode(sealed.as_bytes()), self.sealed, "{}", self.note);
        let stored = Sealed::<ApiKey>::from_stored(hex::decode(&self.sealed).unwrap());
        assert_eq!(
            open(&key, &location, &stored).unwrap().expose_secret(),
            plaintext
        );
    }
}

#[test]
fn every_frozen_vector_seals_and_opens_byte_for_byte() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/seal.json");
    let vectors: Vec<Vector> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert!(vectors.len() >= 8);
    for vector in &vectors {
        vector.check();
    }
}
