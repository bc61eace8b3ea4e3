//! Is a JSON body unambiguous? Checked before any type reads it.
//!
//! RFC 8259 §4 leaves open what a repeated name means, and §8.1 and §9 leave room for byte order
//! marks and limits. Two readers that fill these gaps differently see two requests: a null byte in a
//! name once made one of two readers drop it and let a second `user` overwrite the first (attack I2
//! of the catalogue). So everything that two readers could see differently is refused here.
//!
//! `serde_json` is the lexer. One pass; what is kept is the names of the objects that are open.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};

#[cfg(test)]
mod tests;

/// What a body may contain. The size of the body is the caller's limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most arrays and objects inside each other; the outermost counts. Above 127 the lexer's own
    /// limit is met first.
    pub depth_max: usize,
    /// Most names in all objects together.
    pub keys_max: usize,
    /// Longest name, in bytes after unescaping.
    pub key_bytes_max: usize,
    /// Longest string value, in bytes after unescaping.
    pub string_bytes_max: usize,
    /// Whether U+0000 may stand in a string value. In a name it never may.
    pub nul_in_strings: bool,
    /// Whether the outermost value must be an object.
    pub object_only: bool,
}

impl Default for Limits {
    /// For a request to an API operation: an object, 16 deep, 10,000 names of at most 512 bytes,
    /// strings as long as the body allows, no U+0000 anywhere.
    fn default() -> Self {
        Self {
            depth_max: 16,
            keys_max: 10_000,
            key_bytes_max: 512,
            string_bytes_max: usize::MAX,
            nul_in_strings: false,
            object_only: true,
        }
    }
}

/// Which rule a body breaks, and about where. Never what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{rule}, line {line} column {column}")]
pub struct StrictJsonError {
    /// The rule.
    pub rule: Rule,
    /// Counted from 1.
    pub line: usize,
    /// Counted in bytes; the end of what was read when the rule broke.
    pub column: usize,
}

/// The rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rule {
    /// Not JSON: RFC 8259, including unpaired surrogates and bytes after the value.
    #[error("the body is not valid JSON")]
    Syntax,
    /// RFC 8259 §8.1.
    #[error("send the body as UTF-8")]
    NotUtf8,
    /// RFC 8259 §8.1.
    #[error("send the body without a byte order mark")]
    ByteOrderMark,
    /// A number that no finite double is near.
    #[error("a number is too large")]
    NumberOutOfRange,
    /// A name that stands twice in one object, compared after unescaping.
    #[error("a name stands twice in one object")]
    DuplicateKey,
    /// U+0000 in a name.
    #[error("a name contains U+0000")]
    NulInKey,
    /// U+0000 in a string.
    #[error("a string contains U+0000")]
    NulInString,
    /// [`Limits::depth_max`].
    #[error("arrays and objects are nested too deep")]
    TooDeep,
    /// [`Limits::keys_max`].
    #[error("there are too many names")]
    TooManyKeys,
    /// [`Limits::key_bytes_max`].
    #[error("a name is too long")]
    KeyTooLong,
    /// [`Limits::string_bytes_max`].
    #[error("a string is too long")]
    StringTooLong,
    /// [`Limits::object_only`].
    #[error("send an object")]
    NotAnObject,
}

/// Reads the whole body once and keeps nothing. An empty body is not JSON: whether an operation may
/// go without one is the caller's question.
///
/// # Errors
/// The first rule that is broken.
pub fn check(bytes: &[u8], limits: &Limits) -> Result<(), StrictJsonError> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(StrictJsonError {
            rule: Rule::ByteOrderMark,
            line: 1,
            column: 1,
        });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
    let mut state = State {
        limits,
        depth: 0,
        keys: 0,
        broken: None,
    };
    let mut lexer = serde_json::Deserializer::from_str(text);
    let outcome = Value(&mut state)
        .deserialize(&mut lexer)
        .and_then(|()| lexer.end());
    outcome.map_err(|error| StrictJsonError {
        // A rule of ours is told by the state; the text of the lexer's own errors is not shown,
        // because nobody promises what it will contain.
        rule: state.broken.unwrap_or_else(|| rule_of(&error)),
        line: error.line(),
        column: error.column(),
    })
}

fn not_utf8(bytes: &[u8], valid_up_to: usize) -> StrictJsonError {
    let (valid, _) = bytes.split_at_checked(valid_up_to).unwrap_or((bytes, b""));
    let line = valid.split(|byte| *byte == b'\n').count();
    let column = valid
        .rsplit(|byte| *byte == b'\n')
        .next()
        .map_or(0, <[u8]>::len);
    StrictJsonError {
        rule: Rule::NotUtf8,
        line,
        column: column.saturating_add(1),
    }
}

/// The one lexer error that is not about syntax. It has no public code of its own; should its text
/// change, a test notices, and until then the body is still refused.
fn rule_of(error: &serde_json::Error) -> Rule {
    if error.to_string().starts_with("number out of range") {
        Rule::NumberOutOfRange
    } else {
        Rule::Syntax
    }
}

struct State<'l> {
    limits: &'l Limits,
    /// Arrays and objects that are open.
    depth: usize,
    /// Names seen so far.
    keys: usize,
    broken: Option<Rule>,
}

impl State<'_> {
    fn refuse<T, E: de::Error>(&mut self, rule: Rule) -> Result<T, E> {
        self.broken = Some(rule);
        Err(E::custom(rule))
    }

    fn open<E: de::Error>(&mut self, is_object: bool) -> Result<(), E> {
        if self.depth == 0 && self.limits.object_only && !is_object {
            return self.refuse(Rule::NotAnObject);
        }
        self.depth = self.depth.saturating_add(1);
        if self.depth > self.limits.depth_max {
            return self.refuse(Rule::TooDeep);
        }
        Ok(())
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn scalar<E: de::Error>(&mut self) -> Result<(), E> {
        if self.depth == 0 && self.limits.object_only {
            return self.refuse(Rule::NotAnObject);
        }
        Ok(())
    }

    fn key<E: de::Error>(&mut self, key: &str) -> Result<(), E> {
        self.keys = self.keys.saturating_add(1);
        if self.keys > self.limits.keys_max {
            self.refuse(Rule::TooManyKeys)
        } else if key.len() > self.limits.key_bytes_max {
            self.refuse(Rule::KeyTooLong)
        } else if key.contains('\0') {
            self.refuse(Rule::NulInKey)
        } else {
            Ok(())
        }
    }

    fn string<E: de::Error>(&mut self, text: &str) -> Result<(), E> {
        self.scalar()?;
        if text.len() > self.limits.string_bytes_max {
            self.refuse(Rule::StringTooLong)
        } else if !self.limits.nul_in_strings && text.contains('\0') {
            self.refuse(Rule::NulInString)
        } else {
            Ok(())
        }
    }
}

/// Visits any value.
struct Value<'s, 'l>(&'s mut State<'l>);

impl<'de> DeserializeSeed<'de> for Value<'_, '_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, lexer: D) -> Result<(), D::Error> {
        lexer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.0.scalar()
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<(), E> {
        self.0.scalar()
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<(), E> {
        self.0.scalar()
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<(), E> {
        self.0.scalar()
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<(), E> {
        if number.is_finite() {
            self.0.scalar()
        } else {
            self.0.refuse(Rule::NumberOutOfRange)
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        self.0.string(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.0.open(false)?;
        while items.next_element_seed(Value(self.0))?.is_some() {}
        self.0.close();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        self.0.open(true)?;
        // Ordered, not hashed: no key of an attacker's choice can make it slow.
        let mut names = BTreeSet::new();
        while let Some(name) = members.next_key_seed(Key(self.0))? {
            if !names.insert(name) {
                return self.0.refuse(Rule::DuplicateKey);
            }
            members.next_value_seed(Value(self.0))?;
        }
        self.0.close();
        Ok(())
    }
}

/// Visits a name, after unescaping.
struct Key<'s, 'l>(&'s mut State<'l>);

impl<'de> DeserializeSeed<'de> for Key<'_, '_> {
    type Value = Cow<'de, str>;

    fn deserialize<D: de::Deserializer<'de>>(self, lexer: D) -> Result<Self::Value, D::Error> {
        lexer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key<'_, '_> {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E: de::Error>(self, key: &'de str) -> Result<Self::Value, E> {
        self.0.key(key)?;
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<Self::Value, E> {
        self.0.key(key)?;
        Ok(Cow::Owned(key.to_owned()))
    }
}
