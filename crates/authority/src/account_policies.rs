//! The policies that an operator wrote for one account, beside the rules in force.
//!
//! They are asked about who is of that account, and of nobody else; never about the operator, who
//! could not take them back otherwise. What they say is joined with the rules: what these forbid stays
//! forbidden ([`STRUCTURE`](crate::STRUCTURE) first of all), what either permits is permitted, and what
//! these policies forbid is not. Those that are only logged change nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use cedar_policy::{
    Authorizer, Effect, Entities, Entity, EntityUid, EvalResult, Policy, Request, RequestEnv,
    Schema,
};
use procura_core::access_key::Role;
use procura_core::account::AccountId;
use procura_core::account_policy::{AccountPolicy, PolicyMode};
use procura_core::action::Action;
use procura_core::digest::sha256_of_fields;

use crate::attributes::Attributes;
use crate::buckets::Buckets;
use crate::entities::Vocabulary;
use crate::inline::{Said, join};
use crate::policies::InvalidPolicies;
use crate::rules::Rules;
use crate::scope::Scope;
use crate::table::{Who, row};
use crate::written::parsed;

/// How many policies a record names of those that are only logged.
const NOTED_MAX: usize = 8;

/// The policies of an account, ready to be asked. Immutable: others are another value.
pub struct AccountPolicies {
    account: AccountId,
    account_uid: EntityUid,
    version: String,
    /// Or why what counts cannot be read: then who is of the account may nothing.
    active: Result<Buckets, Vec<String>>,
    log_only: Buckets,
    /// What is only logged and cannot be read.
    unread: Vec<String>,
    attributes: Attributes,
    advice: BTreeMap<String, String>,
    /// Every call that one of these may forbid to a caller, on whatever.
    forbids: BTreeSet<Action>,
}

/// What the parts of a request are called.
pub(crate) struct Named<'a> {
    pub(crate) principal: &'a EntityUid,
    pub(crate) action: &'a EntityUid,
    pub(crate) resource: &'a EntityUid,
}

impl AccountPolicies {
    /// Reads `written`.
    ///
    /// SECURITY: a policy that counts and that this version cannot read forbids everything: it may have
    /// been a `forbid`. Held by `an_active_policy_that_cannot_be_read_forbids_everything`.
    pub(crate) fn read(
        account: AccountId,
        written: &[AccountPolicy],
        schema: &Schema,
        vocabulary: &Vocabulary,
    ) -> Result<Self, InvalidPolicies> {
        let actions = schema
            .action_entities()
            .map_err(|error| InvalidPolicies::Schema {
                reason: error.to_string(),
            })?;
        let (mut counting, mut logged) = (Vec::new(), Vec::new());
        let (mut failed, mut unread) = (Vec::new(), Vec::new());
        for own in written {
            let read = parsed(own.id.as_str(), &own.text, schema);
            match (own.mode, read) {
                (PolicyMode::Active, Ok(policy)) => counting.push(policy),
                (PolicyMode::LogOnly, Ok(policy)) => logged.push(policy),
                (PolicyMode::Active, Err(_)) => failed.push(unreadable(own)),
                (PolicyMode::LogOnly, Err(_)) => unread.push(unreadable(own)),
            }
        }
        let all = || counting.iter().chain(&logged);
        let annotated = |policy: &Policy| {
            let advice = policy.annotation("advice")?.to_owned();
            Some((policy.id().to_string(), advice))
        };
        let buckets = Buckets::new(&counting, schema, &actions)?;
        Ok(Self {
            account,
            account_uid: vocabulary.account_uid(account),
            version: version(written),
            active: if failed.is_empty() {
                Ok(buckets)
            } else {
                Err(failed)
            },
            log_only: Buckets::new(&logged, schema, &actions)?,
            unread,
            attributes: Attributes::of(all()),
            advice: all().filter_map(annotated).collect(),
            forbids: forbidden(&counting, schema, &actions, vocabulary),
        })
    }

    /// Whose they are.
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// Which they are, for records: how many, and 12 digits of the SHA-256 of what they say.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether what counts cannot be read, so that who is of the account may nothing.
    pub const fn is_broken(&self) -> bool {
        self.active.is_err()
    }

    /// Every call that one of them may forbid to a caller, on whatever.
    pub(crate) const fn forbids(&self) -> &BTreeSet<Action> {
        &self.forbids
    }

    /// Whether one of them may forbid something of what `roles` have, to somebody, on something.
    pub fn may_forbid_something_of(&self, roles: &[Role]) -> bool {
        let has = |action: &Action| {
            let callers = row(*action).callers(Rules::Baseline);
            let mut roles = roles.iter();
            roles.any(|role| callers.contains(&Who::Role(*role)))
        };
        let forbidden = self.is_broken() || self.forbids.iter().any(has);
        !roles.is_empty() && forbidden
    }

    pub(crate) fn advice(&self, id: &str) -> Option<&str> {
        self.advice.get(id).map(String::as_str)
    }

    pub(crate) const fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// Whether they are asked about `principal`: who is of the account. The operator is of none.
    pub(crate) fn is_about(&self, principal: &Entity) -> bool {
        let of = principal.attr("account").and_then(Result::ok);
        of.is_some_and(|of| of == EvalResult::EntityUid(self.account_uid.clone()))
    }

    /// What those say that count.
    pub(crate) fn asked(
        &self,
        authorizer: &Authorizer,
        request: &Request,
        named: &Named<'_>,
        known: &Entities,
    ) -> Said {
        match &self.active {
            Ok(active) => said(active, authorizer, request, named, known),
            Err(failed) => Said::Failed(failed.clone()),
        }
    }

    /// What those would say that are only logged, when everything else was `decided`: for the record.
    pub(crate) fn observed(
        &self,
        authorizer: &Authorizer,
        request: &Request,
        named: &Named<'_>,
        known: &Entities,
        decided: &Said,
    ) -> Vec<String> {
        let mut notes = Vec::new();
        match said(&self.log_only, authorizer, request, named, known) {
            Said::Forbidden { policies, errors } => {
                notes.push(format!("would forbid by {}", some(&policies)));
                notes.extend((!errors.is_empty()).then(|| failing(&errors)));
            }
            Said::Failed(errors) => notes.push(failing(&errors)),
            Said::Permitted(policies) if *decided == Said::Silent => {
                notes.push(format!("would permit by {}", some(&policies)));
            }
            Said::Permitted(_) | Said::Silent => {}
        }
        notes.extend((!self.unread.is_empty()).then(|| some(&self.unread)));
        notes
    }
}

fn said(
    buckets: &Buckets,
    authorizer: &Authorizer,
    request: &Request,
    named: &Named<'_>,
    known: &Entities,
) -> Said {
    buckets
        .about(named.principal, named.action, named.resource)
        .map(|set| Said::of(&authorizer.is_authorized(request, set, known)))
        .fold(Said::Silent, join)
}

/// Every call that a policy of `counting` may forbid to a holder of a key or of a role.
fn forbidden(
    counting: &[Policy],
    schema: &Schema,
    actions: &Entities,
    vocabulary: &Vocabulary,
) -> BTreeSet<Action> {
    let forbids = counting
        .iter()
        .filter(|policy| policy.effect() == Effect::Forbid);
    let scopes: Vec<Scope> = forbids.map(Scope::of).collect();
    if scopes.is_empty() {
        return BTreeSet::new();
    }
    let is_callers = |request: &RequestEnv| *request.principal() == *vocabulary.caller_type();
    let requests: Vec<RequestEnv> = schema.request_envs().filter(is_callers).collect();
    let may_forbid = |action: &Action| {
        let uid = vocabulary.action(action.name());
        let mut of_action = requests.iter().filter(|request| *request.action() == uid);
        of_action.any(|request| {
            let mut scopes = scopes.iter();
            scopes.any(|scope| scope.reach(request, schema, actions).is_some())
        })
    };
    Action::ALL.into_iter().filter(may_forbid).collect()
}

fn version(written: &[AccountPolicy]) -> String {
    let mut fields: Vec<&[u8]> = Vec::new();
    for own in written {
        let parts = [own.id.as_str(), own.mode.as_str(), own.text.as_str()];
        fields.extend(parts.map(str::as_bytes));
    }
    let digest = hex::encode(sha256_of_fields(&fields));
    let digits: String = digest.chars().take(12).collect();
    match written.len() {
        1 => format!("1 policy of the account @{digits}"),
        many => format!("{many} policies of the account @{digits}"),
    }
}

fn unreadable(own: &AccountPolicy) -> String {
    format!("account/{} cannot be read by this version", own.id)
}

fn failing(errors: &[String]) -> String {
    format!("evaluation failed: {}", some(errors))
}

/// The first few of many.
fn some(texts: &[String]) -> String {
    let more = texts.len().saturating_sub(NOTED_MAX);
    let shown: Vec<&str> = texts.iter().take(NOTED_MAX).map(String::as_str).collect();
    let shown = shown.join(", ");
    if more == 0 {
        shown
    } else {
        format!("{shown} and {more} more")
    }
}

impl fmt::Debug for AccountPolicies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountPolicies")
            .field("account", &self.account)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
