//! Policies by the requests and by the ids that their scopes name, so that a question costs what the
//! policies cost that could say something about it, however many others there are.
//!
//! Policies of one scope lie together, each once, whatever number of kinds of requests they are of.
//! For a question those sets are asked that name its action and its types and, where they name an id,
//! this one; what they say is joined. A set that is left out could say nothing: the scope of a policy is
//! a conjunction that cannot fail. Held by `buckets_answer_as_the_whole_set_does`, and by
//! `cargo xtask prove cedar` on policies of others.

use std::collections::HashMap;

use cedar_policy::{Entities, EntityTypeName, EntityUid, Policy, PolicySet, RequestEnv, Schema};

use crate::policies::InvalidPolicies;
use crate::scope::{Reach, Scope};

/// Policies, ready to be asked.
pub(crate) struct Buckets {
    sets: Vec<PolicySet>,
    by_action: HashMap<EntityUid, Vec<Kind>>,
}

/// A kind of request, and which sets can say something about one, by the ids that they name.
struct Kind {
    principal: EntityTypeName,
    resource: EntityTypeName,
    by_ids: HashMap<(Reach, Reach), Vec<usize>>,
}

impl Buckets {
    /// Lays `policies` out, which were validated against `schema`. `actions` are all its actions.
    pub(crate) fn new<'a>(
        policies: impl IntoIterator<Item = &'a Policy>,
        schema: &Schema,
        actions: &Entities,
    ) -> Result<Self, InvalidPolicies> {
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut scopes: Vec<(Scope, PolicySet)> = Vec::new();
        for policy in policies {
            let scope = Scope::of(policy);
            let next = scopes.len();
            let at = *known.entry(format!("{scope:?}")).or_insert(next);
            if at == next {
                scopes.push((scope, PolicySet::new()));
            }
            if let Some((_, set)) = scopes.get_mut(at) {
                set.add(policy.clone())
                    .map_err(|error| InvalidPolicies::Syntax {
                        reason: error.to_string(),
                    })?;
            }
        }
        let mut by_action: HashMap<EntityUid, Vec<Kind>> = HashMap::new();
        if !scopes.is_empty() {
            for request in schema.request_envs() {
                if let Some(kind) = Kind::new(&request, &scopes, schema, actions) {
                    let action = request.action().clone();
                    by_action.entry(action).or_default().push(kind);
                }
            }
        }
        let sets = scopes.into_iter().map(|(_, set)| set).collect();
        Ok(Self { sets, by_action })
    }

    /// The sets that can say something about a request.
    pub(crate) fn about(
        &self,
        principal: &EntityUid,
        action: &EntityUid,
        resource: &EntityUid,
    ) -> impl Iterator<Item = &PolicySet> {
        let kinds = self.by_action.get(action).map_or(&[][..], Vec::as_slice);
        let kind = kinds.iter().find(|kind| {
            kind.principal == *principal.type_name() && kind.resource == *resource.type_name()
        });
        let every_or = |one: &EntityUid| [Reach::Every, Reach::One(one.clone())];
        let pairs = kind.into_iter().flat_map(move |kind| {
            let pairs = every_or(principal).into_iter().flat_map(move |principal| {
                every_or(resource).map(|resource| (principal.clone(), resource))
            });
            pairs.filter_map(move |pair| kind.by_ids.get(&pair))
        });
        pairs.flatten().filter_map(|at| self.sets.get(*at))
    }
}

impl Kind {
    /// None: there is nothing to say about it.
    fn new(
        request: &RequestEnv,
        scopes: &[(Scope, PolicySet)],
        schema: &Schema,
        actions: &Entities,
    ) -> Option<Self> {
        let mut by_ids: HashMap<_, Vec<usize>> = HashMap::new();
        for (at, (scope, _)) in scopes.iter().enumerate() {
            if let Some(reach) = scope.reach(request, schema, actions) {
                by_ids.entry(reach).or_default().push(at);
            }
        }
        (!by_ids.is_empty()).then(|| Self {
            principal: request.principal().clone(),
            resource: request.resource().clone(),
            by_ids,
        })
    }
}
