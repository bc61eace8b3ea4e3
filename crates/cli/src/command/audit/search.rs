//! `procura audit search`: records by who, for whom, where, what, when.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use procura_core::audit::record::Record;
use procura_core::time::{Clock as _, SystemClock, Timestamp};
use serde::{Deserialize, Serialize};

use super::print_records;
use crate::arguments::Output;
use crate::data_dir::DataDir;
use crate::exit::Exit;
use crate::local::Local;
use crate::print;

/// `procura audit search`
#[derive(Debug, Args)]
pub(crate) struct Search {
    /// Whose they are: 12 decimal digits. Names of agents and providers need it.
    #[arg(long)]
    account: Option<String>,
    /// The agent that acted: its name now, or its id (`agt_…`), which also finds one that is gone.
    #[arg(long)]
    agent: Option<String>,
    /// The user for whom (`usr_…`).
    #[arg(long)]
    user: Option<String>,
    /// Who asked: the id of an access key, or `operator`.
    #[arg(long)]
    caller: Option<String>,
    /// The credential provider: its name now, or its id (`prv_…`).
    #[arg(long)]
    provider: Option<String>,
    /// What was asked (`GetResourceApiKey`).
    #[arg(long)]
    operation: Option<String>,
    /// What came of it.
    #[arg(long)]
    verdict: Option<Said>,
    /// From when on: RFC 3339, or an age (`-2h`; s, m, h, d).
    #[arg(long, allow_hyphen_values = true)]
    since: Option<String>,
    /// Until when, that moment not included: RFC 3339, or an age.
    #[arg(long, allow_hyphen_values = true)]
    until: Option<String>,
    /// What the reason or the resource has in it.
    #[arg(long)]
    text: Option<String>,
    /// How many at most.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Where an earlier search of the same records said that it goes on.
    #[arg(long)]
    next: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Said {
    Allow,
    Deny,
}

#[derive(Serialize)]
struct Asked<'a> {
    account: Option<&'a str>,
    agent: Option<&'a str>,
    user: Option<&'a str>,
    caller: Option<&'a str>,
    provider: Option<&'a str>,
    operation: Option<&'a str>,
    verdict: Option<Said>,
    since: Option<String>,
    until: Option<String>,
    text: Option<&'a str>,
    limit: u32,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Found {
    records: Vec<Record>,
    next: Option<String>,
}

pub(super) async fn run(
    data_dir: &DataDir,
    output: Output,
    wanted: Search,
) -> anyhow::Result<ExitCode> {
    let now = SystemClock.now();
    let moment = |text: &Option<String>| text.as_deref().map(|text| moment(text, now)).transpose();
    let mut asked = Asked {
        account: wanted.account.as_deref(),
        agent: wanted.agent.as_deref(),
        user: wanted.user.as_deref(),
        caller: wanted.caller.as_deref(),
        provider: wanted.provider.as_deref(),
        operation: wanted.operation.as_deref(),
        verdict: wanted.verdict,
        since: moment(&wanted.since)?.map(|at| at.to_string()),
        until: moment(&wanted.until)?.map(|at| at.to_string()),
        text: wanted.text.as_deref(),
        limit: wanted.limit,
        next: wanted.next.clone(),
    };
    let mut records = Vec::new();
    let next = loop {
        let found: Found = Local(data_dir).post("/v1/audit/search", &asked).await?;
        records.extend(found.records);
        let has = u32::try_from(records.len()).unwrap_or(u32::MAX);
        asked.limit = wanted.limit.saturating_sub(has);
        // A page may be short and still not be the last: what is rare is looked for page by page.
        if found.next.is_none() || asked.limit == 0 {
            break found.next;
        }
        asked.next = found.next;
    };
    print_records(output, &records)?;
    if let Some(next) = next {
        print::remark(&format!("there may be more: the same with --next {next}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// A moment in RFC 3339, or as an age: `-2h`.
fn moment(text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    let not_one = || {
        let told = format!("{text} is neither a time (RFC 3339) nor an age like -2h (s, m, h, d)");
        Exit::usage(told)
    };
    let age = text.strip_prefix('-').ok_or_else(not_one)?;
    let units = [('s', 1), ('m', 60), ('h', 3_600), ('d', 86_400)];
    let parts = units.iter().find_map(|(unit, seconds)| {
        let digits = age.strip_suffix(*unit)?;
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        let number: u32 = digits.parse().ok().filter(|_| is_number)?;
        Some(i64::from(number).saturating_mul(*seconds))
    });
    let seconds = parts.ok_or_else(not_one)?;
    Ok(now.plus_seconds(seconds.saturating_neg()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_or_an_age() {
        let now = Timestamp::from_millis(1_763_000_000_000);
        assert_eq!(moment("-2h", now).unwrap(), now.plus_seconds(-7_200));
        assert_eq!(moment("-3d", now).unwrap(), now.plus_seconds(-259_200));
        let at = moment("2025-11-13T02:13:20Z", now).unwrap();
        assert_eq!(at, now);
        for wrong in ["2h", "-h", "-2w", "-+2h", "yesterday", "--2h"] {
            assert!(moment(wrong, now).is_err(), "{wrong}");
        }
    }
}
