//! The questions, and the one place that evaluates.

use cedar_policy::{Context, Entity, Request};
use procura_core::action::Action;
use procura_core::connection::excess;
use procura_core::id::GrantId;

use crate::account_policies::{AccountPolicies, Named};
use crate::authority::Authority;
use crate::explanation::Asked;
use crate::inline::{Inline, Said, join};
use crate::request::{Caller, Credential, Target, Through, Use};
use crate::rules::Rules;
use crate::table::{Who, row};
use crate::verdict::{Denial, Question, Reasons, Verdict};

/// The rules in force and the policies of one account: who is asked about that account.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    pub(crate) rules: &'a Authority,
    pub(crate) own: Option<&'a AccountPolicies>,
}

/// What is gathered for the record on the way: what policies that are only logged would have said.
type Notes = Vec<String>;

impl Decision<'_> {
    /// An API call: may this caller do this on this?
    pub fn may_call(&self, caller: &Caller, action: Action, on: &Target<'_>) -> Verdict {
        let mut notes = Notes::new();
        self.told(self.call(caller, action, on, &mut notes), notes)
    }

    /// A use of a credential that ends in releasing it: may the caller ask at all, and then the
    /// three questions. All must say yes; the first no is the answer.
    pub fn may_release(&self, asked: &Use<'_>) -> Verdict {
        let mut notes = Notes::new();
        self.told(self.release(asked, &mut notes), notes)
    }

    /// The same without the third question, which is about to be put to the user: whether the agent
    /// may ask for the user's consent at all.
    pub fn may_ask_consent(&self, asked: &Use<'_>) -> Verdict {
        let mut notes = Notes::new();
        let answer = self.consider(asked, true, &mut notes).map(reasons);
        self.told(answer, notes)
    }

    /// Whether agent and user still may, when the user comes back. That the caller may say so is
    /// another question, asked before ([`Action::CompleteResourceTokenAuth`]).
    pub fn may_connect(&self, asked: &Use<'_>) -> Verdict {
        let mut notes = Notes::new();
        let answer = self.consider(asked, false, &mut notes).map(reasons);
        self.told(answer, notes)
    }

    /// Those of `actions` that the caller could not hand on, for the want of them: what it has of
    /// what is written into a role, it has on some things only, and what is forbidden there it has not.
    /// The table of the baseline says it, as strict only forbids what that permits; of policies of
    /// somebody's own it says nothing, and nothing is handed on.
    ///
    /// SECURITY: what a policy of the account may forbid to it, whatever it is about, it does not hand
    /// on either: a role is another caller, about whom that policy may say nothing. Held by
    /// `what_a_policy_of_the_account_forbids_is_not_handed_on`.
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
            let by_role = inline.is_some_and(|inline| inline.forbids().contains(action));
            let by_account =
                |own: &AccountPolicies| own.is_broken() || own.forbids().contains(action);
            by_role || self.own.is_some_and(by_account)
        };
        let has = |action: &Action| {
            let known = self.rules.explain.rules.map(|_| Rules::Baseline);
            let callers = known.map_or(&[][..], |rules| row(*action).callers(rules));
            let given = roles.iter().any(|role| callers.contains(&Who::Role(*role)));
            given && !forbidden(action)
        };
        let lacking = actions.into_iter().filter(|action| !has(action));
        lacking.copied().collect()
    }

    /// Which rules and policies these are, for records.
    pub fn version(&self) -> String {
        let rules = self.rules.version();
        match self.own {
            Some(own) => format!("{rules} + {}", own.version()),
            None => rules.to_owned(),
        }
    }

    fn call(
        &self,
        caller: &Caller,
        action: Action,
        on: &Target<'_>,
        notes: &mut Notes,
    ) -> Result<Reasons, Box<Denial>> {
        let question = Question::Call;
        let Authority {
            vocabulary,
            explain,
            ..
        } = self.rules;
        self.check_whose(caller, question, action)?;
        let unbuilt = |error| Box::new(explain.unbuilt(question, action, error));
        let principal = &vocabulary.caller(caller).map_err(unbuilt)?;
        let resource = &vocabulary.target(*on).map_err(unbuilt)?;
        let asked = Asked {
            question,
            action,
            principal,
            resource,
        };
        self.ask(&asked, caller.inline(), notes).map(reasons)
    }

    /// SECURITY: the questions are independent of each other and of the grants, and are joined by
    /// `?` alone: a yes to one can never stand in for another (attack 41; the test
    /// `no_grant_turns_a_no_of_the_agent_or_the_user_into_a_yes`).
    fn release(&self, asked: &Use<'_>, notes: &mut Notes) -> Result<Reasons, Box<Denial>> {
        let policies = self.consider(asked, true, notes)?;
        let (_, action) = asked.credential.actions();
        let explain = &self.rules.explain;
        let ungranted = || Box::new(explain.ungranted(asked, action));
        let grant = granting(asked).ok_or_else(ungranted)?;
        // SECURITY: nor does the grant of one agent stand in for that of another; held by
        // `every_agent_of_a_chain_needs_a_grant_of_its_own`.
        let through = asked.through().map(|(number, through)| {
            granting_through(asked, through).ok_or_else(|| {
                Box::new(explain.ungranted_through(asked, action, (number, through)))
            })
        });
        Ok(Reasons {
            grant: Some(grant),
            through: through.collect::<Result<_, _>>()?,
            ..reasons(policies)
        })
    }

    /// The questions about a use but for the last: of the caller, if `with_call`, then of the agent and
    /// of those that it acts through, then of the user, and whether it is part of the task. Gives the
    /// ids of the policies that permit.
    fn consider(
        &self,
        asked: &Use<'_>,
        with_call: bool,
        notes: &mut Notes,
    ) -> Result<Vec<String>, Box<Denial>> {
        let Authority {
            vocabulary,
            explain,
            ..
        } = self.rules;
        let resource = &vocabulary.provider(asked.provider);
        let mut ask = |question, action, principal: Result<Entity, String>, inline| {
            let unbuilt = |error| Box::new(explain.unbuilt(question, action, error));
            let principal = &principal.map_err(unbuilt)?;
            let resource = resource.as_ref().map_err(|error| unbuilt(error.clone()))?;
            let asked = Asked {
                question,
                action,
                principal,
                resource,
            };
            self.ask(&asked, inline, notes)
        };
        let (call, action) = asked.credential.actions();
        self.check_whose(asked.caller, Question::Call, call)?;
        // SECURITY: who signed as an agent uses that agent's tokens and no others; held by
        // `an_agent_that_signs_uses_its_own_tokens_alone`.
        if !asked.caller.may_be(asked.agent.agent.id) {
            return Err(Box::new(explain.another_agent(asked, call)));
        }
        let mut policies = if with_call {
            let of_caller = vocabulary.caller(asked.caller);
            ask(Question::Call, call, of_caller, asked.caller.inline())?
        } else {
            Vec::new()
        };
        let of_agent = vocabulary.agent(asked.agent);
        policies.extend(ask(Question::Agent, action, of_agent, None)?);
        for (number, through) in asked.through() {
            let of_agent = vocabulary.agent(through.agent);
            let answer = ask(Question::Agent, action, of_agent, None);
            policies.extend(answer.map_err(|mut denial| {
                denial.through = Some(number);
                denial
            })?);
        }
        let of_user = vocabulary.whom(asked.whom);
        policies.extend(ask(Question::User, action, of_user, None)?);
        let provider = asked.provider.provider.id;
        for reach in asked.reach() {
            asked
                .task
                .covers(provider, reach)
                .map_err(|uncovered| Box::new(explain.beyond_task(asked, action, uncovered)))?;
        }
        Ok(policies)
    }

    /// SECURITY: policies of another account would say nothing about this caller, and its own would
    /// not be asked. Held by `policies_of_another_account_are_a_no`.
    fn check_whose(
        &self,
        caller: &Caller,
        question: Question,
        action: Action,
    ) -> Result<(), Box<Denial>> {
        let same = |own: &AccountPolicies| {
            caller
                .account()
                .is_none_or(|account| account == own.account())
        };
        if self.own.is_none_or(same) {
            Ok(())
        } else {
            Err(Box::new(
                self.rules.explain.foreign_policies(question, action),
            ))
        }
    }

    /// The one place that evaluates. Gives the ids of the policies that permit. `inline` is what is
    /// written into the role that the caller has on.
    fn ask(
        &self,
        asked: &Asked<'_>,
        inline: Option<&Inline>,
        notes: &mut Notes,
    ) -> Result<Vec<String>, Box<Denial>> {
        let Authority {
            slices,
            explain,
            authorizer,
            ..
        } = self.rules;
        let (principal, resource) = (&asked.principal.uid(), &asked.resource.uid());
        let found = slices.of(asked.action).and_then(|asking| {
            let slice = asking.slice(principal, resource)?;
            Some((asking, slice))
        });
        let (asking, slice) = found.ok_or_else(|| Box::new(explain.unasked(asked)))?;
        // Not validated against the schema here: the slice is that of the types, the context is
        // empty, and the entities conform by construction.
        let action = &asking.action;
        let context = Context::empty();
        let (from, on) = (principal.clone(), resource.clone());
        let request = Request::new(from, action.clone(), on, context, None)
            .map_err(|error| Box::new(explain.failed(asked, vec![error.to_string()])))?;
        let known = asking
            .entities(asked.principal, asked.resource)
            .map_err(|error| Box::new(explain.failed(asked, vec![error])))?;
        let mut said = Said::of(&authorizer.is_authorized(&request, &slice.policies, &known));
        if let Some(inline) = inline {
            said = join(said, inline.asked(authorizer, &request, &known));
        }
        let own = self.own.filter(|own| own.is_about(asked.principal));
        if let Some(own) = own {
            let named = Named {
                principal,
                action,
                resource,
            };
            said = join(said, own.asked(authorizer, &request, &named, &known));
            notes.extend(own.observed(authorizer, &request, &named, &known, &said));
        }
        match said {
            Said::Permitted(policies) => Ok(policies),
            Said::Forbidden { policies, errors } => {
                let among = (&slice.policies, own);
                Err(Box::new(explain.forbidden(
                    asked,
                    among,
                    (policies, errors),
                )))
            }
            Said::Failed(errors) => Err(Box::new(explain.failed(asked, errors))),
            Said::Silent => Err(Box::new(explain.silent(asked))),
        }
    }

    /// The answer, with what goes into the record beside it.
    fn told(&self, answer: Result<Reasons, Box<Denial>>, log_only: Notes) -> Verdict {
        match answer {
            Ok(reasons) => Verdict::Yes(Reasons {
                log_only,
                ..reasons
            }),
            Err(mut denial) => {
                if let Some(own) = self.own {
                    let beside = format!(" [{}]", own.version());
                    denial.explanation.push_str(&beside);
                }
                if !log_only.is_empty() {
                    let beside = format!("; log-only: {}", log_only.join("; "));
                    denial.explanation.push_str(&beside);
                }
                Verdict::No(denial)
            }
        }
    }
}

/// The reasons of a yes, without a grant.
const fn reasons(policies: Vec<String>) -> Reasons {
    Reasons {
        policies,
        grant: None,
        through: Vec::new(),
        log_only: Vec::new(),
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
