//! How a secret rests: sealed under a key of its subject, bound to the place where it lies.
//!
//! `format(1) = 1 | algorithm(1) = 1 | key id(16) | key version(4, big endian) | salt(32) |
//! commitment(32) | ciphertext ‖ tag(16)`: [`OVERHEAD`] bytes more than the plaintext.
//!
//! For each write a fresh salt is drawn and HKDF-SHA256 (RFC 5869) with the key, the salt and
//! `info = "procura seal v1" ‖ AAD` gives a 32-byte AES-256-GCM key, a 12-byte nonce and a 32-byte
//! commitment. A nonce is never an argument, and a key seals once. The commitment is compared in
//! constant time before decryption: a ciphertext opens under one key only.
//!
//! The AAD names the place ([`Location`]); a value that is moved to another row, column, account,
//! subject or deployment does not open there. What it does not stop: a whole row put back to an
//! older state together with its version column.
//!
//! The same format wraps keys: the root key seals account keys, an account key seals subject keys.

use std::fmt;
use std::marker::PhantomData;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::account::AccountId;
use crate::digest::{self, Sha256};
use crate::entropy::random_bytes;
use crate::id::{DeploymentId, KeyId, UserId};
use crate::measure::Count;
use crate::sabotage;
use crate::secret::Plain;

/// How many bytes a sealed value is longer than its plaintext.
pub const OVERHEAD: usize = HEADER + TAG;

const FORMAT: u8 = 1;
const ALGORITHM_HKDF_SHA256_AES_256_GCM: u8 = 1;
const HEADER: usize = 1 + 1 + 16 + 4 + 32 + 32;
const TAG: usize = 16;
const INFO: &[u8] = b"procura seal v1";

/// What this process has sealed and opened, for [`counts`] and for nothing else.
static SEALED: Count = Count::new();
static OPENED: Count = Count::new();

/// Why a value does not open.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SealError {
    /// Not a sealed value of a format that we know.
    #[error("not a sealed value of a known format")]
    Unreadable,
    /// It is sealed under another key than the one given.
    #[error("sealed under {sealed_under} version {version}, not under the key given")]
    OtherKey {
        /// The key that it names.
        sealed_under: KeyId,
        /// The version of that key.
        version: u32,
    },
    /// The key fits by name, but the bytes or their place do not.
    #[error("the sealed bytes do not belong to this key and this place")]
    Mismatch,
    /// The crypto library refused.
    #[error("the crypto library refused to seal")]
    Crypto,
}

/// A sealed secret of kind `K`: the only form in which one is stored.
pub struct Sealed<K> {
    bytes: Vec<u8>,
    kind: PhantomData<K>,
}

impl<K> Sealed<K> {
    /// The stored bytes of a column; they are checked when opened.
    pub fn from_stored(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            kind: PhantomData,
        }
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The beginning of the SHA-256 of the sealed bytes, in hexadecimal: for records, which can so
    /// tell that an older value was put back, and say nothing of the secret.
    pub fn fingerprint(&self) -> String {
        let mut text = hex::encode(digest::sha256(&[&self.bytes]));
        text.truncate(16);
        text
    }

    /// Which key it is sealed under, and which version of it.
    pub fn key(&self) -> Result<(KeyId, u32), SealError> {
        let parts = Parts::split(&self.bytes)?;
        Ok((parts.key, parts.version))
    }
}

impl<K> Clone for Sealed<K> {
    fn clone(&self) -> Self {
        Self {
            bytes: self.bytes.clone(),
            kind: PhantomData,
        }
    }
}

impl<K> fmt::Debug for Sealed<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.bytes.len())
    }
}

/// A 32-byte key that seals, with the name that sealed values carry.
pub struct SealingKey {
    id: KeyId,
    version: u32,
    bytes: Zeroizing<[u8; 32]>,
}

impl SealingKey {
    /// A new random key.
    pub fn generate(id: KeyId, version: u32, rng: &mut dyn CryptoRng) -> Self {
        Self {
            id,
            version,
            bytes: Zeroizing::new(random_bytes(rng)),
        }
    }

    /// The key that these bytes are; `None` unless there are 32.
    pub fn from_bytes(id: KeyId, version: u32, bytes: &[u8]) -> Option<Self> {
        let bytes: [u8; 32] = bytes.try_into().ok()?;
        Some(Self {
            id,
            version,
            bytes: Zeroizing::new(bytes),
        })
    }

    /// The key's id.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The key's version.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The raw key, to be wrapped or written to the root key's file; each use is reviewed.
    pub fn expose_secret(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// A value that proves to hold this key without telling it (stored beside the database).
    pub fn check_value(&self) -> Sha256 {
        self.derive_label(b"procura key check v1")
    }

    /// A key of its own for `label`, for a keyed index.
    pub fn derive_label(&self, label: &[u8]) -> Sha256 {
        digest::hmac_sha256(
            &*self.bytes,
            &digest::length_prefixed(&[label, self.id.as_bytes()]),
        )
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey({} version {})", self.id, self.version)
    }
}

/// Whose secret it is: whose key seals it, and whose deletion shreds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The installation's own (token keys, signing keys).
    Deployment,
    /// An account's (API keys, client secrets, access keys).
    Account,
    /// One user's (tokens, identity).
    User(UserId),
}

impl Subject {
    fn field(self) -> Vec<u8> {
        match self {
            Self::Deployment => b"deployment".to_vec(),
            Self::Account => b"account".to_vec(),
            Self::User(id) => [b"user:".as_slice(), id.as_bytes()].concat(),
        }
    }
}

/// The place of a sealed value. Every member is bound into it.
#[derive(Debug, Clone, Copy)]
pub struct Location<'a> {
    /// The installation.
    pub deployment: DeploymentId,
    /// The tenant; none for what belongs to the deployment.
    pub account: Option<AccountId>,
    /// Whose secret it is.
    pub subject: Subject,
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The id of the row.
    pub row: &'a [u8],
    /// The version of the row that holds the value.
    pub row_version: u64,
    /// Where the secret may be sent, as [`destination_digest`]; none for what is not sent.
    pub destination: Option<Sha256>,
}

impl Location<'_> {
    /// The additional data: each member, preceded by its length (4 bytes, big endian).
    pub fn aad(&self) -> Vec<u8> {
        let account = self.account.as_ref().map_or(&[][..], |a| a.as_bytes());
        let destination = self.destination.as_ref().map_or(&[][..], |d| d.as_slice());
        let account = if sabotage::defect("seal-ignores-account") {
            &[]
        } else {
            account
        };
        digest::length_prefixed(&[
            self.deployment.as_bytes(),
            account,
            &self.subject.field(),
            self.table.as_bytes(),
            self.column.as_bytes(),
            self.row,
            &self.row_version.to_be_bytes(),
            destination,
        ])
    }
}

/// What a secret for a provider is bound to: after a change of destination it opens no more.
pub fn destination_digest(
    issuer: &str,
    token_endpoint: &str,
    revocation_endpoint: &str,
    client_id: &str,
    method: &str,
) -> Sha256 {
    digest::sha256_of_fields(&[
        issuer.as_bytes(),
        token_endpoint.as_bytes(),
        revocation_endpoint.as_bytes(),
        client_id.as_bytes(),
        method.as_bytes(),
    ])
}

/// How many values this process has sealed, and how many it has opened.
pub fn counts() -> (u64, u64) {
    (SEALED.get(), OPENED.get())
}

/// Seals `plain` for `location` under `key`.
pub fn seal<K>(
    rng: &mut dyn CryptoRng,
    key: &SealingKey,
    location: &Location<'_>,
    plain: &Plain<K>,
) -> Result<Sealed<K>, SealError> {
    let aad = location.aad();
    let salt: [u8; 32] = random_bytes(rng);
    let write = WriteKey::derive(key, &salt, &aad)?;

    let mut bytes = Vec::with_capacity(OVERHEAD + plain.expose_secret().len());
    bytes.extend_from_slice(&[FORMAT, ALGORITHM_HKDF_SHA256_AES_256_GCM]);
    bytes.extend_from_slice(key.id.as_bytes());
    bytes.extend_from_slice(&key.version.to_be_bytes());
    bytes.extend_from_slice(&salt);
    bytes.extend_from_slice(&*write.commitment);

    // The plaintext is encrypted in this buffer, so that no second copy of it is made.
    let mut body = Zeroizing::new(Vec::with_capacity(plain.expose_secret().len() + TAG));
    body.extend_from_slice(plain.expose_secret());
    write
        .aead
        .seal_in_place_append_tag(write.nonce(), Aad::from(&aad), &mut *body)
        .map_err(|_| SealError::Crypto)?;
    bytes.extend_from_slice(&body);
    SEALED.add_one();
    Ok(Sealed {
        bytes,
        kind: PhantomData,
    })
}

/// Opens what was sealed for `location` under `key`.
pub fn open<K>(
    key: &SealingKey,
    location: &Location<'_>,
    sealed: &Sealed<K>,
) -> Result<Plain<K>, SealError> {
    let parts = Parts::split(&sealed.bytes)?;
    if parts.key != key.id || parts.version != key.version {
        return Err(SealError::OtherKey {
            sealed_under: parts.key,
            version: parts.version,
        });
    }
    let aad = location.aad();
    let write = WriteKey::derive(key, parts.salt, &aad)?;
    // SECURITY: committed to one key before a byte is decrypted (prove seal flips this field).
    if !digest::constant_time_eq(&*write.commitment, parts.commitment) {
        return Err(SealError::Mismatch);
    }
    let mut body = Zeroizing::new(parts.body.to_vec());
    let length = write
        .aead
        .open_in_place(write.nonce(), Aad::from(&aad), &mut body)
        .map_err(|_| SealError::Mismatch)?
        .len();
    body.truncate(length);
    OPENED.add_one();
    Ok(Plain::new(std::mem::take(&mut *body)))
}

/// What one write is sealed with.
struct WriteKey {
    aead: LessSafeKey,
    nonce: [u8; 12],
    commitment: Zeroizing<[u8; 32]>,
}

impl WriteKey {
    fn derive(key: &SealingKey, salt: &[u8], aad: &[u8]) -> Result<Self, SealError> {
        struct Length;
        impl hkdf::KeyType for Length {
            fn len(&self) -> usize {
                32 + 12 + 32
            }
        }
        let info = [INFO, aad];
        let mut okm = Zeroizing::new([0u8; 76]);
        hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
            .extract(&*key.bytes)
            .expand(&info, Length)
            .and_then(|okm_source| okm_source.fill(&mut *okm))
            .map_err(|_| SealError::Crypto)?;
        let (aead_key, rest) = okm.split_at(32);
        let (nonce, commitment) = rest.split_at(12);
        let unbound = UnboundKey::new(&AES_256_GCM, aead_key).map_err(|_| SealError::Crypto)?;
        Ok(Self {
            aead: LessSafeKey::new(unbound),
            nonce: nonce.try_into().map_err(|_| SealError::Crypto)?,
            commitment: Zeroizing::new(commitment.try_into().map_err(|_| SealError::Crypto)?),
        })
    }

    fn nonce(&self) -> Nonce {
        Nonce::assume_unique_for_key(self.nonce)
    }
}

/// A sealed value, taken apart.
struct Parts<'a> {
    key: KeyId,
    version: u32,
    salt: &'a [u8],
    commitment: &'a [u8],
    body: &'a [u8],
}

impl<'a> Parts<'a> {
    fn split(bytes: &'a [u8]) -> Result<Self, SealError> {
        let unreadable = SealError::Unreadable;
        if bytes.len() < OVERHEAD {
            return Err(unreadable);
        }
        let (head, body) = bytes.split_at(HEADER);
        let (marks, rest) = head.split_at(2);
        let (key, rest) = rest.split_at(16);
        let (version, rest) = rest.split_at(4);
        let (salt, commitment) = rest.split_at(32);
        if marks != [FORMAT, ALGORITHM_HKDF_SHA256_AES_256_GCM] {
            return Err(unreadable);
        }
        Ok(Self {
            key: KeyId::from_slice(key).ok_or(SealError::Unreadable)?,
            version: u32::from_be_bytes(version.try_into().map_err(|_| SealError::Unreadable)?),
            salt,
            commitment,
            body,
        })
    }
}

#[cfg(test)]
mod tests;
