//! Every no with its explanation: which question, which policy, which attribute.

use std::collections::BTreeMap;

use cedar_policy::{Entity, PolicyId, PolicySet};
use procura_core::action::Action;
use procura_core::grant::{AdministratorGrant, Covered};
use procura_core::id::GrantId;
use procura_core::task::Uncovered;
use procura_core::user::OnBehalfOf;

use crate::account_policies::AccountPolicies;
use crate::advice;
use crate::attributes::Attributes;
use crate::request::{Caller, Credential, Through, Use};
use crate::rules::Rules;
use crate::verdict::{Denial, Question};

/// One question, ready to be evaluated.
pub(crate) struct Asked<'a> {
    pub(crate) question: Question,
    pub(crate) action: Action,
    pub(crate) principal: &'a Entity,
    pub(crate) resource: &'a Entity,
}

/// What denials are explained with.
pub(crate) struct Explainer {
    /// The compiled-in rules, if it is these.
    pub(crate) rules: Option<Rules>,
    /// What stands in records for schema and policies.
    pub(crate) version: String,
    /// What each policy reads.
    pub(crate) attributes: Attributes,
}

impl Explainer {
    /// Policies forbade it.
    pub(crate) fn forbidden(
        &self,
        asked: &Asked<'_>,
        (among, own): (&PolicySet, Option<&AccountPolicies>),
        (policies, errors): (Vec<String>, Vec<String>),
    ) -> Denial {
        let attributes = |id: &str| match own.map(AccountPolicies::attributes) {
            Some(own) if own.has(id) => own,
            Some(_) | None => &self.attributes,
        };
        let shown = policies
            .iter()
            .map(|id| attributes(id).shown(id, asked.principal, asked.resource))
            .collect::<Vec<_>>()
            .join(", ");
        let also = if errors.is_empty() {
            String::new()
        } else {
            format!("; evaluation failed: {}", errors.join(", "))
        };
        let advice = policies.iter().find_map(|id| {
            let rule = among.annotation(&PolicyId::new(id), "advice");
            rule.or_else(|| own.and_then(|own| own.advice(id)))
        });
        let advice = advice.unwrap_or(advice::ON_FORBID).to_owned();
        let denial = self.denial(asked, &format!("forbidden by {shown}{also}"), advice);
        let ids = policies.iter().map(String::as_str);
        let attributes = self.attributes.read(ids, asked.principal, asked.resource);
        Denial {
            policies,
            errors,
            attributes,
            ..denial
        }
    }

    /// The evaluation failed, and nothing forbade it by itself.
    pub(crate) fn failed(&self, asked: &Asked<'_>, errors: Vec<String>) -> Denial {
        let why = format!("evaluation failed: {}", errors.join(", "));
        Denial {
            errors,
            ..self.denial(asked, &why, advice::ON_ERROR.to_owned())
        }
    }

    /// Nothing permitted it: what there is to read of both is not what any policy asks for.
    pub(crate) fn silent(&self, asked: &Asked<'_>) -> Denial {
        let advice = advice::on_silence(asked, self.rules);
        let attributes = self.attributes.there(asked.principal, asked.resource);
        Denial {
            attributes,
            ..self.denial(asked, "no policy permits it", advice)
        }
    }

    /// The schema has no such request, so that no policy could permit it.
    pub(crate) fn unasked(&self, asked: &Asked<'_>) -> Denial {
        let advice = advice::on_silence(asked, self.rules);
        self.denial(asked, "the schema has no such request", advice)
    }

    /// An entity could not be made, so that there was nothing to evaluate.
    pub(crate) fn unbuilt(&self, question: Question, action: Action, error: String) -> Denial {
        let why = format!("{} not asked: {error}", action.name());
        let denial = self.sentence(question, action, &why, advice::ON_ERROR.to_owned());
        Denial {
            attributes: facts([("not known", error.clone())]),
            errors: vec![error],
            ..denial
        }
    }

    /// The policies are those of another account: a defect of ours.
    pub(crate) fn foreign_policies(&self, question: Question, action: Action) -> Denial {
        let error = "the policies are of another account".to_owned();
        self.unbuilt(question, action, error)
    }

    /// The caller is an agent, and the token is another's.
    pub(crate) fn another_agent(&self, asked: &Use<'_>, call: Action) -> Denial {
        let why = format!(
            "the caller may not do {} with a token of {}: it is another agent",
            call.name(),
            asked.agent.agent.id
        );
        let advice = advice::ON_ANOTHER_AGENT.to_owned();
        Denial {
            attributes: facts([
                ("principal.agent", caller_agent(asked.caller)),
                ("token.agent", asked.agent.agent.id.to_string()),
            ]),
            ..self.sentence(Question::Call, call, &why, advice)
        }
    }

    /// The task does not cover it.
    pub(crate) fn beyond_task(
        &self,
        asked: &Use<'_>,
        action: Action,
        uncovered: Uncovered,
    ) -> Denial {
        let (agent, provider) = (asked.agent.agent.id, asked.provider.provider.id);
        let what = match uncovered {
            Uncovered::Provider => "the provider is none of the task's",
            Uncovered::Scopes => "it is good for more than the task's scopes",
        };
        let why = format!("{agent} may not do {} on {provider}: {what}", action.name());
        let advice = advice::on_task(uncovered).to_owned();
        let providers = asked.task.providers().map(|named| {
            let ids: Vec<_> = named.iter().map(ToString::to_string).collect();
            ids.join(", ")
        });
        let scopes = asked.task.scopes().map(ToString::to_string);
        let every = || "every".to_owned();
        let mut attributes = of_use(asked);
        attributes.extend(facts([
            ("task.providers", providers.unwrap_or_else(every)),
            ("task.scopes", scopes.unwrap_or_else(every)),
        ]));
        Denial {
            attributes,
            ..self.sentence(Question::Task, action, &why, advice)
        }
    }

    /// One of the agents that the agent acts through has no grant that covers it.
    pub(crate) fn ungranted_through(
        &self,
        asked: &Use<'_>,
        action: Action,
        (number, through): (u8, &Through<'_>),
    ) -> Denial {
        let (agent, acting) = (through.agent.agent.id, asked.agent.agent.id);
        let provider = asked.provider.provider.id;
        let (lacks, advice) = match asked.credential {
            Credential::UserToken { .. } => (
                through.consent.map_or("no consent".to_owned(), |consent| {
                    format!("no consent that covers it ({} does not)", consent.id)
                }),
                advice::ON_NO_CONSENT_THROUGH,
            ),
            Credential::ApiKey | Credential::MachineToken(_) | Credential::ExchangedToken(_) => (
                "no grant that covers it".to_owned(),
                advice::ON_NO_GRANT_THROUGH,
            ),
        };
        let why = format!(
            "{agent}, which {acting} acts through, may not do {} on {provider}: it has {lacks}",
            action.name()
        );
        let looked_at = match asked.credential {
            Credential::UserToken { .. } => through.consent.iter().map(|one| one.id).collect(),
            Credential::ApiKey | Credential::MachineToken(_) | Credential::ExchangedToken(_) => {
                asked.grants.iter().map(|grant| grant.id).collect()
            }
        };
        Denial {
            through: Some(number),
            grants: looked_at,
            attributes: of_use(asked),
            ..self.sentence(Question::Grant, action, &why, advice.to_owned())
        }
    }

    /// No grant covers it.
    pub(crate) fn ungranted(&self, asked: &Use<'_>, action: Action) -> Denial {
        let (agent, provider) = (asked.agent.agent.id, asked.provider.provider.id);
        let on = |each: &str| format!("{agent} may not do {} on {provider}: {each}", action.name());
        let (why, advice, grants) = if let Credential::UserToken { consent, .. } = asked.credential
        {
            let each = consent.map_or("there is no consent".to_owned(), |consent| {
                format!("{} does not cover it", consent.id)
            });
            let looked_at = consent.map(|consent| consent.id).into_iter().collect();
            (on(&each), advice::ON_NO_CONSENT, looked_at)
        } else {
            let each: Vec<_> = asked
                .grants
                .iter()
                .map(|grant| mismatch(grant, asked))
                .collect();
            let each = if each.is_empty() {
                "there is no grant".to_owned()
            } else {
                each.join(", ")
            };
            let looked_at: Vec<GrantId> = asked.grants.iter().map(|grant| grant.id).collect();
            let advice = advice::on_no_grant(asked.whom.on_behalf_of);
            (on(&each), advice, looked_at)
        };
        Denial {
            grants,
            attributes: of_use(asked),
            ..self.sentence(Question::Grant, action, &why, advice.to_owned())
        }
    }

    fn denial(&self, asked: &Asked<'_>, why: &str, advice: String) -> Denial {
        let Asked {
            question,
            action,
            principal,
            resource,
        } = *asked;
        let (from, on) = (principal.uid(), resource.uid());
        let why = format!("{from} may not do {} on {on}: {why}", action.name());
        let who = advice::who(question, Some(principal));
        let attributes = self
            .attributes
            .read(std::iter::empty(), principal, resource);
        Denial {
            attributes,
            who,
            ..self.sentence(question, action, &why, advice)
        }
    }

    fn sentence(&self, question: Question, action: Action, why: &str, advice: String) -> Denial {
        let explanation = format!("{}: {why} [{}]", question.as_str(), self.version);
        let (policies, errors) = (Vec::new(), Vec::new());
        Denial {
            question,
            action,
            policies,
            errors,
            explanation,
            grants: Vec::new(),
            attributes: BTreeMap::new(),
            who: advice::who(question, None),
            through: None,
            advice,
        }
    }
}

/// What a grant would have to cover.
fn of_use(asked: &Use<'_>) -> BTreeMap<String, String> {
    let scopes = asked.credential.scopes();
    let user = match asked.whom.on_behalf_of {
        OnBehalfOf::NoUser => "none".to_owned(),
        OnBehalfOf::User(user) => format!("{} ({})", user.id, user.kind.as_str()),
    };
    let scopes = scopes.map_or("every".to_owned(), ToString::to_string);
    facts([
        ("use.agent", asked.agent.agent.id.to_string()),
        ("use.provider", asked.provider.provider.id.to_string()),
        ("use.scopes", scopes),
        ("use.user", user),
    ])
}

/// As which agent the caller signed.
fn caller_agent(caller: &Caller) -> String {
    match caller {
        Caller::Agent { agent, .. } => agent.to_string(),
        Caller::AccessKey { .. } | Caller::Session { .. } | Caller::Operator => "none".to_owned(),
    }
}

fn facts<const N: usize>(facts: [(&str, String); N]) -> BTreeMap<String, String> {
    facts.map(|(name, value)| (name.to_owned(), value)).into()
}

/// The first thing in which a grant differs from a use that it does not cover.
fn mismatch(grant: &AdministratorGrant, asked: &Use<'_>) -> String {
    let id = grant.id;
    if grant.provider != asked.provider.provider.id {
        return format!("{id} is for {}", grant.provider);
    }
    if let Some(agent) = grant.agent.filter(|agent| *agent != asked.agent.agent.id) {
        return format!("{id} is for {agent}");
    }
    let scopes = asked.credential.scopes();
    if let Some(scopes) = scopes.filter(|scopes| !grant.scopes.covers(scopes)) {
        return match &grant.scopes {
            Covered::Only(covered) => format!("{id} covers {covered} and the use asks {scopes}"),
            Covered::Every => format!("{id} covers every scope"),
        };
    }
    let whom = match asked.whom.on_behalf_of {
        OnBehalfOf::NoUser => "without a user",
        OnBehalfOf::User(_) => "for a user",
    };
    format!(
        "{id} has with_user {} and the use is {whom}",
        grant.with_user.as_str()
    )
}
