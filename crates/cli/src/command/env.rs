//! `procura env`: what boto3, the AWS CLI and the SDK need to find us.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use crate::data_dir::DataDir;
use crate::instance::Instance;
use crate::print;

/// `procura env`
#[derive(Debug, Args)]
pub(crate) struct Env {
    /// In which form.
    #[arg(long, value_enum, default_value_t = EnvFormat::Shell)]
    pub(crate) format: EnvFormat,
}

/// The form of `procura env`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EnvFormat {
    /// `export NAME='value'`
    Shell,
    /// An object.
    Json,
}

pub(crate) fn run(data_dir: &DataDir, env: &Env) -> anyhow::Result<ExitCode> {
    let instance = Instance::read(data_dir)?.with_context(|| {
        format!(
            "no server has run in {}; start one with `procura dev`, or name its data directory \
             with --data-dir",
            data_dir.path().display()
        )
    })?;
    let variables = variables(&instance);
    match env.format {
        EnvFormat::Shell => {
            for (name, value) in variables {
                print::line(&format!("export {name}={}", quoted(value)))?;
            }
        }
        EnvFormat::Json => {
            let object: serde_json::Map<String, serde_json::Value> = variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).into()))
                .collect();
            print::line(&serde_json::to_string_pretty(&object)?)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Only services that we have: a global `AWS_ENDPOINT_URL` would send every other one here, too.
fn variables(instance: &Instance) -> Vec<(&'static str, &str)> {
    let demo = instance.demo.as_deref();
    let demo = demo.map(|address| ("PROCURA_DEMO", address));
    let ours = [
        ("AWS_ENDPOINT_URL_BEDROCK_AGENTCORE", instance.api.as_str()),
        ("AWS_ENDPOINT_URL_BEDROCK_AGENTCORE_CONTROL", &instance.api),
        ("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", &instance.api),
        ("AWS_ENDPOINT_URL_IAM", &instance.api),
        ("AWS_ENDPOINT_URL_STS", &instance.api),
        ("BEDROCK_AGENTCORE_DP_ENDPOINT", &instance.api),
        ("BEDROCK_AGENTCORE_CP_ENDPOINT", &instance.api),
        ("AWS_ACCESS_KEY_ID", &instance.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", &instance.secret_access_key),
        // A token of another login would go with our key and be refused.
        ("AWS_SESSION_TOKEN", ""),
        ("AWS_REGION", &instance.region),
        // The AWS CLI of PyPI reads only this one.
        ("AWS_DEFAULT_REGION", instance.region.as_str()),
    ];
    ours.into_iter().chain(demo).collect()
}

/// `value` for a POSIX shell.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// `value` as one word of a POSIX shell; as it is where that is plain.
pub(crate) fn word(value: &str) -> String {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "_./-".contains(char);
    if !value.is_empty() && value.chars().all(is_plain) {
        value.to_owned()
    } else {
        quoted(value)
    }
}

#[cfg(test)]
mod tests {
    use super::{quoted, word};

    #[test]
    fn a_word_is_quoted_only_where_it_must_be() {
        assert_eq!(word("/srv/shop/.procura-1_a"), "/srv/shop/.procura-1_a");
        assert_eq!(word("/srv/my shop"), "'/srv/my shop'");
        assert_eq!(word("/srv/$(id)"), "'/srv/$(id)'");
        assert_eq!(word(""), "''");
    }

    #[test]
    fn a_value_cannot_leave_its_quotes() {
        assert_eq!(quoted("a'; rm -rf b"), r"'a'\''; rm -rf b'");
    }
}
