//! What is good for once has one winner, however many come at the same moment: a `state` that a
//! browser brings back, the end of a session, the code that is redeemed for it.
//!
//! The link of a session is no such thing: whoever opens it last is the browser that may come back,
//! and what earlier ones bring is refused. The answers of a provider come to two nodes at once where
//! there are two; sessions are ended at one, for each node of `dev` has callback URLs of its own.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Barrier;

use anyhow::{Context as _, bail};
use procura_demo::RefreshPolicy;

use super::browser::Browser;
use super::client::{Client, Login};
use super::delegation::Session;
use super::demo::Demo;
use super::server::{Folder, Server, Setup};
use super::{binary, delegation};
use crate::cluster::{self, Cluster};

/// Those who come at the same moment.
const CONTENDERS: usize = 16;
/// Sessions on each engine.
const SESSIONS: usize = 50;
const SESSIONS_FULL: usize = 1000;
/// Sessions in which the defective service must be found out.
const SESSIONS_CONTROL: usize = 10;
/// Sessions move on whatever their version is.
const DEFECT: &str = "session-version-ignored";
/// What the record of a kept code says.
const KEPT: &str = "the user came back with a code";

pub(super) fn run(full: bool) -> anyhow::Result<()> {
    let (release, sabotage) = (binary::release()?, binary::sabotage()?);
    let cluster = Cluster::given_or_own()?;
    let sessions = if full { SESSIONS_FULL } else { SESSIONS };
    for engine in ["sqlite", "postgres"] {
        attack(engine, cluster.url(), &release, None, sessions)?;
        println!(
            "{engine}: {sessions} sessions, {CONTENDERS} at once for each state, end and code: one \
             winner of each"
        );
        let control = Some(DEFECT);
        match attack(engine, cluster.url(), &sabotage, control, SESSIONS_CONTROL) {
            Err(error) => println!("{engine}: control found out: {error:#}"),
            Ok(()) => bail!("{engine}: sessions that many can move at once were not found out"),
        }
    }
    println!(
        "figure: one-time contenders={CONTENDERS} sessions={} state_winners={} end_winners={} \
         codes_redeemed={} codes_reused=0",
        sessions * 2,
        sessions * 2,
        sessions * 2,
        sessions * 2,
    );
    Ok(())
}

fn attack(
    engine: &str,
    cluster: &str,
    binary: &Path,
    defect: Option<&'static str>,
    sessions: usize,
) -> anyhow::Result<()> {
    let what = defect.unwrap_or("sound");
    let folder = Folder::new(&format!("one-time-{engine}-{what}"))?;
    let setup = Setup {
        binary: binary.to_owned(),
        directory: folder.path().join("data"),
        store: cluster::store_of(engine, cluster, "one_time")?,
        defect,
    };
    let demo = Demo::start(RefreshPolicy::Strict, 3600)?;
    let start = |setup: &Setup| {
        let mut command = setup.dev();
        command.arg("--no-rate-limits");
        setup.start_command(command)
    };
    let mut nodes = vec![start(&setup)?];
    if setup.store.is_some() {
        let beside = setup.another_node(folder.path().join("second"))?;
        nodes.push(start(&beside)?);
    }
    let mut contest = Contest::new(&nodes, &demo)?;
    for number in 0..sessions {
        contest
            .session(&format!("user-{number}"))
            .with_context(|| format!("session {number}"))?;
    }
    let provider = &demo.provider;
    let seen = [
        provider.code_requests(),
        provider.code_redemptions(),
        kept_codes(&setup, &folder)?,
    ];
    let wanted = u64::try_from(sessions)?;
    if seen != [wanted; 3] || provider.families_revoked() > 0 {
        bail!("{sessions} sessions: codes sent, redeemed and kept {seen:?} times");
    }
    for node in nodes {
        node.stop()?;
    }
    Ok(())
}

/// How many records there are of a code that was kept.
fn kept_codes(setup: &Setup, folder: &Folder) -> anyhow::Result<u64> {
    let file = folder.path().join("export");
    let file = file.to_str().context("a path that is not text")?;
    setup.run(&["audit", "export", file])?;
    let export = std::fs::read_to_string(file)?;
    let kept = export.lines().filter(|line| line.contains(KEPT));
    Ok(u64::try_from(kept.count())?)
}

/// Those who contend, and what they contend for.
struct Contest<'a> {
    demo: &'a Demo,
    logins: Vec<&'a Login>,
    clients: Vec<Client>,
    /// A browser in which alice has logged in at the provider.
    browser: Browser,
}

impl<'a> Contest<'a> {
    fn new(nodes: &'a [Server], demo: &'a Demo) -> anyhow::Result<Self> {
        let logins: Vec<&Login> = nodes.iter().map(|node| &node.login).collect();
        let first = logins.first().context("no node")?;
        let clients = (0..CONTENDERS).map(|_| Client::connect((*first).clone()));
        let mut clients = clients.collect::<std::io::Result<Vec<Client>>>()?;
        let one = clients.first_mut().context("no contender")?;
        delegation::prepare(one, demo)?;
        Ok(Self {
            demo,
            logins,
            clients,
            browser: Browser::default(),
        })
    }

    /// One session, and all for each of its steps at once.
    fn session(&mut self, user: &str) -> anyhow::Result<()> {
        let one = self.clients.first_mut().context("no contender")?;
        let token = delegation::workload_token(one, user)?;
        let session = delegation::begin(one, &token)?;
        let callback = delegation::consent(&mut self.browser, &session)?;
        let id = self.come_back(&callback, &session)?;
        let one = self.clients.first_mut().context("no contender")?;
        delegation::uri_ends_nothing(one, &session, user)?;
        self.end(&id, user)?;
        let one = self.clients.first_mut().context("no contender")?;
        let given = delegation::token(one, &token)?;
        if !Browser::opens(&self.demo.provider.issuer(), &given)? {
            bail!("the token opens nothing");
        }
        Ok(())
    }

    /// All bring the same answer of the provider; those who are too late are sent on or told so. The
    /// `session_id` with which they are sent on.
    fn come_back(&self, callback: &str, session: &Session) -> anyhow::Result<String> {
        let first = self.logins.first().context("no node")?;
        let line = Barrier::new(CONTENDERS);
        let at_node = |login: &Login| callback.replacen(&first.address, &login.address, 1);
        let nodes = self.logins.iter().cycle().take(CONTENDERS);
        let urls: Vec<String> = nodes.map(|login| at_node(login)).collect();
        let pages = std::thread::scope(|scope| {
            let running: Vec<_> = urls
                .iter()
                .map(|url| {
                    let (mut browser, line) = (self.browser.clone(), &line);
                    scope.spawn(move || {
                        line.wait();
                        browser.get(url)
                    })
                })
                .collect();
            joined(running)
        })?;
        let statuses: Vec<u16> = pages.iter().map(|page| page.status).collect();
        if statuses.iter().any(|status| ![302, 409].contains(status)) {
            bail!("who came back was answered {statuses:?}");
        }
        let sent_on = pages.iter().filter(|page| page.status == 302);
        let ids = sent_on.map(|page| delegation::session_id(page, session));
        let ids = ids.collect::<anyhow::Result<BTreeSet<String>>>()?;
        // It is of the browser, and all are the same.
        let (Some(id), 1) = (ids.first(), ids.len()) else {
            bail!("who came back was sent on with {} texts", ids.len());
        };
        Ok(id.clone())
    }

    /// All say that the user came back; one of them ends the session.
    fn end(&mut self, id: &str, user: &str) -> anyhow::Result<()> {
        let line = Barrier::new(CONTENDERS);
        let statuses = std::thread::scope(|scope| {
            let running: Vec<_> = self
                .clients
                .iter_mut()
                .map(|client| {
                    let line = &line;
                    scope.spawn(move || {
                        line.wait();
                        anyhow::Ok(delegation::complete(client, id, user)?.status)
                    })
                })
                .collect();
            joined(running)
        })?;
        let winners = statuses.iter().filter(|status| **status == 200).count();
        if winners != 1 || statuses.iter().any(|status| ![200, 403].contains(status)) {
            bail!("{winners} ended a session: {statuses:?}");
        }
        Ok(())
    }
}

fn joined<T>(
    running: Vec<std::thread::ScopedJoinHandle<'_, anyhow::Result<T>>>,
) -> anyhow::Result<Vec<T>> {
    running
        .into_iter()
        .map(|thread| {
            let joined = thread.join();
            joined.map_err(|_| anyhow::anyhow!("a contender panicked"))?
        })
        .collect()
}
