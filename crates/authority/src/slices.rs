//! The policies of each action, cut out once.
//!
//! Cedar evaluates every policy of a set, about 1.2 µs each even where the action cannot match. So
//! each action has a set of its own: the policies whose scope names it or a group of it, and those
//! whose scope names no action. The rest could say nothing: the scope of a policy is a conjunction
//! that cannot fail, and one false part of it makes the policy silent. The test
//! `a_slice_answers_as_the_whole_set_does` compares the two.

use std::collections::BTreeMap;

use cedar_policy::{
    ActionConstraint, Entities, Entity, EntityTypeName, EntityUid, Policy, PolicySet, Schema,
};
use procura_core::action::Action;

use crate::entities::Vocabulary;
use crate::policies::InvalidPolicies;

/// Everything that answering about one action needs.
pub(crate) struct Slice {
    /// The action with its groups: without them, `action in …` is never true.
    pub(crate) action: Entity,
    /// The policies that can say something about it.
    pub(crate) policies: PolicySet,
    /// The (principal, resource) types that the schema lets it be asked about.
    askable: Vec<(EntityTypeName, EntityTypeName)>,
}

impl Slice {
    /// Whether the schema has this request. What it has not is refused without evaluation: there, a
    /// validated policy could still fail or, worse, match.
    pub(crate) fn can_be_asked(&self, principal: &EntityUid, resource: &EntityUid) -> bool {
        self.askable
            .iter()
            .any(|(who, what)| who == principal.type_name() && what == resource.type_name())
    }
}

/// The slices of all actions.
pub(crate) struct Slices(BTreeMap<Action, Slice>);

impl Slices {
    /// Cuts `policies`, which were validated against `schema`.
    pub(crate) fn new(
        policies: &PolicySet,
        schema: &Schema,
        vocabulary: &Vocabulary,
    ) -> Result<Self, InvalidPolicies> {
        Self::cut(policies, schema, vocabulary, applies)
    }

    /// The slice of an action. There is one for each, or [`Slices::new`] had failed.
    pub(crate) fn of(&self, action: Action) -> Option<&Slice> {
        self.0.get(&action)
    }

    /// Every slice is the whole set: what slicing is compared with.
    #[cfg(test)]
    pub(crate) fn whole(
        policies: &PolicySet,
        schema: &Schema,
        vocabulary: &Vocabulary,
    ) -> Result<Self, InvalidPolicies> {
        Self::cut(policies, schema, vocabulary, |_, _, _| true)
    }

    fn cut(
        policies: &PolicySet,
        schema: &Schema,
        vocabulary: &Vocabulary,
        keep: impl Fn(&Policy, &EntityUid, &Entities) -> bool,
    ) -> Result<Self, InvalidPolicies> {
        let actions = schema
            .action_entities()
            .map_err(|error| InvalidPolicies::Schema {
                reason: error.to_string(),
            })?;
        let mut slices = BTreeMap::new();
        for action in Action::ALL {
            let uid = vocabulary.action(action.name());
            let entity =
                actions
                    .get(&uid)
                    .cloned()
                    .ok_or_else(|| InvalidPolicies::MissingAction {
                        action: action.name().to_owned(),
                    })?;
            let kept = policies
                .policies()
                .filter(|policy| keep(policy, &uid, &actions));
            let kept = PolicySet::from_policies(kept.cloned()).map_err(|error| {
                InvalidPolicies::Syntax {
                    reason: error.to_string(),
                }
            })?;
            let askable = schema
                .request_envs()
                .filter(|request| *request.action() == uid)
                .map(|request| (request.principal().clone(), request.resource().clone()))
                .collect();
            slices.insert(
                action,
                Slice {
                    action: entity,
                    policies: kept,
                    askable,
                },
            );
        }
        Ok(Self(slices))
    }
}

fn applies(policy: &Policy, action: &EntityUid, actions: &Entities) -> bool {
    let within = |named: &EntityUid| named == action || actions.is_ancestor_of(named, action);
    match policy.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::Eq(named) => named == *action,
        ActionConstraint::In(named) => named.iter().any(within),
    }
}
