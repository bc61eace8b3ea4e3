//! What an agent, a user or a provider reaches, for people.

use serde::{Deserialize, Serialize};

use super::Key;
use crate::arguments::Output;
use crate::print;

#[derive(Serialize, Deserialize)]
pub(super) struct Reach {
    granted: Vec<Granted>,
    consented: Vec<ByConsent>,
    keys: Vec<Key>,
    workloads: Option<u64>,
    cut_off: bool,
}

#[derive(Serialize, Deserialize)]
struct Named {
    id: String,
    name: String,
}

#[derive(Serialize, Deserialize)]
struct Granted {
    agent: Named,
    provider: Named,
    kind: String,
    grant: Grant,
    refused: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Grant {
    id: String,
    scopes: Option<String>,
    with_user: String,
}

#[derive(Serialize, Deserialize)]
struct ByConsent {
    connection: String,
    agent: Named,
    user: User,
    provider: Named,
    consented_scopes: String,
    granted_scopes: String,
    health: String,
    refused: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct User {
    id: String,
    kind: String,
}

impl Reach {
    /// What of it is let out by one kind of release.
    pub(super) fn of(mut self, action: &str) -> Self {
        let kind = match action {
            "ReleaseApiKey" => "api-key",
            "ReleaseMachineToken" => "oauth2",
            _ => "",
        };
        self.granted.retain(|granted| granted.kind == kind);
        if action != "ReleaseUserToken" {
            self.consented.clear();
        }
        self
    }
}

pub(super) fn say(output: Output, reach: &Reach) -> anyhow::Result<()> {
    if output == Output::Json {
        return Ok(print::line(&serde_json::to_string_pretty(reach)?)?);
    }
    print::line("providers' own credentials, by administrators' grants:")?;
    let columns = [
        "AGENT",
        "PROVIDER",
        "KIND",
        "SCOPES",
        "WITH USER",
        "GRANT",
        "NOW",
    ];
    print::rows(output, &reach.granted, &columns, |granted| {
        let scopes = granted.grant.scopes.as_deref().unwrap_or("every");
        vec![
            granted.agent.name.clone(),
            granted.provider.name.clone(),
            granted.kind.clone(),
            scopes.to_owned(),
            granted.grant.with_user.clone(),
            granted.grant.id.clone(),
            now(granted.refused.as_deref()),
        ]
    })?;
    print::line("\nwhat providers gave for users, by their consents:")?;
    let columns = [
        "AGENT",
        "USER",
        "PROVIDER",
        "SCOPES",
        "HEALTH",
        "CONNECTION",
        "NOW",
    ];
    print::rows(output, &reach.consented, &columns, |consented| {
        vec![
            consented.agent.name.clone(),
            format!("{} ({})", consented.user.id, consented.user.kind),
            consented.provider.name.clone(),
            consented.consented_scopes.clone(),
            consented.health.clone(),
            consented.connection.clone(),
            now(consented.refused.as_deref()),
        ]
    })?;
    print::line("\naccess keys that get tokens for agents of this account:")?;
    print::rows(output, &reach.keys, &["KEY", "ROLES"], |key| {
        vec![key.id.clone(), key.roles.join(" ")]
    })?;
    if let Some(workloads) = reach.workloads {
        print::line(&format!(
            "\nworkloads that are this agent, without a key: {workloads}"
        ))?;
    }
    if reach.cut_off {
        print::remark("there is more than was looked at: this is not all of it");
    }
    Ok(())
}

fn now(refused: Option<&str>) -> String {
    refused.map_or_else(|| "may".to_owned(), |why| format!("may not: {why}"))
}
