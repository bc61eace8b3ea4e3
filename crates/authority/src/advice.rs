//! What to do next, in the words that a refused caller reads. No id and no name of anything goes
//! in.

use cedar_policy::Entity;
use procura_core::action::Action;
use procura_core::task::Uncovered;
use procura_core::user::OnBehalfOf;

use crate::explanation::Asked;
use crate::rules::Rules;
use crate::table::{Who, row};
use crate::verdict::Question;

/// After an evaluation error.
pub(crate) const ON_ERROR: &str = "the policies could not be evaluated, which counts as a no; \
     an operator finds the error in the audit record";

/// When a policy forbids it and has no `@advice`.
pub(crate) const ON_FORBID: &str =
    "a policy forbids it; the audit record names the policy for those who may read it";

/// When an agent presents the token of another.
pub(crate) const ON_ANOTHER_AGENT: &str = "the workload access token is of another agent; get one \
     with the key that signs this request";

/// When nothing permits it. Without `rules` the policies are somebody's own, and our table says
/// nothing about them.
pub(crate) fn on_silence(asked: &Asked<'_>, rules: Option<Rules>) -> String {
    let advice = match asked.question {
        Question::Call => return on_silent_call(asked.action, rules),
        Question::Agent => "no policy permits it to this agent; an administrator can add one",
        Question::User if is_no_user(asked.principal) => {
            "no policy permits it without a user; get a workload access token for a user, or ask \
             an administrator for a policy"
        }
        Question::User => "no policy permits it to this user; an administrator can add one",
        Question::Task => "use a token that was handed on for it",
        Question::Grant => "ask an administrator for a grant",
    };
    advice.to_owned()
}

/// Who was refused, without a name.
pub(crate) fn who(question: Question, principal: Option<&Entity>) -> &'static str {
    match question {
        Question::Call => "this caller",
        Question::Agent | Question::Task | Question::Grant => "the agent",
        Question::User if principal.is_some_and(is_no_user) => "an agent that acts for no user",
        Question::User => "the user that the agent acts for",
    }
}

fn is_no_user(principal: &Entity) -> bool {
    principal.uid().type_name().basename() == "NoUser"
}

fn on_silent_call(action: Action, rules: Option<Rules>) -> String {
    let callers = rules.map_or(&[][..], |rules| row(action).callers(rules));
    let keys: Vec<_> = callers
        .iter()
        .filter(|who| matches!(who, Who::Role(_)))
        .map(|who| who.as_str())
        .collect();
    let keys = keys.join(" or ");
    match (keys.as_str(), callers.contains(&Who::Operator)) {
        ("", false) => "no policy permits it; ask an administrator for one".to_owned(),
        ("", true) => "only the operator may, on the machine itself".to_owned(),
        (_, false) => format!("use an access key with the role {keys}"),
        (_, true) => format!("use an access key with the role {keys}, or ask the operator"),
    }
}

/// When the user did not consent.
pub(crate) const ON_NO_CONSENT: &str = "the user has to consent first; open the authorization URL";

/// When the user did not consent to one of the agents that the agent acts through.
pub(crate) const ON_NO_CONSENT_THROUGH: &str = "the user has to let that agent have it, too; ask for \
     it once with a workload access token of that agent alone, and with the same scopes";

/// When what the agent acts through has no grant.
pub(crate) const ON_NO_GRANT_THROUGH: &str =
    "ask an administrator to grant this provider to that agent, too";

/// When the task does not cover it.
pub(crate) const fn on_task(uncovered: Uncovered) -> &'static str {
    match uncovered {
        Uncovered::Provider => {
            "the provider is not one of its providers; use a token that was handed on for this one"
        }
        Uncovered::Scopes => {
            "what would be let out is good for more than its scopes; ask for scopes of the task, or \
             use a token that was handed on for these"
        }
    }
}

/// When no grant covers it.
pub(crate) const fn on_no_grant(whom: OnBehalfOf) -> &'static str {
    match whom {
        OnBehalfOf::NoUser => {
            "ask an administrator to grant this provider to this agent without a user, or get a \
             workload access token for a user"
        }
        OnBehalfOf::User(_) => {
            "ask an administrator to grant this provider to this agent for its users"
        }
    }
}
