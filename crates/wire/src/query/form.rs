//! A form as a tree.

use std::collections::BTreeMap;
use std::fmt;

use crate::input::InputError;
use crate::json::{Members, Node};
use crate::percent::{Plus, decode};

/// The most fields of a form.
const FIELDS_MAX: usize = 1000;
/// The most parts of the name of a field.
const DEPTH_MAX: usize = 10;

/// A form, taken apart and decoded.
pub struct Form {
    action: String,
    version: String,
    members: Members,
}

/// A field, or those of which the names begin alike.
enum Tree {
    Leaf(String),
    Branch(BTreeMap<String, Tree>),
}

impl Form {
    /// Reads the body of a request. A field that stands twice is refused, as is one that is both a
    /// text and a structure: two readers could read them as two things.
    pub fn parse(body: &[u8]) -> Result<Self, InputError> {
        read(body).map_err(|reason| InputError::Malformed(format!("the form {reason}")))
    }

    /// The operation that it names; empty if none.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// The version of the service that it names; empty if none.
    pub fn version(&self) -> &str {
        &self.version
    }

    pub(crate) fn into_members(self) -> Members {
        self.members
    }
}

impl fmt::Debug for Form {
    /// What is in it may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form").finish_non_exhaustive()
    }
}

fn read(body: &[u8]) -> Result<Form, &'static str> {
    let body = std::str::from_utf8(body).map_err(|_| "is not UTF-8")?;
    let mut root = BTreeMap::new();
    let fields = body.split('&').filter(|field| !field.is_empty());
    for (count, field) in fields.enumerate() {
        if count >= FIELDS_MAX {
            return Err("has too many fields");
        }
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        let name = decode(name, Plus::Space)?;
        let value = decode(value, Plus::Space)?;
        if name.split('.').count() > DEPTH_MAX {
            return Err("has a field of too many parts");
        }
        put(&mut root, &name, value)?;
    }
    let mut top = |name: &str| match root.remove(name) {
        Some(Tree::Leaf(text)) => text,
        Some(Tree::Branch(_)) | None => String::new(),
    };
    let (action, version) = (top("Action"), top("Version"));
    let members = root
        .into_iter()
        .map(|(name, tree)| Ok((name, node(tree)?)))
        .collect::<Result<_, &'static str>>()?;
    Ok(Form {
        action,
        version,
        members: Members::of(members),
    })
}

fn put(tree: &mut BTreeMap<String, Tree>, name: &str, value: String) -> Result<(), &'static str> {
    const TWICE: &str = "has a field twice";
    let Some((first, rest)) = name.split_once('.') else {
        return match tree.insert(name.to_owned(), Tree::Leaf(value)) {
            None => Ok(()),
            Some(_) => Err(TWICE),
        };
    };
    let below = tree
        .entry(first.to_owned())
        .or_insert_with(|| Tree::Branch(BTreeMap::new()));
    match below {
        Tree::Branch(below) => put(below, rest, value),
        Tree::Leaf(_) => Err(TWICE),
    }
}

fn node(tree: Tree) -> Result<Node, &'static str> {
    let mut branches = match tree {
        Tree::Leaf(text) => return Ok(Node::Text(text)),
        Tree::Branch(branches) => branches,
    };
    if branches.len() == 1
        && let Some(Tree::Branch(items)) = branches.remove("member")
    {
        return items_of(items).map(Node::List);
    }
    let members = branches
        .into_iter()
        .map(|(name, tree)| Ok((name, node(tree)?)))
        .collect::<Result<_, &'static str>>()?;
    Ok(Node::Object(Members::of(members)))
}

/// Items are counted from 1, without a gap.
fn items_of(mut items: BTreeMap<String, Tree>) -> Result<Vec<Node>, &'static str> {
    let mut nodes = Vec::with_capacity(items.len());
    for number in 1..=items.len() {
        let item = items
            .remove(&number.to_string())
            .ok_or("has a list that is not counted from 1")?;
        nodes.push(node(item)?);
    }
    Ok(nodes)
}
