//! The actions that documents name, in the words of the reference.

use std::collections::BTreeSet;

use procura_core::action::Action;

use crate::table::{Group, row};

/// What one text of `Action` stands for.
pub(super) type Named = BTreeSet<Action>;

const AGENTS: &str = "bedrock-agentcore";
const POOLS: &str = "cognito-idp";
const ROLES: &str = "iam";
const TOKENS: &str = "sts";

/// The service in whose name documents give an action; none of what they cannot give.
///
/// SECURITY: what is the operator's or asked of agents and users is in no document.
pub(crate) fn service_of(action: Action) -> Option<&'static str> {
    // These have no names of their own in the reference: see [`implied`].
    if is_implied(action) {
        return None;
    }
    match row(action).group {
        Group::ManageAgents
        | Group::ReadAgents
        | Group::ManageProviders
        | Group::ReadProviders
        | Group::ManageTags
        | Group::ReadTags
        | Group::ReadVaults
        | Group::MintTokens
        | Group::UseCredentials
        | Group::BindSessions => Some(AGENTS),
        Group::ManagePools | Group::ReadPools => Some(POOLS),
        Group::ManageRoles | Group::ReadRoles => Some(ROLES),
        Group::ReadIdentity | Group::ProveIdentity => Some(TOKENS),
        Group::StopAgents
        | Group::ManageTrust
        | Group::ReleaseCredentials
        | Group::ReadRecords
        | Group::ManageKeys
        | Group::ManageIssuers
        | Group::ManagePolicies
        | Group::ManageGrants
        | Group::ReadConnections
        | Group::ManageConnections
        | Group::AssumeRoles
        | Group::ManageDeployment
        | Group::ManageVault => None,
    }
}

/// What goes with an action: parts of it that have names of their own here.
fn implied(action: Action) -> &'static [Action] {
    if action == Action::GetWorkloadAccessToken {
        return &[Action::DelegateToken];
    }
    if action == Action::GetResourceOauth2Token {
        return &[Action::ReportUnauthorized];
    }
    if action == Action::CompleteResourceTokenAuth {
        return &[
            Action::DescribeAuthorizationSession,
            Action::BindAssertedUser,
        ];
    }
    &[]
}

fn is_implied(action: Action) -> bool {
    Action::ALL
        .into_iter()
        .any(|other| implied(other).contains(&action))
}

/// Everything that documents can name, and what goes with it.
pub(crate) fn everything() -> Named {
    let named = Action::ALL
        .into_iter()
        .filter(|action| service_of(*action).is_some());
    with_implied(named)
}

fn with_implied(named: impl Iterator<Item = Action>) -> Named {
    named
        .flat_map(|action| [&[action], implied(action)].concat())
        .collect()
}

/// The actions that a text of `Action` names: `*`, or a service and a name of it that may have
/// wildcards. The case of letters says nothing, as in the reference.
pub(super) fn named(written: &str) -> Result<Named, String> {
    if written == "*" {
        return Ok(everything());
    }
    let Some((service, pattern)) = written.split_once(':') else {
        return Err("an action is * or a service, a colon and a name of it".to_owned());
    };
    if service.eq_ignore_ascii_case(TOKENS) && pattern.eq_ignore_ascii_case("AssumeRole") {
        let reason = "who has a role on puts no other on here; leave sts:AssumeRole out";
        return Err(reason.to_owned());
    }
    let services = [AGENTS, POOLS, ROLES, TOKENS];
    let known = services
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(service));
    let Some(known) = known else {
        let all = services.join(", ");
        return Err(format!(
            "an action is of no service that is here; there are {all}"
        ));
    };
    let meant = |action: &Action| service_of(*action) == Some(known) && matches(pattern, *action);
    let found = with_implied(Action::ALL.into_iter().filter(meant));
    if found.is_empty() {
        return Err(format!(
            "an action names nothing that {known} has here; which actions there are is in the \
             documentation"
        ));
    }
    Ok(found)
}

fn matches(pattern: &str, action: Action) -> bool {
    let (pattern, name) = (
        pattern.to_ascii_lowercase(),
        action.name().to_ascii_lowercase(),
    );
    super::resource::rests(&pattern, &name).contains("")
}
