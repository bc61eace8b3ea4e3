//! Why somebody does something, in their own words, as it stands in records.

use std::fmt;

/// The longest reason, in characters.
const CHARACTERS_MAX: usize = 200;

/// Why a text is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("state the reason in 1 to 200 characters of one line, without control characters")]
pub struct InvalidReason;

/// A reason: 1 to 200 characters, each of which can be printed. A line break would forge a line for
/// who reads it in a terminal, and a mark of direction another order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedReason(String);

impl StatedReason {
    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The reason that was stated, without spaces at its ends.
    ///
    /// # Errors
    /// [`InvalidReason`] where it is empty, too long or not printable.
    pub fn new(text: &str) -> Result<Self, InvalidReason> {
        let text = text.trim();
        let characters = text.chars().count();
        if (1..=CHARACTERS_MAX).contains(&characters) && text.chars().all(is_printable) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidReason)
        }
    }
}

impl fmt::Display for StatedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a character can stand in a line for people.
pub(crate) fn is_printable(char: char) -> bool {
    let is_separator = matches!(char, '\u{2028}' | '\u{2029}');
    let is_direction = matches!(
        char,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    !char.is_control() && !is_separator && !is_direction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_printable_line_of_bounded_length() {
        let good = StatedReason::new("  Laptop verloren – größer als gedacht ").unwrap();
        assert_eq!(good.to_string(), "Laptop verloren – größer als gedacht");
        assert!(StatedReason::new(&"é".repeat(200)).is_ok());
        for bad in ["", "   ", "a\nb", "a\u{1b}[2K", "a\u{202e}b", "a\u{2028}b"] {
            assert_eq!(StatedReason::new(bad), Err(InvalidReason), "{bad:?}");
        }
        assert!(StatedReason::new(&"x".repeat(201)).is_err());
    }
}
