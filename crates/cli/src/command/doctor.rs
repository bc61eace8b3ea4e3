//! `procura doctor`: what is wrong with this installation, and what to do about it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::ExitCode;

use procura_app::clock_skew::ALARM_MS;
use serde::Deserialize;

use crate::data_dir::DataDir;
use crate::instance::Instance;
use crate::local::Local;
use crate::print;

#[derive(Deserialize)]
struct Status {
    deployment: String,
    region: String,
    policy: String,
    engine: String,
    clock_skew_ms: i64,
}

/// One check: what was looked at, and what is wrong with it.
struct Finding {
    name: &'static str,
    result: Result<String, String>,
}

pub(crate) async fn run(data_dir: &DataDir) -> anyhow::Result<ExitCode> {
    let findings = [
        Finding {
            name: "data directory",
            result: private(data_dir.path(), 0o700),
        },
        Finding {
            name: "root key",
            result: root_key(data_dir),
        },
        Finding {
            name: "server",
            result: server(data_dir).await,
        },
        Finding {
            name: "checkpoints",
            result: checkpoints(data_dir),
        },
        Finding {
            name: "dev key file",
            result: instance(data_dir),
        },
    ];
    let mut all_well = true;
    for finding in &findings {
        match &finding.result {
            Ok(text) => print::line(&format!("ok    {}: {text}", finding.name))?,
            Err(text) => {
                all_well = false;
                print::line(&format!("FAIL  {}: {text}", finding.name))?;
            }
        }
    }
    Ok(if all_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// That nobody else can get at `path`.
fn private(path: &Path, at_most: u32) -> Result<String, String> {
    let metadata = std::fs::metadata(path)
        .map_err(|error| format!("{}: {error}; `procura dev` makes it", path.display()))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & !at_most == 0 {
        return Ok(format!("{} (mode {mode:03o})", path.display()));
    }
    Err(format!(
        "{} has mode {mode:03o}, so others can get at it; run `chmod {at_most:03o} {}`",
        path.display(),
        path.display()
    ))
}

fn root_key(data_dir: &DataDir) -> Result<String, String> {
    let path = data_dir.path().join("root.key");
    match procura_app::root_key::read(&path) {
        Ok(Some(key)) => Ok(format!("{} in {}", key.id(), path.display())),
        Ok(None) => Err(format!(
            "{} is missing; restore it, or start anew",
            path.display()
        )),
        Err(error) => Err(error.to_string()),
    }
}

async fn server(data_dir: &DataDir) -> Result<String, String> {
    let status: Status = Local(data_dir)
        .get("/v1/status")
        .await
        .map_err(|error| format!("{error:#}"))?;
    let Status {
        deployment,
        region,
        policy,
        engine,
        clock_skew_ms,
    } = status;
    if clock_skew_ms.abs() >= ALARM_MS {
        return Err(format!(
            "its clock and that of the database differ by {clock_skew_ms} ms; set both by NTP"
        ));
    }
    Ok(format!(
        "{deployment} on {engine}, region {region}, policies {policy}, clock skew {clock_skew_ms} ms"
    ))
}

fn checkpoints(data_dir: &DataDir) -> Result<String, String> {
    let directory = data_dir.checkpoints();
    let entries = std::fs::read_dir(&directory)
        .map_err(|error| format!("{}: {error}", directory.display()))?;
    let mut bytes = 0;
    for entry in entries.filter_map(Result::ok) {
        if entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "notes")
        {
            bytes += entry
                .metadata()
                .map(|metadata| metadata.len())
                .unwrap_or_default();
        }
    }
    if bytes == 0 {
        return Err(format!("{} has no signed note yet", directory.display()));
    }
    Ok(format!(
        "{bytes} bytes of signed notes; copy them to another machine"
    ))
}

fn instance(data_dir: &DataDir) -> Result<String, String> {
    match Instance::read(data_dir) {
        Ok(Some(_)) => private(&data_dir.instance(), 0o600),
        Ok(None) => Ok("none".to_owned()),
        Err(error) => Err(format!("{error:#}")),
    }
}
