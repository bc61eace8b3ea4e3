//! Tracked tasks: what runs in the background, and is waited for when the node stops.

use std::future::Future;

use tokio::sync::watch;
use tokio::task::JoinSet;

/// The background tasks of a node.
#[derive(Debug)]
pub struct Tasks {
    set: JoinSet<()>,
    stop: watch::Sender<bool>,
}

/// Tells a task when to end.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Waits until the node stops.
    pub async fn requested(&mut self) {
        // An error means that the node is gone, which is a stop as well.
        let _ = self.0.wait_for(|stop| *stop).await;
    }

    /// Whether the node stops.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }
}

impl Default for Tasks {
    fn default() -> Self {
        Self {
            set: JoinSet::new(),
            stop: watch::channel(false).0,
        }
    }
}

impl Tasks {
    /// What a task listens to.
    pub fn stop_signal(&self) -> Stop {
        Stop(self.stop.subscribe())
    }

    /// Runs `task` until it ends; it gets the signal to end by.
    pub fn spawn<F>(&mut self, task: impl FnOnce(Stop) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let stop = self.stop_signal();
        self.set.spawn(task(stop));
    }

    /// Tells all tasks to end and waits until they did.
    pub async fn finish(mut self) {
        let _ = self.stop.send(true);
        while let Some(ended) = self.set.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a background task did not end well");
            }
        }
    }
}
