//! A provider that does not answer is left alone for a while, so that whoever needs it learns so at
//! once and a provider that comes back is not run over.
//!
//! Counted is for each provider of an account, never for a host: nobody closes a host for others by
//! a provider that they arranged to fail. What counts is silence and the
//! status 502, 503 or 504 of a token endpoint; a refusal is an answer. Each node counts for itself.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use procura_core::error::{Error, Kind};
use procura_core::id::ProviderId;
use procura_core::time::Timestamp;

/// So many failures in a row open the circuit.
const FAILURES_MAX: u32 = 5;
/// How long it is open at first, in seconds; twice as long after each trial that fails.
const OPEN_S: i64 = 5;
/// How long it is open at most, in seconds.
const OPEN_MAX_S: i64 = 60;
/// From so many providers on, those are forgotten that failed long ago.
const PROVIDERS_MAX: usize = 4096;
/// What long ago is, in seconds.
const FORGOTTEN_S: i64 = 3600;

/// The providers of a node that failed.
#[derive(Default)]
pub(crate) struct Circuits {
    failed: Mutex<HashMap<ProviderId, Circuit>>,
}

/// A provider that failed the last time it was asked.
#[derive(Debug, Clone, Copy)]
struct Circuit {
    /// In a row.
    failures: u32,
    /// Nobody asks before.
    open_until: Timestamp,
    /// Whether somebody tries whether it is back.
    is_tried: bool,
}

impl Circuit {
    fn is_open(&self, now: Timestamp) -> bool {
        // A clock that was set back keeps nobody away for longer than was meant.
        let left = self.open_until.millis_since(now);
        self.failures >= FAILURES_MAX && (0 < left && left <= OPEN_MAX_S * 1000 || self.is_tried)
    }
}

impl Circuits {
    /// Whether the provider can be asked at `now`; the error says when.
    pub(crate) fn check(&self, provider: ProviderId, now: Timestamp) -> Result<(), Error> {
        match self.lock().get(&provider) {
            Some(circuit) if circuit.is_open(now) => Err(open(circuit, now)),
            _ => Ok(()),
        }
    }

    /// Begins to ask the provider. Of one that failed often, one at a time.
    pub(crate) fn enter(&self, provider: ProviderId, now: Timestamp) -> Result<Trial<'_>, Error> {
        let mut is_the_one = false;
        if let Some(circuit) = self.lock().get_mut(&provider) {
            if circuit.is_open(now) {
                return Err(open(circuit, now));
            }
            is_the_one = circuit.failures >= FAILURES_MAX;
            circuit.is_tried = is_the_one;
        }
        Ok(Trial {
            circuits: self,
            provider,
            is_the_one,
        })
    }

    /// How many providers are not asked at `now`.
    pub(crate) fn open_at(&self, now: Timestamp) -> u64 {
        let failed = self.lock();
        let open = failed.values().filter(|one| one.is_open(now)).count();
        u64::try_from(open).unwrap_or(u64::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ProviderId, Circuit>> {
        // A panic of another holder leaves counts that are still good.
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A provider is asked. What comes of it is to be told; when nothing is, nothing is counted.
pub(crate) struct Trial<'a> {
    circuits: &'a Circuits,
    provider: ProviderId,
    /// Whether it tries whether a provider is back that is left alone.
    is_the_one: bool,
}

impl Trial<'_> {
    /// It answered.
    pub(crate) fn answered(self) {
        if self
            .circuits
            .lock()
            .remove(&self.provider)
            .is_some_and(|circuit| circuit.failures >= FAILURES_MAX)
        {
            tracing::info!(provider = %self.provider, "a provider answers again");
        }
    }

    /// It did not answer, or said that it cannot.
    pub(crate) fn failed(self, now: Timestamp) {
        let mut failed = self.circuits.lock();
        if failed.len() >= PROVIDERS_MAX {
            failed.retain(|_, one| now.millis_since(one.open_until) < FORGOTTEN_S * 1000);
        }
        let circuit = failed.entry(self.provider).or_insert(Circuit {
            failures: 0,
            open_until: now,
            is_tried: false,
        });
        // Who was on the way when the circuit was opened says nothing new.
        if circuit.failures >= FAILURES_MAX && !self.is_the_one {
            return;
        }
        circuit.failures = circuit.failures.saturating_add(1);
        let doublings = circuit.failures.saturating_sub(FAILURES_MAX).min(4);
        let open_s = (OPEN_S << doublings).min(OPEN_MAX_S);
        circuit.open_until = now.plus_seconds(open_s);
        if circuit.failures >= FAILURES_MAX {
            let (provider, failures) = (self.provider, circuit.failures);
            tracing::warn!(%provider, failures, open_s, "a provider does not answer");
        }
    }
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        if let Some(circuit) = self.circuits.lock().get_mut(&self.provider)
            && self.is_the_one
        {
            circuit.is_tried = false;
        }
    }
}

fn open(circuit: &Circuit, now: Timestamp) -> Error {
    let seconds = circuit.open_until.millis_since(now).max(0) / 1000 + 1;
    let text = format!(
        "the provider failed {} times in a row and is left alone; it is asked again in {seconds} s",
        circuit.failures,
    );
    Error::new(Kind::Upstream, text).with_retry_after(u32::try_from(seconds).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_763_000_000_000);
    const DOWN: ProviderId = ProviderId::from_bytes([1; 16]);
    const OTHER: ProviderId = ProviderId::from_bytes([2; 16]);

    fn after_failures(count: u32) -> Circuits {
        let circuits = Circuits::default();
        for _ in 0..count {
            circuits
                .enter(DOWN, NOW)
                .unwrap_or_else(|_| panic!("open"))
                .failed(NOW);
        }
        circuits
    }

    #[test]
    fn a_provider_that_failed_five_times_in_a_row_is_left_alone() {
        let circuits = after_failures(4);
        assert!(circuits.check(DOWN, NOW).is_ok());
        circuits.enter(DOWN, NOW).unwrap().failed(NOW);
        let refused = circuits.check(DOWN, NOW).unwrap_err();
        assert_eq!(refused.kind(), Kind::Upstream);
        assert!(refused.public().contains("5 times"), "{}", refused.public());
        assert_eq!(refused.retry_after_s(), Some(6));
        assert!(circuits.enter(DOWN, NOW.plus_seconds(4)).is_err());
        assert!(circuits.check(OTHER, NOW).is_ok());
        assert_eq!(circuits.open_at(NOW), 1);
    }

    #[test]
    fn an_answer_in_between_counts_anew() {
        let circuits = after_failures(4);
        circuits.enter(DOWN, NOW).unwrap().answered();
        for _ in 0..4 {
            circuits.enter(DOWN, NOW).unwrap().failed(NOW);
        }
        assert!(circuits.check(DOWN, NOW).is_ok());
    }

    #[test]
    fn one_at_a_time_tries_whether_it_is_back() {
        let circuits = after_failures(5);
        let later = NOW.plus_seconds(5);
        let trial = circuits.enter(DOWN, later).unwrap();
        assert!(circuits.enter(DOWN, later).is_err());
        // Who was cut off in the middle is in nobody's way.
        drop(trial);
        let trial = circuits.enter(DOWN, later).unwrap();
        trial.failed(later);
        assert!(circuits.enter(DOWN, later.plus_seconds(9)).is_err());
        circuits
            .enter(DOWN, later.plus_seconds(10))
            .unwrap()
            .answered();
        assert!(circuits.enter(DOWN, later.plus_seconds(10)).is_ok());
        assert_eq!(circuits.open_at(later), 0);
    }

    #[test]
    fn those_that_were_on_the_way_do_not_keep_it_closed_for_longer() {
        let circuits = after_failures(1);
        let on_the_way: Vec<_> = (0..20)
            .map(|_| circuits.enter(DOWN, NOW).unwrap())
            .collect();
        let (later, mut on_the_way) = (NOW.plus_seconds(6), on_the_way.into_iter());
        for trial in on_the_way.by_ref().take(10) {
            trial.failed(NOW);
        }
        assert!(circuits.check(DOWN, NOW.plus_seconds(4)).is_err());
        // The rest ends while one tries: it neither opens the circuit anew nor lets in another.
        let the_one = circuits.enter(DOWN, later).unwrap();
        for trial in on_the_way {
            trial.failed(later);
        }
        assert!(circuits.enter(DOWN, later).is_err());
        drop(the_one);
        assert!(circuits.check(DOWN, later).is_ok());
    }

    #[test]
    fn it_is_tried_once_a_minute_at_least() {
        let circuits = after_failures(5);
        let mut now = NOW;
        for _ in 0..100 {
            now = now.plus_seconds(60);
            circuits.enter(DOWN, now).unwrap().failed(now);
        }
        assert!(circuits.check(DOWN, now.plus_seconds(59)).is_err());
        assert!(circuits.check(DOWN, now.plus_seconds(60)).is_ok());
        // The clock was set back by a day.
        assert!(circuits.check(DOWN, now.plus_seconds(-86_400)).is_ok());
    }
}
