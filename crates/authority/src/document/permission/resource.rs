//! The resources that documents name, and what of ours they are.

use std::collections::BTreeSet;

use procura_core::action::Action;

use super::Here;
use super::action::service_of;
use crate::document::condition::quoted;
use crate::table::{Group, row};

/// What an action is asked about. What has no things of its own in the policies, as user pools and
/// roles, is given as a whole or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Directory,
    Agents,
    Vault,
    Providers,
    Pools,
    Roles,
    Identity,
}

/// What of a place is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meant {
    Nothing,
    /// Where one of these expressions holds.
    These(Vec<String>),
    Every,
}

impl Meant {
    /// The one or the other.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Every, _) | (_, Self::Every) => Self::Every,
            (Self::Nothing, meant) | (meant, Self::Nothing) => meant,
            (Self::These(mut parts), Self::These(others)) => {
                parts.extend(others);
                Self::These(parts)
            }
        }
    }
}

const DIRECTORY: &str = "workload-identity-directory/default";
const AGENT: &str = "workload-identity-directory/default/workload-identity/";
const VAULT: &str = "token-vault/default";
/// The kind of a provider in policies, and what its ARN begins with.
const PROVIDERS: [(&str, &str); 2] = [
    ("api-key", "token-vault/default/apikeycredentialprovider/"),
    ("oauth2", "token-vault/default/oauth2credentialprovider/"),
];

impl Place {
    pub(super) const ALL: [Self; 7] = [
        Self::Directory,
        Self::Agents,
        Self::Vault,
        Self::Providers,
        Self::Pools,
        Self::Roles,
        Self::Identity,
    ];

    /// Its word in the names of policies.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Directory => "directory",
            Self::Agents => "agents",
            Self::Vault => "vault",
            Self::Providers => "providers",
            Self::Pools => "pools",
            Self::Roles => "roles",
            Self::Identity => "identity",
        }
    }

    /// The type of the policies.
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Directory => "Directory",
            Self::Agents => "Agent",
            Self::Vault => "Vault",
            Self::Providers => "Provider",
            Self::Pools | Self::Roles | Self::Identity => "Account",
        }
    }

    /// Whether an action is asked about it, as the schema says; held by
    /// `an_action_is_about_what_the_schema_asks_it_about`.
    pub(super) fn has(self, action: Action) -> bool {
        let group = row(action).group;
        let is_listed = |of: &[Group]| of.contains(&group);
        match self {
            Self::Directory => is_listed(&[
                Group::ManageAgents,
                Group::ReadAgents,
                Group::ManageTags,
                Group::ReadTags,
                Group::BindSessions,
            ]),
            Self::Agents => {
                let of_place = [
                    Action::CreateWorkloadIdentity,
                    Action::ListWorkloadIdentities,
                ];
                !of_place.contains(&action)
                    && is_listed(&[
                        Group::ManageAgents,
                        Group::ReadAgents,
                        Group::ManageTags,
                        Group::ReadTags,
                        Group::MintTokens,
                        Group::BindSessions,
                    ])
            }
            Self::Vault => is_listed(&[
                Group::ManageProviders,
                Group::ReadProviders,
                Group::ManageTags,
                Group::ReadTags,
                Group::ReadVaults,
            ]),
            Self::Providers => {
                let of_place = [
                    Action::CreateApiKeyCredentialProvider,
                    Action::ListApiKeyCredentialProviders,
                    Action::CreateOauth2CredentialProvider,
                    Action::ListOauth2CredentialProviders,
                ];
                !of_place.contains(&action)
                    && is_listed(&[
                        Group::ManageProviders,
                        Group::ReadProviders,
                        Group::ManageTags,
                        Group::ReadTags,
                        Group::UseCredentials,
                    ])
            }
            Self::Pools => service_of(action) == Some("cognito-idp"),
            Self::Roles => service_of(action) == Some("iam"),
            Self::Identity => service_of(action) == Some("sts"),
        }
    }

    /// What of it a text of `Resource` that is not `*` means.
    pub(super) fn meant(self, written: &str, here: Here<'_>) -> Result<Meant, String> {
        let (service, region) = match self {
            Self::Directory | Self::Agents | Self::Vault | Self::Providers => {
                ("bedrock-agentcore", here.region.as_str())
            }
            Self::Pools => ("cognito-idp", here.region.as_str()),
            Self::Roles => ("iam", ""),
            // It is about nothing.
            Self::Identity => return Ok(Meant::Nothing),
        };
        let mut parts = written.splitn(6, ':');
        let mut next = || parts.next().unwrap_or_default();
        let is_here = next() == "arn"
            && next() == "aws"
            && next() == service
            && [region, "*"].contains(&next())
            && [here.account.as_str(), "*"].contains(&next());
        let named = next();
        if !is_here {
            return Ok(Meant::Nothing);
        }
        self.within(named, here)
    }

    /// The same of the last part of an ARN, in which `*` stands for any text.
    fn within(self, named: &str, here: Here<'_>) -> Result<Meant, String> {
        Ok(match self {
            Self::Directory if rests(named, DIRECTORY).contains("") => Meant::Every,
            Self::Vault if rests(named, VAULT).contains("") => Meant::These(vec![format!(
                "resource == Procura::Vault::\"{}/default\"",
                here.account
            )]),
            Self::Pools if rests(named, "userpool/").contains("*") => Meant::Every,
            Self::Roles if rests(named, "role/").contains("*") => Meant::Every,
            Self::Agents => these(names(named, AGENT)?),
            Self::Providers => {
                let mut parts = Vec::new();
                for (kind, prefix) in PROVIDERS {
                    let of_kind = format!(
                        "resource.kind == Procura::ProviderKind::\"{kind}\" && \
                         resource.vault == \"default\" && "
                    );
                    let named = names(named, prefix)?;
                    parts.extend(named.iter().map(|name| format!("({of_kind}{name})")));
                }
                these(parts)
            }
            Self::Directory | Self::Vault | Self::Pools | Self::Roles | Self::Identity => {
                Meant::Nothing
            }
        })
    }
}

fn these(parts: Vec<String>) -> Meant {
    if parts.is_empty() {
        Meant::Nothing
    } else {
        Meant::These(parts)
    }
}

/// What a name has to be like for a thing below `prefix` to be meant, as expressions.
fn names(pattern: &str, prefix: &str) -> Result<Vec<String>, String> {
    let of_a_name = |c: char| c.is_ascii_alphanumeric() || "_.-*".contains(c);
    rests(pattern, prefix)
        .into_iter()
        .filter(|rest| !rest.is_empty() && rest.chars().all(of_a_name))
        .map(|rest| {
            let operator = if rest.contains('*') { "like" } else { "==" };
            Ok(format!("resource.name {operator} {}", quoted(rest)?))
        })
        .collect()
}

/// What of a pattern is left to be met after a text: `*` in it stands for any text. The empty rest is
/// among them where the text alone meets it.
pub(super) fn rests<'p>(pattern: &'p str, text: &str) -> BTreeSet<&'p str> {
    let mut open = BTreeSet::from([pattern]);
    skip_stars(&mut open);
    for c in text.chars() {
        open = open
            .into_iter()
            .flat_map(|rest| {
                let star = rest.starts_with('*').then_some(rest);
                [star, rest.strip_prefix(c)]
            })
            .flatten()
            .collect();
        skip_stars(&mut open);
    }
    open
}

/// A star may stand for nothing.
fn skip_stars(open: &mut BTreeSet<&str>) {
    let mut next: Vec<&str> = open
        .iter()
        .filter_map(|rest| rest.strip_prefix('*'))
        .collect();
    while let Some(rest) = next.pop() {
        if open.insert(rest) {
            next.extend(rest.strip_prefix('*'));
        }
    }
}
