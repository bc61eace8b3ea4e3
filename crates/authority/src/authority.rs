//! The engine: a snapshot of schema and policies that answers questions.

use std::fmt;

use cedar_policy::{Authorizer, Context, Entity, Request};
use procura_core::action::Action;
use procura_core::connection::excess;
use procura_core::digest::sha256_of_fields;
use procura_core::id::GrantId;

use crate::attributes::Attributes;
use crate::entities::Vocabulary;
use crate::explanation::{Asked, Explainer};
use crate::inline::{Inline, Said, join};
use crate::policies::{InvalidPolicies, PolicyInForce, policies, schema};
use crate::request::{Caller, Credential, Target, Through, Use};
use crate::rules::{Rules, SCHEMA, STRUCTURE};
use crate::slices::Slices;
use crate::table::{Who, row};
use crate::verdict::{Denial, Question, Reasons, Verdict};

/// The rules in force. Immutable: other rules are another `Authority`, swapped in whole.
pub struct Authority {
    vocabulary: Vocabulary,
    pub(crate) slices: Slices,
    explain: Explainer,
    in_force: Vec<PolicyInForce>,
    authorizer: Authorizer,
}

impl Authority {
    /// A compiled-in set of rules. It fails only if this build is broken, and then it must not run.
    pub fn new(rules: Rules) -> Result<Self, InvalidPolicies> {
        Self::load(Some(rules), SCHEMA, &rules.text())
    }

    /// A deployment's own policies, usually [`Rules::text`] with changes, under [`STRUCTURE`].
    ///
    /// `schema` is [`SCHEMA`]; another one may add to it, but what it adds is given to no entity,
    /// so that a policy which reads it fails, which is a no. Refuses the whole text for one policy
    /// that does not validate.
    pub fn from_text(schema: &str, policies: &str) -> Result<Self, InvalidPolicies> {
        Self::load(None, schema, policies)
    }

    fn load(rules: Option<Rules>, schema_text: &str, own: &str) -> Result<Self, InvalidPolicies> {
        let text = [STRUCTURE, own].join("\n");
        let schema = schema(schema_text)?;
        let policies = policies(&text, &schema)?;
        let vocabulary = Vocabulary::new()?;
        let slices = Slices::new(&policies, &schema, &vocabulary)?;
        let digest = hex::encode(sha256_of_fields(&[schema_text.as_bytes(), text.as_bytes()]));
        let digits: String = digest.chars().take(12).collect();
        let version = format!("{}@{digits}", rules.map_or("custom", Rules::name));
        let attributes = Attributes::read_by(&policies);
        let in_force = PolicyInForce::all_of(&policies);
        let explain = Explainer {
            rules,
            version,
            attributes,
        };
        Ok(Self {
            vocabulary,
            slices,
            explain,
            in_force,
            authorizer: Authorizer::new(),
        })
    }

    /// Which rules these are, for records: `baseline@` and 12 digits of the SHA-256 of schema and
    /// policies.
    pub fn version(&self) -> &str {
        &self.explain.version
    }

    /// Every policy, in the order of ids.
    pub fn policies(&self) -> &[PolicyInForce] {
        &self.in_force
    }

    /// Which of the compiled-in rules these are; none where the text is somebody's own, of which our
    /// table says nothing.
    pub fn rules(&self) -> Option<Rules> {
        self.explain.rules
    }

    /// Whether making a provider also makes the administrator's grant for it. Only the baseline
    /// does; whoever writes policies of their own writes grants, too.
    pub fn grants_on_provider_creation(&self) -> bool {
        self.explain.rules == Some(Rules::Baseline)
    }

    /// An API call: may this caller do this on this?
    pub fn may_call(&self, caller: &Caller, action: Action, on: &Target<'_>) -> Verdict {
        self.call(caller, action, on).into()
    }

    /// Whether the token of an issuer that nobody registered proves a user. Only the baseline
    /// believes one; what it proves is marked in the record.
    pub fn believes_unregistered_issuers(&self) -> bool {
        self.explain.rules == Some(Rules::Baseline)
    }

    /// A use of a credential that ends in releasing it: may the caller ask at all, and then the
    /// three questions. All must say yes; the first no is the answer.
    pub fn may_release(&self, asked: &Use<'_>) -> Verdict {
        self.release(asked).into()
    }

    /// The same without the third question, which is about to be put to the user: whether the agent
    /// may ask for the user's consent at all.
    pub fn may_ask_consent(&self, asked: &Use<'_>) -> Verdict {
        self.consider(asked, true).map(ungranted).into()
    }

    /// Whether agent and user still may, when the user comes back. That the caller may say so is
    /// another question, asked before ([`Action::CompleteResourceTokenAuth`]).
    pub fn may_connect(&self, asked: &Use<'_>) -> Verdict {
        self.consider(asked, false).map(ungranted).into()
    }

    /// Those of `actions` that the caller could not hand on, for the want of them: what it has of
    /// what is written into a role, it has on some things only, and what is forbidden there it has not.
    /// The table of the baseline says it, as strict only forbids what that permits; of policies of
    /// somebody's own it says nothing, and nothing is handed on.
    pub fn lacks<'a>(
        &self,
        caller: &Caller,
        actions: impl IntoIterator<Item = &'a Action>,
    ) -> Vec<Action> {
        let roles = match caller {
            Caller::Operator => return Vec::new(),
            Caller::AccessKey { roles, .. } | Caller::Session { roles, .. } => roles.as_slice(),
            Caller::Agent { .. } => &[],
        };
        let forbidden = |action: &Action| {
            let inline = caller.inline();
            inline.is_some_and(|inline| inline.forbids().contains(action))
        };
        let has = |action: &Action| {
            let known = self.explain.rules.map(|_| Rules::Baseline);
            let callers = known.map_or(&[][..], |rules| row(*action).callers(rules));
            let given = roles.iter().any(|role| callers.contains(&Who::Role(*role)));
            given && !forbidden(action)
        };
        let lacking = actions.into_iter().filter(|action| !has(action));
        lacking.copied().collect()
    }

    fn call(&self, caller: &Caller, action: Action, on: &Target<'_>) -> Result<Reasons, Denial> {
        let question = Question::Call;
        let unbuilt = |error| self.explain.unbuilt(question, action, error);
        let principal = &self.vocabulary.caller(caller).map_err(unbuilt)?;
        let resource = &self.vocabulary.target(*on).map_err(unbuilt)?;
        let asked = Asked {
            question,
            action,
            principal,
            resource,
        };
        self.ask(&asked, caller.inline()).map(ungranted)
    }

    /// SECURITY: the questions are independent of each other and of the grants, and are joined by
    /// `?` alone: a yes to one can never stand in for another (attack 41; the test
    /// `no_grant_turns_a_no_of_the_agent_or_the_user_into_a_yes`).
    fn release(&self, asked: &Use<'_>) -> Result<Reasons, Denial> {
        let policies = self.consider(asked, true)?;
        let (_, action) = asked.credential.actions();
        let grant = granting(asked).ok_or_else(|| self.explain.ungranted(asked, action))?;
        // SECURITY: nor does the grant of one agent stand in for that of another; held by
        // `every_agent_of_a_chain_needs_a_grant_of_its_own`.
        let through = asked.through().map(|(number, through)| {
            granting_through(asked, through).ok_or_else(|| {
                let at = (number, through);
                self.explain.ungranted_through(asked, action, at)
            })
        });
        Ok(Reasons {
            policies,
            grant: Some(grant),
            through: through.collect::<Result<_, _>>()?,
        })
    }

    /// The questions about a use but for the last: of the caller, if `with_call`, then of the agent and
    /// of those that it acts through, then of the user, and whether it is part of the task. Gives the
    /// ids of the policies that permit.
    fn consider(&self, asked: &Use<'_>, with_call: bool) -> Result<Vec<String>, Denial> {
        let resource = &self.vocabulary.provider(asked.provider);
        let ask = |question, action, principal: Result<Entity, String>, inline| {
            let unbuilt = |error| self.explain.unbuilt(question, action, error);
            let principal = &principal.map_err(unbuilt)?;
            let resource = resource.as_ref().map_err(|error| unbuilt(error.clone()))?;
            let asked = Asked {
                question,
                action,
                principal,
                resource,
            };
            self.ask(&asked, inline)
        };
        let (call, action) = asked.credential.actions();
        // SECURITY: who signed as an agent uses that agent's tokens and no others; held by
        // `an_agent_that_signs_uses_its_own_tokens_alone`.
        if !asked.caller.may_be(asked.agent.agent.id) {
            return Err(self.explain.another_agent(asked, call));
        }
        let mut policies = if with_call {
            let of_caller = self.vocabulary.caller(asked.caller);
            ask(Question::Call, call, of_caller, asked.caller.inline())?
        } else {
            Vec::new()
        };
        let of_agent = self.vocabulary.agent(asked.agent);
        policies.extend(ask(Question::Agent, action, of_agent, None)?);
        for (number, through) in asked.through() {
            let of_agent = self.vocabulary.agent(through.agent);
            let answer = ask(Question::Agent, action, of_agent, None);
            policies.extend(answer.map_err(|denial| Denial {
                through: Some(number),
                ..denial
            })?);
        }
        let of_user = self.vocabulary.whom(asked.whom);
        policies.extend(ask(Question::User, action, of_user, None)?);
        let provider = asked.provider.provider.id;
        for reach in asked.reach() {
            asked
                .task
                .covers(provider, reach)
                .map_err(|uncovered| self.explain.beyond_task(asked, action, uncovered))?;
        }
        Ok(policies)
    }

    /// The one place that evaluates. Gives the ids of the policies that permit. `inline` is what is
    /// written into the role that the caller has on.
    fn ask(&self, asked: &Asked<'_>, inline: Option<&Inline>) -> Result<Vec<String>, Denial> {
        let (principal, resource) = (asked.principal.uid(), asked.resource.uid());
        let found = self.slices.of(asked.action).and_then(|asking| {
            let slice = asking.slice(&principal, &resource)?;
            Some((asking, slice))
        });
        let (asking, slice) = found.ok_or_else(|| self.explain.unasked(asked))?;
        // Not validated against the schema here: the slice is that of the types, the context is
        // empty, and the entities conform by construction.
        let action = asking.action.clone();
        let request = Request::new(principal, action, resource, Context::empty(), None)
            .map_err(|error| self.explain.failed(asked, vec![error.to_string()]))?;
        let known = asking
            .entities(asked.principal, asked.resource)
            .map_err(|error| self.explain.failed(asked, vec![error]))?;
        let response = self
            .authorizer
            .is_authorized(&request, &slice.policies, &known);
        let rules = Said::of(&response);
        let said = match inline {
            Some(inline) => join(rules, inline.asked(&self.authorizer, &request, &known)),
            None => rules,
        };
        match said {
            Said::Permitted(policies) => Ok(policies),
            Said::Forbidden { policies, errors } => {
                let reasons = (policies, errors);
                Err(self.explain.forbidden(asked, &slice.policies, reasons))
            }
            Said::Failed(errors) => Err(self.explain.failed(asked, errors)),
            Said::Silent => Err(self.explain.silent(asked)),
        }
    }
}

/// The reasons of a yes for which no grant was asked.
const fn ungranted(policies: Vec<String>) -> Reasons {
    Reasons {
        policies,
        grant: None,
        through: Vec::new(),
    }
}

/// The third question: which grant covers it. What a provider gave for a user only that user's
/// consent does; everything else, an administrator's grant.
fn granting(asked: &Use<'_>) -> Option<GrantId> {
    let (agent, provider) = (asked.agent.agent, asked.provider.provider.id);
    let now = asked.agent.now;
    let whom = asked.whom.on_behalf_of;
    match asked.credential {
        Credential::UserToken { scopes, consent } => consent
            .filter(|consent| consent.covers((agent, now), provider, whom, scopes))
            .map(|consent| consent.id),
        // What is exchanged is the proof that the user gave us, and who decides on it is the provider:
        // docs/decisions/0036-an-exchange-is-covered-by-an-administrators-grant.md.
        Credential::ApiKey | Credential::MachineToken(_) | Credential::ExchangedToken(_) => asked
            .grants
            .iter()
            .find(|grant| grant.covers(agent.id, provider, whom, asked.credential.scopes()))
            .map(|grant| grant.id),
    }
}

/// The third question, of an agent that the agent acts through: which grant of its own covers all that
/// is let out.
fn granting_through(asked: &Use<'_>, through: &Through<'_>) -> Option<GrantId> {
    let (agent, provider) = (through.agent.agent, asked.provider.provider.id);
    let now = through.agent.now;
    let whom = asked.whom.on_behalf_of;
    match asked.credential {
        Credential::UserToken { scopes, .. } => {
            let consent = through.consent?;
            let is_within = asked
                .reach()
                .flatten()
                .all(|reach| excess(&consent.scopes, reach).is_empty());
            let covers = is_within && consent.covers((agent, now), provider, whom, scopes);
            covers.then_some(consent.id)
        }
        Credential::ApiKey | Credential::MachineToken(_) | Credential::ExchangedToken(_) => asked
            .grants
            .iter()
            .find(|grant| grant.covers(agent.id, provider, whom, asked.credential.scopes()))
            .map(|grant| grant.id),
    }
}

impl fmt::Debug for Authority {
    /// The version says all: it names the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority")
            .field("version", &self.version())
            .finish_non_exhaustive()
    }
}
