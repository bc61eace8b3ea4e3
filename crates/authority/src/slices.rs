//! The policies of each request that the schema has, cut out once.
//!
//! Cedar evaluates every policy of a set, about 1.2 µs each even where its scope cannot match. So
//! each (action, type of principal, type of resource) has a set of its own: the policies whose scope
//! names the action or a group of it, or no action, and names no other type. The rest could say
//! nothing: the scope of a policy is a conjunction that cannot fail, and one false part of it makes
//! the policy silent. The test `a_slice_answers_as_the_whole_set_does` compares the two.

use std::collections::BTreeMap;

use cedar_policy::{
    Entities, Entity, EntityTypeName, EntityUid, Policy, PolicySet, RequestEnv, Schema,
};
use procura_core::action::Action;

use crate::entities::Vocabulary;
use crate::policies::InvalidPolicies;
use crate::scope::Scope;

/// Everything that answering one kind of request needs.
pub(crate) struct Slice {
    principal: EntityTypeName,
    resource: EntityTypeName,
    /// The policies that can say something about it.
    pub(crate) policies: PolicySet,
}

/// An action, and the kinds of requests that the schema has of it.
pub(crate) struct Asking {
    /// Its uid.
    pub(crate) action: EntityUid,
    /// The action with its groups: without them, `action in …` is never true. Two are added to a
    /// copy for each question; all three put together anew cost twice as much, by measurement.
    known: Entities,
    pub(crate) slices: Vec<Slice>,
}

impl Asking {
    /// The policies for a request of these two. None: the schema has no such request. It is refused
    /// without evaluation then: there, a validated policy could still fail or, worse, match.
    pub(crate) fn slice(&self, principal: &EntityUid, resource: &EntityUid) -> Option<&Slice> {
        let (principal, resource) = (principal.type_name(), resource.type_name());
        self.slices
            .iter()
            .find(|slice| slice.principal == *principal && slice.resource == *resource)
    }

    /// What the policies see: the action, and these two.
    pub(crate) fn entities(
        &self,
        principal: &Entity,
        resource: &Entity,
    ) -> Result<Entities, String> {
        self.known
            .clone()
            .add_entities([principal.clone(), resource.clone()], None)
            .map_err(|error| error.to_string())
    }
}

/// The slices of all actions.
pub(crate) struct Slices(BTreeMap<Action, Asking>);

impl Slices {
    /// Cuts `policies`, which were validated against `schema`.
    pub(crate) fn new(
        policies: &PolicySet,
        schema: &Schema,
        vocabulary: &Vocabulary,
    ) -> Result<Self, InvalidPolicies> {
        Self::cut(policies, schema, vocabulary, |policy, request, actions| {
            Scope::of(policy).reach(request, schema, actions).is_some()
        })
    }

    /// What there is to ask of an action. There is one for each, or [`Slices::new`] had failed.
    pub(crate) fn of(&self, action: Action) -> Option<&Asking> {
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
        keep: impl Fn(&Policy, &RequestEnv, &Entities) -> bool,
    ) -> Result<Self, InvalidPolicies> {
        let invalid = |reason: String| InvalidPolicies::Schema { reason };
        let actions = schema
            .action_entities()
            .map_err(|error| invalid(error.to_string()))?;
        let requests: Vec<RequestEnv> = schema.request_envs().collect();
        let mut all = BTreeMap::new();
        for action in Action::ALL {
            let uid = vocabulary.action(action.name());
            let entity = actions.get(&uid).cloned();
            let entity = entity.ok_or_else(|| InvalidPolicies::MissingAction {
                action: action.name().to_owned(),
            })?;
            let known = Entities::from_entities([entity], None)
                .map_err(|error| invalid(error.to_string()))?;
            let slices = requests
                .iter()
                .filter(|request| *request.action() == uid)
                .map(|request| slice(request, policies, |policy| keep(policy, request, &actions)))
                .collect::<Result<_, _>>()?;
            let asking = Asking {
                action: uid,
                known,
                slices,
            };
            all.insert(action, asking);
        }
        Ok(Self(all))
    }
}

fn slice(
    request: &RequestEnv,
    policies: &PolicySet,
    keep: impl Fn(&Policy) -> bool,
) -> Result<Slice, InvalidPolicies> {
    let kept = policies.policies().filter(|policy| keep(policy)).cloned();
    let policies = PolicySet::from_policies(kept).map_err(|error| InvalidPolicies::Syntax {
        reason: error.to_string(),
    })?;
    Ok(Slice {
        principal: request.principal().clone(),
        resource: request.resource().clone(),
        policies,
    })
}
