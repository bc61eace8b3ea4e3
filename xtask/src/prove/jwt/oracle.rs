//! Another signer and verifier: Python's `cryptography` (`python/jose_oracle.py`).

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};
use procura_protocol::jose::Algorithm;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Issuer, NOW_S};
use crate::setup;

/// Tokens for each algorithm.
const TOKENS: usize = 40;
const TOKENS_FULL: usize = 400;

/// A token and the one key of its issuer.
#[derive(Serialize, Deserialize)]
struct Line {
    alg: String,
    jwk: Value,
    token: String,
}

/// Gives how many of their tokens we accepted, and how many of ours they did.
pub(super) fn run(issuer: &Issuer, full: bool) -> anyhow::Result<(usize, usize)> {
    let count = if full { TOKENS_FULL } else { TOKENS };
    let claims = Issuer::claims().to_string();
    let made = oracle(&["make", &count.to_string()], &claims)?;
    let mut theirs = BTreeMap::<String, usize>::new();
    for line in made.lines() {
        let Line { alg, jwk, token } = serde_json::from_str(line)?;
        let mut trial = issuer.trial(token);
        trial.jwks = json!({ "keys": [jwk] }).to_string();
        if let Err(error) = trial.receive() {
            bail!("a token that `cryptography` signed with {alg} is refused: {error:?}");
        }
        // The same token under our keys is nobody's.
        let foreign = issuer.trial(trial.token);
        ensure!(
            foreign.receive().is_err(),
            "a token of a stranger is accepted"
        );
        *theirs.entry(alg).or_default() += 1;
    }
    for algorithm in Algorithm::ALL {
        ensure!(
            theirs.get(algorithm.name()) == Some(&count),
            "too few {algorithm} tokens"
        );
    }
    let mut ours = Vec::new();
    for key in &issuer.keys {
        for number in 0..count {
            let claims = json!({ "sub": format!("user-{number}"), "exp": NOW_S });
            let token = issuer.token(key.algorithm(), &Issuer::claims_with(&claims))?;
            let line = Line {
                alg: key.algorithm().to_string(),
                jwk: key.public_jwk(),
                token,
            };
            ours.push(serde_json::to_string(&line)?);
        }
    }
    let verified = oracle(&["check"], &ours.join("\n"))?;
    ensure!(
        verified.trim() == ours.len().to_string(),
        "`cryptography` verified {verified}"
    );
    Ok((theirs.values().sum(), ours.len()))
}

/// Runs the other implementation.
fn oracle(arguments: &[&str], input: &str) -> anyhow::Result<String> {
    let mut child = Command::new(setup::interpreter()?)
        .args(["-B", "xtask/python/jose_oracle.py"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("the Python of `cargo xtask setup`")?;
    let mut stdin = child.stdin.take().context("stdin")?;
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output()?;
    // A writer that fails means a reader that failed, which is told by its status.
    let _ = writer.join();
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        bail!("jose_oracle.py {arguments:?}: {error}");
    }
    Ok(String::from_utf8(output.stdout)?)
}
