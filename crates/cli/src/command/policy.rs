//! `procura policy`: answers from the rules in force.

use std::process::ExitCode;

use clap::{ArgGroup, Args, Subcommand};
use procura_core::action::Action;
use procura_core::audit::record::{Entry, Record, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::arguments::Output;
use crate::data_dir::DataDir;
use crate::exit::Exit;
use crate::local::Local;
use crate::print;

mod reach;

/// `procura policy`
#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Say why something was refused or done, from its record.
    Why {
        /// The record (`rec_…`); it goes back to the caller as `x-procura-record`.
        record: String,
    },
    /// Print the rules in force, or one of them.
    Show {
        /// The id of a policy.
        id: Option<String>,
    },
    /// Say who may do something: which roles, which access keys, and of a release
    /// (`ReleaseApiKey`, `ReleaseMachineToken`, `ReleaseUserToken`) which agents by which grants.
    WhoCan {
        /// The action, as records write it.
        action: String,
        /// Which access keys of this account can (12 decimal digits).
        #[arg(long)]
        account: Option<String>,
        /// Of a release: from this credential provider.
        #[arg(long = "on", requires = "account", value_name = "PROVIDER")]
        provider: Option<String>,
    },
    /// Say what an agent, a user or a provider reaches now: what an attacker who has it would reach.
    BlastRadius(BlastRadius),
}

/// `procura policy blast-radius`
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("of").required(true).args(["agent", "user", "provider"])))]
pub(crate) struct BlastRadius {
    /// Whose: 12 decimal digits.
    #[arg(long)]
    account: String,
    /// An agent: its name, or its id.
    #[arg(long)]
    agent: Option<String>,
    /// A user (`usr_…`).
    #[arg(long)]
    user: Option<String>,
    /// A credential provider: its name, or its id.
    #[arg(long)]
    provider: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Rule {
    id: String,
    effect: String,
    advice: Option<String>,
    text: String,
}

#[derive(Deserialize)]
struct Rules {
    version: String,
    policies: Vec<Rule>,
}

#[derive(Serialize, Deserialize)]
struct Why {
    record: Record,
    agent: Option<String>,
    provider: Option<String>,
    policies: Vec<Rule>,
    rules_now: String,
    same_rules: bool,
}

#[derive(Serialize, Deserialize)]
struct Key {
    id: String,
    roles: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct WhoCan {
    rules: String,
    callers: Option<Vec<String>>,
    keys: Vec<Key>,
}

pub(crate) async fn run(
    data_dir: &DataDir,
    output: Output,
    command: Policy,
) -> anyhow::Result<ExitCode> {
    let local = Local(data_dir);
    match command {
        Policy::Why { record } => {
            let is_id = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
            if record.is_empty() || !record.bytes().all(is_id) {
                return Err(Exit::usage("name a record by its id (rec_…)".to_owned()).into());
            }
            let why: Why = local.get(&format!("/v1/policy/why/{record}")).await?;
            say_why(output, &why)?;
        }
        Policy::Show { id } => show(
            output,
            local.get("/v1/policy/policies").await?,
            id.as_deref(),
        )?,
        Policy::WhoCan {
            action,
            account,
            provider,
        } => {
            let body = json!({ "action": action, "account": account });
            let who: WhoCan = local.post("/v1/policy/who-can", &body).await?;
            let released = match (account, provider) {
                (Some(account), Some(provider)) => {
                    let body = json!({ "account": account, "provider": provider });
                    Some(local.post("/v1/policy/reach", &body).await?)
                }
                _ => None,
            };
            who_can(output, &action, &who, released)?;
        }
        Policy::BlastRadius(of) => {
            let body = json!({
                "account": of.account,
                "agent": of.agent,
                "user": of.user,
                "provider": of.provider,
            });
            let reach: reach::Reach = local.post("/v1/policy/reach", &body).await?;
            reach::say(output, &reach)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(output: Output, rules: Rules, id: Option<&str>) -> anyhow::Result<()> {
    let Rules {
        version,
        mut policies,
    } = rules;
    policies.retain(|policy| id.is_none_or(|id| policy.id == id));
    if policies.is_empty() {
        let text = "the rules in force have no policy of this id; `procura policy show` shows all";
        return Err(Exit::usage(text.to_owned()).into());
    }
    if output == Output::Json {
        let all = json!({ "version": version, "policies": policies });
        return Ok(print::line(&serde_json::to_string_pretty(&all)?)?);
    }
    print::line(&format!("// {version}"))?;
    for policy in &policies {
        print::line(&format!("\n{}", policy.text))?;
    }
    Ok(())
}

fn say_why(output: Output, why: &Why) -> anyhow::Result<()> {
    if output == Output::Json {
        return Ok(print::line(&serde_json::to_string_pretty(why)?)?);
    }
    print::rows(output, &facts(why), &["WHAT", "IS"], |(what, is)| {
        vec![what.clone(), is.clone()]
    })?;
    for policy in &why.policies {
        print::line(&format!("\n{}", policy.text))?;
    }
    let decided = why.record.entry.policy.as_deref();
    if decided.is_some() && !why.same_rules {
        print::remark(&format!(
            "the rules in force are now {}: texts of policies are those of today",
            why.rules_now
        ));
    }
    Ok(())
}

/// What a record says, line by line.
fn facts(why: &Why) -> Vec<(String, String)> {
    let entry: &Entry = &why.record.entry;
    let verdict = match entry.verdict {
        Verdict::Allow => "allow",
        Verdict::Deny => "DENY",
    };
    let with_name = |id: Option<String>, name: &Option<String>| {
        let name = name.as_deref();
        id.map(|id| name.map_or_else(|| id.clone(), |name| format!("{name} ({id})")))
    };
    let user_kind = entry.user_kind.map_or("", |kind| kind.as_str());
    let user = entry.user.map(|user| format!("{user} ({user_kind})"));
    let mut facts = vec![
        ("record".to_owned(), entry.id.to_string()),
        ("time".to_owned(), entry.at.to_string()),
        ("asked".to_owned(), entry.operation.to_string()),
        ("answer".to_owned(), verdict.to_owned()),
    ];
    let mut add = |what: &str, is: Option<String>| {
        facts.extend(is.map(|is| (what.to_owned(), is)));
    };
    add("caller", entry.caller.clone());
    add("account", entry.account.map(|account| account.to_string()));
    add(
        "agent",
        with_name(entry.agent.map(|id| id.to_string()), &why.agent),
    );
    add("user", user);
    add(
        "provider",
        with_name(entry.provider.map(|id| id.to_string()), &why.provider),
    );
    add(
        "scopes",
        Some(entry.scopes.join(" ")).filter(|scopes| !scopes.is_empty()),
    );
    add("resource", entry.resource.clone());
    add("rules", entry.policy.clone());
    add("reason", Some(entry.reason.to_string()));
    let Some(denied) = &entry.denied else {
        return facts;
    };
    add(
        "question",
        Some(format!("{}: {}", denied.question, denied.action)),
    );
    let policies = if denied.question == "grant" {
        None
    } else if denied.policies.is_empty() {
        Some("no policy permits it".to_owned())
    } else {
        Some(denied.policies.join(" "))
    };
    add("policy", policies);
    let grants: Vec<String> = denied.grants.iter().map(ToString::to_string).collect();
    let grants = if grants.is_empty() {
        "there is none".to_owned()
    } else {
        format!("{}: none of them covers it", grants.join(" "))
    };
    add("grant", Some(grants).filter(|_| denied.question == "grant"));
    add(
        "failed",
        Some(denied.errors.join("; ")).filter(|errors| !errors.is_empty()),
    );
    for (name, value) in &denied.attributes {
        add(name, Some(value.clone()));
    }
    add("what to do", Some(denied.advice.clone()));
    facts
}

fn who_can(
    output: Output,
    action: &str,
    who: &WhoCan,
    released: Option<reach::Reach>,
) -> anyhow::Result<()> {
    let is_release = |own: &Action| {
        let release = [
            Action::ReleaseApiKey,
            Action::ReleaseMachineToken,
            Action::ReleaseUserToken,
        ];
        own.name() == action && release.contains(own)
    };
    let is_release = Action::ALL.iter().any(is_release);
    let released = released.map(|released| released.of(action));
    if output == Output::Json {
        let mut all = json!({ "action": action, "callers": who });
        if let (Some(all), Some(released)) = (all.as_object_mut(), &released) {
            all.insert("released".to_owned(), serde_json::to_value(released)?);
        }
        return Ok(print::line(&serde_json::to_string_pretty::<Value>(&all)?)?);
    }
    match (&who.callers, is_release) {
        (_, true) => {
            print::line("callers: nobody; it is asked of agents and of their users")?;
        }
        (None, false) => {
            let text = format!("callers: the rules {} are your own; read them", who.rules);
            print::line(&text)?;
        }
        (Some(callers), false) if callers.is_empty() => print::line("callers: nobody")?,
        (Some(callers), false) => print::line(&format!("callers: {}", callers.join(", ")))?,
    }
    if !who.keys.is_empty() {
        print::rows(output, &who.keys, &["KEY", "ROLES"], |key| {
            vec![key.id.clone(), key.roles.join(" ")]
        })?;
    }
    match (released, is_release) {
        (Some(released), true) => reach::say(output, &released)?,
        (None, true) => print::remark("name --account and --on to see agents and grants"),
        (_, false) => {}
    }
    Ok(())
}
