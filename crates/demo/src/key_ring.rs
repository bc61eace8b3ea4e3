//! The keys that sign users' tokens: one for each algorithm, and the old ones that stay published.

use procura_protocol::jose::Algorithm;
use procura_protocol::jose::signing::{SigningError, TokenSigningKey};
use serde_json::{Map, Value, json};

/// What the provider signs with.
pub(crate) const ALGORITHMS: [Algorithm; 3] =
    [Algorithm::Es256, Algorithm::Rs256, Algorithm::EdDsa];
/// Most old keys that stay published.
const OLD_MAX: usize = 24;

/// The keys of one provider.
#[derive(Debug)]
pub(crate) struct KeyRing {
    current: Vec<TokenSigningKey>,
    /// The public halves of former keys, oldest first.
    old: Vec<Value>,
}

impl KeyRing {
    /// New keys and no old ones.
    pub(crate) fn generate() -> Result<Self, SigningError> {
        let current: Result<_, _> = ALGORITHMS
            .map(TokenSigningKey::generate)
            .into_iter()
            .collect();
        Ok(Self {
            current: current?,
            old: Vec::new(),
        })
    }

    /// Keeps the keys of `former` published.
    pub(crate) fn keep(&mut self, former: &Self) {
        self.old.extend_from_slice(&former.old);
        self.old
            .extend(former.current.iter().map(TokenSigningKey::public_jwk));
        let excess = self.old.len().saturating_sub(OLD_MAX);
        self.old.drain(..excess);
    }

    /// The JWK Set (RFC 7517 §5).
    pub(crate) fn public(&self) -> Value {
        let current = self.current.iter().map(TokenSigningKey::public_jwk);
        json!({ "keys": current.chain(self.old.iter().cloned()).collect::<Vec<_>>() })
    }

    /// Signs claims.
    ///
    /// # Errors
    /// [`SigningError::AlgorithmUnsupported`] for one that is none of [`ALGORITHMS`].
    pub(crate) fn sign(
        &self,
        algorithm: Algorithm,
        typ: Option<&str>,
        claims: &Map<String, Value>,
    ) -> Result<String, SigningError> {
        let mut keys = self.current.iter();
        let key = keys
            .find(|key| key.algorithm() == algorithm)
            .ok_or(SigningError::AlgorithmUnsupported)?;
        let mut header = Map::new();
        if let Some(typ) = typ {
            header.insert("typ".to_owned(), typ.into());
        }
        let payload = Value::from(claims.clone()).to_string();
        key.sign(&header, payload.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_keys_are_not_published_for_ever() {
        let ring = |old| KeyRing {
            current: Vec::new(),
            old,
        };
        let mut fresh = ring(Vec::new());
        fresh.keep(&ring((0..=OLD_MAX).map(|number| json!(number)).collect()));
        assert_eq!(fresh.old.len(), OLD_MAX);
        assert_eq!(fresh.old.first(), Some(&json!(1)));
    }
}
