//! `prove sigv4`: our verifier against botocore's signer, on random requests.
//!
//! botocore signs and says what it signed (`python/sigv4_oracle.py`). Each request must be accepted
//! and have byte for byte botocore's canonical request; each with one byte changed must be refused;
//! of fifty, every byte is changed. Among them are requests that are wrongly signed, in twenty ways,
//! and rightly signed ones that policy refuses: were one accepted, the verifier would be broken and
//! so would the proof of it, so that too fails.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};
use procura_core::time::Timestamp;
use procura_protocol::sigv4::{self, Expectation, SigV4Error, SigningKey};
use procura_protocol::testing::{self, OwnedRequest, PathForm};
use serde::Deserialize;

use crate::setup;
use crate::workspace::variable;

const REQUESTS: usize = 20_000;
const REQUESTS_FULL: usize = 200_000;
/// Requests of which every byte is changed.
const EXHAUSTIVE: usize = 50;

/// Runs the proof. `full` takes ten times the requests, and all 255 values for each byte of the
/// fifty instead of eleven. `PROCURA_SIGV4_SEED` repeats a run.
pub(crate) fn run(full: bool) -> anyhow::Result<()> {
    let requests = if full { REQUESTS_FULL } else { REQUESTS };
    let mut command = Command::new(setup::interpreter()?);
    command.arg("-B").arg("xtask/python/sigv4_oracle.py");
    command
        .arg(requests.to_string())
        .args(variable("PROCURA_SIGV4_SEED"));
    let mut oracle = command
        .stdout(Stdio::piped())
        .spawn()
        .context("start the oracle")?;
    let lines = BufReader::new(oracle.stdout.take().context("the oracle has no output")?).lines();

    let mut proof = Proof {
        every: requests / EXHAUSTIVE,
        full,
        ..Proof::default()
    };
    let mut end = None;
    for line in lines {
        match serde_json::from_str(&line?).context("read a line of the oracle")? {
            Line::Seed { seed } => {
                println!("seed {seed}");
                proof.seed = seed;
                proof.random = Random(seed);
            }
            Line::Good(case) => proof.good(&case)?,
            Line::Wrong(case) => proof.wrong(&case)?,
            Line::Policy(case) => proof.policy(&case)?,
            Line::End {
                good,
                wrong,
                policy,
            } => end = Some((good, wrong, policy)),
        }
    }
    ensure!(oracle.wait()?.success(), "the oracle failed");
    proof.report(end, requests)
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Line {
    Seed {
        seed: u64,
    },
    Good(Case),
    Wrong(Case),
    Policy(Case),
    End {
        good: usize,
        wrong: usize,
        policy: usize,
    },
}

#[derive(Deserialize)]
struct Case {
    class: String,
    error: Option<String>,
    canonical: Option<String>,
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body_sha256: String,
    key_id: String,
    secret: String,
    region: String,
    service: String,
    now_ms: i64,
}

impl Case {
    fn request(&self) -> anyhow::Result<OwnedRequest> {
        let mut body_sha256 = [0; 32];
        let digits = self.body_sha256.as_bytes().chunks_exact(2);
        ensure!(digits.len() == 32, "a hash has 64 digits");
        for (byte, digits) in body_sha256.iter_mut().zip(digits) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits)?, 16)?;
        }
        let headers = self.headers.iter();
        Ok(OwnedRequest {
            method: self.method.clone(),
            path: self.path.clone().into_bytes(),
            query: self.query.clone().into_bytes(),
            headers: headers
                .map(|(n, v)| (n.clone(), v.clone().into_bytes()))
                .collect(),
            body_sha256,
        })
    }

    /// What a listener does that knows this one key. `None`: the key id is another.
    fn receive(&self, request: &OwnedRequest) -> Option<Result<(), SigV4Error>> {
        request.with_head(|head| {
            let presented = match sigv4::parse(head) {
                Ok(presented) => presented,
                Err(error) => return Some(Err(error)),
            };
            if presented.access_key_id() != self.key_id {
                return None;
            }
            let scope = presented.scope();
            let secret = self.secret.as_bytes();
            let key = SigningKey::derive(secret, scope.date, scope.region, scope.service);
            let now = Timestamp::from_millis(self.now_ms);
            let here = Expectation {
                region: &self.region,
                service: &self.service,
            };
            Some(sigv4::verify(
                &presented,
                request.body_sha256,
                &key,
                now,
                here,
            ))
        })
    }

    /// The names that the oracle says it signed: the line before the last of its canonical request.
    fn signed(&self) -> anyhow::Result<Vec<&str>> {
        let canonical = self.canonical.as_deref().context("no canonical request")?;
        Ok(canonical
            .rsplit('\n')
            .nth(1)
            .context("no signed headers")?
            .split(';')
            .collect())
    }

    fn check_canonical(&self, request: &OwnedRequest) -> anyhow::Result<()> {
        let signed = self.signed()?;
        let ours = request.with_head(|head| {
            testing::canonical_request(head, &signed, &request.body_sha256, PathForm::Normalized)
        });
        let ours = String::from_utf8_lossy(&ours);
        let theirs = self.canonical.as_deref().unwrap_or_default();
        ensure!(
            ours == theirs,
            "canonical requests differ\n--- ours\n{ours}\n--- botocore\n{theirs}"
        );
        Ok(())
    }
}

#[derive(Default)]
struct Proof {
    seed: u64,
    random: Random,
    full: bool,
    /// One of this many requests has every byte changed.
    every: usize,
    good: usize,
    exhaustive: usize,
    mutations: usize,
    refused: usize,
    /// How often each class of requests that must not pass was refused.
    wrong: BTreeMap<String, usize>,
    policy: BTreeMap<String, usize>,
}

impl Proof {
    fn good(&mut self, case: &Case) -> anyhow::Result<()> {
        let request = case.request()?;
        case.check_canonical(&request)?;
        let outcome = case.receive(&request);
        let number = self.good;
        ensure!(
            outcome == Some(Ok(())),
            "request {number}: {outcome:?}\n{}",
            show(&request)
        );
        self.change_one_byte(case, &request)?;
        if self.good.is_multiple_of(self.every) && self.exhaustive < EXHAUSTIVE {
            self.change_every_byte(case, &request)?;
            self.exhaustive += 1;
        }
        self.good += 1;
        Ok(())
    }

    fn wrong(&mut self, case: &Case) -> anyhow::Result<()> {
        let request = case.request()?;
        if case.receive(&request) == Some(Ok(())) {
            bail!(
                "accepted a wrongly signed request ({})\n{}",
                case.class,
                show(&request)
            );
        }
        *self.wrong.entry(case.class.clone()).or_default() += 1;
        Ok(())
    }

    fn policy(&mut self, case: &Case) -> anyhow::Result<()> {
        let request = case.request()?;
        if case.canonical.is_some() {
            case.check_canonical(&request)?;
        }
        let Some(Err(error)) = case.receive(&request) else {
            bail!(
                "policy let a request pass ({})\n{}",
                case.class,
                show(&request)
            );
        };
        // The name of the variant, which is how `Debug` begins.
        let shown = format!("{error:?}");
        let name = shown.split(|c: char| !c.is_alphanumeric()).next();
        ensure!(
            name == case.error.as_deref(),
            "{}: refused for {shown}",
            case.class
        );
        *self.policy.entry(case.class.clone()).or_default() += 1;
        Ok(())
    }

    fn change_one_byte(&mut self, case: &Case, request: &OwnedRequest) -> anyhow::Result<()> {
        let mut parts = request.protected_parts(&case.signed()?);
        parts.retain(|part| !request.part(*part).is_empty());
        // A harmless or impossible change is drawn again; nearly all are neither.
        for _ in 0..1000 {
            let part = *self.random.pick(&parts).context("no parts")?;
            let bytes = request.part(part);
            let at = self.random.below(bytes.len());
            let byte = u8::try_from(self.random.below(256))?;
            if testing::changes_nothing(part, bytes, at, byte) {
                continue;
            }
            let Some(changed) = request.with_byte(part, at, byte) else {
                continue;
            };
            return self.must_refuse(case, &changed);
        }
        bail!("found no byte to change")
    }

    fn change_every_byte(&mut self, case: &Case, request: &OwnedRequest) -> anyhow::Result<()> {
        for part in request.protected_parts(&case.signed()?) {
            let bytes = request.part(part);
            for (at, old) in bytes.iter().enumerate() {
                for new in self.replacements(*old) {
                    if testing::changes_nothing(part, bytes, at, new) {
                        continue;
                    }
                    if let Some(changed) = request.with_byte(part, at, new) {
                        self.must_refuse(case, &changed)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Eight one-bit neighbours and three other values; with `full`, all others.
    fn replacements(&self, old: u8) -> Vec<u8> {
        if self.full {
            return (0..=255).filter(|new| *new != old).collect();
        }
        let bits = (0..8).map(|bit| old ^ (1 << bit));
        bits.chain([old.wrapping_add(1), old.wrapping_sub(1), !old])
            .collect()
    }

    fn must_refuse(&mut self, case: &Case, changed: &OwnedRequest) -> anyhow::Result<()> {
        self.mutations += 1;
        if case.receive(changed) == Some(Ok(())) {
            bail!("accepted a changed request\n{}", show(changed));
        }
        self.refused += 1;
        Ok(())
    }

    fn report(&self, end: Option<(usize, usize, usize)>, requests: usize) -> anyhow::Result<()> {
        let wrong: usize = self.wrong.values().sum();
        let policy: usize = self.policy.values().sum();
        // A proof that looked at nothing would also find nothing.
        ensure!(
            end == Some((self.good, wrong, policy)),
            "the oracle's count is another: {end:?}"
        );
        ensure!(
            self.good == requests && self.exhaustive == EXHAUSTIVE,
            "too few requests"
        );
        ensure!(
            self.wrong.len() == 20 && self.policy.len() == 6,
            "a class of requests is absent"
        );
        for (class, count) in self.wrong.iter().chain(&self.policy) {
            println!("refused {count} {class}");
        }
        println!(
            "figure: sigv4 requests={requests} seed={} accepted={} mutations={} refused={} \
             wrong_refused={wrong} policy_refused={policy} exhaustive={}",
            self.seed, self.good, self.mutations, self.refused, self.exhaustive
        );
        Ok(())
    }
}

/// The request as it would stand on the wire; nothing in it is a real secret.
fn show(request: &OwnedRequest) -> String {
    let text = |bytes: &[u8]| bytes.escape_ascii().to_string();
    let OwnedRequest {
        method,
        path,
        query,
        headers,
        ..
    } = request;
    let headers = headers
        .iter()
        .map(|(name, value)| format!("\n{name}: {}", text(value)));
    format!(
        "{method} {}?{}{}",
        text(path),
        text(query),
        headers.collect::<String>()
    )
}

/// `SplitMix64`: which byte to change needs no better.
#[derive(Default)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
}
