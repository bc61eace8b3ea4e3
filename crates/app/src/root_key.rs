//! The root key: a file of mode 0600 that never leaves the node.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use procura_core::id::KeyId;
use procura_core::sealing::SealingKey;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::durable_file;

pub mod files;

/// What the file begins with. Never change it: secret scanners know it.
pub const ROOT_KEY_PREFIX: &str = "procura-root-key-1";

/// Why the root key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RootKeyError {
    /// It cannot be read or written.
    #[error("the root key file cannot be used: {0}")]
    Io(#[from] std::io::Error),
    /// Somebody else may read it.
    #[error("the root key file can be read by others (mode {0:03o}); run `chmod 600` on it")]
    Mode(u32),
    /// Not the form of a root key.
    #[error("the root key file is not one of Procura; restore it from your backup")]
    Form,
}

/// Reads the root key; none when there is no file.
pub fn read(path: &Path) -> Result<Option<SealingKey>, RootKeyError> {
    let file = match OpenOptions::new().read(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mode = file.metadata()?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(RootKeyError::Mode(mode));
    }
    let mut text = Zeroizing::new(String::new());
    file.take(4096).read_to_string(&mut text)?;
    parse(&text).map(Some).ok_or(RootKeyError::Form)
}

/// Makes a new root key in a new file. An existing file is never overwritten.
pub fn create(path: &Path, id: KeyId, rng: &mut dyn CryptoRng) -> Result<SealingKey, RootKeyError> {
    let key = SealingKey::generate(id, 1, rng);
    let secret = Zeroizing::new(hex::encode(key.expose_secret()));
    let text = Zeroizing::new(format!("{ROOT_KEY_PREFIX} {id} {}\n", *secret));
    durable_file::create(path, text.as_bytes())?;
    Ok(key)
}

fn parse(text: &str) -> Option<SealingKey> {
    let mut words = text.split_ascii_whitespace();
    let (prefix, id, secret) = (words.next()?, words.next()?, words.next()?);
    if prefix != ROOT_KEY_PREFIX || words.next().is_some() {
        return None;
    }
    let bytes = Zeroizing::new(hex::decode(secret).ok()?);
    SealingKey::from_bytes(id.parse().ok()?, 1, &bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use procura_core::entropy::OsEntropy;

    #[test]
    fn a_root_key_reads_back_and_is_never_overwritten() {
        let directory = std::env::temp_dir().join(format!("procura-root-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let path = directory.join("root.key");
        assert!(read(&path).unwrap().is_none());
        let key = create(&path, KeyId::from_bytes([7; 16]), &mut OsEntropy).unwrap();
        let again = read(&path).unwrap().unwrap();
        assert_eq!(again.check_value(), key.check_value());
        assert!(create(&path, KeyId::from_bytes([8; 16]), &mut OsEntropy).is_err());

        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(read(&path), Err(RootKeyError::Mode(0o644))));
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
