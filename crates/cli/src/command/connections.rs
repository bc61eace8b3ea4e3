//! `procura connections`: what providers gave for users, listed, looked at, pinned and taken back.

use std::process::ExitCode;

use clap::{ArgGroup, Args, Subcommand};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::arguments::Output;
use crate::command::account_path;
use crate::data_dir::DataDir;
use crate::exit::Exit;
use crate::local::Local;
use crate::print;

mod pin;

use self::pin::Which;

/// `procura connections`
#[derive(Debug, Subcommand)]
pub(crate) enum Connections {
    /// List the connections of an account, without their tokens.
    List {
        /// Whose they are: 12 decimal digits.
        #[arg(long)]
        account: String,
        #[command(flatten)]
        of: Of,
    },
    /// Show a connection with who its user is, without its tokens. That is recorded.
    Inspect {
        /// The connection (`con_…`).
        connection: String,
        /// Whose it is: 12 decimal digits.
        #[arg(long)]
        account: String,
    },
    /// Take connections back, here at once and then at the provider.
    ///
    /// Ends with 1 if the provider was to be told and did not take the token back; nothing here uses
    /// it from then on all the same.
    Revoke(Revoke),
    /// Hold a user to the account at the provider that this connection has. Look at it first, with
    /// `inspect`.
    ///
    /// From then on no consent of that user there, for any agent, brings another account, also after
    /// the connection was revoked.
    Pin(Which),
    /// Take a pin away: by its connection, which may be gone, or by another one of the same user at
    /// the same provider.
    Unpin(Which),
    /// List what is pinned, also where the connections are gone.
    Pins {
        /// Whose they are: 12 decimal digits.
        #[arg(long)]
        account: String,
    },
}

/// Which connections: those of which everything that is named is true.
#[derive(Debug, Args)]
pub(crate) struct Of {
    /// The name of the agent that acts.
    #[arg(long)]
    pub(crate) agent: Option<String>,
    /// The user for whom (`usr_…`).
    #[arg(long)]
    pub(crate) user: Option<String>,
    /// The name of the OAuth 2 credential provider.
    #[arg(long)]
    pub(crate) provider: Option<String>,
}

/// `procura connections revoke`
#[derive(Debug, Args)]
#[command(group(
    ArgGroup::new("what")
        .required(true)
        .multiple(true)
        .args(["connection", "agent", "user", "provider"])
))]
pub(crate) struct Revoke {
    /// The connection (`con_…`).
    #[arg(conflicts_with_all = ["agent", "user", "provider"])]
    pub(crate) connection: Option<String>,
    /// Whose they are: 12 decimal digits.
    #[arg(long)]
    pub(crate) account: String,
    #[command(flatten)]
    pub(crate) of: Of,
    /// Revoke also where it is more than one.
    #[arg(long)]
    pub(crate) yes: bool,
    /// Why, for the record: at most 200 characters.
    #[arg(long)]
    pub(crate) reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Connection {
    id: String,
    agent: Named,
    user: User,
    provider: Provider,
    consented_scopes: Vec<String>,
    consent_state: String,
    consent_expires_at: Option<String>,
    narrowed_at: Option<String>,
    granted_scopes: Vec<String>,
    first_consented_at: String,
    last_consented_at: String,
    access_token_expires_at: String,
    has_refresh_token: bool,
    health: String,
    generation: u64,
    pinned: bool,
}

#[derive(Serialize, Deserialize)]
struct Named {
    id: String,
    name: String,
}

#[derive(Serialize, Deserialize)]
struct User {
    id: String,
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<Value>,
}

#[derive(Serialize, Deserialize)]
struct Provider {
    id: String,
    name: String,
    vendor: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pinned_account: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    connections: Vec<Connection>,
    next: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Revoked {
    id: String,
    agent: Named,
    user: User,
    provider: Provider,
    flows_ended: u64,
    at_provider: AtProvider,
    record: String,
}

#[derive(Serialize, Deserialize)]
struct AtProvider {
    outcome: String,
    said: String,
    advice: Option<String>,
}

#[derive(Deserialize)]
struct RevokedAll {
    revoked: Vec<Revoked>,
    more: bool,
}

pub(crate) async fn run(
    data_dir: &DataDir,
    output: Output,
    command: Connections,
) -> anyhow::Result<ExitCode> {
    let local = Local(data_dir);
    match command {
        Connections::List { account, of } => {
            let path = account_path(&account, "connections")?;
            list(output, &all(&local, &path, &of).await?)?;
        }
        Connections::Inspect {
            connection,
            account,
        } => {
            let id = connection_id(&connection)?;
            let path = account_path(&account, &format!("connections/{id}"))?;
            inspect(output, &local.get(&path).await?)?;
        }
        Connections::Revoke(revoke) => return take_back(&local, output, revoke).await,
        Connections::Pin(which) => pin::change(&local, output, &which, "pin").await?,
        Connections::Unpin(which) => pin::change(&local, output, &which, "unpin").await?,
        Connections::Pins { account } => pin::list(&local, output, &account).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Page by page, every connection that is meant.
async fn all(local: &Local<'_>, path: &str, of: &Of) -> anyhow::Result<Vec<Connection>> {
    let query = of.query()?;
    let (mut found, mut next) = (Vec::new(), String::new());
    loop {
        let page: Page = local.get(&format!("{path}?{query}{next}")).await?;
        found.extend(page.connections);
        let Some(last) = page.next else {
            return Ok(found);
        };
        next = format!("next={last}");
    }
}

async fn take_back(local: &Local<'_>, output: Output, revoke: Revoke) -> anyhow::Result<ExitCode> {
    let path = account_path(&revoke.account, "connections")?;
    let revoked = match &revoke.connection {
        Some(id) => {
            let path = format!("{path}/{}/revoke", connection_id(id)?);
            let body = json!({ "reason": revoke.reason });
            vec![local.post::<Revoked>(&path, &body).await?]
        }
        None => take_all_back(local, &path, &revoke).await?,
    };
    let columns = ["REVOKED", "AGENT", "USER", "PROVIDER", "AT THE PROVIDER"];
    print::rows(output, &revoked, &columns, |revoked| {
        vec![
            revoked.id.clone(),
            revoked.agent.name.clone(),
            revoked.user.id.clone(),
            revoked.provider.name.clone(),
            revoked.at_provider.said.clone(),
        ]
    })?;
    let advice = revoked
        .iter()
        .find_map(|one| one.at_provider.advice.as_ref());
    if let Some(advice) = advice {
        print::remark(advice);
    }
    let is_left = |one: &Revoked| matches!(&*one.at_provider.outcome, "failed" | "not_asked");
    Ok(if revoked.iter().any(is_left) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

async fn take_all_back(
    local: &Local<'_>,
    path: &str,
    revoke: &Revoke,
) -> anyhow::Result<Vec<Revoked>> {
    let many = format!("{path}?limit=2&{}", revoke.of.query()?);
    let page: Page = local.get(&many).await?;
    if page.connections.len() > 1 && !revoke.yes {
        let text = "this is more than one connection, which `procura connections list` shows with \
                    the same arguments; revoke them all with --yes";
        return Err(Exit::usage(text.to_owned()).into());
    }
    let Of {
        agent,
        user,
        provider,
    } = &revoke.of;
    let body = json!({
        "agent": agent,
        "user": user,
        "provider": provider,
        "reason": revoke.reason,
    });
    let mut revoked = Vec::new();
    loop {
        let some: RevokedAll = local.post(&format!("{path}/revoke"), &body).await?;
        revoked.extend(some.revoked);
        if !some.more {
            return Ok(revoked);
        }
    }
}

impl Of {
    /// The query that asks for these, with an `&` at its end.
    fn query(&self) -> anyhow::Result<String> {
        let parts = [
            ("agent", &self.agent),
            ("user", &self.user),
            ("provider", &self.provider),
        ];
        let mut query = String::new();
        for (name, value) in parts {
            let Some(value) = value else { continue };
            let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
            if value.is_empty() || !value.bytes().all(is_name) {
                let text = format!("--{name} is a name, or the id of a user; {value} is neither");
                return Err(Exit::usage(text).into());
            }
            query.push_str(name);
            query.push('=');
            query.push_str(value);
            query.push('&');
        }
        Ok(query)
    }
}

fn connection_id(text: &str) -> anyhow::Result<&str> {
    let is_id = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if !text.is_empty() && text.bytes().all(is_id) {
        return Ok(text);
    }
    Err(Exit::usage(format!("{text} is not the id of a connection")).into())
}

fn list(output: Output, connections: &[Connection]) -> anyhow::Result<()> {
    let columns = [
        "CONNECTION",
        "AGENT",
        "USER",
        "PROVIDER",
        "GRANTED",
        "HEALTH",
        "TOKEN ENDS",
        "CONSENTED",
        "PINNED",
    ];
    print::rows(output, connections, &columns, |connection| {
        vec![
            connection.id.clone(),
            connection.agent.name.clone(),
            connection.user.id.clone(),
            connection.provider.name.clone(),
            connection.granted_scopes.join(" "),
            connection.health.clone(),
            connection.access_token_expires_at.clone(),
            connection.last_consented_at.clone(),
            yes_or_no(connection.pinned).to_owned(),
        ]
    })
}

fn yes_or_no(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

fn inspect(output: Output, connection: &Connection) -> anyhow::Result<()> {
    if output == Output::Json {
        return Ok(print::line(&serde_json::to_string_pretty(connection)?)?);
    }
    let Connection {
        agent,
        user,
        provider,
        ..
    } = connection;
    let rows = [
        ("connection", connection.id.clone()),
        ("agent", format!("{} ({})", agent.name, agent.id)),
        ("user", format!("{} ({})", user.id, user.kind)),
        ("user is", readable(user.identity.as_ref())),
        ("provider", format!("{} ({})", provider.name, provider.id)),
        ("vendor", provider.vendor.clone()),
        ("user there", readable(provider.account.as_ref())),
        (
            "pinned",
            pin::said(provider.pinned_account.as_deref()).to_owned(),
        ),
        ("consented", connection.consented_scopes.join(" ")),
        ("consent is", consent_said(connection)),
        ("granted", connection.granted_scopes.join(" ")),
        ("first consent", connection.first_consented_at.clone()),
        ("last consent", connection.last_consented_at.clone()),
        ("token ends", connection.access_token_expires_at.clone()),
        (
            "refresh token",
            yes_or_no(connection.has_refresh_token).to_owned(),
        ),
        ("health", connection.health.clone()),
        ("generation", connection.generation.to_string()),
    ];
    print::rows(output, &rows, &["WHAT", "IS"], |(what, is)| {
        vec![(*what).to_owned(), is.clone()]
    })
}

/// How the consent stands, as the user left it.
fn consent_said(connection: &Connection) -> String {
    let end = connection.consent_expires_at.as_ref();
    let end = end.map_or_else(String::new, |end| format!(", until {end}"));
    let narrowed = connection.narrowed_at.as_ref();
    let narrowed = narrowed.map_or_else(String::new, |at| format!(", narrowed {at}"));
    format!("{}{end}{narrowed}", connection.consent_state)
}

/// Who somebody is: a name as it is, or a subject at its issuer.
fn readable(identity: Option<&Value>) -> String {
    let Some(identity) = identity else {
        return "not told".to_owned();
    };
    let part = |name: &str| identity.get(name).and_then(Value::as_str);
    match (part("iss"), part("sub")) {
        (Some(issuer), Some(subject)) => format!("{subject} at {issuer}"),
        _ => identity.as_str().unwrap_or("not readable").to_owned(),
    }
}
