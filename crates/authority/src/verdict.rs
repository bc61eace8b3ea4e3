//! Yes with its reasons, or no with its explanation.

use std::collections::BTreeMap;

use procura_core::action::Action;
use procura_core::audit::record::Denied;
use procura_core::id::GrantId;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a verdict that is not looked at protects nothing"]
pub enum Verdict {
    /// It may, for these reasons.
    Yes(Reasons),
    /// It may not.
    No(Box<Denial>),
}

impl Verdict {
    /// Whether it is a yes.
    pub const fn is_yes(&self) -> bool {
        matches!(self, Self::Yes(_))
    }

    /// The denial, if it is a no.
    pub const fn denial(&self) -> Option<&Denial> {
        match self {
            Self::Yes(_) => None,
            Self::No(denial) => Some(denial),
        }
    }

    /// For `?`.
    pub fn into_result(self) -> Result<Reasons, Box<Denial>> {
        match self {
            Self::Yes(reasons) => Ok(reasons),
            Self::No(denial) => Err(denial),
        }
    }
}

impl From<Result<Reasons, Box<Denial>>> for Verdict {
    fn from(answer: Result<Reasons, Box<Denial>>) -> Self {
        match answer {
            Ok(reasons) => Self::Yes(reasons),
            Err(denial) => Self::No(denial),
        }
    }
}

/// Why yes: for the record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reasons {
    /// The ids of the policies that permitted it, sorted, question after question.
    pub policies: Vec<String>,
    /// The grant that covers it, where a grant was asked for.
    pub grant: Option<GrantId>,
    /// Those of the agents that the agent acts through, who began first.
    pub through: Vec<GrantId>,
    /// What policies would have said that are only logged.
    pub log_only: Vec<String>,
}

impl Reasons {
    /// The end of a record's sentence: under which grant.
    pub fn under(&self) -> String {
        let own = self.grant.map(|grant| format!(" under {grant}"));
        let through = self.through.iter().map(|grant| format!(", {grant}"));
        own.into_iter().chain(through).collect()
    }
}

/// Which question was answered with no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// May this caller make this call?
    Call,
    /// May this agent get it?
    Agent,
    /// May this user, or `NoUser`, get it?
    User,
    /// Is it part of the task that the agent's token is for?
    Task,
    /// Does a grant cover it?
    Grant,
}

impl Question {
    /// The word for it in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Agent => "agent",
            Self::User => "user",
            Self::Task => "task",
            Self::Grant => "grant",
        }
    }
}

/// Why no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The first question that was answered with no.
    pub question: Question,
    /// What was asked for.
    pub action: Action,
    /// The ids of the policies that forbade it, sorted. Empty and no errors: nothing permitted it.
    pub policies: Vec<String>,
    /// What failed in the evaluation, sorted. An error is a no, whatever else was said.
    pub errors: Vec<String>,
    /// Everything there is to know, for the record and for who may read it: ids, policies and the
    /// attributes that they read, and what policies would have said that are only logged.
    pub explanation: String,
    /// The grants or the consent that were looked at and do not cover it.
    pub grants: Vec<GrantId>,
    /// What the policies read, or could have read, with the values that it had.
    pub attributes: BTreeMap<String, String>,
    /// Who was refused, without a name.
    pub(crate) who: &'static str,
    /// Which of the agents that the agent acts through it was, from 1, who began first.
    pub(crate) through: Option<u8>,
    /// What to do next.
    pub(crate) advice: String,
}

impl Denial {
    /// What stands in the record.
    pub fn recorded(&self) -> Denied {
        Denied {
            question: self.question.as_str().into(),
            action: self.action.name().into(),
            policies: self.policies.clone(),
            errors: self.errors.clone(),
            grants: self.grants.clone(),
            attributes: self.attributes.clone(),
            advice: self.advice.clone(),
        }
    }

    /// What the caller may read: which question said no and what to do next.
    ///
    /// It is made of texts that are written in this crate and in `@advice` annotations and of the
    /// action's name. No id, name or attribute of anything goes in, so that a caller learns nothing
    /// of what it may not see.
    pub fn public(&self) -> String {
        let (action, advice) = (self.action.name(), &self.advice);
        match (self.question, self.through) {
            (Question::Call | Question::Agent | Question::User, None) => {
                format!("{} is not allowed {action}: {advice}", self.who)
            }
            (Question::Grant, None) => format!("no grant covers {action}: {advice}"),
            (Question::Task, _) => {
                format!("the task of this workload access token does not cover {action}: {advice}")
            }
            (Question::Call | Question::Agent | Question::User, Some(number)) => format!(
                "agent {number} of those that this one acts through is not allowed {action}: {advice}"
            ),
            (Question::Grant, Some(number)) => format!(
                "no grant covers {action} for agent {number} of those that this one acts through: \
                 {advice}"
            ),
        }
    }
}
