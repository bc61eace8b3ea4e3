//! Domains of user pools: another address of a pool, at which browsers and programs find its OpenID
//! endpoints. Who it is, a pool says by its own id still.

use std::fmt;
use std::str::FromStr;

use crate::time::Timestamp;
use crate::user_pool::PoolId;

/// The longest prefix, in characters: a label of the DNS.
const LENGTH_MAX: usize = 63;

/// What a domain is called, unique in the deployment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainPrefix(String);

/// Why a text is no prefix of a domain.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "a domain has 1 to 63 small letters, digits and hyphens, with none of them at either end; \
     names of hosts are not supported"
)]
pub struct InvalidDomainPrefix;

impl DomainPrefix {
    /// The prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DomainPrefix {
    type Err = InvalidDomainPrefix;

    fn from_str(text: &str) -> Result<Self, InvalidDomainPrefix> {
        let is_inner =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let fits = (1..=LENGTH_MAX).contains(&text.len()) && text.bytes().all(is_inner);
        if fits && !text.starts_with('-') && !text.ends_with('-') {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidDomainPrefix)
        }
    }
}

impl fmt::Display for DomainPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolDomain {
    /// What it is called.
    pub prefix: DomainPrefix,
    /// The pool that it leads to.
    pub pool: PoolId,
    /// When it was made.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_one_label() {
        let long = "a".repeat(64);
        for good in ["a", "my-app", "0-9", &"a".repeat(63)] {
            assert!(good.parse::<DomainPrefix>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "-a",
            "a-",
            "A",
            "a.b",
            "a/b",
            "a_b",
            "ä",
            "auth.example.com",
            &long,
        ] {
            assert_eq!(
                bad.parse::<DomainPrefix>(),
                Err(InvalidDomainPrefix),
                "{bad}"
            );
        }
    }
}
