//! What kind of thing an operation is: how it is measured, and whether it may be repeated.

use procura_app::rate_limit::Class;

/// What an operation does. Each has one in the table of [`crate::ops`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// Neither changes nor reveals anything.
    Read,
    /// Changes what is stored: the same signature does it once.
    Change,
    /// Gives a workload access token.
    Mint,
    /// Uses or releases a credential.
    Use,
}

impl Nature {
    /// Which of a caller's buckets it is taken from.
    pub(crate) const fn class(self) -> Class {
        match self {
            Self::Read | Self::Change => Class::Control,
            Self::Mint => Class::Mint,
            Self::Use => Class::Use,
        }
    }

    /// Whether the same signature is refused the second time.
    pub(crate) const fn is_once(self) -> bool {
        match self {
            Self::Change => true,
            // Repeating these tells whoever repeats them nothing new, or is recorded each time, and
            // a transaction for each would be its cost.
            Self::Read | Self::Mint | Self::Use => false,
        }
    }
}
