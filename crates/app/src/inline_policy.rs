//! Policies that are written into roles: put, read, deleted, and found for who has a role on.
//!
//! SECURITY: a delegation never grows. Whoever writes what gives something has every action of it by
//! its own managed roles, on everything; whoever takes or replaces a policy has all that it gave and
//! all that it forbade. What only forbids may be written by whoever may write roles.

use std::collections::BTreeSet;
use std::sync::Arc;

use moka::sync::Cache;
use procura_authority::Inline;
use procura_authority::document::permission::{Here, translate};
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::audit::record::Committed;
use procura_core::error::Error;
use procura_core::iam_role::{IamRole, InlinePolicy, PolicyName, RoleName};
use procura_core::id::RoleId;
use procura_protocol::strict_json;

use crate::App;
use crate::iam_role::{TRUST_DOCUMENT, check_covers};
use crate::operation::OpCx;

/// The most policies that are written into one role.
const INLINE_MAX: usize = 10;
/// The most that the documents of one role have together, in bytes; the reference's is the same in
/// characters.
const DOCUMENTS_BYTES_MAX: usize = 10_240;
/// The most that they are translated to, in bytes. It is read with each request of a session.
const TRANSLATED_BYTES_MAX: usize = 32_768;
/// How much of what is written into roles is held ready, in bytes of its text.
const HELD_BYTES_MAX: u64 = 4_194_304;

/// What is written into roles, ready to be asked, by role and version.
pub(crate) struct InlinePolicies(Cache<(RoleId, u64), Arc<Inline>>);

impl Default for InlinePolicies {
    fn default() -> Self {
        let held =
            Cache::builder()
                .max_capacity(HELD_BYTES_MAX)
                .weigher(|_, inline: &Arc<Inline>| {
                    u32::try_from(inline.as_str().len().max(1)).unwrap_or(u32::MAX)
                });
        Self(held.build())
    }
}

fn no_policy(role: &IamRole) -> Error {
    let name = &role.name;
    Error::not_found(format!(
        "no policy of this name is written into the role {name}; ListRolePolicies tells which are"
    ))
}

impl App {
    /// Writes a policy into a role, in the place of the one of that name.
    pub async fn put_role_policy(
        &self,
        cx: &mut OpCx,
        name: RoleName,
        policy: PolicyName,
        document: String,
    ) -> Result<Committed<()>, Error> {
        let account = cx.account()?;
        let mut role = self.iam_role(cx, name).await?;
        let cedar = self.permissions(account, &policy, &document)?;
        let mut handed = Inline::read(&cedar).permits().clone();
        let is_named = |other: &InlinePolicy| other.name == policy.as_str();
        if let Some(old) = role.inline.iter().find(|other| is_named(other)) {
            handed.extend(taken_with(cx, &role, old)?);
        }
        // SECURITY: nobody gives what it has not. Held by `a_policy_is_written_by_who_has_what_it_gives`.
        self.check_has(cx, &handed)?;
        role.inline.retain(|other| !is_named(other));
        role.inline.push(InlinePolicy {
            name: policy.to_string(),
            document,
            cedar,
        });
        role.inline.sort_by(|one, other| one.name.cmp(&other.name));
        check_size(&role)?;
        self.replace_iam_role(cx, role, &format!("wrote the policy {policy}"))
            .await
    }

    /// Reads a policy that is written into a role.
    pub async fn role_policy(
        &self,
        cx: &mut OpCx,
        name: RoleName,
        policy: &PolicyName,
    ) -> Result<(RoleName, InlinePolicy), Error> {
        let role = self.iam_role(cx, name).await?;
        let mut written = role.inline.iter();
        let found = written.find(|other| other.name == policy.as_str()).cloned();
        let found = found.ok_or_else(|| no_policy(&role))?;
        Ok((role.name, found))
    }

    /// Takes a policy out of a role. Its sessions have what the role has when they ask.
    pub async fn delete_role_policy(
        &self,
        cx: &mut OpCx,
        name: RoleName,
        policy: PolicyName,
    ) -> Result<Committed<()>, Error> {
        let mut role = self.iam_role(cx, name).await?;
        let is_named = |other: &InlinePolicy| other.name == policy.as_str();
        let old = role.inline.iter().find(|other| is_named(other)).cloned();
        let old = old.ok_or_else(|| no_policy(&role))?;
        role.inline.retain(|other| !is_named(other));
        // SECURITY: without what forbids, a role has more; and one that is emptied could be entrusted
        // to somebody else before it is filled again. Held by
        // `what_is_written_into_a_role_is_taken_by_who_has_it`.
        self.check_has(cx, &taken_with(cx, &role, &old)?)?;
        self.replace_iam_role(cx, role, &format!("deleted the policy {policy}"))
            .await
    }

    /// SECURITY: whether the caller may hand on each of `actions`: a managed role of its own may do
    /// it, and nothing takes it from that. The operator may hand anything on.
    pub(crate) fn check_has(&self, cx: &OpCx, actions: &BTreeSet<Action>) -> Result<(), Error> {
        let lacking = self.decision(cx).lacks(&cx.caller, actions);
        if lacking.is_empty() {
            return Ok(());
        }
        let named: Vec<&str> = lacking.iter().take(5).map(|action| action.name()).collect();
        let more = if lacking.len() > named.len() {
            " and others"
        } else {
            ""
        };
        Err(Error::denied(format!(
            "a role is given and entrusted only what the caller has itself, and it has not {}{more}; \
             use an access key that has that",
            named.join(", ")
        )))
    }

    /// What is written into a role, ready to be asked.
    pub(crate) fn inline_of(&self, role: &IamRole) -> Arc<Inline> {
        let cedar = role.inline_cedar();
        let place = (role.id, role.version);
        let known = self.inline_policies.0.get(&place);
        // A version that was lost with a restored database is not believed for its number.
        if let Some(known) = known.filter(|known| known.as_str() == cedar) {
            return known;
        }
        let read = Arc::new(Inline::read(&cedar));
        self.inline_policies.0.insert(place, Arc::clone(&read));
        read
    }

    /// Translates a document. What is wrong with it is told in full.
    fn permissions(
        &self,
        account: AccountId,
        name: &PolicyName,
        document: &str,
    ) -> Result<String, Error> {
        let malformed = |reason: String| Error::field(TRUST_DOCUMENT, reason);
        strict_json::check(document.as_bytes(), &strict_json::Limits::default())
            .map_err(|error| malformed(error.to_string()))?;
        let region = &self.region;
        translate(document, name, Here { account, region })
            .map_err(|error| malformed(error.to_string()))
    }
}

/// Everything that who takes a policy from `role` has to have: what it gives and what it forbids.
///
/// SECURITY: what forbids everything forbids also what documents have no name for; of that a role has
/// what its managed policies give. Held by `what_forbids_is_taken_by_who_has_what_the_role_has`.
fn taken_with(cx: &OpCx, role: &IamRole, policy: &InlinePolicy) -> Result<BTreeSet<Action>, Error> {
    let inline = Inline::read(&policy.cedar);
    if !inline.forbids().is_empty() {
        check_covers(cx, &role.roles())?;
    }
    Ok(inline.permits().union(inline.forbids()).copied().collect())
}

fn check_size(role: &IamRole) -> Result<(), Error> {
    let written = role.inline.iter();
    let bytes: usize = written.map(|policy| policy.document.len()).sum();
    let text = if role.inline.len() > INLINE_MAX {
        format!("a role has at most {INLINE_MAX} policies that are written into it")
    } else if bytes > DOCUMENTS_BYTES_MAX {
        format!("what is written into a role has at most {DOCUMENTS_BYTES_MAX} bytes together")
    } else if role.inline_cedar().len() > TRANSLATED_BYTES_MAX {
        "what is written into the role is about too many actions and resources together; name fewer, \
         or say it in fewer statements"
            .to_owned()
    } else {
        return Ok(());
    };
    Err(Error::conflict(text))
}
