//! Reading shapes out of a JSON tree, collecting what is wrong with them.
//!
//! Each shape of the model has a function of the form [`Read`] in `generated::readers`; these are
//! the parts that it is made of. A reader returns `None` where it has recorded why.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::constraint::{EXACTLY_ONE, Enumerated, NOT_NULL, Range, Size, StringRule, not_in_set};
use crate::input::{FieldViolation, InputError};
use crate::json::{Members, Node};
use crate::sensitive::Sensitive;
use crate::timestamp::EpochMillis;

/// Reads one shape.
pub(crate) type Read<T> = fn(Node, &mut Reading) -> Option<T>;

/// A member of a union, and the reader that makes it one.
pub(crate) type Variant<T> = (&'static str, Read<T>);

/// How many violations are reported; a client that made more is told of the first ones.
const VIOLATIONS_MAX: usize = 20;

/// The state of reading one input: where we are, and what was wrong so far.
#[derive(Default)]
pub struct Reading {
    path: Vec<Segment>,
    violations: Vec<FieldViolation>,
    malformed: Option<String>,
}

enum Segment {
    Member(&'static str),
    Item(usize),
    Key(String),
}

impl Reading {
    /// The input, if nothing was wrong with it.
    pub(crate) fn finish<T>(self, input: Option<T>) -> Result<T, InputError> {
        if let Some(reason) = self.malformed {
            return Err(InputError::Malformed(reason));
        }
        match input {
            Some(input) if self.violations.is_empty() => Ok(input),
            _ => Err(InputError::Invalid(self.violations)),
        }
    }

    /// A member that has to be there.
    pub(crate) fn required<T>(
        &mut self,
        name: &'static str,
        node: Option<Node>,
        read: Read<T>,
    ) -> Option<T> {
        self.within(Segment::Member(name), |reading| match node {
            Some(node) => read(node, reading),
            None => reading.violation(NOT_NULL),
        })
    }

    /// A member that may be absent.
    pub(crate) fn optional<T>(
        &mut self,
        name: &'static str,
        node: Option<Node>,
        read: Read<T>,
    ) -> Option<T> {
        self.within(Segment::Member(name), |reading| read(node?, reading))
    }

    /// A structure's members.
    pub(crate) fn object(&mut self, node: Node) -> Option<Members> {
        match node {
            Node::Object(members) => Some(members),
            _ => self.malformed("must be an object"),
        }
    }

    /// Text.
    pub(crate) fn string(&mut self, node: Node, rule: &StringRule) -> Option<String> {
        let mut text = self.text(node)?;
        self.check(&text, rule).then(|| std::mem::take(&mut *text))
    }

    /// Text that is never shown.
    pub(crate) fn sensitive(&mut self, node: Node, rule: &StringRule) -> Option<Sensitive> {
        let text = self.text(node)?;
        self.check(&text, rule).then(|| Sensitive::new(text))
    }

    /// One of a set of values.
    pub(crate) fn enumerated<T: Enumerated>(&mut self, node: Node) -> Option<T> {
        let text = self.text(node)?;
        let value = T::from_wire(&text);
        if value.is_none() {
            return self.violation(not_in_set(T::VALUES));
        }
        value
    }

    /// Items of one shape. Items beyond the maximum are not looked at.
    pub(crate) fn list<T>(&mut self, node: Node, size: Size, read: Read<T>) -> Option<Vec<T>> {
        let nodes = match node {
            Node::List(nodes) => nodes,
            // A form writes a list without items as a text without characters.
            Node::Text(text) if text.is_empty() => Vec::new(),
            _ => return self.malformed("must be a list"),
        };
        if let Some(failure) = size.failure(nodes.len()) {
            return self.violation(failure);
        }
        let mut items = Some(Vec::with_capacity(nodes.len()));
        for (index, node) in nodes.into_iter().enumerate() {
            let item = self.within(Segment::Item(index), |reading| reading.element(node, read));
            items = keep(items, item, Vec::push);
        }
        items
    }

    /// Entries with text keys. An entry whose key is invalid is reported without that key.
    pub(crate) fn map<T>(
        &mut self,
        node: Node,
        size: Size,
        keys: &StringRule,
        read: Read<T>,
    ) -> Option<BTreeMap<String, T>> {
        let Node::Object(members) = node else {
            return self.malformed("must be an object");
        };
        if let Some(failure) = size.failure(members.len()) {
            return self.violation(failure);
        }
        let mut entries = Some(BTreeMap::new());
        for (key, node) in members.into_entries() {
            let entry = self.entry(key, node, keys, read);
            entries = keep(entries, entry, |entries, (key, value)| {
                entries.insert(key, value);
            });
        }
        entries
    }

    /// A 32-bit integer.
    pub(crate) fn integer(&mut self, node: Node, range: Range) -> Option<i32> {
        let value = self.long(node, range)?;
        i32::try_from(value).map_or_else(|_| self.malformed("must be an integer"), Some)
    }

    /// A 64-bit integer.
    pub(crate) fn long(&mut self, node: Node, range: Range) -> Option<i64> {
        let value = match node {
            Node::Integer(value) => Some(value),
            Node::Text(text) => text.parse().ok(),
            _ => None,
        };
        let Some(value) = value else {
            return self.malformed("must be an integer");
        };
        match range.failure(value) {
            Some(failure) => self.violation(failure),
            None => Some(value),
        }
    }

    /// Yes or no.
    pub(crate) fn boolean(&mut self, node: Node) -> Option<bool> {
        match node {
            Node::Bool(value) => Some(value),
            Node::Text(text) if text == "true" => Some(true),
            Node::Text(text) if text == "false" => Some(false),
            _ => self.malformed("must be true or false"),
        }
    }

    fn entry<T>(
        &mut self,
        key: String,
        node: Node,
        keys: &StringRule,
        read: Read<T>,
    ) -> Option<(String, T)> {
        if key.contains('\0') {
            return self.malformed("has a key with a null character");
        }
        let failures = keys.failures(&key);
        if !failures.is_empty() {
            let failures = failures.join(", ");
            return self.violation(format!("Map keys must satisfy constraint: [{failures}]"));
        }
        let segment = Segment::Key(key.clone());
        let value = self.within(segment, |reading| reading.element(node, read))?;
        Some((key, value))
    }

    fn element<T>(&mut self, node: Node, read: Read<T>) -> Option<T> {
        match node {
            Node::Null => self.violation(NOT_NULL),
            node => read(node, self),
        }
    }

    fn text(&mut self, node: Node) -> Option<Zeroizing<String>> {
        let text = match node {
            Node::String(text) => text,
            Node::Text(text) => Zeroizing::new(text),
            _ => return self.malformed("must be a string"),
        };
        // No name, URL, key or token has one, and PostgreSQL cannot store it.
        if text.contains('\0') {
            self.malformed("has a null character")
        } else {
            Some(text)
        }
    }

    fn check(&mut self, text: &str, rule: &StringRule) -> bool {
        let failures = rule.failures(text);
        let is_valid = failures.is_empty();
        for failure in failures {
            self.violation::<()>(failure);
        }
        is_valid
    }

    fn within<T>(
        &mut self,
        segment: Segment,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        self.path.push(segment);
        let value = read(self);
        self.path.pop();
        value
    }

    fn violation<T>(&mut self, message: impl Into<String>) -> Option<T> {
        if self.violations.len() < VIOLATIONS_MAX {
            let violation = FieldViolation {
                path: self.path(),
                message: message.into(),
            };
            self.violations.push(violation);
        }
        None
    }

    fn malformed<T>(&mut self, what: &str) -> Option<T> {
        if self.malformed.is_none() {
            self.malformed = Some(format!("'{}' {what}", self.path()));
        }
        None
    }

    /// The path as clients of the reference know it: `list.1.member`, `map.key.member`.
    fn path(&self) -> String {
        let segments = self.path.iter().map(|segment| match segment {
            Segment::Member(name) => (*name).to_owned(),
            Segment::Item(index) => format!("{}.member", index + 1),
            Segment::Key(key) => format!("{key}.member"),
        });
        segments.collect::<Vec<_>>().join(".")
    }
}

/// Shapes that the generator supports and that no operation of ours has yet; the expectation goes
/// when the last of them is used.
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "for operations that we do not have yet")
)]
impl Reading {
    /// A union: exactly one of its members is set.
    pub(crate) fn union<T>(&mut self, node: Node, variants: &[Variant<T>]) -> Option<T> {
        let mut members = self.object(node)?;
        let mut set = variants
            .iter()
            .filter_map(|(name, read)| members.take(name).map(|node| (*name, *read, node)));
        match (set.next(), set.next()) {
            (Some((name, read, node)), None) => self.required(name, Some(node), read),
            _ => self.violation(EXACTLY_ONE),
        }
    }

    /// A number.
    pub(crate) fn double(&mut self, node: Node) -> Option<f64> {
        let value = match node {
            Node::Number(value) => Some(value),
            Node::Integer(value) => i32::try_from(value).ok().map(f64::from),
            Node::Text(text) => text.parse().ok(),
            _ => None,
        };
        match value.filter(|value| value.is_finite()) {
            Some(value) => Some(value),
            None => self.malformed("must be a number"),
        }
    }

    /// Epoch seconds.
    #[expect(clippy::needless_pass_by_value, reason = "all readers have one form")]
    pub(crate) fn timestamp(&mut self, node: Node) -> Option<EpochMillis> {
        let time = match node {
            Node::Integer(seconds) => EpochMillis::from_seconds(seconds),
            Node::Number(seconds) => EpochMillis::from_fractional_seconds(seconds),
            _ => None,
        };
        time.map_or_else(
            || self.malformed("must be a number of seconds since the epoch"),
            Some,
        )
    }
}

/// Adds to a collection, until one of its parts is missing.
fn keep<C, T>(all: Option<C>, part: Option<T>, add: impl FnOnce(&mut C, T)) -> Option<C> {
    let (mut all, part) = all.zip(part)?;
    add(&mut all, part);
    Some(all)
}

#[cfg(test)]
mod tests;
