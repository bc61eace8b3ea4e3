//! A delegation only narrows: random tokens that are handed on, narrowed and used, against a model that
//! is written from the rule and not from the code.
//!
//! The rule: a use is allowed when every agent of the chain is active and has a grant of its own, the
//! task covers it, and each count of uses has one left. A token can be handed on within what it is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, bail};
use procura_core::entropy::{OsEntropy, random_bytes};
use procura_core::id::ProviderId;
use procura_core::scope::Scopes;
use procura_core::task::Task;
use serde_json::{Value, json};

use super::binary;
use super::client::{Answer, Client};
use super::server::{Folder, Server, Setup};

/// Sequences of tasks that are narrowed, in this process.
const TASKS: u64 = 100_000;
const TASKS_FULL: u64 = 1_000_000;
/// Sequences at a server.
const SEQUENCES: u64 = 300;
const SEQUENCES_FULL: u64 = 5_000;
/// Within so many the defective one must be found out.
const SEQUENCES_CONTROL: u64 = 10_000;
/// Steps of a sequence at a server.
const STEPS: usize = 16;
/// The agents that are acted through are not asked.
const DEFECT: &str = "wide-chain";

const AGENTS: usize = 6;
const PROVIDERS: usize = 4;
const DEPTH_MAX: usize = 5;
const COUNTS_MAX: usize = 5;
const ACCOUNT: &str = "000000000000";

pub(super) fn run(full: bool) -> anyhow::Result<()> {
    let seed = u64::from_be_bytes(random_bytes(&mut OsEntropy));
    let tasks = if full { TASKS_FULL } else { TASKS };
    let covered = narrow(&mut Dice(seed), tasks)?;
    let (release, sabotage) = (binary::release()?, binary::sabotage()?);
    let sequences = if full { SEQUENCES_FULL } else { SEQUENCES };
    let asked = attack(&release, None, seed, sequences)?;
    let found = match attack(&sabotage, Some(DEFECT), seed, SEQUENCES_CONTROL) {
        Err(error) => {
            println!("control found out: {error:#}");
            "yes"
        }
        Ok(_) => bail!("a server that does not ask the agents of the chain was not found out"),
    };
    println!(
        "figure: narrowing tasks={tasks} covered={covered} sequences={sequences} minted={} \
         mints_refused={} uses={} uses_refused={} control_found={found} seed={seed}",
        asked.minted, asked.mints_refused, asked.used, asked.uses_refused
    );
    Ok(())
}

/// `SplitMix64`: the same again for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(1).max(1);
        usize::try_from(self.roll() % end).unwrap_or(0)
    }

    fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    /// Some of `0..end`, one at least; mostly nothing is said.
    fn limit(&mut self, end: usize) -> Option<BTreeSet<usize>> {
        if !self.one_in(3) {
            return None;
        }
        let mut chosen: BTreeSet<usize> = (0..end).filter(|_| self.one_in(2)).collect();
        chosen.insert(self.below(end));
        Some(chosen)
    }
}

/// Whether `asked` is within `had`, where nothing said is everything.
fn is_within(asked: Option<&BTreeSet<usize>>, had: Option<&BTreeSet<usize>>) -> bool {
    match (asked, had) {
        (None, _) | (_, None) => true,
        (Some(asked), Some(had)) => asked.is_subset(had),
    }
}

/// Narrows tasks and asks what they cover: how many questions were answered with yes.
fn narrow(dice: &mut Dice, sequences: u64) -> anyhow::Result<u64> {
    let id = |number: usize| ProviderId::from_bytes([u8::try_from(number).unwrap_or(0); 16]);
    let words =
        |numbers: &BTreeSet<usize>| Scopes::from_items(numbers.iter().map(|n| format!("s{n}")));
    let mut covered = 0;
    for sequence in 0..sequences {
        let mut task = Task::default();
        let (mut providers, mut scopes) = (None, None);
        for _ in 0..4 {
            let asked = (dice.limit(PROVIDERS), dice.limit(PROVIDERS));
            let ids = asked
                .0
                .as_ref()
                .map(|asked| asked.iter().map(|n| id(*n)).collect());
            let named = asked.1.as_ref().map(words).transpose()?;
            let limits = Task::new(ids, named, None, None)?;
            let may = is_within(asked.0.as_ref(), providers.as_ref())
                && is_within(asked.1.as_ref(), scopes.as_ref());
            match (task.narrowed(limits), may) {
                (Ok(narrower), true) => {
                    task = narrower;
                    providers = asked.0.or(providers);
                    scopes = asked.1.or(scopes);
                }
                (Err(_), false) => {}
                (said, _) => bail!("sequence {sequence}: {task:?} became {said:?}"),
            }
            let provider = dice.below(PROVIDERS);
            let asked: BTreeSet<usize> = (0..PROVIDERS).filter(|_| dice.one_in(2)).collect();
            let is_key = dice.one_in(4);
            let may_scopes = match &scopes {
                None => true,
                Some(own) => !is_key && !asked.is_empty() && asked.is_subset(own),
            };
            let may_provider = providers.as_ref().is_none_or(|own| own.contains(&provider));
            let asked = words(&asked)?;
            let said = task.covers(id(provider), (!is_key).then_some(&asked));
            if said.is_ok() != (may_provider && may_scopes) {
                bail!("sequence {sequence}: {task:?} covers {provider} {asked}: {said:?}");
            }
            covered += u64::from(said.is_ok());
        }
    }
    Ok(covered)
}

/// What was asked of a server, and how it ended.
#[derive(Default)]
struct Seen {
    minted: u64,
    mints_refused: u64,
    used: u64,
    uses_refused: u64,
}

/// A token, as the rule sees it.
#[derive(Clone)]
struct Token {
    text: String,
    /// Everybody of the chain, the agent last.
    members: Vec<usize>,
    providers: Option<BTreeSet<usize>>,
    /// Which counts it takes from.
    counts: Vec<usize>,
}

/// The world, as the rule sees it.
struct Model {
    active: BTreeSet<usize>,
    granted: BTreeSet<(usize, usize)>,
    tokens: Vec<Token>,
    /// How many uses are left.
    counts: BTreeMap<usize, u64>,
}

impl Model {
    fn are_active(&self, members: &[usize]) -> bool {
        members.iter().all(|member| self.active.contains(member))
    }

    fn left(&self, counts: &[usize]) -> Option<u64> {
        let left = |count| self.counts.get(count).copied().unwrap_or(0);
        counts.iter().map(left).min()
    }
}

fn attack(
    binary: &Path,
    defect: Option<&'static str>,
    seed: u64,
    sequences: u64,
) -> anyhow::Result<Seen> {
    let folder = Folder::new(&format!("narrowing-{}", defect.unwrap_or("sound")))?;
    let setup = Setup {
        binary: binary.to_owned(),
        directory: folder.path().join("data"),
        store: None,
        defect,
    };
    let mut command = setup.dev();
    command.arg("--no-rate-limits");
    let server = setup.start_command(command)?;
    let mut dice = Dice(seed);
    let granted = prepare(&setup, &server, &mut dice)?;
    let mut attack = Attack {
        client: Client::connect(server.login.clone())?,
        dice,
        model: Model {
            active: (0..AGENTS).collect(),
            granted,
            tokens: Vec::new(),
            counts: BTreeMap::new(),
        },
        seen: Seen::default(),
    };
    for number in 0..sequences {
        let sequence = attack.sequence();
        sequence.with_context(|| format!("sequence {number} of seed {seed}"))?;
    }
    server.stop()?;
    Ok(attack.seen)
}

fn agent(number: usize) -> String {
    format!("agent-{number}")
}

fn provider(number: usize) -> String {
    format!("provider-{number}")
}

/// Makes agents and providers, and grants each agent some of them.
fn prepare(
    setup: &Setup,
    server: &Server,
    dice: &mut Dice,
) -> anyhow::Result<BTreeSet<(usize, usize)>> {
    let mut client = Client::connect(server.login.clone())?;
    for number in 0..AGENTS {
        let body = json!({ "name": agent(number) });
        let made = client.post("/identities/CreateWorkloadIdentity", &body)?;
        made.expect(&[201])?;
    }
    for number in 0..PROVIDERS {
        let body = json!({ "name": provider(number), "apiKey": format!("k-{number}") });
        let made = client.post("/identities/CreateApiKeyCredentialProvider", &body)?;
        made.expect(&[201])?;
    }
    let grants = |command: &[&str]| -> anyhow::Result<Value> {
        let all = [command, &["--account", ACCOUNT, "--output", "json"]].concat();
        Ok(serde_json::from_slice(&setup.run(&all)?.stdout).unwrap_or_default())
    };
    let listed = grants(&["grants", "list"])?;
    for grant in listed.as_array().context("grants list")? {
        let id = grant.get("id").and_then(Value::as_str).context("id")?;
        grants(&["grants", "revoke", id])?;
    }
    let mut granted = BTreeSet::new();
    for number in 0..AGENTS {
        for of in 0..PROVIDERS {
            if dice.one_in(3) {
                continue;
            }
            let (name, agent) = (provider(of), agent(number));
            grants(&[
                "grants", "create", &name, "--kind", "api-key", "--agent", &agent,
            ])?;
            granted.insert((number, of));
        }
    }
    Ok(granted)
}

struct Attack {
    client: Client,
    dice: Dice,
    model: Model,
    seen: Seen,
}

impl Attack {
    fn sequence(&mut self) -> anyhow::Result<()> {
        self.model.tokens.clear();
        self.model.counts.clear();
        for number in 0..AGENTS {
            if !self.model.active.contains(&number) {
                self.switch(number)?;
            }
        }
        self.begin()?;
        for _ in 0..STEPS {
            match self.dice.below(8) {
                0..=2 => self.hand_on()?,
                3..=6 => self.make_use()?,
                _ => {
                    let number = self.dice.below(AGENTS);
                    self.switch(number)?;
                }
            }
        }
        Ok(())
    }

    fn any_token(&mut self) -> anyhow::Result<Token> {
        let which = self.dice.below(self.model.tokens.len());
        self.model.tokens.get(which).cloned().context("no token")
    }

    fn begin(&mut self) -> anyhow::Result<()> {
        let number = self.dice.below(AGENTS);
        let body = json!({ "workloadName": agent(number), "userId": "alice" });
        let minted = self
            .client
            .post("/identities/GetWorkloadAccessTokenForUserId", &body)?;
        let minted = minted.expect(&[200])?;
        self.model.tokens.push(Token {
            text: minted.text("workloadAccessToken").context("no token")?,
            members: vec![number],
            providers: None,
            counts: Vec::new(),
        });
        Ok(())
    }

    fn hand_on(&mut self) -> anyhow::Result<()> {
        let parent = self.any_token()?;
        let to = (!self.dice.one_in(3)).then(|| self.dice.below(AGENTS));
        let providers = self.dice.limit(PROVIDERS);
        let uses = self.dice.one_in(3).then(|| self.dice.below(3) + 1);
        let names = |asked: &BTreeSet<usize>| -> Vec<String> {
            asked.iter().map(|number| provider(*number)).collect()
        };
        let task = json!({ "providers": providers.as_ref().map(names), "uses": uses });
        let body = json!({
            "workload_identity_token": parent.text,
            "workload_name": to.map(agent),
            "task": task,
        });
        let answer = self.client.post("/v1/workload-access-tokens", &body)?;

        let mut members = parent.members.clone();
        if let Some(to) = to.filter(|to| Some(to) != members.last()) {
            members.push(to);
        }
        let left = self.model.left(&parent.counts);
        let uses = uses.map(u64::try_from).transpose()?;
        let may = self.model.are_active(&members)
            && members.len() <= DEPTH_MAX
            && is_within(providers.as_ref(), parent.providers.as_ref())
            && left.is_none_or(|left| left > 0 && uses.is_none_or(|uses| uses <= left))
            && parent.counts.len() + usize::from(uses.is_some()) <= COUNTS_MAX;
        if !judged(&answer, may).with_context(|| format!("{task} for {members:?}"))? {
            self.seen.mints_refused += 1;
            return Ok(());
        }
        self.seen.minted += 1;
        let mut counts = parent.counts;
        if let Some(uses) = uses {
            let count = self.model.counts.len();
            counts.push(count);
            self.model.counts.insert(count, uses);
        }
        self.model.tokens.push(Token {
            text: answer.text("workload_access_token").context("no token")?,
            members,
            providers: providers.or(parent.providers),
            counts,
        });
        Ok(())
    }

    fn make_use(&mut self) -> anyhow::Result<()> {
        let token = self.any_token()?;
        let of = self.dice.below(PROVIDERS);
        let body = json!({
            "workloadIdentityToken": token.text,
            "resourceCredentialProviderName": provider(of),
        });
        let answer = self.client.post("/identities/api-key", &body)?;
        let has = |member: &usize| self.model.granted.contains(&(*member, of));
        let may = self.model.are_active(&token.members)
            && token.members.iter().all(has)
            && token.providers.as_ref().is_none_or(|own| own.contains(&of))
            && self.model.left(&token.counts).is_none_or(|left| left > 0);
        let said = judged(&answer, may);
        if !said.with_context(|| format!("{} of {:?}", provider(of), token.members))? {
            self.seen.uses_refused += 1;
            return Ok(());
        }
        self.seen.used += 1;
        for count in token.counts {
            self.model.counts.entry(count).and_modify(|left| *left -= 1);
        }
        Ok(())
    }

    /// Suspends an agent that is active, and resumes one that is not.
    fn switch(&mut self, number: usize) -> anyhow::Result<()> {
        let was_active = self.model.active.remove(&number);
        let path = if was_active {
            "/v1/agents/suspend"
        } else {
            self.model.active.insert(number);
            "/v1/agents/resume"
        };
        let done = self.client.post(path, &json!({ "agent": agent(number) }))?;
        done.expect(&[200]).map(drop)
    }
}

/// Whether it was allowed, if it was when it `may` be.
fn judged(answer: &Answer, may: bool) -> anyhow::Result<bool> {
    match (answer.status, may) {
        (200, true) => Ok(true),
        (400 | 401 | 403, false) => Ok(false),
        (status, _) => bail!(
            "{status} where the rule says {}: {}",
            if may { "yes" } else { "no" },
            answer.body
        ),
    }
}
