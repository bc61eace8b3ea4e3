//! A node whose lease is over before its answer is there: it keeps what came, and nothing is lost,
//! whatever another node did meanwhile.
//!
//! A lease ends by a statement in the database, for nobody waits 45 seconds; a node is late because
//! the provider holds its request, or because it is stopped (SIGSTOP) while the answer waits for it.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use procura_demo::{Misbehaviour, RefreshPolicy};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::cluster;
use crate::prove::browser::Browser;
use crate::prove::client::Client;
use crate::prove::delegation::{self, Given};
use crate::prove::demo::Demo;
use crate::prove::kill9::wait;
use crate::prove::server::{Folder, Server, Setup};
use crate::prove::sql;

/// How long access tokens live, in seconds.
const LIFE_S: u32 = 2;
const USER: &str = "user";

/// When the late answer comes: before another node asks, after it, or while both ask.
#[derive(Debug, Clone, Copy)]
enum Order {
    /// The lease is over; the answer comes; another node asks.
    Before,
    /// The lease is over; another node asks, and the provider refuses what came twice; the answer
    /// comes.
    After,
    /// Both wait at the provider at once.
    Beside,
}

const ORDERS: [Order; 3] = [Order::Before, Order::After, Order::Beside];
const POLICIES: [RefreshPolicy; 2] = [RefreshPolicy::Strict, RefreshPolicy::Grace { seconds: 60 }];

/// Each order with each policy, so many times; how many late answers there were.
pub(super) fn run(binary: &Path, cluster: &str, times: u32) -> anyhow::Result<u32> {
    let mut late = 0;
    for policy in POLICIES {
        let two = Two::start(binary, cluster, policy)?;
        for order in ORDERS {
            for _ in 0..times {
                two.one_is_late(order)
                    .with_context(|| format!("late, {order:?}, {policy:?}"))?;
                late += 1;
            }
        }
        two.first.stop()?;
        two.second.stop()?;
    }
    println!("postgres: {late} answers came when their lease was over, and were kept");
    Ok(late)
}

/// Two nodes.
struct Two {
    setup: Setup,
    demo: Demo,
    first: Server,
    second: Server,
    _folder: Folder,
}

impl Two {
    fn start(binary: &Path, cluster: &str, policy: RefreshPolicy) -> anyhow::Result<Self> {
        let folder = Folder::new("contention-late")?;
        let setup = Setup {
            binary: binary.to_owned(),
            directory: folder.path().join("data"),
            store: Some(cluster::database(cluster, "late")?),
            defect: None,
        };
        let demo = Demo::start(policy, LIFE_S)?;
        let first = setup.start()?;
        let second = setup.another_node(folder.path().join("second"))?.start()?;
        let mut client = Client::connect(first.login.clone())?;
        delegation::prepare(&mut client, &demo)?;
        delegation::connect(&mut client, USER)?;
        Ok(Self {
            setup,
            demo,
            first,
            second,
            _folder: folder,
        })
    }

    fn one_is_late(&self, order: Order) -> anyhow::Result<()> {
        wait(u64::from(LIFE_S) * 1000);
        let provider = &self.demo.provider;
        let before = sql::number(&self.setup, GENERATION)?;
        let asked = provider.refresh_requests();
        let gate = Arc::new(Semaphore::new(0));
        provider.misbehave(Some(Misbehaviour::Gate(Arc::clone(&gate))));
        std::thread::scope(|scope| {
            let late = scope.spawn(|| ask(&self.first));
            self.demo
                .wait_for(provider.refresh_requests_reach(asked + 1))?;
            match order {
                Order::Before => {
                    end_lease(&self.setup)?;
                    gate.close();
                    self.gets_a_token(late)
                }
                Order::After => {
                    let redeemed = provider.refresh_redemptions();
                    self.first.signal("STOP")?;
                    gate.close();
                    self.demo
                        .wait_for(provider.refresh_redemptions_reach(redeemed + 1))?;
                    end_lease(&self.setup)?;
                    let other = scope.spawn(|| ask(&self.second));
                    self.demo
                        .wait_for(provider.refresh_requests_reach(asked + 2))?;
                    self.first.signal("CONT")?;
                    self.gets_a_token(late)?;
                    self.gets_a_token(other)
                }
                Order::Beside => {
                    end_lease(&self.setup)?;
                    let other = scope.spawn(|| ask(&self.second));
                    self.demo
                        .wait_for(provider.refresh_requests_reach(asked + 2))?;
                    gate.close();
                    self.gets_a_token(late)?;
                    self.gets_a_token(other)
                }
            }
        })?;
        provider.misbehave(None);
        for node in [&self.second, &self.first] {
            match ask(node)? {
                Given::Token(token) if Browser::opens(&provider.issuer(), &token)? => {}
                other => bail!("nothing good is given afterwards: {other:?}"),
            }
        }
        let after = sql::number(&self.setup, GENERATION)?;
        if after <= before {
            bail!("generation {before} became {after}");
        }
        Ok(())
    }

    fn gets_a_token(
        &self,
        asked: std::thread::ScopedJoinHandle<'_, anyhow::Result<Given>>,
    ) -> anyhow::Result<()> {
        let given = asked.join();
        let given = given.map_err(|_| anyhow::anyhow!("a caller panicked"))??;
        match given {
            Given::Token(token) if Browser::opens(&self.demo.provider.issuer(), &token)? => Ok(()),
            other => bail!("a late answer was lost: {other:?}"),
        }
    }
}

const GENERATION: &str = "SELECT generation FROM connection";

fn ask(node: &Server) -> anyhow::Result<Given> {
    let mut client = Client::connect(node.login.clone())?;
    let token = delegation::workload_token(&mut client, USER)?;
    delegation::given(delegation::ask(&mut client, &token, &json!({}))?)
}

fn end_lease(setup: &Setup) -> anyhow::Result<()> {
    sql::change(setup, "UPDATE connection SET lease_until = 0")
}
