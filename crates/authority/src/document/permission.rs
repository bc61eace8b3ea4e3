//! What who has a role on may do: a document that is written into the role.
//!
//! It becomes policies of the same words as the baseline, about callers alone. They are evaluated
//! beside it and not in it: see [`crate::Inline`].

mod action;
mod resource;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

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
    let asked: BTreeSet<Action> = named.iter().flatten().copied().collect();
    let is_all = |written: &[String]| written.iter().any(|one| one == "*");
    if is_all(&statement.resources) {
        // SECURITY: what takes everything takes what documents have no name for, too. Held by
        // `a_deny_of_everything_takes_what_has_no_name_in_documents`.
        let scope = if statement.effect == Effect::Deny && is_all(&statement.actions) {
            "action".to_owned()
        } else {
            listed(&asked)
        };
        return Ok(policy(
            statement,
            name,
            "all",
            &format!("{scope}, resource)"),
        ));
    }
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
        let scope = format!(
            "{}, resource is Procura::{}){when}",
            listed(&actions),
            place.kind()
        );
        text.push_str(&policy(statement, name, place.name(), &scope));
        about.extend(actions);
    }
    check_all_is_said(&named, &about, &is_used)?;
    if statement.effect == Effect::Deny {
        check_making(&asked, &about)?;
    }
    Ok(text)
}

/// SECURITY: what is made has no name yet when it is asked whether it may be, so that a `Deny` of making
/// what is named would deny nothing. That holds of a wildcard, too.
fn check_making(asked: &BTreeSet<Action>, about: &BTreeSet<Action>) -> Result<(), String> {
    let making = [
        Action::CreateWorkloadIdentity,
        Action::CreateApiKeyCredentialProvider,
        Action::CreateOauth2CredentialProvider,
    ];
    let mut unsaid = asked.difference(about);
    if unsaid.any(|action| making.contains(action)) {
        let reason = "a Deny of making agents or providers is about the directory or the vault, \
                      token-vault/default, or about *; name the other actions one by one";
        return Err(reason.to_owned());
    }
    Ok(())
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

/// A policy about callers. What is in its name is in the alphabet of names.
fn policy(statement: &Statement, name: &PolicyName, part: &str, scope: &str) -> String {
    let (number, keyword) = (statement.number, statement.effect.keyword());
    format!(
        "@id(\"inline/{name}/{number}/{part}\")\n\
         {keyword} (principal is Procura::Caller, {scope};\n"
    )
}

fn listed(actions: &BTreeSet<Action>) -> String {
    let each: Vec<String> = actions
        .iter()
        .map(|action| format!("Procura::Action::\"{}\"", action.name()))
        .collect();
    format!("action in [{}]", each.join(", "))
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
