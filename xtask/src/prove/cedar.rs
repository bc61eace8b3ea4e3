//! `prove cedar`: the engine in our hands against the corpus of its makers
//! (cedar-policy/cedar-integration-tests, Apache-2.0): schemas, policies, entities and requests that a
//! fuzzer made, with what the reference answers.
//!
//! Everything is read, validated and asked with the calls that our own policies are. Where we differ
//! on purpose it is counted: an evaluation error is a no here, where the engine passes over the policy
//! that failed; and what the validator only warns of is refused. Each request is also asked of the
//! slices: what is left out for the kind of request, or for the ids in it, must change no word.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use procura_authority::testing::Foreign;
use serde::Deserialize;
use serde_json::Value;

use super::server::Folder;
use crate::workspace::variable;

/// The short form takes one case of so many.
const SHORT: usize = 5;
/// How many cases the corpus has.
const CASES: usize = 7_809;
/// How many requests.
const REQUESTS: usize = 62_472;

/// Runs the proof. `full` takes every case, else one of [`SHORT`].
pub(super) fn run(full: bool) -> anyhow::Result<()> {
    let folder = unpacked()?;
    let mut cases: Vec<PathBuf> = fs::read_dir(folder.path().join("corpus-tests"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<anyhow::Result<_>>()?;
    cases.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".json") && !name.ends_with(".entities.json")
    });
    cases.sort();
    ensure!(cases.len() == CASES, "the corpus has {} cases", cases.len());
    let step = if full { 1 } else { SHORT };
    let mut counts = Counts::default();
    for path in cases.iter().step_by(step) {
        judge(path, folder.path(), &mut counts)
            .with_context(|| path.file_name().unwrap_or_default().display().to_string())?;
    }
    counts.report(full)
}

/// The corpus, in a folder of its own.
fn unpacked() -> anyhow::Result<Folder> {
    let vectors =
        variable("PROCURA_VECTORS").map_or_else(|| "../shared/vectors".into(), PathBuf::from);
    let archive = vectors.join("cedar").join("corpus-tests.tar.gz");
    ensure!(
        archive.exists(),
        "not run: vectors absent: {}",
        archive.display()
    );
    let folder = Folder::new("prove-cedar")?;
    let status = Command::new("tar")
        .arg("-xzf")
        .arg(&archive)
        .arg("-C")
        .arg(folder.path())
        .status()
        .context("start tar")?;
    ensure!(status.success(), "the corpus cannot be unpacked");
    Ok(folder)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    schema: PathBuf,
    policies: PathBuf,
    entities: PathBuf,
    should_validate: bool,
    requests: Vec<Asked>,
}

#[derive(Deserialize)]
struct Asked {
    principal: Uid,
    action: Uid,
    resource: Uid,
    context: Value,
    decision: Decision,
    reason: Vec<String>,
    errors: Vec<String>,
}

#[derive(Deserialize)]
struct Uid {
    #[serde(rename = "type")]
    of: String,
    id: String,
}

impl Uid {
    fn parts(&self) -> (&str, &str) {
        (&self.of, &self.id)
    }
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Decision {
    Allow,
    Deny,
}

/// What came of it.
#[derive(Default)]
struct Counts {
    cases: usize,
    requests: usize,
    /// Answered as the corpus says: decision, policies and errors.
    same: usize,
    /// Allowed by the corpus although a policy failed, and refused by us.
    error_is_no: usize,
    allowed: usize,
    /// In which a policy failed, whatever was decided.
    failing: usize,
    /// Cases whose policies fit their schema.
    fits: usize,
    /// That fit with warnings, for which we refuse them.
    warned: usize,
    /// That do not fit to the corpus, and are taken.
    misfits_taken: usize,
}

fn judge(path: &Path, folder: &Path, counts: &mut Counts) -> anyhow::Result<()> {
    let case: Case = serde_json::from_slice(&fs::read(path)?)?;
    let text = |file: &Path| fs::read_to_string(folder.join(file));
    let entities = serde_json::from_str(&text(&case.entities)?)?;
    let foreign = Foreign::read(&text(&case.schema)?, &text(&case.policies)?, entities);
    let foreign = foreign.map_err(anyhow::Error::msg)?;
    let (fits, is_taken) = foreign.fits();
    ensure!(
        fits || !case.should_validate,
        "policies that fit are refused by the engine"
    );
    counts.fits += usize::from(case.should_validate);
    match (case.should_validate, is_taken) {
        (true, true) | (false, false) => {}
        (true, false) => counts.warned += 1,
        (false, true) => counts.misfits_taken += 1,
    }
    for (number, asked) in case.requests.iter().enumerate() {
        compare(&foreign, asked, counts).with_context(|| format!("request {number}"))?;
    }
    counts.cases += 1;
    Ok(())
}

fn compare(foreign: &Foreign, asked: &Asked, counts: &mut Counts) -> anyhow::Result<()> {
    let (principal, action, resource) = (&asked.principal, &asked.action, &asked.resource);
    let context = asked.context.clone();
    let answer = foreign
        .ask(principal.parts(), action.parts(), resource.parts(), context)
        .map_err(anyhow::Error::msg)?;
    let sorted = |texts: &[String]| {
        let mut texts = texts.to_vec();
        texts.sort();
        texts
    };
    let allows = asked.decision == Decision::Allow;
    ensure!(
        answer.engine_allows == allows
            && answer.reason == sorted(&asked.reason)
            && answer.errors == sorted(&asked.errors),
        "the answer is another: {answer:?}"
    );
    ensure!(answer.slices_agree, "a slice answers otherwise: {answer:?}");
    let is_whole = asked.errors.is_empty();
    ensure!(
        answer.we_allow == (allows && is_whole),
        "we make another answer of it: {answer:?}"
    );
    counts.requests += 1;
    counts.same += 1;
    counts.allowed += usize::from(allows);
    counts.failing += usize::from(!is_whole);
    counts.error_is_no += usize::from(allows && !is_whole);
    Ok(())
}

impl Counts {
    fn report(&self, full: bool) -> anyhow::Result<()> {
        // A proof that looked at nothing would also find nothing.
        let (cases, requests) = if full {
            (CASES, REQUESTS)
        } else {
            (CASES.div_ceil(SHORT), REQUESTS / SHORT / 2)
        };
        ensure!(
            self.cases == cases && self.requests >= requests,
            "too few requests: {} of {} cases",
            self.requests,
            self.cases
        );
        let misfits = self.cases - self.fits;
        ensure!(
            self.failing > 0 && misfits > 0 && self.allowed > 0,
            "a class of requests is absent"
        );
        println!(
            "allowed by the corpus although a policy failed, refused here (an evaluation error is a \
             no): {}",
            self.error_is_no
        );
        println!(
            "fit their schema with a warning, refused here (they never apply, or read otherwise than \
             they look): {}",
            self.warned
        );
        println!(
            "figure: cedar requests={} same={} differ={} cases={} allowed={} failing={} error_is_no={} fits={} \
             misfits={misfits} misfits_taken={} warned={}",
            self.requests,
            self.same,
            self.requests - self.same,
            self.cases,
            self.allowed,
            self.failing,
            self.error_is_no,
            self.fits,
            self.misfits_taken,
            self.warned
        );
        Ok(())
    }
}
