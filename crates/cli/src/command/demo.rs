//! `procura demo`: an agent acts for a user, offline and whole. The agent asks for a token of the
//! user, the user consents in a browser, the agent uses the token, and the records prove it.
//!
//! It is a client of the running `procura dev`, as any agent's host is: what it does, anybody can do.

mod api;
mod browser;
mod deputy;
mod loopback;
mod resource;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::builder::PossibleValuesParser;
use clap::{Args, CommandFactory as _, Subcommand};
use procura_core::secret::Plain;
use procura_core::secret::kind::{AccessToken, UserToken};
use procura_demo::{DEMO_PASSWORD, DEMO_USERS};
use procura_protocol::egress::OutboundUrl;
use procura_wire::Operation;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::api::{Api, Refused};
use self::browser::{Browser, Person};
use crate::arguments::{Arguments, Output};
use crate::command::audit;
use crate::command::env::word;
use crate::data_dir::DataDir;
use crate::instance::Instance;
use crate::print;

/// The agent.
const AGENT: &str = "demo-agent";
/// The credential provider that `dev` makes.
const PROVIDER: &str = "demo";
/// What the agent wants to do.
const SCOPE: &str = "repo";
/// How long between two questions whether the user has consented.
const POLL_PAUSE: Duration = Duration::from_secs(1);
/// How often it is asked: for ten minutes, as long as a session lives.
const POLLS_MAX: usize = 600;

/// `procura demo`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Demo {
    #[command(subcommand)]
    story: Option<Story>,
    #[command(flatten)]
    asking: Asking,
}

/// Other stories than the plain one.
#[derive(Debug, Subcommand)]
enum Story {
    /// The confused deputy: an agent that may do more than the user who drives it, one that is talked
    /// into something, and what stops them. Nobody has to click.
    Deputy,
}

/// How the user is asked.
#[derive(Debug, Args)]
struct Asking {
    /// For whom the agent acts.
    #[arg(
        long,
        default_value = "alice",
        value_parser = PossibleValuesParser::new(DEMO_USERS)
    )]
    user: String,
    /// Consent in the place of the user, with a browser of its own.
    #[arg(long)]
    yes: bool,
    /// Ask the user for consent even if it was given before.
    #[arg(long)]
    again: bool,
}

/// What came of it; never a token.
#[derive(Serialize)]
struct Facts {
    agent: &'static str,
    agent_is_new: bool,
    provider: &'static str,
    user: String,
    scopes: [&'static str; 1],
    /// Whether the user was asked this time.
    consent_was_asked: bool,
    repositories: Vec<String>,
    /// Audit records that the server made meanwhile.
    records: u64,
    /// Those that it has, all verified.
    records_in_all: u64,
    checkpoint: u64,
}

/// The answer to `GetWorkloadAccessTokenForJWT`. It is a secret: no `Debug`.
#[derive(Deserialize)]
struct Minted {
    #[serde(rename = "workloadAccessToken")]
    token: String,
}

/// The answer to `GetResourceOauth2Token`: a token, or what the user has to do. It is a secret: no
/// `Debug`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    access_token: Option<String>,
    authorization_url: Option<String>,
    session_uri: Option<String>,
}

pub(crate) async fn run(
    data_dir: &DataDir,
    output: Output,
    command: Demo,
) -> anyhow::Result<ExitCode> {
    // Asked first, because it says what to do where no server runs; instance.json may be of one that
    // is gone.
    let records_before = audit::count_running(data_dir).await?;
    let instance = Instance::read(data_dir)?;
    let instance = instance.context("this server has no instance.json; start it anew")?;
    let demo = instance.demo.as_deref();
    let demo = demo.context("this server has no demo providers; start it without --no-demo")?;
    let stage = Stage {
        api: Api::new(&instance),
        demo: demo.parse().context("instance.json")?,
        agent: AGENT,
        asking: command.asking,
        output,
    };
    if let Some(Story::Deputy) = command.story {
        return deputy::run(data_dir, &instance.account, stage.without_clicks()).await;
    }
    let agent_is_new = stage.agent().await?;
    let workload_token = stage.delegation().await?;
    let (token, consent_was_asked) = stage.access_token(&workload_token).await?;
    let repositories = resource::repositories(&stage.demo, &token).await?;
    let user = &stage.asking.user;
    stage.say(&format!(
        "✓ {AGENT} lists the repositories of {user}: {}",
        repositories.join(", ")
    ))?;
    let verified = audit::verify_running(data_dir, None, None).await?;
    let facts = Facts {
        agent: AGENT,
        agent_is_new,
        provider: PROVIDER,
        user: user.clone(),
        scopes: [SCOPE],
        consent_was_asked,
        repositories,
        records: verified.records.saturating_sub(records_before),
        records_in_all: verified.records,
        checkpoint: verified.checkpoint.number,
    };
    stage.say(&format!(
        "✓ audit: {} new records, {} in all, every one verified up to checkpoint {}",
        facts.records, facts.records_in_all, facts.checkpoint
    ))?;
    if output == Output::Json {
        print::line(&serde_json::to_string_pretty(&facts)?)?;
    } else {
        print::line(&next(data_dir, &instance.account))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Where it happens, and how it was asked for.
struct Stage<'a> {
    api: Api<'a>,
    demo: OutboundUrl,
    agent: &'static str,
    asking: Asking,
    output: Output,
}

impl Stage<'_> {
    /// The same, where users consent by a browser of the demo's own.
    fn without_clicks(mut self) -> Self {
        self.asking.yes = true;
        self
    }

    /// Says what was done; beside the output where that is for programs.
    fn say(&self, text: &str) -> anyhow::Result<()> {
        let text = print::escaped(text);
        match self.output {
            Output::Table => print::line(&text)?,
            Output::Json => print::remark(&text),
        }
        Ok(())
    }

    /// Makes the agent, unless it is there, and looks whether the provider is; whether it was made.
    async fn agent(&self) -> anyhow::Result<bool> {
        let agent = self.agent;
        let name = json!({ "name": agent });
        let found = self.api.call(Operation::GetWorkloadIdentity, &name).await;
        let is_new = match found.map(|_: Value| ()) {
            Ok(()) => false,
            Err(error) if is(&error, "ResourceNotFoundException") => {
                let made = self.api.call(Operation::CreateWorkloadIdentity, &name);
                let _: Value = made.await?;
                true
            }
            Err(error) => return Err(error),
        };
        let state = if is_new { "made now" } else { "was there" };
        self.say(&format!("✓ agent {agent} ({state})"))?;
        let name = json!({ "name": PROVIDER });
        let found = self.api.call(Operation::GetOauth2CredentialProvider, &name);
        let _: Value = found
            .await
            .context("a new start of `procura dev` makes its provider")?;
        let authority = self.demo.authority();
        self.say(&format!("✓ provider {PROVIDER} ({authority})"))?;
        Ok(is_new)
    }

    /// A workload access token: this agent, for this user, who is proved by a token of their own.
    async fn delegation(&self) -> anyhow::Result<String> {
        let user = &self.asking.user;
        let proof: Plain<UserToken> = resource::user_token(&self.demo, user).await?;
        let proof = proof.expose_secret_text().unwrap_or_default();
        let asked = json!({ "workloadName": self.agent, "userToken": proof });
        let minted = self
            .api
            .call(Operation::GetWorkloadAccessTokenForJWT, &asked);
        let Minted { token } = minted.await?;
        self.say(&format!(
            "✓ user {user} (proved by a token of the demo provider)"
        ))?;
        Ok(token)
    }

    /// The user's token for the agent, and whether the user was asked for it.
    async fn access_token(
        &self,
        workload_token: &str,
    ) -> anyhow::Result<(Plain<AccessToken>, bool)> {
        let user = &self.asking.user;
        let mut asked = json!({
            "workloadIdentityToken": workload_token,
            "resourceCredentialProviderName": PROVIDER,
            "scopes": [SCOPE],
            "oauth2Flow": "USER_FEDERATION",
        });
        let mut first = asked.clone();
        if self.asking.again {
            set(&mut first, "forceAuthentication", true.into());
        }
        let answer: Answered = self.ask(&first).await?;
        if let Some(token) = answer.access_token {
            self.say(&format!(
                "✓ {user} consented before, so nobody is asked (--again asks)"
            ))?;
            return Ok((Plain::new(token.into_bytes()), false));
        }
        let link = answer.authorization_url.context("neither token nor link")?;
        let uri = answer.session_uri.context("a link without a session")?;
        set(&mut asked, "sessionUri", uri.into());
        self.show(&link).await?;
        let token = self.wait(&asked).await?;
        self.say(&format!("✓ {user} consented to {SCOPE}"))?;
        Ok((token, true))
    }

    /// Has the user open the link, or opens it in their place.
    async fn show(&self, link: &str) -> anyhow::Result<()> {
        let user = &self.asking.user;
        if self.asking.yes {
            self.say(&format!("→ consenting in the place of {user} (--yes)"))?;
            let person = Person {
                user,
                password: DEMO_PASSWORD,
                demo: &self.demo,
            };
            let done = Browser::default().consent(link, &person).await;
            return done.context("the way of a browser failed");
        }
        self.say(&format!(
            "→ {user} must consent: open this, and log in as {user} with the password \
             {DEMO_PASSWORD}"
        ))?;
        self.say(&format!("  {link}"))?;
        self.say("  waiting for it … (Ctrl-C ends this; `procura demo --yes` needs no browser)")
    }

    /// Asks for the token until the user has consented.
    async fn wait(&self, asked: &Value) -> anyhow::Result<Plain<AccessToken>> {
        for _ in 0..POLLS_MAX {
            match self.ask(asked).await {
                Ok(answer) => {
                    if let Some(token) = answer.access_token {
                        return Ok(Plain::new(token.into_bytes()));
                    }
                }
                // The token is being fetched, or we are too fast.
                Err(error) if is(&error, "ThrottlingException") => {}
                Err(error) => return Err(error),
            }
            tokio::time::sleep(POLL_PAUSE).await;
        }
        bail!("nobody consented within ten minutes; start again")
    }

    async fn ask(&self, asked: &Value) -> anyhow::Result<Answered> {
        let operation = Operation::GetResourceOauth2Token;
        self.api.call(operation, asked).await
    }
}

fn is(error: &anyhow::Error, exception: &str) -> bool {
    let refused = error.downcast_ref::<Refused>();
    refused.is_some_and(|refused| refused.exception == exception)
}

fn set(asked: &mut Value, name: &str, value: Value) {
    if let Some(members) = asked.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

/// What to do next, with the commands that this version has.
fn next(data_dir: &DataDir, account: &str) -> String {
    let program = std::env::current_exe()
        .map_or_else(|_| "procura".to_owned(), |path| path.display().to_string());
    let (program, directory) = (word(&program), word(&data_dir.path().display().to_string()));
    let commands = Arguments::command();
    let list = match commands.find_subcommand("connections") {
        Some(_) => format!("connections list --account {account}"),
        None => "audit verify".to_owned(),
    };
    let line = |command: &str| format!("\n  {program} {command} --data-dir {directory}");
    format!("\nNext:\n{}{}", line("audit tail"), line(&list))
}
