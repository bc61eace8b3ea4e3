//! A JSON body as a tree: duplicate members are refused, strings are wiped when dropped.
//!
//! A tree, and not derived structs, because an error of a derived struct quotes the value and does
//! not say where it was; because every violation is to be collected; and because maps have to
//! refuse a duplicate key as structures do.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

/// One JSON value, or one piece of text from the URI or a header.
pub(crate) enum Node {
    Null,
    Bool(bool),
    Integer(i64),
    Number(f64),
    String(Zeroizing<String>),
    /// From outside the body, where numbers and booleans are text too.
    Text(String),
    List(Vec<Node>),
    Object(Members),
}

/// The members of a JSON object, each of which can be taken once.
#[derive(Default)]
pub(crate) struct Members(BTreeMap<String, Node>);

impl Members {
    pub(crate) fn of(members: BTreeMap<String, Node>) -> Self {
        Self(members)
    }

    /// Takes a member out; `null` is absence.
    pub(crate) fn take(&mut self, name: &str) -> Option<Node> {
        self.0
            .remove(name)
            .filter(|node| !matches!(node, Node::Null))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn into_entries(self) -> impl Iterator<Item = (String, Node)> {
        self.0.into_iter()
    }
}

/// Reads a body, which has to be one JSON object. The reason of a failure quotes nothing of it.
pub(crate) fn parse(body: &[u8]) -> Result<Members, String> {
    match serde_json::from_slice(body) {
        Ok(Node::Object(members)) => Ok(members),
        Ok(_) => Err("the body must be a JSON object".to_owned()),
        Err(error) => {
            let what = if error.is_data() {
                "the body names a member twice"
            } else {
                "the body is not valid JSON"
            };
            Err(format!(
                "{what} (line {}, column {})",
                error.line(),
                error.column()
            ))
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node, E> {
        // Larger than any integer of the model: a number that is not one of its integers.
        Ok(i64::try_from(value).map_or(Node::Number(f64::INFINITY), Node::Integer))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Number(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        Ok(Node::String(Zeroizing::new(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = items.next_element()? {
            nodes.push(node);
        }
        Ok(Node::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((name, node)) = entries.next_entry::<String, Node>()? {
            if members.insert(name, node).is_some() {
                return Err(A::Error::custom("duplicate member"));
            }
        }
        Ok(Node::Object(Members(members)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Node, parse};

    #[test]
    fn reasons_say_where_and_quote_nothing() {
        for (body, reason) in [
            (
                r#"{"a": hunter2}"#,
                "the body is not valid JSON (line 1, column 7)",
            ),
            (
                r#"{"a": 1, "a": 2}"#,
                "the body names a member twice (line 1, column 16)",
            ),
            (
                r#"{"x": {"b": 1, "b": 2}}"#,
                "the body names a member twice (line 1, column 22)",
            ),
            ("[]", "the body must be a JSON object"),
            ("", "the body is not valid JSON (line 1, column 0)"),
            (
                r#"{"a": 1} x"#,
                "the body is not valid JSON (line 1, column 10)",
            ),
        ] {
            assert_eq!(parse(body.as_bytes()).err().as_deref(), Some(reason));
        }
        assert!(parse(b"{\"a\": \"\xff\"}").is_err());
        assert!(parse(br#"{"a": "\ud800"}"#).is_err());
        assert!(parse("[".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn null_is_absence() {
        let mut members = parse(br#"{"a": null, "b": 1}"#).unwrap();
        assert!(members.take("a").is_none());
        assert!(matches!(members.take("b"), Some(Node::Integer(1))));
        assert!(members.take("b").is_none());
    }
}
