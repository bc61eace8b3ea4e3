//! What who has a role on may do: a document that is written into the role.
//!
//! It becomes policies of the same words as the baseline, about callers alone. They are evaluated
//! beside it and not in it: see [`crate::Inline`].

mod action;
mod resource;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::iam_role::PolicyName;
use procura_core::name::Region;

use self::action::Named;
pub(crate) use self::action::{everything, service_of};
use self::resource::{Meant, Place};
use super::InvalidDocument;
use super::statement::{Effect, Form, Statement, statements};
use crate::inline::Inline;

/// Where the things are that a document names.
#[derive(Debug, Clone, Copy)]
pub struct Here<'a> {
    /// Whose they are.
    pub account: AccountId,
    /// As it stands in ARNs.
    pub region: &'a Region,
}

/// Translates the document of the policy `name` to policies. A wildcard stands for the actions that
/// there are now: what is added later is given by nobody's document of before.
pub fn translate(
    document: &str,
    name: &PolicyName,
    here: Here<'_>,
) -> Result<String, InvalidDocument> {
    let mut text = String::new();
    for statement in statements(document, Form::Permission)? {
        let at = |reason| InvalidDocument::at(statement.number, reason);
        text.push_str(&translated(&statement, name, here).map_err(at)?);
    }
    // What was quoted is a text of theirs and nothing else: that a policy cannot be read is ours.
    if Inline::read(&text).is_broken() {
        let reason = "the document cannot be translated to policies";
        return Err(InvalidDocument::whole(reason));
    }
    Ok(text)
}

fn translated(statement: &Statement, name: &PolicyName, here: Here<'_>) -> Result<String, String> {
    let named = statement
        .actions
        .iter()
        .map(|written| action::named(written))
        .collect::<Result<Vec<Named>, _>>()?;
    // SECURITY: what takes everything takes what documents have no name for, too. Held by
    // `a_deny_of_everything_takes_what_has_no_name_in_documents`.
    let is_all = |written: &[String]| written.iter().any(|one| one == "*");
    if statement.effect == Effect::Deny
        && is_all(&statement.actions)
        && is_all(&statement.resources)
    {
        let number = statement.number;
        return Ok(format!(
            "@id(\"inline/{name}/{number}/all\")\n\
             forbid (principal is Procura::Caller, action, resource);\n"
        ));
    }
    let asked: BTreeSet<Action> = named.iter().flatten().copied().collect();
    let mut about: BTreeSet<Action> = BTreeSet::new();
    let mut is_used = vec![false; statement.resources.len()];
    let mut text = String::new();
    for place in Place::ALL {
        let actions: BTreeSet<Action> = asked.iter().copied().filter(|a| place.has(*a)).collect();
        if actions.is_empty() {
            continue;
        }
        let mut meant = Meant::Nothing;
        for (written, is_used) in statement.resources.iter().zip(&mut is_used) {
            let one = place.meant(written, here)?;
            *is_used |= one != Meant::Nothing;
            meant = meant.or(one);
        }
        let when = match meant {
            Meant::Nothing => continue,
            Meant::Every => String::new(),
            Meant::These(parts) => format!("\nwhen {{ {} }}", parts.join(" || ")),
        };
        let listed: Vec<String> = actions.iter().map(|action| uid(*action)).collect();
        let (number, keyword) = (statement.number, statement.effect.keyword());
        let (listed, kind, place) = (listed.join(", "), place.kind(), place.name());
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "@id(\"inline/{name}/{number}/{place}\")\n{keyword} (principal is Procura::Caller, \
             action in [{listed}], resource is Procura::{kind}){when};\n"
        );
        about.extend(actions);
    }
    check_all_is_said(&named, &about, &is_used)?;
    Ok(text)
}

/// An action that is about no resource of the statement, or a resource that no action of it is
/// about, says something that is not enforced.
fn check_all_is_said(
    named: &[Named],
    about: &BTreeSet<Action>,
    is_used: &[bool],
) -> Result<(), String> {
    for (one, place) in named.iter().zip(1..) {
        if one.is_disjoint(about) {
            return Err(format!(
                "action {place} is about no resource of the statement; what it is about is in the \
                 documentation, and * is about everything"
            ));
        }
    }
    let unused = is_used.iter().zip(1..).find(|(used, _)| !**used);
    unused.map_or(Ok(()), |(_, place)| {
        Err(format!(
            "resource {place} is nothing that an action of the statement is about: there are * and \
             ARNs of this account and region of agents, credential providers and their \
             directories, and userpool/* and role/* as a whole"
        ))
    })
}

fn uid(action: Action) -> String {
    format!("Procura::Action::\"{}\"", action.name())
}

/// The actions of each service that documents can name.
pub fn names() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut all: BTreeMap<&'static str, Vec<&'static str>> = BTreeMap::new();
    for action in Action::ALL {
        if let Some(service) = service_of(action) {
            all.entry(service).or_default().push(action.name());
        }
    }
    all
}
