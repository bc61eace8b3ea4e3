//! Policy text, read and checked once.

use std::collections::BTreeSet;
use std::str::FromStr;

use cedar_policy::{Effect, Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator};

/// Why policies are refused. Nothing is loaded then: half a set of rules may permit what the other
/// half forbids.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidPolicies {
    /// The schema cannot be read.
    #[error("the schema is not valid: {reason}")]
    Schema {
        /// What is wrong with it.
        reason: String,
    },
    /// The schema lacks one of our actions.
    #[error("the schema does not declare the action {action}; add it to a group")]
    MissingAction {
        /// The action.
        action: String,
    },
    /// The text cannot be read.
    #[error("the policies are not valid: {reason}")]
    Syntax {
        /// What is wrong with it.
        reason: String,
    },
    /// A policy has no name: records and refusals could not say which one it was.
    #[error("the policy that begins with {begins:?} has no @id(\"...\"); give it one")]
    Unnamed {
        /// The beginning of its text.
        begins: String,
    },
    /// Two policies have one name.
    #[error("two policies have the id {id}; rename one")]
    Duplicate {
        /// The name.
        id: String,
    },
    /// A policy has slots, and nothing fills them: it would never apply.
    #[error("the policy {id} has slots; write principal and resource out")]
    Template {
        /// Its name.
        id: String,
    },
    /// A policy does not fit the schema.
    #[error("the policy {id} is refused: {reason}")]
    Refused {
        /// Its name.
        id: String,
        /// Why.
        reason: String,
    },
}

/// A policy as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyInForce {
    /// Its name in records.
    pub id: String,
    /// Whether it permits; otherwise it forbids.
    pub permits: bool,
    /// What somebody is told whom it refuses.
    pub advice: Option<String>,
    /// Its text.
    pub text: String,
}

impl PolicyInForce {
    pub(crate) fn all_of(policies: &PolicySet) -> Vec<Self> {
        let mut all: Vec<Self> = policies
            .policies()
            .map(|policy| Self {
                id: policy.id().to_string(),
                permits: policy.effect() == Effect::Permit,
                advice: policy.annotation("advice").map(str::to_owned),
                text: policy.to_string(),
            })
            .collect();
        all.sort_by(|one, other| one.id.cmp(&other.id));
        all
    }
}

/// Reads a schema.
pub(crate) fn schema(text: &str) -> Result<Schema, InvalidPolicies> {
    Schema::from_str(text).map_err(|error| InvalidPolicies::Schema {
        reason: error.to_string(),
    })
}

/// Reads policies, names each by its `@id` and validates all against the schema, strictly.
///
/// A warning refuses, too: the validator warns of policies that can never apply (a `forbid` that
/// forbids nothing) and of texts that read otherwise than they look (mixed scripts, reversed text).
pub(crate) fn policies(text: &str, schema: &Schema) -> Result<PolicySet, InvalidPolicies> {
    let named = named(text)?;
    validate(&named, schema)?;
    Ok(named)
}

/// Whether policies fit the schema.
pub(crate) fn validate(policies: &PolicySet, schema: &Schema) -> Result<(), InvalidPolicies> {
    let validation = Validator::new(schema.clone()).validate(policies, ValidationMode::Strict);
    let errors = validation
        .validation_errors()
        .map(|e| (e.policy_id(), e.to_string()));
    let warnings = validation
        .validation_warnings()
        .map(|w| (w.policy_id(), w.to_string()));
    match errors.chain(warnings).min() {
        None => Ok(()),
        Some((id, reason)) => Err(InvalidPolicies::Refused {
            id: id.to_string(),
            reason,
        }),
    }
}

fn named(text: &str) -> Result<PolicySet, InvalidPolicies> {
    let syntax = |reason: String| InvalidPolicies::Syntax { reason };
    let parsed = PolicySet::from_str(text).map_err(|error| syntax(error.to_string()))?;
    if let Some(template) = parsed.templates().next() {
        let id = template
            .annotation("id")
            .unwrap_or("without a name")
            .to_owned();
        return Err(InvalidPolicies::Template { id });
    }
    let mut ids = BTreeSet::new();
    let mut policies = Vec::with_capacity(parsed.num_of_policies());
    for policy in parsed.policies() {
        let id = name_of(policy)?;
        if !ids.insert(id.clone()) {
            return Err(InvalidPolicies::Duplicate { id });
        }
        policies.push(policy.new_id(PolicyId::new(&id)));
    }
    PolicySet::from_policies(policies).map_err(|error| syntax(error.to_string()))
}

fn name_of(policy: &Policy) -> Result<String, InvalidPolicies> {
    match policy.annotation("id") {
        Some(id) if !id.is_empty() => Ok(id.to_owned()),
        _ => {
            let begins = policy.to_string().chars().take(60).collect();
            Err(InvalidPolicies::Unnamed { begins })
        }
    }
}
