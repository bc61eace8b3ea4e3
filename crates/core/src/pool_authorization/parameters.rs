//! The parameters of a request at an authorization server, as anybody may send them.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

/// How many parameters a request has at most.
const COUNT_MAX: usize = 60;
/// The longest name, in bytes.
const NAME_BYTES_MAX: usize = 128;
/// The longest value, in bytes.
const VALUE_BYTES_MAX: usize = 2048;
/// The longest value of those in [`LONG`], in bytes.
const LONG_BYTES_MAX: usize = 14 * 1024;
/// Those that hold tokens, or what we sealed.
const LONG: [&str; 4] = ["id_token_hint", "request_state", "session", "token"];

/// Parameters, each of which is there once and has a value (RFC 6749 §3.1, §3.2).
#[derive(Clone, PartialEq, Eq)]
pub struct Parameters(BTreeMap<String, Zeroizing<String>>);

/// Why something is no [`Parameters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidParameters {
    /// RFC 6749 §3.1: "Request and response parameters MUST NOT be included more than once".
    #[error("a parameter stands more than once")]
    Repeated,
    /// Too many, or one too long.
    #[error("the parameters are too many or too long")]
    TooLong,
    /// Something else than text.
    #[error("a parameter is not text")]
    NotText,
}

impl Parameters {
    /// Those of a query or a form, decoded.
    ///
    /// # Errors
    /// Those of [`InvalidParameters`].
    pub fn of(pairs: impl Iterator<Item = (String, String)>) -> Result<Self, InvalidParameters> {
        let mut all = BTreeMap::new();
        for (name, value) in pairs {
            let longest = if LONG.contains(&name.as_str()) {
                LONG_BYTES_MAX
            } else {
                VALUE_BYTES_MAX
            };
            if all.len() >= COUNT_MAX || name.len() > NAME_BYTES_MAX || value.len() > longest {
                return Err(InvalidParameters::TooLong);
            }
            // What was not UTF-8 stands as U+FFFD by now.
            let is_text = |text: &str| !text.contains(|c: char| c.is_control() || c == '\u{fffd}');
            if !is_text(&name) || !is_text(&value) {
                return Err(InvalidParameters::NotText);
            }
            if all.insert(name, Zeroizing::new(value)).is_some() {
                return Err(InvalidParameters::Repeated);
            }
        }
        Ok(Self(all))
    }

    /// The value of a parameter. "Parameters sent without a value MUST be treated as if they were
    /// omitted from the request" (RFC 6749 §3.1).
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name).map(|value| value.as_str());
        value.filter(|value| !value.is_empty())
    }
}

/// Passwords and codes stand here.
impl std::fmt::Debug for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
