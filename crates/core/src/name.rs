//! Names that people give: checked once, when parsed.

use std::fmt;
use std::str::FromStr;

/// Why a text is not a name of this kind.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{noun} has {min} to {max} of the characters {alphabet}")]
pub struct InvalidName {
    noun: &'static str,
    min: usize,
    max: usize,
    alphabet: &'static str,
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident($noun:literal, $min:literal..=$max:literal, $alphabet:literal, $extra:pat);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, InvalidName> {
                let fits = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, $extra));
                if fits && ($min..=$max).contains(&text.len()) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidName { noun: $noun, min: $min, max: $max, alphabet: $alphabet })
                }
            }
        }
    )*};
}

names! {
    /// The name of a workload identity.
    WorkloadName("a workload identity's name", 3..=255, "[A-Za-z0-9_.-]", b'_' | b'.' | b'-');
    /// The name of a credential provider.
    ProviderName("a credential provider's name", 1..=128, "[A-Za-z0-9_-]", b'_' | b'-');
    /// The id of a token vault.
    VaultName("a token vault's id", 1..=64, "[A-Za-z0-9_-]", b'_' | b'-');
    /// An AWS region, as it stands in ARNs and in a request's scope.
    Region("a region", 1..=32, "[a-z0-9-]", b'-');
}

impl VaultName {
    /// The vault that every account has.
    pub fn default_vault() -> Self {
        Self("default".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_checked_in_length_and_alphabet() {
        assert!("my-agent_1.x".parse::<WorkloadName>().is_ok());
        for bad in ["", "ab", "sp ace", "a/b/c", "naïve", "abc\n", "a\0b"] {
            assert!(bad.parse::<WorkloadName>().is_err(), "{bad:?}");
        }
        assert!("a.b".parse::<ProviderName>().is_err());
        assert!("x".repeat(129).parse::<ProviderName>().is_err());
    }
}
