//! Of many that need the same thing from outside, one goes and the others wait for what it brings.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use procura_core::error::{Error, Kind};

/// What is under way, by what it is for.
pub(crate) struct SingleFlight<K, T> {
    flights: Mutex<HashMap<K, Weak<Flight<T>>>>,
}

/// One going, and who waits for it. Whoever holds the turn goes; when it is dropped on the way, the
/// next in the queue finds nothing brought and goes itself.
struct Flight<T> {
    turn: tokio::sync::Mutex<Option<Brought<T>>>,
}

/// What was brought. An error is told to all who waited, without its inner part.
type Brought<T> = Result<T, Told>;

/// What of an error is told to who waited.
struct Told {
    kind: Kind,
    public: String,
    field: Option<String>,
    retry_after_s: Option<u32>,
}

impl Told {
    /// None of an error that is about who went: another may well be allowed what that one is not.
    fn of(error: &Error) -> Option<Self> {
        match error.kind() {
            Kind::Denied | Kind::Unproved => None,
            kind => Some(Self {
                kind,
                public: error.public().to_owned(),
                field: error.at_field().map(str::to_owned),
                retry_after_s: error.retry_after_s(),
            }),
        }
    }

    fn error(&self) -> Error {
        let error = match &self.field {
            Some(field) => Error::field(field.clone(), self.public.clone()),
            None => Error::new(self.kind, self.public.clone()),
        };
        error.with_retry_after(self.retry_after_s)
    }
}

impl<K, T> Default for SingleFlight<K, T> {
    fn default() -> Self {
        Self {
            flights: Mutex::default(),
        }
    }
}

impl<K: Clone + Eq + Hash, T: Clone> SingleFlight<K, T> {
    /// What `go` brings, or what somebody brought for `key` while this one waited.
    pub(crate) async fn join<F>(&self, key: K, go: F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let flight = self.flight(&key);
        let mut turn = flight.turn.lock().await;
        if let Some(brought) = &*turn {
            return match brought {
                Ok(value) => Ok(value.clone()),
                Err(told) => Err(told.error()),
            };
        }
        let brought = go.await;
        let told = match &brought {
            Ok(value) => Ok(value.clone()),
            // SECURITY: a refusal of who went is no answer to anybody else: the next in the queue
            // goes. Held by `who_is_refused_is_replaced`.
            Err(error) => match Told::of(error) {
                Some(told) => Err(told),
                None => return brought,
            },
        };
        *turn = Some(told);
        // Who comes from now on did not wait, and goes anew.
        self.lock().remove(&key);
        brought
    }

    fn flight(&self, key: &K) -> Arc<Flight<T>> {
        let mut flights = self.lock();
        if let Some(flight) = flights.get(key).and_then(Weak::upgrade) {
            return flight;
        }
        let flight = Arc::new(Flight {
            turn: tokio::sync::Mutex::new(None),
        });
        // What was given up leaves an entry behind; it is cleared away here, a few at a time.
        if flights.len() >= 1024 {
            flights.retain(|_, flight| flight.strong_count() > 0);
        }
        flights.insert(key.clone(), Arc::downgrade(&flight));
        flight
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<K, Weak<Flight<T>>>> {
        // A panic of another holder leaves a map that is still good.
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_thousand_wait_for_one() {
        let flights = SingleFlight::<u8, u32>::default();
        let gone = AtomicU32::new(0);
        let gate = tokio::sync::Notify::new();
        let one = || {
            flights.join(7, async {
                gone.fetch_add(1, Ordering::Relaxed);
                gate.notified().await;
                Ok(42)
            })
        };
        let all: Vec<_> = (0..1000).map(|_| Box::pin(one())).collect();
        let (brought, ()) = tokio::join!(join_all(all), async {
            tokio::task::yield_now().await;
            gate.notify_one();
        });
        assert!(brought.iter().all(|value| *value == Ok(42)));
        assert_eq!(gone.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn who_is_dropped_on_the_way_is_replaced_and_an_error_is_not_kept() {
        let flights = SingleFlight::<u8, u32>::default();
        {
            let never = flights.join(7, std::future::pending());
            tokio::select! {
                _ = never => unreachable!("it never comes"),
                () = tokio::task::yield_now() => {}
            }
        }
        let failed = flights
            .join(7, async { Err(Error::new(Kind::Upstream, "down")) })
            .await;
        assert_eq!(failed.map_err(|error| error.kind()), Err(Kind::Upstream));
        assert_eq!(flights.join(7, async { Ok(1) }).await.ok(), Some(1));
        assert!(flights.lock().is_empty());
    }

    #[tokio::test]
    async fn who_is_refused_is_replaced() {
        let flights = SingleFlight::<u8, u32>::default();
        // Each goes on only when all others wait.
        let one = |answer| {
            flights.join(7, async {
                tokio::task::yield_now().await;
                answer
            })
        };
        let refused = || one(Err(Error::denied("you may not")));
        let allowed = || one(Ok(1));
        let (first, second, third, fourth) =
            tokio::join!(refused(), allowed(), refused(), allowed());
        assert_eq!(first.map_err(|error| error.kind()), Err(Kind::Denied));
        assert_eq!(second.ok(), Some(1));
        assert_eq!(third.ok(), Some(1));
        assert_eq!(fourth.ok(), Some(1));
    }

    #[tokio::test]
    async fn who_waits_learns_the_field_of_an_error() {
        let flights = SingleFlight::<u8, u32>::default();
        let one = || {
            flights.join(7, async {
                tokio::task::yield_now().await;
                Err(Error::field("scopes", "fewer"))
            })
        };
        let (first, second) = tokio::join!(one(), one());
        for error in [first.unwrap_err(), second.unwrap_err()] {
            assert_eq!(
                (error.at_field(), error.public()),
                (Some("scopes"), "fewer")
            );
        }
    }

    async fn join_all(
        all: Vec<impl Future<Output = Result<u32, Error>>>,
    ) -> Vec<Result<u32, Kind>> {
        let mut brought = Vec::new();
        let mut all: Vec<_> = all.into_iter().map(Box::pin).collect();
        std::future::poll_fn(|cx| {
            all.retain_mut(|one| match one.as_mut().poll(cx) {
                std::task::Poll::Ready(value) => {
                    brought.push(value.map_err(|error| error.kind()));
                    false
                }
                std::task::Poll::Pending => true,
            });
            if all.is_empty() {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
        brought
    }
}
