//! What a workload access token is limited to, beyond what its agent and its user may: a task.
//!
//! A task says which providers, which scopes and which tools. What it does not say is not limited.
//! Whoever hands a token on can narrow its task and never widen it: [`Task::narrowed`].

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::connection::excess;
use crate::id::ProviderId;
use crate::name::ToolName;
use crate::scope::Scopes;
use crate::stated_reason::StatedReason;

/// How large a task can be as it stands in a token, in bytes. A token that nobody handed on has at
/// most 2 KiB with it.
pub const TASK_BYTES_MAX: usize = 800;

/// What a task can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member {
    /// Which providers.
    Providers,
    /// Which scopes.
    Scopes,
    /// Which tools.
    Tools,
    /// How many uses.
    Uses,
}

impl Member {
    /// Its name at the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Providers => "task.providers",
            Self::Scopes => "task.scopes",
            Self::Tools => "task.tools",
            Self::Uses => "task.uses",
        }
    }
}

/// Why there is no such task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TaskError {
    /// Something is named, and nothing stands there.
    #[error("is empty: name what the task needs, or leave the member out")]
    Empty(Member),
    /// More than the token has that it is made of.
    #[error(
        "asks for more than the token has that is handed on; a token can only be narrowed: ask for \
         less, or leave the member out"
    )]
    Widened(Member),
    /// It would not fit into a token.
    #[error("is longer than fits into a token; name fewer things, or use a shorter purpose")]
    TooLong,
}

impl TaskError {
    /// The member at fault.
    pub const fn member(self) -> &'static str {
        match self {
            Self::Empty(member) | Self::Widened(member) => member.as_str(),
            Self::TooLong => "task",
        }
    }
}

/// What of a use a task does not cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uncovered {
    /// The provider is not among its.
    Provider,
    /// What is asked for is good for more than its scopes.
    Scopes,
}

/// A task. The default one limits nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Task {
    providers: Option<BTreeSet<ProviderId>>,
    scopes: Option<Scopes>,
    tools: Option<BTreeSet<ToolName>>,
    purpose: Option<StatedReason>,
}

impl Task {
    /// A task of these limits.
    ///
    /// # Errors
    /// One of them is there and empty, or they are too long for a token.
    pub fn new(
        providers: Option<BTreeSet<ProviderId>>,
        scopes: Option<Scopes>,
        tools: Option<BTreeSet<ToolName>>,
        purpose: Option<StatedReason>,
    ) -> Result<Self, TaskError> {
        if providers.as_ref().is_some_and(BTreeSet::is_empty) {
            return Err(TaskError::Empty(Member::Providers));
        }
        if scopes.as_ref().is_some_and(Scopes::is_empty) {
            return Err(TaskError::Empty(Member::Scopes));
        }
        if tools.as_ref().is_some_and(BTreeSet::is_empty) {
            return Err(TaskError::Empty(Member::Tools));
        }
        Self {
            providers,
            scopes,
            tools,
            purpose,
        }
        .fitting()
    }

    /// This task, of a token that is handed on for the task `asked`: what is asked for, where it is
    /// part of this one, and this one's where nothing is.
    ///
    /// # Errors
    /// Something is asked for that this task does not have. It is never left out in silence: whoever
    /// asked would find out in the middle of the work.
    pub fn narrowed(&self, asked: Self) -> Result<Self, TaskError> {
        Self {
            providers: narrower(
                self.providers.as_ref(),
                asked.providers,
                BTreeSet::is_subset,
                Member::Providers,
            )?,
            scopes: narrower(
                self.scopes.as_ref(),
                asked.scopes,
                Scopes::is_subset,
                Member::Scopes,
            )?,
            tools: narrower(
                self.tools.as_ref(),
                asked.tools,
                BTreeSet::is_subset,
                Member::Tools,
            )?,
            purpose: asked.purpose.or_else(|| self.purpose.clone()),
        }
        .fitting()
    }

    /// Whether what is asked of a provider is part of the task: `scopes` is what it is good for, none
    /// of what has no scopes.
    ///
    /// A credential without scopes (an API key) is good for everything at its provider, and who asks
    /// for no scope by name leaves the choice to the provider: no task of some scopes covers either.
    ///
    /// # Errors
    /// What of it is not.
    pub fn covers(&self, provider: ProviderId, scopes: Option<&Scopes>) -> Result<(), Uncovered> {
        let named = self.providers.as_ref();
        if named.is_some_and(|named| !named.contains(&provider)) {
            return Err(Uncovered::Provider);
        }
        let is_in_scope = match (&self.scopes, scopes) {
            (None, _) => true,
            (Some(_), None) => false,
            // Not those alone that say how a token is got, and not what it opens.
            (Some(own), Some(scopes)) => {
                let shares = scopes
                    .iter()
                    .any(|scope| own.iter().any(|had| had == scope));
                shares && excess(own, scopes).is_empty()
            }
        };
        if is_in_scope {
            Ok(())
        } else {
            Err(Uncovered::Scopes)
        }
    }

    /// The providers, where it names some.
    pub const fn providers(&self) -> Option<&BTreeSet<ProviderId>> {
        self.providers.as_ref()
    }

    /// The scopes, where it names some.
    pub const fn scopes(&self) -> Option<&Scopes> {
        self.scopes.as_ref()
    }

    /// The tools, where it names some. They mean something to whoever calls tools, and nothing here.
    pub const fn tools(&self) -> Option<&BTreeSet<ToolName>> {
        self.tools.as_ref()
    }

    /// What it is for, in the words of who handed the token on. It limits nothing.
    pub const fn purpose(&self) -> Option<&StatedReason> {
        self.purpose.as_ref()
    }

    /// Whether it says nothing at all.
    pub fn is_blank(&self) -> bool {
        *self == Self::default()
    }

    fn fitting(self) -> Result<Self, TaskError> {
        let bytes = serde_json::to_vec(&self).map_err(|_| TaskError::TooLong)?;
        if bytes.len() > TASK_BYTES_MAX {
            Err(TaskError::TooLong)
        } else {
            Ok(self)
        }
    }
}

/// The narrower of what is had and what is asked for, if the second is within the first.
fn narrower<T: Clone>(
    had: Option<&T>,
    asked: Option<T>,
    is_within: impl Fn(&T, &T) -> bool,
    member: Member,
) -> Result<Option<T>, TaskError> {
    match (had, asked) {
        (had, None) => Ok(had.cloned()),
        (None, Some(asked)) => Ok(Some(asked)),
        (Some(had), Some(asked)) if is_within(&asked, had) => Ok(Some(asked)),
        (Some(_), Some(_)) => Err(TaskError::Widened(member)),
    }
}

/// A task as it stands in a token.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    providers: Option<BTreeSet<ProviderId>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    scopes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    tools: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    purpose: Option<String>,
}

impl From<Task> for Stored {
    fn from(task: Task) -> Self {
        let tools = |tools: BTreeSet<ToolName>| tools.iter().map(ToString::to_string).collect();
        Self {
            providers: task.providers,
            scopes: task.scopes.map(|s| s.iter().map(str::to_owned).collect()),
            tools: task.tools.map(tools),
            purpose: task.purpose.map(|purpose| purpose.to_string()),
        }
    }
}

/// Why what stands in a token is no task.
#[derive(Debug, thiserror::Error)]
#[error("not a task that was written here")]
struct InvalidStored;

impl TryFrom<Stored> for Task {
    type Error = InvalidStored;

    fn try_from(stored: Stored) -> Result<Self, InvalidStored> {
        let scopes = stored.scopes.map(Scopes::from_items).transpose();
        let tools = stored.tools.map(|tools| {
            let tools = tools.iter().map(|tool| tool.parse::<ToolName>());
            tools.collect::<Result<_, _>>()
        });
        let purpose = stored.purpose.as_deref().map(StatedReason::new).transpose();
        let (Ok(scopes), Ok(tools), Ok(purpose)) = (scopes, tools.transpose(), purpose) else {
            return Err(InvalidStored);
        };
        Self::new(stored.providers, scopes, tools, purpose).map_err(|_| InvalidStored)
    }
}

#[cfg(test)]
mod tests;
