//! IAM policy documents: read strictly, and translated to policies of ours when they are written.
//!
//! What cannot be translated is refused and never passed over: a document that says more than is
//! enforced would be trusted for what it says. A refusal names the statement and never repeats what
//! it says: it is recorded. There are two kinds: [`trust`], who may put a role on, and [`permission`],
//! what who has it on may do.

pub(crate) mod condition;
pub mod permission;
pub(crate) mod statement;
pub mod trust;

#[cfg(test)]
mod tests;

/// Why a document is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{reason}", .statement.map(|index| format!("statement {index}: ")).unwrap_or_default())]
pub struct InvalidDocument {
    /// Which statement, counted from 1; none where it is the document as a whole.
    pub statement: Option<usize>,
    /// What is wrong, and what would be right.
    pub reason: String,
}

impl InvalidDocument {
    pub(crate) fn whole(reason: impl Into<String>) -> Self {
        Self {
            statement: None,
            reason: reason.into(),
        }
    }

    pub(crate) fn at(statement: usize, reason: impl Into<String>) -> Self {
        Self {
            statement: Some(statement),
            reason: reason.into(),
        }
    }
}
