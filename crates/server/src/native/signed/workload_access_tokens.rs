//! Workload access tokens that are handed on: to an agent that is called, or narrower to the same.

use std::fmt::Display;
use std::str::FromStr;

use procura_app::App;
use procura_app::delegation::{Delegated, Delegation, TaskAsked};
use procura_app::operation::OpCx;
use procura_core::error::Error;
use procura_core::name::{ProviderName, ToolName};
use procura_core::scope::Scopes;
use procura_core::stated_reason::StatedReason;
use procura_core::task::Member;
use serde::{Deserialize, Serialize};

use crate::ops::{Rendered, checked};

/// Which token, to whom, for what.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    workload_identity_token: String,
    /// The agent that is called; the same agent where none is named.
    workload_name: Option<String>,
    #[serde(default)]
    task: TaskInput,
}

/// What it is limited to.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct TaskInput {
    /// By name.
    providers: Option<Vec<String>>,
    scopes: Option<Vec<String>>,
    tools: Option<Vec<String>>,
    /// Seconds.
    expires_in: Option<u32>,
    uses: Option<u32>,
    purpose: Option<String>,
}

#[derive(Serialize)]
struct Output<'a> {
    workload_access_token: &'a str,
    /// RFC 3339.
    expires_at: String,
    /// How many agents act through each other.
    depth: usize,
    task: TaskOutput<'a>,
}

/// What it is limited to, whoever limited it; what is not there is not limited.
#[derive(Serialize)]
struct TaskOutput<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    providers: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uses: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<&'a str>,
}

/// `POST /v1/workload-access-tokens`
pub(super) async fn delegate(app: &App, cx: &mut OpCx, input: Input) -> Result<Rendered, Error> {
    let to = input.workload_name.as_deref();
    let to = to.map(|name| checked("workload_name", name)).transpose()?;
    let task = task(input.task)?;
    let asked = Delegation { to, task };
    let done = app
        .delegate_token(cx, &input.workload_identity_token, asked)
        .await?;
    Ok(Rendered {
        body: serde_json::to_vec(&output(&done.value)).map_err(Error::internal_source)?,
        record: done.record,
    })
}

fn task(input: TaskInput) -> Result<TaskAsked, Error> {
    let scopes = input.scopes.map(Scopes::from_items).transpose();
    let purpose = input.purpose.as_deref().map(StatedReason::new).transpose();
    Ok(TaskAsked {
        providers: names(Member::Providers, input.providers)?,
        scopes: scopes.map_err(|error| unreadable(Member::Scopes.as_str(), &error))?,
        tools: names(Member::Tools, input.tools)?.map(|tools| tools.into_iter().collect()),
        purpose: purpose.map_err(|_| Error::field("task.purpose", PURPOSE))?,
        expires_in_s: input.expires_in,
        uses: input.uses,
    })
}

const PURPOSE: &str =
    "task.purpose has 1 to 200 characters of one line, without control characters";

fn names<T: FromStr<Err: Display>>(
    member: Member,
    names: Option<Vec<String>>,
) -> Result<Option<Vec<T>>, Error> {
    let Some(names) = names else {
        return Ok(None);
    };
    let names = names.iter().map(|name| name.parse());
    let names = names.collect::<Result<_, _>>();
    let names = names.map_err(|error| unreadable(member.as_str(), &error))?;
    Ok(Some(names))
}

fn unreadable(member: &'static str, error: &dyn Display) -> Error {
    Error::field(member, format!("{member}: {error}"))
}

fn output(made: &Delegated) -> Output<'_> {
    let providers = made.providers.as_ref();
    let tools = made.task.tools();
    Output {
        workload_access_token: &made.token,
        expires_at: made.expires_at.to_string(),
        depth: made.depth,
        task: TaskOutput {
            providers: providers.map(|names| names.iter().map(ProviderName::as_str).collect()),
            scopes: made.task.scopes().map(|scopes| scopes.iter().collect()),
            tools: tools.map(|names| names.iter().map(ToolName::as_str).collect()),
            uses: made.uses,
            purpose: made.task.purpose().map(StatedReason::as_str),
        },
    }
}
