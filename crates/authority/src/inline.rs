//! What is written into a role, beside what managed policies give it.
//!
//! These policies are asked whenever somebody who has the role on asks for something, and are joined
//! with the rules in force by [`join`]: what the rules forbid stays forbidden, what either permits is
//! permitted, and what these forbid is not.

use std::collections::BTreeSet;
use std::fmt;

use cedar_policy::{ActionConstraint, Authorizer, Effect, Entities, PolicySet, Request, Response};
use procura_core::action::Action;

use crate::document::permission::everything;
use crate::policies::{policies, schema};
use crate::rules::SCHEMA;

/// The policies that are written into a role, ready to be asked.
#[derive(Clone)]
pub struct Inline {
    cedar: String,
    /// None: they cannot be read, and who has the role on may nothing.
    policies: Option<PolicySet>,
    permits: BTreeSet<Action>,
    forbids: BTreeSet<Action>,
}

impl Inline {
    /// Reads what [`translate`](crate::document::permission::translate) wrote, of all documents of
    /// a role.
    ///
    /// SECURITY: what this version cannot read forbids everything: it may have been a `forbid`. Held
    /// by `what_is_written_into_a_role_and_cannot_be_read_forbids_everything`.
    pub fn read(cedar: &str) -> Self {
        let read = if cedar.is_empty() {
            Some(PolicySet::new())
        } else {
            let schema = schema(SCHEMA).ok();
            schema.and_then(|schema| policies(cedar, &schema).ok())
        };
        let named = |effect| {
            let policies = read.as_ref()?.policies();
            let of_effect = policies.filter(|policy| policy.effect() == effect);
            let named: Option<Vec<BTreeSet<Action>>> = of_effect
                .map(|policy| actions_of(effect, &policy.action_constraint()))
                .collect();
            named.map(|named| named.into_iter().flatten().collect())
        };
        let whole = named(Effect::Permit).zip(named(Effect::Forbid));
        let policies = read.filter(|_| whole.is_some());
        let (permits, forbids) = whole.unwrap_or_else(|| (everything(), everything()));
        Self {
            cedar: cedar.to_owned(),
            policies,
            permits,
            forbids,
        }
    }

    /// What it was read from.
    pub fn as_str(&self) -> &str {
        &self.cedar
    }

    /// Whether nothing is written there.
    pub const fn is_empty(&self) -> bool {
        self.cedar.is_empty()
    }

    /// Whether it cannot be read.
    pub const fn is_broken(&self) -> bool {
        self.policies.is_none()
    }

    /// Every action that is given, on whatever. Of what cannot be read, all that could be.
    pub const fn permits(&self) -> &BTreeSet<Action> {
        &self.permits
    }

    /// Every action that is taken, on whatever, of those that documents can name: what takes everything
    /// takes the others, too. Of what cannot be read, all that could be.
    pub const fn forbids(&self) -> &BTreeSet<Action> {
        &self.forbids
    }

    /// What these policies say.
    pub(crate) fn asked(
        &self,
        authorizer: &Authorizer,
        request: &Request,
        known: &Entities,
    ) -> Said {
        match &self.policies {
            Some(policies) => Said::of(&authorizer.is_authorized(request, policies, known)),
            None => Said::Failed(vec![
                "what is written into the role cannot be read by this version".to_owned(),
            ]),
        }
    }
}

/// The actions that a translated policy names; none where it is none of ours.
fn actions_of(effect: Effect, constraint: &ActionConstraint) -> Option<BTreeSet<Action>> {
    let of_name = |name: &str| Action::ALL.into_iter().find(|action| action.name() == name);
    match (effect, constraint) {
        (_, ActionConstraint::In(named)) => named
            .iter()
            .map(|uid| of_name(uid.id().unescaped()))
            .collect(),
        (Effect::Forbid, ActionConstraint::Any) => Some(everything()),
        (Effect::Permit, ActionConstraint::Any) | (_, ActionConstraint::Eq(_)) => None,
    }
}

impl Default for Inline {
    fn default() -> Self {
        Self::read("")
    }
}

impl PartialEq for Inline {
    fn eq(&self, other: &Self) -> bool {
        self.cedar == other.cedar
    }
}

impl Eq for Inline {}

impl fmt::Debug for Inline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inline")
            .field("bytes", &self.cedar.len())
            .field("is_broken", &self.is_broken())
            .finish_non_exhaustive()
    }
}

/// What a set of policies says about a request. Lists are sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// These permit it.
    Permitted(Vec<String>),
    /// These forbid it, whatever failed beside.
    Forbidden {
        policies: Vec<String>,
        errors: Vec<String>,
    },
    /// The evaluation failed, and nothing forbade it by itself.
    Failed(Vec<String>),
    /// Nothing is said of it.
    Silent,
}

impl Said {
    /// SECURITY: an error is a no, whatever was decided. Cedar passes over a policy that fails, so
    /// that a `forbid` which reads a missing attribute would not forbid (attack 96; the test
    /// `an_evaluation_error_is_a_no_although_a_policy_permits`).
    pub(crate) fn of(response: &Response) -> Self {
        let sorted = |mut texts: Vec<String>| {
            texts.sort();
            texts
        };
        let said = response.diagnostics();
        let errors = sorted(said.errors().map(ToString::to_string).collect());
        let policies = sorted(said.reason().map(ToString::to_string).collect());
        match response.decision() {
            cedar_policy::Decision::Allow if errors.is_empty() => Self::Permitted(policies),
            cedar_policy::Decision::Deny if !policies.is_empty() => {
                Self::Forbidden { policies, errors }
            }
            cedar_policy::Decision::Deny if errors.is_empty() => Self::Silent,
            cedar_policy::Decision::Allow | cedar_policy::Decision::Deny => Self::Failed(errors),
        }
    }
}

/// What two sets of policies say together: what they would say as one set.
///
/// SECURITY: an error on either side is a no, a `forbid` on either side wins, and a yes needs a
/// permit of one of them. Held by `what_is_written_into_a_role_joins_the_rules`.
pub(crate) fn join(one: Said, other: Said) -> Said {
    match (one, other) {
        (Said::Forbidden { policies, errors }, other)
        | (other, Said::Forbidden { policies, errors }) => {
            let (also, failed) = match other {
                Said::Forbidden { policies, errors } => (policies, errors),
                Said::Failed(errors) => (Vec::new(), errors),
                Said::Permitted(_) | Said::Silent => (Vec::new(), Vec::new()),
            };
            Said::Forbidden {
                policies: merged(policies, also),
                errors: merged(errors, failed),
            }
        }
        (Said::Failed(errors), Said::Failed(others)) => Said::Failed(merged(errors, others)),
        (failed @ Said::Failed(_), Said::Permitted(_) | Said::Silent)
        | (Said::Permitted(_) | Said::Silent, failed @ Said::Failed(_)) => failed,
        (Said::Permitted(policies), Said::Permitted(others)) => {
            Said::Permitted(merged(policies, others))
        }
        (permitted @ Said::Permitted(_), Said::Silent)
        | (Said::Silent, permitted @ Said::Permitted(_)) => permitted,
        (Said::Silent, Said::Silent) => Said::Silent,
    }
}

fn merged(mut one: Vec<String>, other: Vec<String>) -> Vec<String> {
    if !other.is_empty() {
        one.extend(other);
        one.sort();
    }
    one
}
