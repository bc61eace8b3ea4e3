//! Names that people give: checked once, when parsed.

/// Why a text is not a name of this kind.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{noun} has {min} to {max} of the characters {alphabet}")]
pub struct InvalidName {
    pub(crate) noun: &'static str,
    pub(crate) min: usize,
    pub(crate) max: usize,
    pub(crate) alphabet: &'static str,
}

/// Whether `byte` is of `alphabet`, which is written as in a pattern: `[A-Za-z0-9_-]`.
pub(crate) fn is_one_of(alphabet: &str, byte: u8) -> bool {
    let mut rest = alphabet.trim_matches(['[', ']']).as_bytes();
    while let [first, others @ ..] = rest {
        let (last, next) = match others {
            [b'-', last, next @ ..] => (last, next),
            _ => (first, others),
        };
        if (first..=last).contains(&&byte) {
            return true;
        }
        rest = next;
    }
    false
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident($noun:literal, $min:literal..=$max:literal, $alphabet:literal);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::name::InvalidName;

            fn from_str(text: &str) -> Result<Self, $crate::name::InvalidName> {
                let fits = text.bytes().all(|byte| $crate::name::is_one_of($alphabet, byte));
                if fits && ($min..=$max).contains(&text.len()) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err($crate::name::InvalidName { noun: $noun, min: $min, max: $max, alphabet: $alphabet })
                }
            }
        }
    )*};
}

pub(crate) use names;

names! {
    /// The name of a workload identity.
    WorkloadName("a workload identity's name", 3..=255, "[A-Za-z0-9_.-]");
    /// The name of a credential provider.
    ProviderName("a credential provider's name", 1..=128, "[A-Za-z0-9_-]");
    /// The id of a token vault.
    VaultName("a token vault's id", 1..=64, "[A-Za-z0-9_-]");
    /// The name of a tool that an agent calls.
    ToolName("a tool's name", 1..=128, "[A-Za-z0-9_.-]");
    /// An AWS region, as it stands in ARNs and in a request's scope.
    Region("a region", 1..=32, "[a-z0-9-]");
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
    fn an_alphabet_has_what_stands_in_it() {
        let own = |alphabet| (0..=u8::MAX).filter(move |byte| is_one_of(alphabet, *byte));
        assert!(own("[b-d_-]").eq(*b"-_bcd"));
        assert!(own("[-x]").eq(*b"-x"));
        assert!(own("[]").next().is_none());
    }

    #[test]
    fn a_name_is_checked_in_length_and_alphabet() {
        assert!("my-agent_1.x".parse::<WorkloadName>().is_ok());
        for bad in ["", "ab", "sp ace", "a/b/c", "naïve", "abc\n", "a\0b"] {
            assert!(bad.parse::<WorkloadName>().is_err(), "{bad:?}");
        }
        assert!("a.b".parse::<ProviderName>().is_err());
        assert!("us-east-1".parse::<Region>().is_ok());
        assert!("US-East-1".parse::<Region>().is_err());
        assert!("x".repeat(129).parse::<ProviderName>().is_err());
    }
}
