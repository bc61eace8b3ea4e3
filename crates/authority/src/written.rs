//! The text of a policy of an account: one policy, read and checked before it is kept.

use std::fmt;

use cedar_policy::ffi::DetailedError;
use cedar_policy::{Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator};
use procura_core::account_policy::POLICY_BYTES_MAX;

use crate::scope::Scope;

/// The longest `@advice`, in characters.
const ADVICE_CHARACTERS_MAX: usize = 500;

/// Why a text is not taken as a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedPolicy {
    /// Line and column, from 1, in characters, where the place is known.
    pub at: Option<(usize, usize)>,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for RefusedPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some((line, column)) => write!(f, "line {line}, column {column}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

impl std::error::Error for RefusedPolicy {}

impl From<&str> for RefusedPolicy {
    fn from(reason: &str) -> Self {
        Self {
            at: None,
            reason: reason.to_owned(),
        }
    }
}

/// Reads one policy and validates it, strictly: what the validator warns of is refused, too (a
/// `forbid` that can never apply forbids nothing). It is called `account/ID` in records, which no rule
/// of ours is.
pub(crate) fn parsed(id: &str, text: &str, schema: &Schema) -> Result<Policy, RefusedPolicy> {
    if text.len() > POLICY_BYTES_MAX {
        let reason = format!("a policy has at most {POLICY_BYTES_MAX} bytes");
        return Err(RefusedPolicy { at: None, reason });
    }
    let name = PolicyId::new(format!("account/{id}"));
    let policy = Policy::parse(Some(name), text)
        .map_err(|error| located(&DetailedError::from(&error), text))?;
    check_annotations(id, &policy)?;
    let operator = Scope::of(&policy)
        .principal_type()
        .is_some_and(|named| named.basename() == "Operator");
    if operator {
        return Err("the operator is above accounts: no policy of an account is about it".into());
    }
    let set = PolicySet::from_policies([policy.clone()])
        .map_err(|error| located(&DetailedError::from(&error), text))?;
    let validation = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
    let errors = validation.validation_errors().map(DetailedError::from);
    let warnings = validation.validation_warnings().map(DetailedError::from);
    match errors
        .chain(warnings)
        .map(|e| located(&e, text))
        .min_by_key(|e| e.at)
    {
        None => Ok(policy),
        Some(refused) => Err(refused),
    }
}

/// `@advice` is told to who is refused; anything else would be read by nobody.
fn check_annotations(id: &str, policy: &Policy) -> Result<(), RefusedPolicy> {
    for (name, value) in policy.annotations() {
        match name {
            "id" if value == id => {}
            "id" => {
                return Err(
                    "its @id is another than the id that it is kept under; leave it out".into(),
                );
            }
            "advice" => {
                let long = value.chars().count() > ADVICE_CHARACTERS_MAX;
                if long || value.is_empty() || value.chars().any(char::is_control) {
                    let reason = format!(
                        "@advice has 1 to {ADVICE_CHARACTERS_MAX} characters and no line breaks"
                    );
                    return Err(RefusedPolicy { at: None, reason });
                }
            }
            _ => return Err("the only annotation that is known is @advice(\"...\")".into()),
        }
    }
    Ok(())
}

/// What is wrong, and where.
fn located(error: &DetailedError, text: &str) -> RefusedPolicy {
    let inner = error
        .related
        .iter()
        .flat_map(|related| &related.source_locations);
    let label = error.source_locations.iter().chain(inner).next();
    let help = error
        .help
        .as_deref()
        .map_or_else(String::new, |help| format!(" ({help})"));
    RefusedPolicy {
        at: label.map(|label| place(text, label.loc.start)),
        reason: format!("{}{help}", error.message),
    }
}

/// Line and column of a byte.
fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count().saturating_add(1);
    let last = before.rsplit('\n').next().unwrap_or_default();
    (line, last.chars().count().saturating_add(1))
}
