//! Two nodes on one database: the root key rotates, and neither of them stops for it.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, bail};

use super::load::Worker;
use super::nothing_is_older;
use crate::prove::server::{Folder, Server, Setup};

const ROTATE: [&str; 4] = ["vault", "rotate", "--root", "--confirm-distributed"];

/// Rotates the root key of `first`, which runs, and of a second node beside it.
pub(super) fn both_go_on(
    first: &Setup,
    server: &Server,
    workers: &mut [Worker],
    folder: &Folder,
) -> anyhow::Result<()> {
    let second = first.another_node(folder.path().join("second"))?;
    let beside = second.start()?;
    if first
        .try_run(&["vault", "rotate", "--root"])?
        .status
        .success()
    {
        bail!("the root key rotates although another node lacks the next one");
    }
    for _ in 0..3 {
        first.run(&["vault", "rotate", "--root", "--prepare"])?;
        let next = first.directory.join("root.key.next");
        std::fs::copy(next, second.directory.join("root.key.next"))?;
        let (over, killed) = (AtomicBool::new(false), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let logins = [server.login.clone(), beside.login.clone()];
            let running: Vec<_> = workers
                .iter_mut()
                .zip(logins.into_iter().cycle())
                .map(|(worker, login)| {
                    let (over, killed) = (&over, &killed);
                    scope.spawn(move || worker.round(login, over, killed))
                })
                .collect();
            let rotated = first
                .run(&ROTATE)
                .and_then(|_| first.run(&["vault", "rotate", "--all-accounts"]));
            // The second node learns of it while it works.
            let followed = rotated.and_then(|_| wait_for_settled(&second));
            over.store(true, Ordering::SeqCst);
            for thread in running {
                let done = thread.join();
                done.map_err(|_| anyhow::anyhow!("a worker panicked"))??;
            }
            followed
        })?;
        nothing_is_older(first)?;
    }
    beside.stop()?;
    let beside = second.start()?;
    for worker in &*workers {
        worker.check_everything(beside.login.clone())?;
    }
    beside.stop()
}

/// Until the second node has put its files right: it looks once a second.
fn wait_for_settled(second: &Setup) -> anyhow::Result<()> {
    const TRIES: u32 = 100;
    let next = second.directory.join("root.key.next");
    for _ in 0..TRIES {
        if !next.exists() {
            return Ok(());
        }
        super::wait(100);
    }
    Err(anyhow::anyhow!("root.key.next is still there")).context("the second node does not follow")
}
