//! Roles of the access management: what a caller may put on for a while, who may, and what it then
//! has.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::access_key::Role;
use crate::account::AccountId;
use crate::id::RoleId;
use crate::name::names;
use crate::time::Timestamp;

names! {
    /// The name of a role. In an account no two differ in case only: see [`RoleName::folded`].
    RoleName("a role's name", 1..=64, "[A-Za-z0-9_+=,.@-]");
    /// What whoever puts a role on calls the session.
    SessionName("a role session's name", 2..=64, "[A-Za-z0-9_+=,.@-]");
    /// The name of a policy that is written into a role.
    PolicyName("a policy's name", 1..=128, "[A-Za-z0-9_+=,.@-]");
}

impl RoleName {
    /// What is unique in an account: the name without regard to case.
    pub fn folded(&self) -> String {
        self.as_str().to_ascii_lowercase()
    }
}

/// Where a role is filed: `/`, or `/a/b/`. It is part of the ARN and of nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolePath(String);

impl RolePath {
    /// The longest path, in characters.
    const CHARS_MAX: usize = 512;

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for RolePath {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl fmt::Display for RolePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RolePath {
    type Err = InvalidRolePath;

    fn from_str(text: &str) -> Result<Self, InvalidRolePath> {
        let closed = text.starts_with('/') && text.ends_with('/');
        // The roles below it are agents'.
        let reserved = text.starts_with("/procura/");
        // Percent signs and colons would read as something else in an ARN.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+=,.@-".contains(&byte);
        if closed
            && !reserved
            && text.bytes().all(plain)
            && text.len() <= Self::CHARS_MAX
            && !text.contains("//")
        {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidRolePath)
        }
    }
}

/// The text is no path of a role.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "a path begins and ends with /, has at most 512 of the characters [A-Za-z0-9/_+=,.@-], and is not below /procura/"
)]
pub struct InvalidRolePath;

/// What a role can be given. There are no others: each is a name for roles that are built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ManagedPolicy {
    /// Manages user pools: a name of the reference.
    CognitoPowerUser,
    /// Reads user pools: a name of the reference.
    CognitoReadOnly,
    /// All of agents and their credentials: a name of the reference.
    AgentCoreFullAccess,
    /// Reads everything that reveals nothing: a name of the reference.
    SecurityAudit,
    /// The built-in role `admin`.
    Admin,
    /// The built-in role `agent-host`.
    AgentHost,
    /// The built-in role `binding`.
    Binding,
    /// The built-in role `auditor`.
    Auditor,
}

impl ManagedPolicy {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::CognitoPowerUser,
        Self::CognitoReadOnly,
        Self::AgentCoreFullAccess,
        Self::SecurityAudit,
        Self::Admin,
        Self::AgentHost,
        Self::Binding,
        Self::Auditor,
    ];

    /// Its name, the last part of its ARN.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CognitoPowerUser => "AmazonCognitoPowerUser",
            Self::CognitoReadOnly => "AmazonCognitoReadOnly",
            Self::AgentCoreFullAccess => "BedrockAgentCoreFullAccess",
            Self::SecurityAudit => "SecurityAudit",
            Self::Admin => "Admin",
            Self::AgentHost => "AgentHost",
            Self::Binding => "Binding",
            Self::Auditor => "Auditor",
        }
    }

    /// Whose it is: the reference's, or ours.
    const fn owner(self) -> &'static str {
        match self {
            Self::CognitoPowerUser
            | Self::CognitoReadOnly
            | Self::AgentCoreFullAccess
            | Self::SecurityAudit => "aws",
            Self::Admin | Self::AgentHost | Self::Binding | Self::Auditor => "procura",
        }
    }

    /// Its ARN.
    pub fn arn(self) -> String {
        format!("arn:aws:iam::{}:policy/{}", self.owner(), self.name())
    }

    /// The one of this ARN.
    pub fn from_arn(arn: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.arn() == arn)
    }

    /// What who has it is.
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::CognitoPowerUser => &[Role::PoolAdmin],
            Self::CognitoReadOnly => &[Role::PoolReader],
            Self::AgentCoreFullAccess => &[Role::Admin, Role::AgentHost, Role::Binding],
            Self::SecurityAudit | Self::Auditor => &[Role::Auditor],
            Self::Admin => &[Role::Admin],
            Self::AgentHost => &[Role::AgentHost],
            Self::Binding => &[Role::Binding],
        }
    }
}

impl Serialize for ManagedPolicy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.arn())
    }
}

impl<'de> Deserialize<'de> for ManagedPolicy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let arn = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::from_arn(&arn).ok_or_else(|| de::Error::custom("no managed policy has this ARN"))
    }
}

/// A policy that is written into one role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InlinePolicy {
    /// Its name, unique in the role.
    pub name: String,
    /// As it was given.
    pub document: String,
    /// As it is evaluated.
    pub cedar: String,
}

/// Who may put a role on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustPolicy {
    /// As it was given.
    pub document: String,
    /// As it is evaluated.
    pub cedar: String,
}

/// The shortest that a role's longest session may be, in seconds, and what it is if nobody says.
pub const SESSION_MIN_S: u32 = 3600;
/// The longest that it may be, in seconds.
pub const SESSION_MAX_S: u32 = 43_200;

/// A role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IamRole {
    /// Its id.
    pub id: RoleId,
    /// Its name.
    pub name: RoleName,
    /// Where it is filed.
    pub path: RolePath,
    /// What it is for, in the words of who made it; may be empty.
    pub description: String,
    /// Who may put it on.
    pub trust: TrustPolicy,
    /// What it has, in the order of attaching, each once.
    pub managed: Vec<ManagedPolicy>,
    /// What was written into it, by name.
    pub inline: Vec<InlinePolicy>,
    /// How long a session of it is at most, in seconds: [`SESSION_MIN_S`] to [`SESSION_MAX_S`].
    pub max_session_s: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
    /// How often it was written.
    pub version: u64,
}

impl IamRole {
    /// Its name across AWS.
    pub fn arn(&self, account: AccountId) -> String {
        format!("arn:aws:iam::{account}:role{}{}", self.path, self.name)
    }

    /// What who puts it on is, by the policies attached: sorted, each once.
    pub fn roles(&self) -> Vec<Role> {
        let mut roles: Vec<Role> = self
            .managed
            .iter()
            .flat_map(|policy| policy.roles())
            .copied()
            .collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    /// What was written into it, as it is evaluated: all of it together.
    pub fn inline_cedar(&self) -> String {
        let each = self.inline.iter();
        each.map(|policy| policy.cedar.as_str()).collect()
    }
}

/// The account and the name of the role that an ARN names, and its path.
pub fn parse_role_arn(arn: &str) -> Option<(AccountId, RolePath, RoleName)> {
    let (account, rest) = arn.strip_prefix("arn:aws:iam::")?.split_once(":role")?;
    let (path, name) = rest.split_at(rest.rfind('/')?.checked_add(1)?);
    Some((
        account.parse().ok()?,
        path.parse().ok()?,
        name.parse().ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_role_is_checked_and_folds() {
        let name: RoleName = "Cognito-Role_1+=,.@".parse().unwrap();
        assert_eq!(name.folded(), "cognito-role_1+=,.@");
        let long = "a".repeat(65);
        for bad in ["", "a/b", "a b", "ä", &long] {
            assert!(bad.parse::<RoleName>().is_err(), "{bad}");
        }
        assert!("a".parse::<SessionName>().is_err());
        assert!("ab".parse::<SessionName>().is_ok());
    }

    #[test]
    fn a_path_is_closed_on_both_sides() {
        for good in ["/", "/a/", "/a/b.c/"] {
            assert_eq!(good.parse::<RolePath>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "//",
            "a/",
            "/a",
            "/a//b/",
            "/a:b/",
            "/ä/",
            "/a b/",
            "/procura/agents/",
        ] {
            assert!(bad.parse::<RolePath>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_managed_policy_reads_back_from_its_arn() {
        for policy in ManagedPolicy::ALL {
            assert_eq!(ManagedPolicy::from_arn(&policy.arn()), Some(policy));
            assert!(!policy.roles().is_empty());
        }
        let known = "arn:aws:iam::aws:policy/AmazonCognitoPowerUser";
        assert_eq!(ManagedPolicy::CognitoPowerUser.arn(), known);
        let foreign = "arn:aws:iam::aws:policy/AdministratorAccess";
        assert_eq!(ManagedPolicy::from_arn(foreign), None);
    }

    #[test]
    fn an_arn_of_a_role_reads_back() {
        let (account, path, name) =
            parse_role_arn("arn:aws:iam::000000000000:role/a/b/Name").unwrap();
        assert_eq!((path.as_str(), name.as_str()), ("/a/b/", "Name"));
        assert_eq!(account, AccountId::DEV);
        let plain = parse_role_arn("arn:aws:iam::000000000000:role/Name").unwrap();
        assert_eq!(plain.1, RolePath::default());
        for bad in [
            "arn:aws:iam::000000000000:role",
            "arn:aws:iam::000000000000:role/",
            "arn:aws:iam::000000000000:roleName",
            "arn:aws:iam::000000000000:rolex/Name",
            "arn:aws:iam::0:role/Name",
            "arn:aws:iam::000000000000:user/Name",
        ] {
            assert_eq!(parse_role_arn(bad), None, "{bad}");
        }
    }
}
