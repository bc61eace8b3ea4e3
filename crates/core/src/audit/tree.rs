//! The Merkle tree of a chain (RFC 6962 §2.1), kept as the roots of its perfect subtrees.

use crate::digest::{Sha256, sha256};

/// The hash of a leaf (RFC 6962 §2.1).
pub fn leaf_hash(leaf: &[u8]) -> Sha256 {
    sha256(&[&[0], leaf])
}

pub(crate) fn node_hash(left: &Sha256, right: &Sha256) -> Sha256 {
    sha256(&[&[1], left, right])
}

/// The compact form of a tree that only grows: at most one hash for each bit of its size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompactTree {
    size: u64,
    /// Roots of the perfect subtrees, largest first; their sizes are the one-bits of `size`.
    subtrees: Vec<Sha256>,
}

impl CompactTree {
    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf by its hash.
    pub fn push(&mut self, leaf: Sha256) {
        let mut hash = leaf;
        let mut size = self.size;
        // Each trailing one-bit is a subtree of the same size as what was just made: join them.
        while size & 1 == 1 {
            if let Some(left) = self.subtrees.pop() {
                hash = node_hash(&left, &hash);
            }
            size >>= 1;
        }
        self.subtrees.push(hash);
        self.size += 1;
    }

    /// The root (RFC 6962 §2.1: the hash of nothing for an empty tree).
    pub fn root(&self) -> Sha256 {
        let mut right_to_left = self.subtrees.iter().rev();
        let Some(last) = right_to_left.next() else {
            return sha256(&[]);
        };
        right_to_left.fold(*last, |right, left| node_hash(left, &right))
    }

    /// What is stored to go on later: the size (8 bytes, big endian) and the hashes.
    pub fn to_stored(&self) -> Vec<u8> {
        let mut out = self.size.to_be_bytes().to_vec();
        for hash in &self.subtrees {
            out.extend_from_slice(hash);
        }
        out
    }

    /// The tree that was stored; `None` unless there is one hash for each one-bit of the size.
    pub fn from_stored(bytes: &[u8]) -> Option<Self> {
        let (size, hashes) = bytes.split_at_checked(8)?;
        let size = u64::from_be_bytes(size.try_into().ok()?);
        let subtrees: Vec<Sha256> = hashes
            .chunks(32)
            .map(<[u8; 32]>::try_from)
            .collect::<Result<_, _>>()
            .ok()?;
        let expected = usize::try_from(size.count_ones()).ok()?;
        (subtrees.len() == expected).then_some(Self { size, subtrees })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6962 §2.1, written as it is defined there.
    fn reference(leaves: &[Vec<u8>]) -> Sha256 {
        match leaves {
            [] => sha256(&[]),
            [one] => leaf_hash(one),
            many => {
                let mut split = 1;
                while split * 2 < many.len() {
                    split *= 2;
                }
                node_hash(&reference(&many[..split]), &reference(&many[split..]))
            }
        }
    }

    #[test]
    fn agrees_with_the_definition_at_every_size_and_survives_storage() {
        let leaves: Vec<Vec<u8>> = (0..70u8).map(|n| vec![n; usize::from(n)]).collect();
        let mut tree = CompactTree::default();
        for size in 0..=leaves.len() {
            assert_eq!(tree.root(), reference(&leaves[..size]), "size {size}");
            assert_eq!(
                CompactTree::from_stored(&tree.to_stored()),
                Some(tree.clone())
            );
            if let Some(leaf) = leaves.get(size) {
                tree.push(leaf_hash(leaf));
            }
        }
    }

    #[test]
    fn the_published_root_of_eight_leaves() {
        // The test inputs of the certificate-transparency implementations.
        let inputs = [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ];
        let mut tree = CompactTree::default();
        for input in inputs {
            tree.push(leaf_hash(&hex::decode(input).unwrap()));
        }
        assert_eq!(
            hex::encode(tree.root()),
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
        );
    }

    #[test]
    fn a_stored_tree_with_a_hash_too_many_is_refused() {
        let mut bytes = CompactTree::default().to_stored();
        bytes.extend_from_slice(&[0; 32]);
        assert_eq!(CompactTree::from_stored(&bytes), None);
    }
}
