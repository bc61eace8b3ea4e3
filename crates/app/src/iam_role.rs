//! Roles of the access management: made, read, given policies, deleted.
//!
//! SECURITY: a delegation never grows. Whoever gives a role something, or says who may put on a role
//! that has something, has all of it itself; only the operator, who may make keys of every kind, may
//! give anything. See [`check_covers`] and, of what is written into a role, [`crate::inline_policy`].

use std::collections::BTreeMap;

use procura_authority::document::trust;
use procura_authority::{Caller, Inline, Target};
use procura_core::access_key::Role;
use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::error::{Error, Kind};
use procura_core::iam_role::{IamRole, ManagedPolicy, RoleName, RolePath, TrustPolicy};
use procura_core::id::RoleId;
use procura_protocol::strict_json;
use procura_store::{Outcome, Tx};

use crate::App;
use crate::operation::OpCx;
use crate::page_token::{Page, PageRequest};

/// The member that errors of a trust document name.
pub const TRUST_DOCUMENT: &str = "PolicyDocument";
/// The most policies that one role has.
const MANAGED_MAX: usize = 10;

/// What a new role is made of.
#[derive(Debug, Clone)]
pub struct NewIamRole {
    /// Its name.
    pub name: RoleName,
    /// Where it is filed.
    pub path: RolePath,
    /// What it is for.
    pub description: String,
    /// Whom it trusts, as an IAM document.
    pub trust: String,
    /// How long a session of it is at most, in seconds.
    pub max_session_s: u32,
}

fn no_role(name: &RoleName) -> Error {
    Error::not_found(format!("The role with name {name} cannot be found."))
}

fn unknown_policy() -> Error {
    let known: Vec<String> = ManagedPolicy::ALL.iter().map(|known| known.arn()).collect();
    Error::not_found(format!(
        "there is no managed policy of this ARN; there are {}",
        known.join(", ")
    ))
}

fn not_attached(role: &IamRole) -> Error {
    let name = &role.name;
    Error::not_found(format!(
        "the role {name} has no managed policy of this ARN; ListAttachedRolePolicies tells which it \
         has"
    ))
}

/// What is asked of a role beside whom it trusts and what it has.
#[derive(Debug, Default)]
pub struct IamRoleChanges {
    /// What it is for; none leaves it as it is.
    pub description: Option<String>,
    /// How long a session of it is at most, in seconds; none leaves it as it is.
    pub max_session_s: Option<u32>,
}

fn changed_meanwhile(name: &RoleName) -> Error {
    let text = format!("the role {name} was changed meanwhile; try again");
    Error::new(Kind::Throttled, text)
}

impl App {
    /// Makes a role, which has nothing yet.
    pub async fn create_iam_role(
        &self,
        cx: &mut OpCx,
        new: NewIamRole,
    ) -> Result<Committed<IamRole>, Error> {
        let account = cx.account()?;
        cx.about.resource = Some(format!("role/{}", new.name));
        self.authorize(cx, &Target::Account(account))?;
        let role = IamRole {
            id: self.with_rng(|rng| RoleId::generate(cx.now, rng)),
            trust: self.trust_policy(account, new.trust).await?,
            name: new.name,
            path: new.path,
            description: new.description,
            managed: Vec::new(),
            inline: Vec::new(),
            max_session_s: new.max_session_s,
            created_at: cx.now,
            updated_at: cx.now,
            version: 1,
        };
        let name = &role.name;
        let taken = format!("Role with name {name} already exists.");
        let done = self.allowed(cx, format!("created {}", role.id));
        let refused = self.refusal(cx, &Error::conflict(taken.clone()));
        self.store
            .run_tx("create_iam_role", move |tx| {
                if !tx.account(account).insert_iam_role(&role)? {
                    let error = Error::conflict(taken.clone());
                    return Ok(Outcome::Refused(error, refused.clone()));
                }
                Ok(Outcome::Done(role.clone(), done.clone()))
            })
            .await
    }

    /// Reads a role. Whether one exists is told only to who may ask.
    pub async fn iam_role(&self, cx: &mut OpCx, name: RoleName) -> Result<IamRole, Error> {
        let account = cx.account()?;
        cx.about.resource = Some(format!("role/{name}"));
        self.authorize(cx, &Target::Account(account))?;
        self.iam_role_named(account, &name).await
    }

    /// The role of this name in `account`; nobody is asked whether that may be told.
    pub(crate) async fn iam_role_named(
        &self,
        account: AccountId,
        name: &RoleName,
    ) -> Result<IamRole, Error> {
        let wanted = name.clone();
        let read = move |tx: &mut Tx<'_>| tx.account(account).iam_role_named(&wanted);
        let found = self.store.look_up("iam_role_named", read).await?;
        found.ok_or_else(|| no_role(name))
    }

    /// Lists roles, by name.
    pub async fn iam_roles(
        &self,
        cx: &mut OpCx,
        page: PageRequest,
    ) -> Result<Page<IamRole>, Error> {
        let account = cx.account()?;
        self.authorize(cx, &Target::Account(account))?;
        let token = page.token.as_deref();
        let after = self.page_start::<RoleName>(cx, b"", token).await?;
        let limit = page.limit.saturating_add(1);
        let read = move |tx: &mut Tx<'_>| tx.account(account).iam_roles(after.as_ref(), limit);
        let found = self.store.run_read("iam_roles", read).await?;
        self.page(cx, b"", found, page.limit, |role| role.name.as_str())
            .await
    }

    /// Deletes a role that has nothing any more, and ends its sessions.
    pub async fn delete_iam_role(
        &self,
        cx: &mut OpCx,
        name: RoleName,
    ) -> Result<Committed<()>, Error> {
        let account = cx.account()?;
        let role = self.iam_role(cx, name.clone()).await?;
        if !role.managed.is_empty() || !role.inline.is_empty() {
            let text = "Cannot delete entity, must detach all policies first.";
            return Err(Error::conflict(text));
        }
        let (done, now) = (self.allowed(cx, "deleted"), cx.now);
        let refused = self.refusal(cx, &changed_meanwhile(&name));
        self.store
            .run_tx("delete_iam_role", move |tx| {
                if !tx.account(account).delete_iam_role(role.id, role.version)? {
                    return Ok(Outcome::Refused(changed_meanwhile(&name), refused.clone()));
                }
                // SECURITY: who has it on has it on no more.
                tx.cut_role(role.id, now)?;
                Ok(Outcome::Done((), done.clone()))
            })
            .await
    }

    /// Says anew whom a role trusts. Sessions that are there go on until they end.
    pub async fn update_assume_role_policy(
        &self,
        cx: &mut OpCx,
        name: RoleName,
        document: String,
    ) -> Result<Committed<()>, Error> {
        let account = cx.account()?;
        let role = self.iam_role(cx, name).await?;
        // SECURITY: who says who may put it on may put it on (test:
        // `whom_a_role_trusts_is_said_by_who_has_what_it_has`).
        self.check_has_all(cx, &role)?;
        let trust = self.trust_policy(account, document).await?;
        self.replace_iam_role(cx, IamRole { trust, ..role }, "trusts others")
            .await
    }

    /// Says anew what a role is for and how long its sessions are.
    pub async fn update_iam_role(
        &self,
        cx: &mut OpCx,
        name: RoleName,
        changes: IamRoleChanges,
    ) -> Result<Committed<()>, Error> {
        let role = self.iam_role(cx, name).await?;
        let max_session_s = changes.max_session_s.unwrap_or(role.max_session_s);
        // SECURITY: longer is more. Held by `a_session_is_made_longer_by_who_has_what_its_role_has`.
        if max_session_s > role.max_session_s {
            self.check_has_all(cx, &role)?;
        }
        let role = IamRole {
            description: changes.description.unwrap_or(role.description),
            max_session_s,
            ..role
        };
        self.replace_iam_role(cx, role, "changed").await
    }

    /// SECURITY: whether the caller may hand on all that a role has.
    fn check_has_all(&self, cx: &OpCx, role: &IamRole) -> Result<(), Error> {
        check_covers(cx, &role.roles())?;
        self.check_has(cx, Inline::read(&role.inline_cedar()).permits())
    }

    /// Gives a role a managed policy; one that it has, it keeps.
    pub async fn attach_role_policy(
        &self,
        cx: &mut OpCx,
        name: RoleName,
        arn: &str,
    ) -> Result<Committed<()>, Error> {
        let mut role = self.iam_role(cx, name).await?;
        let policy = ManagedPolicy::from_arn(arn).ok_or_else(unknown_policy)?;
        // SECURITY: nobody gives what it has not (test: `a_policy_is_attached_by_who_has_it`).
        check_covers(cx, policy.roles())?;
        if !role.managed.contains(&policy) {
            if role.managed.len() >= MANAGED_MAX {
                let text = format!("a role has at most {MANAGED_MAX} policies");
                return Err(Error::conflict(text));
            }
            role.managed.push(policy);
        }
        self.replace_iam_role(cx, role, &format!("attached {}", policy.name()))
            .await
    }

    /// Takes a managed policy from a role. Its sessions have what the role has when they ask.
    pub async fn detach_role_policy(
        &self,
        cx: &mut OpCx,
        name: RoleName,
        arn: &str,
    ) -> Result<Committed<()>, Error> {
        let mut role = self.iam_role(cx, name).await?;
        let attached = ManagedPolicy::from_arn(arn).filter(|policy| role.managed.contains(policy));
        let policy = attached.ok_or_else(|| not_attached(&role))?;
        // SECURITY: whoever empties a role that has more could entrust it to itself, and wait until it is
        // filled again. Held by `what_a_role_has_is_taken_by_who_has_it`.
        check_covers(cx, policy.roles())?;
        role.managed.retain(|other| *other != policy);
        self.replace_iam_role(cx, role, &format!("detached {}", policy.name()))
            .await
    }

    /// Puts the next version of a role in the place of the one that was read.
    pub(crate) async fn replace_iam_role(
        &self,
        cx: &OpCx,
        role: IamRole,
        reason: &str,
    ) -> Result<Committed<()>, Error> {
        let account = cx.account()?;
        let role = IamRole {
            updated_at: cx.now,
            version: role.version.saturating_add(1),
            ..role
        };
        let done = self.allowed(cx, reason);
        let refused = self.refusal(cx, &changed_meanwhile(&role.name));
        self.store
            .run_tx("replace_iam_role", move |tx| {
                if !tx.account(account).update_iam_role(&role)? {
                    let error = changed_meanwhile(&role.name);
                    return Ok(Outcome::Refused(error, refused.clone()));
                }
                // Whoever decided on what a session of it had looks again.
                tx.cut_role(role.id, role.updated_at)?;
                Ok(Outcome::Done((), done.clone()))
            })
            .await
    }

    /// Translates a document. What is wrong with it is told in full.
    async fn trust_policy(
        &self,
        account: AccountId,
        document: String,
    ) -> Result<TrustPolicy, Error> {
        let malformed = |reason: String| Error::field(TRUST_DOCUMENT, reason);
        strict_json::check(document.as_bytes(), &strict_json::Limits::default())
            .map_err(|error| malformed(error.to_string()))?;
        let named =
            trust::named_roles(&document, account).map_err(|error| malformed(error.to_string()))?;
        let mut roles = BTreeMap::new();
        for (arn, name) in named {
            let wanted = name.clone();
            let read = move |tx: &mut Tx<'_>| tx.account(account).iam_role_named(&wanted);
            let found = self.store.look_up("iam_role_named", read).await?;
            if let Some(role) = found.filter(|role| role.arn(account) == arn) {
                roles.insert(arn, role.id);
            }
        }
        let cedar = trust::translate(&document, account, &roles)
            .map_err(|error| malformed(error.to_string()))?;
        Ok(TrustPolicy { document, cedar })
    }
}

/// SECURITY: whether the caller may hand `wanted` on: each is covered by one of its own roles. The
/// operator may hand anything on, as it may make keys of every kind.
pub(crate) fn check_covers(cx: &OpCx, wanted: &[Role]) -> Result<(), Error> {
    let own = match &cx.caller {
        Caller::Operator => return Ok(()),
        Caller::AccessKey { roles, .. } | Caller::Session { roles, .. } => roles.as_slice(),
        Caller::Agent { .. } => &[],
    };
    let is_covered = |wanted: &Role| own.iter().any(|own| own.covers(*wanted));
    let lacking: Vec<&str> = wanted
        .iter()
        .filter(|wanted| !is_covered(wanted))
        .map(|wanted| wanted.as_str())
        .collect();
    if lacking.is_empty() {
        // What is forbidden to a session is no role of its own that it could lack.
        if !wanted.is_empty() && cx.caller.is_restricted() {
            return Err(Error::denied(
                "a role is given and entrusted only what the caller has itself, and a policy that is \
                 written into its own role takes something from it; use an access key",
            ));
        }
        // SECURITY: nor is what a policy of the account forbids to it, for a role is another caller.
        // Held by `what_a_policy_of_the_account_forbids_is_not_handed_on`.
        let own = cx.policies.as_ref();
        if own.is_some_and(|own| own.may_forbid_something_of(wanted)) {
            return Err(Error::denied(
                "a role is given and entrusted only what the caller has itself, and a policy of the \
                 account takes something from it; ask the operator",
            ));
        }
        return Ok(());
    }
    Err(Error::denied(format!(
        "a role is given and entrusted only what the caller has itself, and it has not {}; use \
         an access key that has that, or ask the operator",
        lacking.join(", ")
    )))
}
