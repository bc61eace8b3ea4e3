//! The constraints that the model declares, and the text of their failures.
//!
//! The texts are those that clients of the reference know. None of them holds the value.

use std::sync::OnceLock;

use regex_lite::Regex;

/// A regular expression that has to match a whole string.
pub(crate) struct Pattern {
    source: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(crate) const fn new(source: &'static str) -> Self {
        Self {
            source,
            compiled: OnceLock::new(),
        }
    }

    /// Whether the whole of `text` matches. A pattern that does not compile matches nothing.
    // INVARIANT: every pattern of the model compiles: `every_pattern_of_the_model_compiles`.
    fn matches(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    pub(crate) fn regex(&self) -> Option<&Regex> {
        // Without the multi-line flag `$` is the end of the text only, never before a newline.
        self.compiled
            .get_or_init(|| {
                let source = self.source.replace(VISIBLE, VISIBLE_RANGES);
                let source = source.replace(SEPARATORS, SEPARATORS_RANGES);
                Regex::new(&format!("^(?:{source})$")).ok()
            })
            .as_ref()
    }
}

/// How the model writes letters, marks, symbols, numbers and punctuation; always in brackets, and
/// always these five.
const VISIBLE: &str = r"\p{L}\p{M}\p{S}\p{N}\p{P}";

/// The same without tables of Unicode, which the engine lacks: all but separators, controls, formats
/// and private use. What no version of Unicode has assigned passes.
const VISIBLE_RANGES: &str = r"!-~¡-¬®-\u{167F}\u{1681}-\u{180D}\u{180F}-\u{1FFF}\u{2010}-\u{2027}\u{2030}-\u{205E}\u{2070}-\u{2FFF}\u{3001}-\u{D7FF}\u{F900}-\u{FEFE}\u{FF00}-\u{FFF8}\u{FFFC}-\u{FFFD}\u{10000}-\u{DFFFF}\u{E0100}-\u{E01EF}";

const SEPARATORS: &str = r"\p{Z}";
const SEPARATORS_RANGES: &str =
    r" \u{A0}\u{1680}\u{2000}-\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}";

/// What a string has to satisfy; lengths are in Unicode scalar values.
pub(crate) struct StringRule {
    pub(crate) length: Size,
    pub(crate) pattern: Option<&'static Pattern>,
}

impl StringRule {
    /// The failures of `text`, none when it is valid. A text that is too long is not matched
    /// against the pattern, so that the cost of a check is bounded by the maximum.
    pub(crate) fn failures(&self, text: &str) -> Vec<String> {
        let length = text.chars().count();
        let mut failures = Vec::new();
        failures.extend(self.length.failure(length));
        if length <= self.length.max
            && let Some(pattern) = self.pattern
            && !pattern.matches(text)
        {
            let source = pattern.source;
            failures.push(format!(
                "Member must satisfy regular expression pattern: {source}"
            ));
        }
        failures
    }
}

/// How long a string, how many items a list or how many entries a map may have.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) min: usize,
    pub(crate) max: usize,
}

impl Size {
    pub(crate) fn failure(self, length: usize) -> Option<String> {
        let Self { min, max } = self;
        if length < min {
            Some(format!(
                "Member must have length greater than or equal to {min}"
            ))
        } else if length > max {
            Some(format!(
                "Member must have length less than or equal to {max}"
            ))
        } else {
            None
        }
    }
}

/// Between which values, both included, a number has to lie.
#[derive(Clone, Copy)]
pub(crate) struct Range {
    pub(crate) min: i64,
    pub(crate) max: i64,
}

impl Range {
    pub(crate) fn failure(self, value: i64) -> Option<String> {
        let Self { min, max } = self;
        if value < min {
            Some(format!(
                "Member must have value greater than or equal to {min}"
            ))
        } else if value > max {
            Some(format!(
                "Member must have value less than or equal to {max}"
            ))
        } else {
            None
        }
    }
}

/// A string with a closed set of values.
pub trait Enumerated: Sized + 'static {
    /// The values at the wire.
    const VALUES: &'static [&'static str];

    /// The value that a text is.
    fn from_wire(text: &str) -> Option<Self>;
}

pub(crate) fn not_in_set(values: &[&str]) -> String {
    format!(
        "Member must satisfy enum value set: [{}]",
        values.join(", ")
    )
}

pub(crate) const NOT_NULL: &str = "Member must not be null";
pub(crate) const EXACTLY_ONE: &str = "Member must have exactly one of its members set";

#[cfg(test)]
mod tests {
    use super::{Pattern, Size, StringRule};

    static LETTERS: Pattern = Pattern::new("a|b+");

    #[test]
    fn patterns_match_the_whole_text_only() {
        for (text, matches) in [
            ("a", true),
            ("bbb", true),
            ("ab", false),
            ("a\n", false),
            ("\na", false),
            ("", false),
        ] {
            assert_eq!(LETTERS.matches(text), matches, "{text:?}");
        }
    }

    #[test]
    fn lengths_are_scalar_values() {
        let rule = StringRule {
            length: Size { min: 2, max: 2 },
            pattern: None,
        };
        assert!(rule.failures("é😀").is_empty());
        assert_eq!(rule.failures("e\u{301}x").len(), 1);
    }

    #[test]
    fn every_pattern_of_the_model_compiles() {
        let families = [
            crate::generated::readers::PATTERNS,
            crate::cognito::generated::readers::PATTERNS,
            crate::iam::generated::readers::PATTERNS,
            crate::sts::generated::readers::PATTERNS,
        ];
        for pattern in families.concat() {
            assert!(pattern.regex().is_some(), "{}", pattern.source);
        }
    }

    static NAME: Pattern = Pattern::new(r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+");
    static TITLE: Pattern = Pattern::new(r"[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+");

    #[test]
    fn what_is_visible_is_not_a_space_a_control_or_a_format() {
        for text in [
            "alice",
            "a@b.c",
            "~!",
            "é",
            "e\u{301}",
            "名前",
            "😀",
            "€",
            "\u{E0100}",
        ] {
            assert!(NAME.matches(text), "{text:?}");
        }
        for bad in [
            ' ',
            '\t',
            '\n',
            '\0',
            '\u{7F}',
            '\u{85}',
            '\u{A0}',
            '\u{AD}',
            '\u{1680}',
            '\u{180E}',
            '\u{2003}',
            '\u{200B}',
            '\u{200D}',
            '\u{2028}',
            '\u{202E}',
            '\u{202F}',
            '\u{2060}',
            '\u{2066}',
            '\u{3000}',
            '\u{E000}',
            '\u{FEFF}',
            '\u{FFFB}',
            '\u{E0041}',
            '\u{10FFFF}',
        ] {
            assert!(!NAME.matches(&format!("a{bad}b")), "{bad:?}");
        }
        assert!(TITLE.matches("a\u{3000}b c"));
        assert!(!TITLE.matches("a\tb"));
    }

    #[test]
    fn a_pattern_that_does_not_compile_matches_nothing() {
        assert!(!Pattern::new("(").matches("("));
    }
}
