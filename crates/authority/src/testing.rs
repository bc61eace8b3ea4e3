//! For `cargo xtask prove` only: schemas, policies, entities and requests of others, in the hands of
//! our own code. No stability is promised.

use std::str::FromStr;

use cedar_policy::{
    AuthorizationError, Authorizer, Context, Decision, Entities, EntityId, EntityTypeName,
    EntityUid, PolicySet, Request, RequestEnv, Response, Schema,
};
use serde_json::Value;

use crate::buckets::Buckets;
use crate::inline::{Said, join};
use crate::policies::{schema, validate};
use crate::scope::Scope;

/// A deployment of somebody else's.
pub struct Foreign {
    schema: Schema,
    policies: PolicySet,
    entities: Entities,
    actions: Entities,
    buckets: Buckets,
    authorizer: Authorizer,
}

/// One who or what of a request: type and id.
pub type Uid<'a> = (&'a str, &'a str);

/// What was answered.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// What the engine decided.
    pub engine_allows: bool,
    /// The policies that it was decided by, sorted.
    pub reason: Vec<String>,
    /// The policies that failed, sorted.
    pub errors: Vec<String>,
    /// What we make of it.
    pub we_allow: bool,
    /// Whether the policies of the kind of request alone say the same in every word, as do the sets
    /// by ids, joined.
    pub slices_agree: bool,
}

impl Foreign {
    /// Reads everything, with the calls that read ours.
    pub fn read(schema_text: &str, policies: &str, entities: Value) -> Result<Self, String> {
        let schema = schema(schema_text).map_err(|error| error.to_string())?;
        let policies = PolicySet::from_str(policies).map_err(|error| error.to_string())?;
        let entities = Entities::from_json_value(entities, Some(&schema))
            .map_err(|error| error.to_string())?;
        let actions = schema
            .action_entities()
            .map_err(|error| error.to_string())?;
        let buckets = Buckets::new(policies.policies(), &schema, &actions)
            .map_err(|error| error.to_string())?;
        Ok(Self {
            schema,
            policies,
            entities,
            actions,
            buckets,
            authorizer: Authorizer::new(),
        })
    }

    /// Whether the engine finds that the policies fit the schema; and whether we would take them.
    pub fn fits(&self) -> (bool, bool) {
        let validator = cedar_policy::Validator::new(self.schema.clone());
        let strict = cedar_policy::ValidationMode::Strict;
        let fits = validator
            .validate(&self.policies, strict)
            .validation_passed();
        (fits, validate(&self.policies, &self.schema).is_ok())
    }

    /// Asks one thing.
    pub fn ask(
        &self,
        principal: Uid<'_>,
        action: Uid<'_>,
        resource: Uid<'_>,
        context: Value,
    ) -> Result<Answer, String> {
        let (principal, action, resource) = (uid(principal)?, uid(action)?, uid(resource)?);
        let context = Context::from_json_value(context, Some((&self.schema, &action)))
            .map_err(|error| error.to_string())?;
        let request = Request::new(
            principal.clone(),
            action.clone(),
            resource.clone(),
            context,
            Some(&self.schema),
        )
        .map_err(|error| error.to_string())?;
        let response = self.response(&request, &self.policies);
        let whole = Said::of(&response);
        let kind = RequestEnv::new(
            principal.type_name().clone(),
            action.clone(),
            resource.type_name().clone(),
        );
        let kept = self.policies.policies().filter(|policy| {
            let scope = Scope::of(policy);
            scope.reach(&kind, &self.schema, &self.actions).is_some()
        });
        let slice = PolicySet::from_policies(kept.cloned()).map_err(|error| error.to_string())?;
        let sliced = Said::of(&self.response(&request, &slice));
        let about = self.buckets.about(&principal, &action, &resource);
        let joined = about
            .map(|set| Said::of(&self.response(&request, set)))
            .fold(Said::Silent, join);
        Ok(answer(
            &response,
            &whole,
            whole == sliced && whole == joined,
        ))
    }

    fn response(&self, request: &Request, policies: &PolicySet) -> Response {
        self.authorizer
            .is_authorized(request, policies, &self.entities)
    }
}

fn answer(response: &Response, whole: &Said, slices_agree: bool) -> Answer {
    let said = response.diagnostics();
    let mut reason: Vec<_> = said.reason().map(ToString::to_string).collect();
    let failed = |error: &AuthorizationError| match error {
        AuthorizationError::PolicyEvaluationError(error) => error.policy_id().to_string(),
    };
    let mut errors: Vec<_> = said.errors().map(failed).collect();
    reason.sort();
    errors.sort();
    Answer {
        engine_allows: response.decision() == Decision::Allow,
        reason,
        errors,
        we_allow: matches!(whole, Said::Permitted(_)),
        slices_agree,
    }
}

fn uid((of, id): Uid<'_>) -> Result<EntityUid, String> {
    let of = EntityTypeName::from_str(of).map_err(|error| error.to_string())?;
    Ok(EntityUid::from_type_name_and_id(of, EntityId::new(id)))
}
