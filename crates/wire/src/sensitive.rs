//! Text that the model marks as sensitive, on its way in and on its way out.

use std::fmt;

use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

/// Sensitive text of a request. It is wiped when dropped, and cannot be printed, cloned, compared
/// or serialised.
///
/// What still leaks: the request body that it was read from, which belongs to the server, and the
/// scratch space of the JSON reader where the text was written with escapes.
pub struct Sensitive(Zeroizing<String>);

impl Sensitive {
    pub(crate) fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// The text itself.
    pub fn expose_secret(&self) -> &str {
        &self.0
    }

    /// The text itself, without a copy.
    pub fn into_secret(self) -> Zeroizing<String> {
        self.0
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sensitive(***)")
    }
}

/// Sensitive text of a response. It is wiped when dropped; [`crate::render`] is what it is for.
pub struct Revealed(Zeroizing<String>);

impl Revealed {
    /// Wraps what will leave with the response.
    pub fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Revealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Revealed(***)")
    }
}

impl Serialize for Revealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Revealed, Sensitive};

    #[test]
    fn secrets_are_not_printed() {
        let text = || String::from("hunter2").into();
        let printed = format!("{:?} {:?}", Sensitive::new(text()), Revealed::new(text()));
        assert_eq!(printed, "Sensitive(***) Revealed(***)");
    }
}
