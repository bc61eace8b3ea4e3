//! Scopes: what an access token may be used for (RFC 6749 §3.3).

use std::collections::BTreeSet;
use std::fmt;

/// Most scopes of a set.
pub const SCOPES_MAX: usize = 100;
/// Longest scope, in bytes.
pub const SCOPE_BYTES_MAX: usize = 128;

/// What stands between two scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeSeparator {
    /// RFC 6749 §3.3.
    Space,
    /// What some vendors use. A reply is then split at commas and at spaces.
    Comma,
}

/// A set of scopes: sorted, each once. RFC 6749 §3.3: the order has no meaning, the case has.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scopes(BTreeSet<String>);

/// Why something is no set of scopes. Never the scope itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScopesError {
    /// More than [`SCOPES_MAX`].
    #[error("name at most 100 scopes")]
    TooMany,
    /// Empty, or longer than [`SCOPE_BYTES_MAX`].
    #[error("use scopes of 1 to 128 characters")]
    Length,
    /// RFC 6749 §3.3: `%x21 / %x23-5B / %x5D-7E`.
    #[error("use visible ASCII in scopes, without double quotes and backslashes")]
    Character,
    /// A comma, where the vendor separates scopes by commas.
    #[error("leave commas out of scopes: this vendor separates scopes by them")]
    Comma,
}

impl Scopes {
    /// The empty set.
    pub const NONE: Self = Self(BTreeSet::new());

    /// The set of `items`.
    ///
    /// # Errors
    /// One of them is no scope, or they are too many.
    pub fn from_items<I, T>(items: I) -> Result<Self, ScopesError>
    where
        I: IntoIterator<Item = T>,
        T: AsRef<str>,
    {
        let mut set = BTreeSet::new();
        for item in items {
            let item = item.as_ref();
            check(item)?;
            if !set.contains(item) && set.len() == SCOPES_MAX {
                return Err(ScopesError::TooMany);
            }
            set.insert(item.to_owned());
        }
        Ok(Self(set))
    }

    /// The set that a text lists. Repeated separators count as one; an empty text is the empty set.
    ///
    /// # Errors
    /// As [`Self::from_items`].
    pub fn from_text(text: &str, separator: ScopeSeparator) -> Result<Self, ScopesError> {
        let items = text.split(|c| c == ' ' || (c == ',' && separator == ScopeSeparator::Comma));
        Self::from_items(items.filter(|item| !item.is_empty()))
    }

    /// The canonical text: sorted, separated by single spaces. For storage, keys and records.
    pub fn as_text(&self) -> String {
        self.joined(" ")
    }

    /// The value of the parameter `scope`.
    ///
    /// # Errors
    /// A scope contains the separator.
    pub fn parameter(&self, separator: ScopeSeparator) -> Result<String, ScopesError> {
        match separator {
            ScopeSeparator::Space => Ok(self.as_text()),
            ScopeSeparator::Comma if self.iter().any(|scope| scope.contains(',')) => {
                Err(ScopesError::Comma)
            }
            ScopeSeparator::Comma => Ok(self.joined(",")),
        }
    }

    /// Whether `other` has every scope of this set.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// The scopes of both.
    ///
    /// # Errors
    /// They are too many.
    pub fn union(&self, other: &Self) -> Result<Self, ScopesError> {
        Self::from_items(self.iter().chain(other.iter()))
    }

    /// Its scopes, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn joined(&self, separator: &str) -> String {
        self.iter().collect::<Vec<_>>().join(separator)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_text())
    }
}

fn check(scope: &str) -> Result<(), ScopesError> {
    if scope.is_empty() || scope.len() > SCOPE_BYTES_MAX {
        Err(ScopesError::Length)
    } else if scope
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
    {
        Ok(())
    } else {
        Err(ScopesError::Character)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(text: &str) -> Scopes {
        Scopes::from_text(text, ScopeSeparator::Space).unwrap()
    }

    #[test]
    fn a_set_is_sorted_and_has_each_scope_once() {
        assert_eq!(set("b  a b ").as_text(), "a b");
        assert_eq!(set(""), Scopes::default());
        assert_ne!(set("Read"), set("read"));
        let comma = Scopes::from_text("repo,gist, user", ScopeSeparator::Comma).unwrap();
        assert_eq!(comma.as_text(), "gist repo user");
        assert_eq!(
            comma.parameter(ScopeSeparator::Comma).unwrap(),
            "gist,repo,user"
        );
        assert_eq!(
            set("a,b").parameter(ScopeSeparator::Comma),
            Err(ScopesError::Comma)
        );
        assert!(set("a").is_subset(&set("a b")) && !set("a b").is_subset(&set("a")));
        assert_eq!(set("a c").union(&set("b")).unwrap(), set("a b c"));
    }

    #[test]
    fn what_is_no_scope_is_refused() {
        for text in ["a\"b", "a\\b", "a\tb", "\u{e9}", "a\nb", "a\u{7f}"] {
            let error = Scopes::from_items([text]).unwrap_err();
            assert_eq!(error, ScopesError::Character, "{text:?}");
        }
        assert_eq!(Scopes::from_items(["a b"]), Err(ScopesError::Character));
        assert_eq!(Scopes::from_items([""]), Err(ScopesError::Length));
        assert!(Scopes::from_items(["x".repeat(128)]).is_ok());
        assert_eq!(
            Scopes::from_items(["x".repeat(129)]),
            Err(ScopesError::Length)
        );
        let hundred: Vec<String> = (0..100).map(|n| n.to_string()).collect();
        let full = Scopes::from_items(hundred.iter().chain(&hundred)).unwrap();
        assert_eq!(full.union(&set("more")), Err(ScopesError::TooMany));
    }

    proptest! {
        #[test]
        fn the_canonical_text_reads_back(text in "\\PC{0,64}") {
            if let Ok(scopes) = Scopes::from_text(&text, ScopeSeparator::Space) {
                prop_assert_eq!(&set(&scopes.as_text()), &scopes);
            }
        }
    }
}
