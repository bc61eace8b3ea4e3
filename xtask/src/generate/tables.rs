//! What we decided by hand, for each family: which operations we have, and where our constraints
//! are not the model's.

mod agentcore;
mod cognito;
mod iam;
mod sts;

pub(super) use agentcore::AGENTCORE;
pub(super) use cognito::COGNITO;
pub(super) use iam::IAM;
pub(super) use sts::STS;

use super::source::Service;

/// What is generated.
pub(super) const FAMILIES: &[&Family] = &[&AGENTCORE, &COGNITO, &IAM, &STS];

/// Services whose operations are one enum: no two of them share a name with different meanings.
pub(super) struct Family {
    /// The module of what is generated, below `procura_wire`.
    pub(super) module: &'static str,
    pub(super) protocol: Protocol,
    pub(super) services: &'static [Service],
    /// The operations that we have, in the order of the operation table.
    pub(super) implemented: &'static [&'static str],
    /// Reasons, and the operations that are absent for each.
    pub(super) absent: &'static [(&'static str, &'static [&'static str])],
    /// The other absent operations, by the first segment of their path, with the reason.
    pub(super) absent_paths: &'static [(&'static str, &'static str)],
    /// Roots of output shapes besides the outputs of operations.
    pub(super) roots: &'static [&'static str],
    pub(super) patterns: &'static [PatternException],
    /// Operations that only read, where the model does not say so.
    pub(super) reads: &'static [&'static str],
    /// Reads whose sensitive members are no credentials, so that they leave no record.
    pub(super) reveals_no_secret: &'static [&'static str],
    /// Shapes that the model calls sensitive and that are names, each with the reason.
    pub(super) not_secret: &'static [(&'static str, &'static str)],
    /// Maxima where the model has none: items of a list or map, characters of a string. A shape of
    /// an input that has no maximum and no row here is an error.
    pub(super) caps: &'static [(&'static str, u64)],
}

/// How requests of a family are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// Methods and paths name operations; members are in path, query, headers and body.
    RestJson,
    /// A header names the operation; everything is in the body.
    Json11,
    /// Everything is in a form, the operation too; answers are XML.
    Query,
}

/// A pattern of ours in place of the model's.
pub(super) struct PatternException {
    pub(super) shape: &'static str,
    pub(super) pattern: &'static str,
    /// Written beside the pattern.
    pub(super) reason: &'static str,
}

/// Roles and sessions have no tags: what a client sends is refused with that reason and no other.
const TAG_PATTERNS: &[PatternException] = &[
    PatternException {
        shape: "tagKeyType",
        pattern: "[^\\x00]+",
        reason: "the engine has no tables of Unicode, and tags are refused in any case",
    },
    PatternException {
        shape: "tagValueType",
        pattern: "[^\\x00]*",
        reason: "the engine has no tables of Unicode, and tags are refused in any case",
    },
];

const ITEMS_MAX: u64 = 100;
const CHARS_MAX: u64 = 2048;

impl Family {
    /// The module of Rust that everything of the family is in: the place of its `Operation`.
    pub(super) fn home(&self) -> String {
        match self.module.rsplit_once("::") {
            Some((home, _)) => format!("crate::{home}"),
            None => "crate".to_owned(),
        }
    }

    /// A file of [`Self::module`], below `crates/wire/src`.
    pub(super) fn path(&self, name: &str) -> String {
        format!("{}/{name}.rs", self.directory())
    }

    /// Where its files lie; the module itself is the file of that name.
    pub(super) fn directory(&self) -> String {
        self.module.replace("::", "/")
    }

    pub(super) fn has(&self, operation: &str) -> bool {
        self.implemented.contains(&operation)
    }
}
