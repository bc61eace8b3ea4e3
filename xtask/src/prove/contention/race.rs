//! Rounds in which all callers want a token that has just ended.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Barrier, Mutex, PoisonError};

use anyhow::{Context as _, bail};
use procura_demo::RefreshPolicy;

use crate::cluster;
use crate::prove::browser::Browser;
use crate::prove::client::{Client, Login};
use crate::prove::demo::Demo;
use crate::prove::kill9::wait;
use crate::prove::server::{Folder, Server, Setup};
use crate::prove::{delegation, sql};

/// How long access tokens live, in seconds.
const LIFE_S: u32 = 2;
/// A workload access token is good for fifteen minutes; another is made after so many rounds.
const ROUNDS_A_TOKEN: u32 = 100;
const USER: &str = "user";

/// What is run.
pub(super) struct Race<'a> {
    pub(super) engine: &'static str,
    pub(super) cluster: &'a str,
    pub(super) binary: &'a Path,
    pub(super) defect: Option<&'static str>,
    pub(super) nodes: usize,
    pub(super) callers: usize,
    pub(super) rounds: u32,
}

/// What it came to.
pub(super) struct Tally {
    pub(super) rounds: u32,
    pub(super) given: usize,
    pub(super) redeemed: u64,
}

impl Race<'_> {
    pub(super) fn run(&self) -> anyhow::Result<Tally> {
        let what = self.defect.unwrap_or("sound");
        let folder = Folder::new(&format!("contention-{}-{what}", self.engine))?;
        let setup = Setup {
            binary: self.binary.to_owned(),
            directory: folder.path().join("data"),
            store: match self.engine {
                "postgres" => Some(cluster::database(self.cluster, "contention")?),
                _ => None,
            },
            defect: self.defect,
        };
        let demo = Demo::start(RefreshPolicy::RevokesFamily, LIFE_S)?;
        let nodes = start(&setup, self.nodes, &folder)?;
        let login = &nodes.first().context("no node")?.login;
        let mut client = Client::connect(login.clone())?;
        delegation::prepare(&mut client, &demo)?;
        delegation::connect(&mut client, USER)?;
        let tally = self.rounds(&nodes, &demo)?;
        self.check(&setup, &demo, &tally)?;
        for node in nodes {
            node.stop()?;
        }
        Ok(tally)
    }

    fn rounds(&self, nodes: &[Server], demo: &Demo) -> anyhow::Result<Tally> {
        let (line, over) = (Barrier::new(self.callers + 1), AtomicBool::new(false));
        let given = Mutex::new(Vec::new());
        let mut tally = Tally {
            rounds: 0,
            given: 0,
            redeemed: 0,
        };
        std::thread::scope(|scope| {
            for (_, node) in (0..self.callers).zip(nodes.iter().cycle()) {
                let caller = Caller {
                    login: &node.login,
                    line: &line,
                    over: &over,
                    given: &given,
                };
                scope.spawn(move || caller.run());
            }
            let mut outcome = Ok(());
            for _ in 0..self.rounds {
                wait(u64::from(LIFE_S) * 1000);
                line.wait();
                line.wait();
                let all =
                    std::mem::take(&mut *given.lock().unwrap_or_else(PoisonError::into_inner));
                tally.rounds += 1;
                tally.given += all.len();
                outcome = check_round(all, self.callers, demo);
                if outcome.is_err() {
                    break;
                }
            }
            over.store(true, Ordering::SeqCst);
            line.wait();
            outcome
        })?;
        tally.redeemed = demo.provider.refresh_redemptions();
        Ok(tally)
    }

    /// What the provider has seen is what the database says.
    fn check(&self, setup: &Setup, demo: &Demo, tally: &Tally) -> anyhow::Result<()> {
        let generation = sql::number(setup, "SELECT generation FROM connection")?;
        let open = sql::number(setup, "SELECT COUNT(*) FROM token_exchange")?;
        let (reuses, ended) = (
            demo.provider.refresh_reuses(),
            demo.provider.families_revoked(),
        );
        if reuses + ended + open > 0 {
            bail!(
                "{reuses} refresh tokens came twice, {ended} families ended, {open} exchanges are \
                 open"
            );
        }
        if tally.redeemed + 1 != generation || tally.redeemed < u64::from(self.rounds) {
            bail!(
                "{} refresh tokens were redeemed in {} rounds for {generation} generations",
                tally.redeemed,
                self.rounds
            );
        }
        Ok(())
    }
}

/// The nodes: the first makes the database.
fn start(setup: &Setup, count: usize, folder: &Folder) -> anyhow::Result<Vec<Server>> {
    let start = |setup: &Setup| {
        let mut command = setup.dev();
        command.arg("--no-rate-limits");
        setup.start_command(command)
    };
    let mut nodes = vec![start(setup)?];
    for number in 1..count {
        let directory = folder.path().join(format!("node-{number}"));
        nodes.push(start(&setup.another_node(directory)?)?);
    }
    Ok(nodes)
}

/// Everybody got a token, and it opens what it is for.
fn check_round(
    all: Vec<anyhow::Result<String>>,
    callers: usize,
    demo: &Demo,
) -> anyhow::Result<()> {
    let tokens = all.into_iter().collect::<anyhow::Result<Vec<String>>>();
    let tokens = tokens.context("a caller is without a token")?;
    if tokens.len() != callers {
        bail!("{} of {callers} callers were answered", tokens.len());
    }
    for token in tokens.into_iter().collect::<BTreeSet<String>>() {
        if !Browser::opens(&demo.provider.issuer(), &token)? {
            bail!("a token was given that opens nothing");
        }
    }
    Ok(())
}

/// One of many.
struct Caller<'a> {
    login: &'a Login,
    line: &'a Barrier,
    over: &'a AtomicBool,
    given: &'a Mutex<Vec<anyhow::Result<String>>>,
}

impl Caller<'_> {
    /// Asks once a round, at the same moment as all others.
    fn run(&self) {
        let mut own = None;
        let mut round = 0;
        loop {
            // What is made ready for the round is no part of it.
            if round % ROUNDS_A_TOKEN == 0 || own.is_none() {
                own = self.ready().ok();
            }
            self.line.wait();
            if self.over.load(Ordering::SeqCst) {
                return;
            }
            let given = match &mut own {
                Some((client, token)) => delegation::token(client, token),
                None => Err(anyhow::anyhow!("no workload access token")),
            };
            self.given
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(given);
            self.line.wait();
            round += 1;
        }
    }

    fn ready(&self) -> anyhow::Result<(Client, String)> {
        let mut client = Client::connect(self.login.clone())?;
        let token = delegation::workload_token(&mut client, USER)?;
        Ok((client, token))
    }
}
