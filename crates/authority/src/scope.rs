//! The scope of a policy, and which requests it can match.

use cedar_policy::{
    ActionConstraint, Entities, EntityTypeName, EntityUid, Policy, PrincipalConstraint, RequestEnv,
    ResourceConstraint, Schema,
};

/// What stands in a policy between the first parentheses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    principal: Bound,
    action: ActionConstraint,
    resource: Bound,
}

/// What a scope says of a principal or of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Bound {
    Any,
    Is(EntityTypeName),
    Eq(EntityUid),
    In(EntityUid),
    IsIn(EntityTypeName, EntityUid),
}

/// Which entities of one type a scope can match.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Reach {
    /// Any, as far as the type says.
    Every,
    /// This one and no other.
    One(EntityUid),
}

impl Scope {
    pub(crate) fn of(policy: &Policy) -> Self {
        let principal = match policy.principal_constraint() {
            PrincipalConstraint::Any => Bound::Any,
            PrincipalConstraint::Is(named) => Bound::Is(named),
            PrincipalConstraint::Eq(one) => Bound::Eq(one),
            PrincipalConstraint::In(place) => Bound::In(place),
            PrincipalConstraint::IsIn(named, place) => Bound::IsIn(named, place),
        };
        let resource = match policy.resource_constraint() {
            ResourceConstraint::Any => Bound::Any,
            ResourceConstraint::Is(named) => Bound::Is(named),
            ResourceConstraint::Eq(one) => Bound::Eq(one),
            ResourceConstraint::In(place) => Bound::In(place),
            ResourceConstraint::IsIn(named, place) => Bound::IsIn(named, place),
        };
        Self {
            principal,
            action: policy.action_constraint(),
            resource,
        }
    }

    /// Which principals and which resources of a kind of request it can match; none: it can say
    /// nothing about such a request. What it can match at all is decided by types, and by the ids that it
    /// names; what an entity is `in`, only the entities know.
    pub(crate) fn reach(
        &self,
        request: &RequestEnv,
        schema: &Schema,
        actions: &Entities,
    ) -> Option<(Reach, Reach)> {
        if !self.names_action(request.action(), actions) {
            return None;
        }
        let principal = self.principal.reach(request.principal(), schema)?;
        let resource = self.resource.reach(request.resource(), schema)?;
        Some((principal, resource))
    }

    /// Whether it can match this action.
    pub(crate) fn names_action(&self, action: &EntityUid, actions: &Entities) -> bool {
        let within = |named: &EntityUid| named == action || actions.is_ancestor_of(named, action);
        match &self.action {
            ActionConstraint::Any => true,
            ActionConstraint::Eq(named) => named == action,
            ActionConstraint::In(named) => named.iter().any(within),
        }
    }

    /// The type that its principal has to have, if it names one.
    pub(crate) fn principal_type(&self) -> Option<&EntityTypeName> {
        match &self.principal {
            Bound::Is(named) | Bound::IsIn(named, _) => Some(named),
            Bound::Eq(one) => Some(one.type_name()),
            Bound::Any | Bound::In(_) => None,
        }
    }
}

impl Bound {
    fn reach(&self, of: &EntityTypeName, schema: &Schema) -> Option<Reach> {
        match self {
            Self::Any => Some(Reach::Every),
            Self::Is(named) => (named == of).then_some(Reach::Every),
            Self::Eq(one) => (one.type_name() == of).then(|| Reach::One(one.clone())),
            Self::In(place) => within(place, of, schema),
            Self::IsIn(named, place) => {
                let same = (named == of).then_some(());
                same.and_then(|()| within(place, of, schema))
            }
        }
    }
}

/// What of a type can be in `place`: what the schema lets be in its type, and the place itself.
fn within(place: &EntityUid, of: &EntityTypeName, schema: &Schema) -> Option<Reach> {
    let named = place.type_name();
    let mut above = schema.ancestors(of).into_iter().flatten();
    if above.any(|above| above == named) {
        return Some(Reach::Every);
    }
    (named == of).then(|| Reach::One(place.clone()))
}
