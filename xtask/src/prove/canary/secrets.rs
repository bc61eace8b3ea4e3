//! What was planted, and the search for it.

use std::collections::{BTreeMap, HashMap, HashSet};

use procura_core::entropy::{OsEntropy, random_bytes};
use procura_protocol::testing::jose::base64url;

use super::encoding::ENCODINGS;
use super::kind::Kind;

/// The place of a secret among all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id(usize);

struct Needle {
    secret: Id,
    encoding: usize,
    bytes: Vec<u8>,
}

/// All that was planted.
#[derive(Default)]
pub(super) struct Secrets {
    kinds: Vec<Kind>,
    needles: Vec<Needle>,
    /// What the needles are made of: each is there once.
    known: HashSet<Vec<u8>>,
}

/// A secret where it must not be.
#[derive(Debug)]
pub(super) struct Hit {
    pub(super) secret: Id,
    pub(super) encoding: &'static str,
    pub(super) at: usize,
}

/// So many bytes of a needle lead to it.
const LEAD: usize = 8;

impl Secrets {
    /// Adds a secret. It is looked for in two halves, so that one that was cut off is found too.
    pub(super) fn add(&mut self, kind: Kind, secret: &[u8]) -> Id {
        let id = Id(self.kinds.len());
        self.kinds.push(kind);
        self.spell(id, secret);
        id
    }

    /// Looks for a secret in another form, too: the bytes that its text spells.
    pub(super) fn spell(&mut self, id: Id, secret: &[u8]) {
        let (head, tail) = secret.split_at(secret.len() / 2);
        for part in [head, tail] {
            for (encoding, form) in ENCODINGS.iter().enumerate() {
                for bytes in (form.of)(part) {
                    if bytes.len() >= LEAD && self.known.insert(bytes.clone()) {
                        self.needles.push(Needle {
                            secret: id,
                            encoding,
                            bytes,
                        });
                    }
                }
            }
        }
    }

    pub(super) fn kind(&self, Id(at): Id) -> Option<Kind> {
        self.kinds.get(at).copied()
    }

    pub(super) fn count(&self) -> usize {
        self.kinds.len()
    }

    pub(super) fn needles(&self) -> usize {
        self.needles.len()
    }

    pub(super) fn by_kind(&self) -> BTreeMap<Kind, usize> {
        let mut counts = BTreeMap::new();
        for kind in &self.kinds {
            *counts.entry(*kind).or_default() += 1;
        }
        counts
    }

    /// A search for all of them, prepared.
    pub(super) fn search(&self) -> Search<'_> {
        let mut by_lead = HashMap::<&[u8], Vec<&Needle>>::new();
        let mut leads = vec![false; 1 << 24];
        for needle in &self.needles {
            let lead = needle.bytes.get(..LEAD).unwrap_or_default();
            by_lead.entry(lead).or_default().push(needle);
            if let Some(is_lead) = leads.get_mut(first_three(lead)) {
                *is_lead = true;
            }
        }
        Search { by_lead, leads }
    }

    /// The control of the search: every needle, hidden among other bytes, is found. Gives how many
    /// were.
    pub(super) fn find_hidden(&self) -> usize {
        let search = self.search();
        let noise: [u8; 96] = random_bytes(&mut OsEntropy);
        let found = |needle: &&Needle| {
            let hidden = [&noise, needle.bytes.as_slice(), &noise].concat();
            let mut hits = search.run(&hidden).into_iter();
            hits.any(|hit| hit.secret == needle.secret)
        };
        self.needles.iter().filter(found).count()
    }
}

pub(super) struct Search<'a> {
    by_lead: HashMap<&'a [u8], Vec<&'a Needle>>,
    /// The first three bytes of all leads: most of what is searched begins none.
    leads: Vec<bool>,
}

impl Search<'_> {
    /// Where they stand in `bytes`.
    pub(super) fn run(&self, bytes: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        for (at, lead) in bytes.windows(LEAD).enumerate() {
            if self.leads.get(first_three(lead)) != Some(&true) {
                continue;
            }
            for needle in self.by_lead.get(lead).into_iter().flatten() {
                let rest = bytes.get(at..).unwrap_or_default();
                if rest.starts_with(&needle.bytes) {
                    hits.push(Hit {
                        secret: needle.secret,
                        encoding: ENCODINGS.get(needle.encoding).map_or("", |form| form.name),
                        at,
                    });
                }
            }
        }
        hits
    }
}

fn first_three(lead: &[u8]) -> usize {
    match lead {
        [first, second, third, ..] => {
            usize::from(*first) << 16 | usize::from(*second) << 8 | usize::from(*third)
        }
        _ => 0,
    }
}

/// A new secret of 49 visible characters. Some of them have to be escaped somewhere, and it is in
/// no form that a pattern of known tokens would know.
pub(super) fn invent() -> String {
    let half = || base64url(&random_bytes::<16>(&mut OsEntropy));
    format!(r#"{}"/+&={}"#, half(), half())
}
