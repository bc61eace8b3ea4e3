//! Wycheproof's files for JOSE (C2SP/wycheproof, `testvectors_v1`).

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use procura_protocol::jose::jwk::KeySet;
use procura_protocol::jose::{Algorithm, JoseError, Malformed, jws};
use serde::Deserialize;
use serde_json::Value;

use crate::workspace::variable;

const FILES: [&str; 3] = [
    "json_web_signature_test.json",
    "json_web_key_test.json",
    "json_web_crypto_test.json",
];
/// The suite has tokens with a large modulus in them, and none that is larger.
const TOKEN_BYTES_MAX: usize = 64 * 1024;

/// How many vectors ended how.
#[derive(Default)]
pub(super) struct Counts {
    /// Invalid ones, refused.
    pub(super) refused: usize,
    /// Valid ones, accepted.
    pub(super) accepted: usize,
    /// Valid ones that are refused here for a reason that is told.
    pub(super) listed: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Suite {
    number_of_tests: usize,
    test_groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    private: Value,
    public: Option<Value>,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Test {
    tc_id: u32,
    result: String,
    #[serde(alias = "jwe")]
    jws: Value,
}

pub(super) fn run() -> anyhow::Result<Counts> {
    let folder =
        variable("PROCURA_VECTORS").map_or_else(|| "../shared/vectors".into(), PathBuf::from);
    let mut counts = Counts::default();
    let mut reasons = BTreeMap::<&str, usize>::new();
    for name in FILES {
        let path = folder.join("wycheproof").join(name);
        let text =
            std::fs::read(path).with_context(|| format!("not run: vectors absent: {name}"))?;
        let suite: Suite = serde_json::from_slice(&text).with_context(|| name)?;
        let before = counts.refused + counts.accepted + counts.listed;
        for group in &suite.test_groups {
            let keys = group.keys()?;
            for test in &group.tests {
                judge(group, test, &keys, &mut counts, &mut reasons).with_context(|| name)?;
            }
        }
        let judged = counts.refused + counts.accepted + counts.listed - before;
        ensure!(
            judged == suite.number_of_tests,
            "{name}: judged {judged} vectors"
        );
    }
    for (reason, count) in reasons {
        println!("valid to the suite and refused here: {count} {reason}");
    }
    Ok(counts)
}

impl Group {
    /// What the group publishes, or where it publishes nothing what it has.
    fn keys(&self) -> anyhow::Result<KeySet> {
        let published = self.public.as_ref().unwrap_or(&self.private);
        let text = published.to_string();
        Ok(match published.get("keys") {
            Some(_) => KeySet::parse(text.as_bytes())?,
            None => KeySet::parse_key(text.as_bytes())?,
        })
    }

    fn key_is_for(&self, algorithm: &str) -> bool {
        let key = self.public.as_ref();
        key.and_then(|key| key.get("alg"))
            .is_some_and(|own| own == algorithm)
    }
}

fn judge(
    group: &Group,
    test: &Test,
    keys: &KeySet,
    counts: &mut Counts,
    reasons: &mut BTreeMap<&'static str, usize>,
) -> anyhow::Result<()> {
    // The JSON serialization stands in one file as an object.
    let token = test
        .jws
        .as_str()
        .map_or_else(|| test.jws.to_string(), str::to_owned);
    let outcome = jws::Unverified::parse(&token, TOKEN_BYTES_MAX)
        .and_then(|token| token.verify(keys, &Algorithm::ALL).map(drop));
    match (test.result.as_str(), outcome) {
        ("valid", Ok(())) => counts.accepted += 1,
        ("invalid", Err(_)) => counts.refused += 1,
        ("valid", Err(error)) => {
            let reason = reason(group, test, &error)
                .with_context(|| format!("{}: a valid vector is refused: {error}", test.tc_id))?;
            *reasons.entry(reason).or_default() += 1;
            counts.listed += 1;
        }
        (result, outcome) => bail!("{}: {result} to the suite, {outcome:?} to us", test.tc_id),
    }
    Ok(())
}

/// Why a vector that the suite calls valid is refused.
fn reason(group: &Group, test: &Test, error: &JoseError) -> Option<&'static str> {
    match error {
        JoseError::AlgorithmUnsupported => Some("shared secrets (HS256, HS384, HS512)"),
        JoseError::Encrypted => Some("encrypted (RFC 7516)"),
        JoseError::Malformed(Malformed::Base64url(_)) if [372, 373].contains(&test.tc_id) => {
            Some("a `?` within base64url, which the suite lets pass")
        }
        JoseError::UnknownKey if group.key_is_for("PS256") => {
            Some("RFC 7520 figure 20: PS384 by a key whose alg is PS256")
        }
        JoseError::UnknownKey if group.key_is_for("ES521") => {
            Some("RFC 7520 figure 27: a key whose alg is ES521, which does not exist")
        }
        _ => None,
    }
}
