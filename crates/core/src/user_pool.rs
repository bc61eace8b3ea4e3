//! User pools: directories of users who sign in here, and the issuer that each of them is.

use std::fmt;
use std::str::FromStr;

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::name::Region;
use crate::signing_key::SigningAlgorithm;
use crate::time::Timestamp;

/// What is drawn for an id: 95 bits.
const DRAWN: usize = 16;
const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Letters and digits, each as likely as the others.
pub(crate) fn drawn(length: usize, letters: &[u8], rng: &mut dyn CryptoRng) -> String {
    let count = u8::try_from(letters.len()).unwrap_or(u8::MAX);
    // What is beyond a multiple of the count would make the first letters likelier.
    let fair = u8::MAX - u8::MAX % count;
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let mut byte = [0];
        rng.fill_bytes(&mut byte);
        let [byte] = byte;
        if byte < fair
            && let Some(letter) = letters.get(usize::from(byte % count))
        {
            text.push(char::from(*letter));
        }
    }
    text
}

/// The id of a pool: its region, an underscore, and what was drawn. It is the last part of the
/// pool's issuer and known to everybody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PoolId(String);

/// Why a text is no id of a pool.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the id of a user pool is a region, an underscore, and 16 letters and digits")]
pub struct InvalidPoolId;

impl PoolId {
    /// A new one.
    pub fn generate(region: &Region, rng: &mut dyn CryptoRng) -> Self {
        Self(format!("{region}_{}", drawn(DRAWN, LETTERS, rng)))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PoolId {
    type Err = InvalidPoolId;

    fn from_str(text: &str) -> Result<Self, InvalidPoolId> {
        let (region, rest) = text.split_once('_').ok_or(InvalidPoolId)?;
        // SECURITY: an id is told and recorded. A secret that somebody puts in its place does not look
        // like one of ours by accident; held by `prove canary`.
        let is_drawn = rest.len() == DRAWN && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_drawn && region.parse::<Region>().is_ok() {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidPoolId)
        }
    }
}

impl fmt::Display for PoolId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPool {
    /// Its id.
    pub id: PoolId,
    /// What people call it; not unique.
    pub name: String,
    /// What may be changed of it.
    pub settings: PoolSettings,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
    /// How often it was written.
    pub version: u64,
}

/// What a pool is set to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolSettings {
    /// What its first key signs with; its keys say what they do.
    pub algorithm: SigningAlgorithm,
    /// What a password must be.
    pub passwords: PasswordPolicy,
}

/// What a password must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "four switches of the API")]
pub struct PasswordPolicy {
    /// How many characters at least.
    pub length_min: u8,
    /// Whether a capital letter is needed.
    pub needs_uppercase: bool,
    /// Whether a small letter is needed.
    pub needs_lowercase: bool,
    /// Whether a digit is needed.
    pub needs_digit: bool,
    /// Whether something else is needed.
    pub needs_symbol: bool,
    /// How many days a password is good that an administrator chose and the user has to replace.
    pub temporary_days: u16,
}

impl Default for PasswordPolicy {
    /// That of the reference.
    fn default() -> Self {
        Self {
            length_min: 8,
            needs_uppercase: true,
            needs_lowercase: true,
            needs_digit: true,
            needs_symbol: true,
            temporary_days: 7,
        }
    }
}

/// The longest password, in bytes: hashing takes time by the length, too.
pub const PASSWORD_BYTES_MAX: usize = 256;

/// What a password lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Shorter than the policy says.
    #[error("Password not long enough")]
    Short,
    /// Longer than is hashed.
    #[error("Password is too long: it may have 256 bytes")]
    Long,
    /// No capital letter.
    #[error("Password must have uppercase characters")]
    NoUppercase,
    /// No small letter.
    #[error("Password must have lowercase characters")]
    NoLowercase,
    /// No digit.
    #[error("Password must have numeric characters")]
    NoDigit,
    /// Nothing but letters and digits.
    #[error("Password must have symbol characters")]
    NoSymbol,
    /// A space where it is not seen.
    #[error("Password must not begin or end with a space")]
    Padded,
}

impl PasswordPolicy {
    /// Whether `password` is what the pool wants.
    pub fn check(&self, password: &str) -> Result<(), WeakPassword> {
        let has = |wanted: fn(char) -> bool| password.chars().any(wanted);
        if password.len() > PASSWORD_BYTES_MAX {
            Err(WeakPassword::Long)
        } else if password.chars().count() < usize::from(self.length_min) {
            Err(WeakPassword::Short)
        } else if password.starts_with(' ') || password.ends_with(' ') {
            Err(WeakPassword::Padded)
        } else if self.needs_uppercase && !has(char::is_uppercase) {
            Err(WeakPassword::NoUppercase)
        } else if self.needs_lowercase && !has(char::is_lowercase) {
            Err(WeakPassword::NoLowercase)
        } else if self.needs_digit && !has(|c| c.is_ascii_digit()) {
            Err(WeakPassword::NoDigit)
        } else if self.needs_symbol && !has(|c| !c.is_alphanumeric()) {
            Err(WeakPassword::NoSymbol)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    #[test]
    fn an_id_is_of_a_region_and_reads_back() {
        let region = "eu-west-1".parse().unwrap();
        let id = PoolId::generate(&region, &mut OsEntropy);
        assert_eq!(id.as_str().len(), "eu-west-1_".len() + DRAWN);
        assert_eq!(id.as_str().parse(), Ok(id));
        let long = format!("eu-west-1_{}", "a".repeat(17));
        let short = format!("eu-west-1_{}", "a".repeat(15));
        for bad in [
            "",
            "eu-west-1",
            "eu-west-1_",
            "eu_west_1",
            "a_b/c",
            "a_ä",
            "_a",
            // What a code verifier may look like.
            "9vje1eKiNuM8oS8pxrxWgBr-z5_EDFuX6DQpZMHMmJo",
            &long,
            &short,
        ] {
            assert_eq!(bad.parse::<PoolId>(), Err(InvalidPoolId), "{bad}");
        }
    }

    #[test]
    fn a_password_is_what_the_policy_says() {
        let policy = PasswordPolicy::default();
        assert_eq!(policy.check("MyPassword123!"), Ok(()));
        for (password, weak) in [
            ("Ab1!", WeakPassword::Short),
            ("mypassword123!", WeakPassword::NoUppercase),
            ("MYPASSWORD123!", WeakPassword::NoLowercase),
            ("MyPassword!!!!", WeakPassword::NoDigit),
            ("MyPassword1234", WeakPassword::NoSymbol),
            (" MyPassword123!", WeakPassword::Padded),
        ] {
            assert_eq!(policy.check(password), Err(weak), "{password}");
        }
        assert_eq!(policy.check(&"aA1!".repeat(65)), Err(WeakPassword::Long));
    }
}
