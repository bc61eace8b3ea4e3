//! Rounds in which all callers want a token that has just ended.

use std::path::Path;

use anyhow::{Context as _, bail};
use procura_demo::RefreshPolicy;

use super::callers::{Callers, Given};
use crate::cluster;
use crate::prove::browser::Browser;
use crate::prove::client::Client;
use crate::prove::demo::Demo;
use crate::prove::kill9::wait;
use crate::prove::server::{Folder, Server, Setup};
use crate::prove::{delegation, sql};

/// How long access tokens live, in seconds.
const LIFE_S: u32 = 2;
const USER: &str = "user";

/// What is run.
pub(super) struct Race<'a> {
    pub(super) engine: &'static str,
    pub(super) cluster: &'a str,
    pub(super) binary: &'a Path,
    pub(super) defect: Option<&'static str>,
    pub(super) nodes: usize,
    /// Processes that ask, in turn at one node each.
    pub(super) processes: usize,
    /// Connections of each of them.
    pub(super) tasks: usize,
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
            store: cluster::store_of(self.engine, self.cluster, "contention")?,
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
        let mut processes = Vec::new();
        for (_, node) in (0..self.processes).zip(nodes.iter().cycle()) {
            processes.push(Callers::start(&node.login, USER, self.tasks)?);
        }
        for callers in &mut processes {
            callers.are_ready()?;
        }
        let mut tally = Tally {
            rounds: 0,
            given: 0,
            redeemed: 0,
        };
        for _ in 0..self.rounds {
            wait(u64::from(LIFE_S) * 1000);
            for callers in &mut processes {
                callers.go()?;
            }
            let mut given = Given::default();
            for callers in &mut processes {
                given.add(callers.given()?);
            }
            tally.rounds += 1;
            tally.given += given.count;
            self.check_round(given, demo)?;
            // What is made ready for the next round is no part of it.
            for callers in &mut processes {
                callers.are_ready()?;
            }
        }
        tally.redeemed = demo.provider.refresh_redemptions();
        Ok(tally)
    }

    /// Everybody got a token, and it opens what it is for.
    fn check_round(&self, given: Given, demo: &Demo) -> anyhow::Result<()> {
        if let Some(without) = given.without.first() {
            bail!("a caller is without a token: {without}");
        }
        let callers = self.processes * self.tasks;
        if given.count != callers {
            bail!("{} of {callers} callers were answered", given.count);
        }
        for token in given.tokens {
            if !Browser::opens(&demo.provider.issuer(), &token)? {
                bail!("a token was given that opens nothing");
            }
        }
        Ok(())
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
