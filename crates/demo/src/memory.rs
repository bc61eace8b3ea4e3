//! What is kept under a secret text: by its hash, and never too much of it.

use std::collections::{BTreeMap, VecDeque};

use procura_core::digest::{Sha256, sha256};

/// Values under secret texts. The texts themselves are not kept: a lookup compares hashes, so its
/// time says nothing of a text that somebody guesses at.
pub(crate) struct Memory<V> {
    entries: BTreeMap<Sha256, V>,
    oldest_first: VecDeque<Sha256>,
    max: usize,
}

impl<V> Memory<V> {
    /// For at most `max` values; the oldest is forgotten first.
    pub(crate) fn new(max: usize) -> Self {
        Self {
            entries: BTreeMap::new(),
            oldest_first: VecDeque::new(),
            max,
        }
    }

    /// Keeps a value, in the place of the one that was there.
    pub(crate) fn keep(&mut self, secret: &str, value: V) {
        let key = key(secret);
        if self.entries.insert(key, value).is_some() {
            return;
        }
        self.oldest_first.push_back(key);
        if self.oldest_first.len() > self.max
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.entries.remove(&oldest);
        }
    }

    pub(crate) fn get(&self, secret: &str) -> Option<&V> {
        self.entries.get(&key(secret))
    }

    pub(crate) fn get_mut(&mut self, secret: &str) -> Option<&mut V> {
        self.entries.get_mut(&key(secret))
    }

    /// Forgets a value.
    pub(crate) fn take(&mut self, secret: &str) -> Option<V> {
        let key = key(secret);
        let taken = self.entries.remove(&key)?;
        self.oldest_first.retain(|other| *other != key);
        Some(taken)
    }

    /// Forgets all others; whether there were any.
    pub(crate) fn retain(&mut self, is_kept: impl Fn(&V) -> bool) -> bool {
        let before = self.entries.len();
        self.entries.retain(|_, value| is_kept(value));
        let entries = &self.entries;
        self.oldest_first.retain(|key| entries.contains_key(key));
        self.entries.len() < before
    }
}

fn key(secret: &str) -> Sha256 {
    sha256(&[secret.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_value_is_forgotten_when_there_are_too_many() {
        let mut memory = Memory::new(2);
        memory.keep("a", 1);
        memory.keep("b", 2);
        memory.keep("a", 3);
        assert_eq!((memory.get("a"), memory.get("b")), (Some(&3), Some(&2)));
        memory.keep("c", 4);
        assert_eq!((memory.get("a"), memory.get("b")), (None, Some(&2)));
        assert_eq!(memory.entries.len(), memory.oldest_first.len());
    }

    #[test]
    fn what_is_taken_makes_room() {
        let mut memory = Memory::new(2);
        memory.keep("a", 1);
        memory.keep("b", 2);
        assert_eq!((memory.take("b"), memory.take("b")), (Some(2), None));
        memory.keep("c", 3);
        assert_eq!(memory.get("a"), Some(&1));
        assert!(memory.retain(|value| *value != 1) && !memory.retain(|_| true));
        memory.keep("d", 4);
        assert_eq!((memory.get("c"), memory.get("d")), (Some(&3), Some(&4)));
    }
}
