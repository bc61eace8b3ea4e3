//! Work that is carried through when whoever asked for it is gone: what was sent to a provider cannot
//! be taken back, and what comes of it must be kept.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use procura_core::error::Error;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::App;

/// What is under way.
pub(crate) struct InFlight {
    /// The node that it works on.
    app: Weak<App>,
    set: Mutex<JoinSet<()>>,
}

impl InFlight {
    pub(crate) fn new(app: Weak<App>) -> Self {
        Self {
            app,
            set: Mutex::default(),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, JoinSet<()>> {
        // A panic of another holder leaves a set that is still good.
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// What `work` comes to. It goes on when the one that waits here is dropped, and a node that
    /// stops waits for it.
    pub(crate) async fn carry_through<T, F>(
        &self,
        work: impl FnOnce(Arc<Self>) -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
        T: Send + 'static,
    {
        let (told, waits) = oneshot::channel();
        self.carry_on(|app| {
            let work = work(app);
            async move {
                // Whoever waited may be gone; the work is done all the same.
                let _ = told.send(work.await);
            }
        });
        let ended = waits.await;
        ended.map_err(|_| Error::internal("what was under way did not end"))?
    }

    /// Begins `work`, for which nobody waits but a node that stops.
    pub(crate) fn carry_on<F>(&self, work: impl FnOnce(Arc<Self>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        // Without the node there is nothing to work on.
        if let Some(app) = self.in_flight.app.upgrade() {
            let mut set = self.in_flight.lock();
            while set.try_join_next().is_some() {}
            set.spawn(work(app));
        }
    }

    /// Waits until nothing is under way. For a node that takes no more requests.
    pub async fn finish_in_flight(&self) {
        let mut set = std::mem::take(&mut *self.in_flight.lock());
        while set.join_next().await.is_some() {}
    }
}
