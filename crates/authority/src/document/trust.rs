//! Who may put a role on: the document of a role, and the question of it.
//!
//! The policies of a role are a set of their own, with a schema of their own, and have no relation
//! to the baseline: they say who is trusted by the role, never what anybody may do.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::{self, Write as _};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    PolicySet, Request, RestrictedExpression,
};
use procura_core::access_key::AccessKeyId;
use procura_core::account::AccountId;
use procura_core::iam_role::{RoleName, parse_role_arn};
use procura_core::id::RoleId;

use super::InvalidDocument;
use super::condition::{self, About, quoted};
use super::statement::{Effect, Form, Statement, statements};
use crate::policies::{InvalidPolicies, policies, schema};

/// The words of the policies of a role.
const SCHEMA: &str = r"
entity Role;
// A name that a caller goes by: of its account, its key, the role that it has on.
entity Name;
entity Caller in [Name];
// A machine of the reference's. There are none here: nobody is one.
entity Service;
// Who issues tokens, by its URL without the scheme.
entity Issuer;
entity WebIdentity in [Issuer] { subject: String, audiences: Set<String> } tags String;
action AssumeRole appliesTo {
    principal: [Caller, Service],
    resource: Role,
    context: { sessionName: String, externalId: String },
};
action AssumeRoleWithWebIdentity appliesTo {
    principal: WebIdentity,
    resource: Role,
    context: { sessionName: String },
};
";

const ASSUME_ROLE: &str = "sts:AssumeRole";
const ASSUME_ROLE_WITH_WEB_IDENTITY: &str = "sts:AssumeRoleWithWebIdentity";
const TAG_SESSION: &str = "sts:TagSession";

/// The roles that a document names as those who are trusted, each with its ARN as it is written.
/// Who takes the document in looks their ids up: a re-created name is another role, and is not
/// trusted for what the first one was.
pub fn named_roles(
    document: &str,
    account: AccountId,
) -> Result<Vec<(String, RoleName)>, InvalidDocument> {
    let mut named = Vec::new();
    for statement in statements(document, Form::Trust)? {
        for (kind, text) in &statement.principals {
            let role = parse_role_arn(text).filter(|(of, ..)| *of == account);
            if let Some((_, _, name)) = role.filter(|_| kind == "AWS") {
                named.push((text.clone(), name));
            }
        }
    }
    Ok(named)
}

/// Translates a document of a role of `account` to policies. `roles` has the id of each of
/// [`named_roles`] that exists.
pub fn translate(
    document: &str,
    account: AccountId,
    roles: &BTreeMap<String, RoleId>,
) -> Result<String, InvalidDocument> {
    let mut text = String::new();
    for statement in statements(document, Form::Trust)? {
        let at = |reason| InvalidDocument::at(statement.number, reason);
        let translation = Translation { account, roles };
        text.push_str(&translation.statement(&statement).map_err(at)?);
    }
    // What was quoted is a text of theirs and nothing else: that a policy cannot be read is ours.
    Trust::compile(&text)
        .map_err(|_| InvalidDocument::whole("the document cannot be translated to policies"))?;
    Ok(text)
}

struct Translation<'a> {
    account: AccountId,
    roles: &'a BTreeMap<String, RoleId>,
}

/// Who is meant by one principal of a statement.
enum Meant<'a> {
    /// A caller, by a name that it goes by.
    Caller(String),
    /// Nobody.
    Service(&'a str),
    /// An issuer without its scheme.
    Issuer(&'a str),
}

impl Translation<'_> {
    fn statement(&self, statement: &Statement) -> Result<String, String> {
        check_actions(&statement.actions)?;
        let mut text = String::new();
        for ((kind, named), place) in statement.principals.iter().zip(1..) {
            let meant = self.meant(kind, named)?;
            let (action, about) = match meant {
                Meant::Caller(_) | Meant::Service(_) => (ASSUME_ROLE, About::Callers),
                Meant::Issuer(issuer) => (ASSUME_ROLE_WITH_WEB_IDENTITY, About::Federated(issuer)),
            };
            if !statement.actions.iter().any(|written| written == action) {
                return Err(format!(
                    "for a principal of kind {kind} the action is {action}"
                ));
            }
            let when = conditions(statement, about)?;
            let principal = match &meant {
                Meant::Caller(name) => format!("principal in Name::{}", quoted(name)?),
                Meant::Service(name) => format!("principal == Service::{}", quoted(name)?),
                Meant::Issuer(issuer) => format!("principal in Issuer::{}", quoted(issuer)?),
            };
            let action = action.trim_start_matches("sts:");
            let (number, keyword) = (statement.number, statement.effect.keyword());
            // Writing to a String cannot fail.
            let _ = write!(
                text,
                "@id(\"statement-{number}-{place}\")\n\
                 {keyword} ({principal}, action == Action::\"{action}\", resource){when};\n"
            );
        }
        check_each_action_has_somebody(statement)?;
        Ok(text)
    }

    fn meant<'t>(&self, kind: &str, named: &'t str) -> Result<Meant<'t>, String> {
        if named.contains('*') || named.contains('?') {
            let reason = "a principal with a wildcard would trust everybody; name who is meant";
            return Err(reason.to_owned());
        }
        match kind {
            "AWS" => self.caller(named).map(Meant::Caller),
            "Service" => service(named).map(Meant::Service),
            "Federated" => self.issuer(named).map(Meant::Issuer),
            _ => Err(
                "a kind of Principal is not supported; there are AWS, Federated and Service"
                    .to_owned(),
            ),
        }
    }

    /// The name that the caller goes by. A role is known by its id.
    fn caller(&self, named: &str) -> Result<String, String> {
        let own = |what: &str| format!("arn:aws:iam::{}:{what}", self.account);
        if named == self.account.as_str() || named == own("root") {
            return Ok(own("root"));
        }
        let Some(rest) = named.strip_prefix(&own("")) else {
            let reason = "an AWS principal is not of this account; callers of other accounts are \
                          not trusted";
            return Err(reason.to_owned());
        };
        if let Some(key) = rest.strip_prefix("user/") {
            let is_key = key.parse::<AccessKeyId>().is_ok();
            return is_key
                .then(|| named.to_owned())
                .ok_or_else(|| "a user is named by its access key, as user/PRCA…".to_owned());
        }
        match self.roles.get(named) {
            Some(role) => Ok(role.to_string()),
            None => Err(
                "an AWS principal names no root, user or existing role of this account".to_owned(),
            ),
        }
    }

    fn issuer<'t>(&self, named: &'t str) -> Result<&'t str, String> {
        let prefix = format!("arn:aws:iam::{}:oidc-provider/", self.account);
        named
            .strip_prefix(&prefix)
            .filter(|issuer| !issuer.is_empty() && !issuer.ends_with('/'))
            .ok_or_else(|| {
                format!("a federated principal is {prefix} and the issuer's URL without https://")
            })
    }
}

fn service(named: &str) -> Result<&str, String> {
    named
        .ends_with(".amazonaws.com")
        .then_some(named)
        .ok_or_else(|| "a service is named as ec2.amazonaws.com".to_owned())
}

fn check_actions(actions: &[String]) -> Result<(), String> {
    for action in actions {
        if ![ASSUME_ROLE, ASSUME_ROLE_WITH_WEB_IDENTITY, TAG_SESSION].contains(&action.as_str()) {
            return Err(format!(
                "an action is not supported in a trust policy; there are {ASSUME_ROLE} and \
                 {ASSUME_ROLE_WITH_WEB_IDENTITY}"
            ));
        }
    }
    // Sessions have no tags. Beside the others it is what documents of the reference have.
    if actions.iter().all(|action| action == TAG_SESSION) {
        return Err(format!("{TAG_SESSION} alone does nothing here"));
    }
    Ok(())
}

/// An action that no principal of the statement can do says something that is not enforced.
fn check_each_action_has_somebody(statement: &Statement) -> Result<(), String> {
    for action in &statement.actions {
        let mut kinds = statement.principals.iter().map(|(kind, _)| kind.as_str());
        let has_somebody = match action.as_str() {
            ASSUME_ROLE => kinds.any(|kind| kind != "Federated"),
            ASSUME_ROLE_WITH_WEB_IDENTITY => kinds.any(|kind| kind == "Federated"),
            _ => true,
        };
        if !has_somebody {
            return Err(format!("no principal of the statement can do {action}"));
        }
    }
    Ok(())
}

fn conditions(statement: &Statement, about: About<'_>) -> Result<String, String> {
    let (mut subject, mut audience) = (false, false);
    let mut parts = Vec::new();
    for (operator, key, values) in &statement.conditions {
        let translated = condition::translate(about, operator, key, values)?;
        subject |= translated.binds_subject;
        audience |= translated.binds_audience;
        parts.push(translated.expression);
    }
    // SECURITY: whatever else it says, it would trust everybody whom the issuer gives tokens, or
    // tokens that were made for somebody else (test:
    // `an_issuer_is_trusted_for_named_subjects_and_audiences_only`).
    if matches!(about, About::Federated(_))
        && statement.effect == Effect::Allow
        && !(subject && audience)
    {
        let reason = "a federated principal needs conditions on sub and on aud of its issuer \
                      (idp.example.com:sub) that are not *, or every user of the issuer could put \
                      the role on";
        return Err(reason.to_owned());
    }
    if parts.is_empty() {
        return Ok(String::new());
    }
    Ok(format!("\nwhen {{ {} }}", parts.join(" && ")))
}

/// Who wants to put a role on.
#[derive(Debug, Clone, Copy)]
pub enum Assuming<'a> {
    /// Who signed.
    Caller {
        /// Every name that the caller goes by: the root of its account, `user/` and its key or, of
        /// who has a role on, the id of that role (`rol_…`).
        names: &'a [String],
        /// What the session is to be called.
        session_name: &'a str,
        /// What was agreed on with the one that it acts for.
        external_id: Option<&'a str>,
    },
    /// Who brought a token that was verified.
    WebIdentity {
        /// The issuer, with or without its scheme.
        issuer: &'a str,
        /// Its `sub`.
        subject: &'a str,
        /// Its `aud`.
        audiences: &'a [String],
        /// Its other claims that are texts.
        claims: &'a BTreeMap<String, String>,
        /// What the session is to be called.
        session_name: &'a str,
    },
}

/// Whom a role trusts, ready to be asked.
pub struct Trust {
    policies: PolicySet,
    authorizer: Authorizer,
}

impl Trust {
    /// Reads what [`translate`] wrote.
    pub fn compile(cedar: &str) -> Result<Self, InvalidPolicies> {
        Ok(Self {
            policies: policies(cedar, &schema(SCHEMA)?)?,
            authorizer: Authorizer::new(),
        })
    }

    /// Whether the role may be put on. SECURITY: an error is a no, as everywhere.
    pub fn may_assume(&self, who: &Assuming<'_>) -> bool {
        self.asked(who).unwrap_or(false)
    }

    fn asked(&self, who: &Assuming<'_>) -> Option<bool> {
        let (principal, action, context) = asking(who)?;
        let schema = schema(SCHEMA).ok()?;
        let role = uid("Role", "role")?;
        let request = Request::new(
            principal.uid(),
            uid("Action", action)?,
            role,
            Context::from_pairs(context).ok()?,
            Some(&schema),
        )
        .ok()?;
        let entities = Entities::from_entities([principal], Some(&schema)).ok()?;
        let answer = self
            .authorizer
            .is_authorized(&request, &self.policies, &entities);
        let failed = answer.diagnostics().errors().next().is_some();
        Some(answer.decision() == Decision::Allow && !failed)
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trust").finish_non_exhaustive()
    }
}

type Pairs = Vec<(String, RestrictedExpression)>;

/// Who asks, for what, and what is known beside.
fn asking(who: &Assuming<'_>) -> Option<(Entity, &'static str, Pairs)> {
    let text = |value: &str| RestrictedExpression::new_string(value.to_owned());
    let named = |name: &str, value: &str| (name.to_owned(), text(value));
    match who {
        Assuming::Caller {
            names,
            session_name,
            external_id,
        } => {
            let parents: Option<HashSet<_>> = names.iter().map(|name| uid("Name", name)).collect();
            let caller = Entity::new(uid("Caller", "caller")?, HashMap::new(), parents?).ok()?;
            let context = vec![
                named("sessionName", session_name),
                named("externalId", external_id.unwrap_or_default()),
            ];
            Some((caller, "AssumeRole", context))
        }
        Assuming::WebIdentity {
            issuer,
            subject,
            audiences,
            claims,
            session_name,
        } => {
            let issuer = without_scheme(issuer);
            let audiences = audiences.iter().map(|audience| text(audience));
            let attributes = [
                named("subject", subject),
                (
                    "audiences".to_owned(),
                    RestrictedExpression::new_set(audiences),
                ),
            ];
            let tags = claims.iter().map(|(name, value)| named(name, value));
            let identity = Entity::new_with_tags(
                uid("WebIdentity", "identity")?,
                attributes,
                [uid("Issuer", issuer)?],
                tags,
            )
            .ok()?;
            let context = vec![named("sessionName", session_name)];
            Some((identity, "AssumeRoleWithWebIdentity", context))
        }
    }
}

/// Whether a translated policy says something of a claim of this name.
pub fn names(cedar: &str, claim: &str) -> bool {
    cedar.contains(&format!("Tag(\"{claim}\")"))
}

/// The issuer as documents name it.
pub fn without_scheme(issuer: &str) -> &str {
    let secure = issuer.strip_prefix("https://");
    secure
        .or_else(|| issuer.strip_prefix("http://"))
        .unwrap_or(issuer)
}

fn uid(of: &str, id: &str) -> Option<EntityUid> {
    let of: EntityTypeName = of.parse().ok()?;
    Some(EntityUid::from_type_name_and_id(of, EntityId::new(id)))
}
