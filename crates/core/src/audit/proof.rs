//! Proofs of a tree: that a leaf is in it (RFC 6962 §2.1.1), and that it grew from another one
//! (§2.1.2). They are checked as RFC 9162 §2.1.3.2 and §2.1.4.2 write it down.

use crate::audit::tree::node_hash;
use crate::digest::{Sha256, sha256};

/// A tree with all its perfect subtrees: what proofs are made from. 64 bytes a leaf.
#[derive(Debug, Clone, Default)]
pub struct WholeTree {
    /// The roots of the perfect subtrees of 1, 2, 4 … leaves, from the left.
    levels: Vec<Vec<Sha256>>,
}

impl WholeTree {
    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        let leaves = self.levels.first().map_or(0, Vec::len);
        u64::try_from(leaves).unwrap_or(u64::MAX)
    }

    /// Adds a leaf by its hash.
    pub fn push(&mut self, leaf: Sha256) {
        let mut hash = leaf;
        for level in &mut self.levels {
            level.push(hash);
            let [.., left, right] = level.as_slice() else {
                return;
            };
            if level.len() % 2 == 1 {
                return;
            }
            hash = node_hash(left, right);
        }
        self.levels.push(vec![hash]);
    }

    /// The root of its first `size` leaves; none where there are fewer.
    pub fn root(&self, size: u64) -> Option<Sha256> {
        if size == 0 {
            return Some(sha256(&[]));
        }
        self.root_of(0, size)
    }

    /// The path of leaf `index` in the tree of the first `size` leaves.
    pub fn inclusion(&self, index: u64, size: u64) -> Option<Vec<Sha256>> {
        if index >= size {
            return None;
        }
        let (mut from, mut size) = (0_u64, size);
        let mut path = Vec::new();
        while let Some(left) = split(size) {
            if index.checked_sub(from)? < left {
                path.push(self.root_of(from.checked_add(left)?, size.checked_sub(left)?)?);
                size = left;
            } else {
                path.push(self.root_of(from, left)?);
                from = from.checked_add(left)?;
                size = size.checked_sub(left)?;
            }
        }
        path.reverse();
        Some(path)
    }

    /// The proof that the tree of the first `first` leaves is how that of the first `size` began.
    pub fn consistency(&self, first: u64, size: u64) -> Option<Vec<Sha256>> {
        if first > size {
            return None;
        }
        if first == 0 {
            return Some(Vec::new());
        }
        let (mut from, mut first, mut size) = (0_u64, first, size);
        let mut path = Vec::new();
        let mut is_known = true;
        while first < size {
            let left = split(size)?;
            if first <= left {
                path.push(self.root_of(from.checked_add(left)?, size.checked_sub(left)?)?);
                size = left;
            } else {
                path.push(self.root_of(from, left)?);
                from = from.checked_add(left)?;
                first = first.checked_sub(left)?;
                size = size.checked_sub(left)?;
                is_known = false;
            }
        }
        if !is_known {
            path.push(self.root_of(from, size)?);
        }
        path.reverse();
        Some(path)
    }

    /// The root of `size` leaves from `from` on, where a subtree begins.
    fn root_of(&self, from: u64, size: u64) -> Option<Sha256> {
        if size.is_power_of_two() {
            let level = size.trailing_zeros();
            let index = usize::try_from(from >> level).ok()?;
            return self
                .levels
                .get(usize::try_from(level).ok()?)?
                .get(index)
                .copied();
        }
        let left = split(size)?;
        let right = self.root_of(from.checked_add(left)?, size.checked_sub(left)?)?;
        Some(node_hash(&self.root_of(from, left)?, &right))
    }
}

/// The greatest power of two that is less than `size`; none for a single leaf.
fn split(size: u64) -> Option<u64> {
    let most = size.checked_sub(1).filter(|most| *most > 0)?;
    Some(1 << most.ilog2())
}

/// The root of the tree of `size` leaves in which `leaf` is at `index`, by its path; none where the
/// path is not of that place.
pub fn root_by_inclusion(leaf: Sha256, index: u64, size: u64, path: &[Sha256]) -> Option<Sha256> {
    if index >= size {
        return None;
    }
    let mut place = Place {
        first: index,
        second: size.checked_sub(1)?,
    };
    let mut root = leaf;
    for hash in path {
        root = if place.joins_left()? {
            node_hash(hash, &root)
        } else {
            node_hash(&root, hash)
        };
    }
    (place.second == 0).then_some(root)
}

/// Whether a tree of `size` leaves and the root `root` began as one of `first` leaves and the root
/// `first_root`, by its proof.
pub fn is_consistent(
    (first, first_root): (u64, Sha256),
    (size, root): (u64, Sha256),
    proof: &[Sha256],
) -> bool {
    if first == size {
        return proof.is_empty() && first_root == root;
    }
    if first == 0 {
        return proof.is_empty() && first_root == sha256(&[]);
    }
    if first > size {
        return false;
    }
    roots_by_consistency(first, first_root, size, proof) == Some((first_root, root))
}

/// Both roots, as the proof has them.
fn roots_by_consistency(
    first: u64,
    first_root: Sha256,
    size: u64,
    proof: &[Sha256],
) -> Option<(Sha256, Sha256)> {
    // The smaller tree is a subtree of the larger one, which has it whole.
    let whole = first.is_power_of_two().then_some(first_root);
    let mut hashes = whole.iter().chain(proof);
    let mut place = Place {
        first: first.checked_sub(1)?,
        second: size.checked_sub(1)?,
    };
    while place.first & 1 == 1 {
        place.up();
    }
    let begin = *hashes.next()?;
    let (mut before, mut now) = (begin, begin);
    for hash in hashes {
        if place.joins_left()? {
            before = node_hash(hash, &before);
            now = node_hash(hash, &now);
        } else {
            now = node_hash(&now, hash);
        }
    }
    (place.second == 0).then_some((before, now))
}

/// Where a walk from a leaf to the root is: the place on its level, and the last one there.
struct Place {
    first: u64,
    second: u64,
}

impl Place {
    fn up(&mut self) {
        self.first >>= 1;
        self.second >>= 1;
    }

    /// Goes a step up: whether what is joined is on the left. None where the root was reached.
    fn joins_left(&mut self) -> Option<bool> {
        if self.second == 0 {
            return None;
        }
        let is_left = self.first & 1 == 1 || self.first == self.second;
        if is_left {
            // A last one without a neighbour stands for itself on the level above.
            while self.first & 1 == 0 && self.first != 0 {
                self.up();
            }
        }
        self.up();
        Some(is_left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::tree::{CompactTree, leaf_hash};

    /// RFC 6962 §2.1, written as it is defined there.
    fn root(leaves: &[Sha256]) -> Sha256 {
        match leaves {
            [] => sha256(&[]),
            [one] => *one,
            many => {
                let (left, right) = many.split_at(halves(many.len()));
                node_hash(&root(left), &root(right))
            }
        }
    }

    fn halves(size: usize) -> usize {
        usize::try_from(split(u64::try_from(size).unwrap()).unwrap()).unwrap()
    }

    /// RFC 6962 §2.1.1, likewise.
    fn path(index: usize, leaves: &[Sha256]) -> Vec<Sha256> {
        if leaves.len() == 1 {
            return Vec::new();
        }
        let half = halves(leaves.len());
        let (left, right) = leaves.split_at(half);
        let (mut path, other) = if index < half {
            (path(index, left), root(right))
        } else {
            (path(index - half, right), root(left))
        };
        path.push(other);
        path
    }

    /// RFC 6962 §2.1.2, likewise.
    fn proof(first: usize, leaves: &[Sha256], is_known: bool) -> Vec<Sha256> {
        if first == leaves.len() {
            return if is_known {
                Vec::new()
            } else {
                vec![root(leaves)]
            };
        }
        let half = halves(leaves.len());
        let (left, right) = leaves.split_at(half);
        let (mut proved, other) = if first <= half {
            (proof(first, left, is_known), root(right))
        } else {
            (proof(first - half, right, false), root(left))
        };
        proved.push(other);
        proved
    }

    fn leaves(size: u8) -> Vec<Sha256> {
        (0..size).map(|leaf| leaf_hash(&[leaf])).collect()
    }

    fn tree(leaves: &[Sha256]) -> WholeTree {
        let mut tree = WholeTree::default();
        for leaf in leaves {
            tree.push(*leaf);
        }
        tree
    }

    #[test]
    fn paths_and_proofs_are_those_of_the_definition_at_every_size() {
        let leaves = leaves(40);
        let whole = tree(&leaves);
        for size in 1..=leaves.len() {
            let (now, many) = (&leaves[..size], u64::try_from(size).unwrap());
            let top = root(now);
            assert_eq!(whole.root(many), Some(top));
            for index in 0..size {
                let at = u64::try_from(index).unwrap();
                let own = path(index, now);
                assert_eq!(whole.inclusion(at, many).as_ref(), Some(&own));
                assert_eq!(root_by_inclusion(leaves[index], at, many, &own), Some(top));
                let first = at + 1;
                let own = proof(index + 1, now, true);
                assert_eq!(whole.consistency(first, many).as_ref(), Some(&own));
                let before = root(&leaves[..=index]);
                assert!(is_consistent((first, before), (many, top), &own));
            }
        }
        assert_eq!(whole.inclusion(40, 40), None);
        assert_eq!(whole.inclusion(0, 41), None);
        assert_eq!(whole.consistency(1, 41), None);
        assert_eq!(whole.size(), 40);
    }

    #[test]
    fn no_path_is_of_another_leaf_another_place_or_another_size() {
        let leaves = leaves(13);
        let whole = tree(&leaves);
        let top = whole.root(13);
        for index in 0..13_u64 {
            let path = whole.inclusion(index, 13).unwrap();
            for (leaf, at) in leaves.iter().zip(0..13) {
                let found = root_by_inclusion(*leaf, at, 13, &path);
                assert_eq!(found == top, at == index, "{index} {at}");
            }
            let own = leaves[usize::try_from(index).unwrap()];
            // A place has one length of path in each size: another size is seen where it differs.
            for (size, short) in [
                (13, &path[1..]),
                (12, &path[..]),
                (13, &path[..path.len() - 1]),
            ] {
                let root = whole.root(size);
                assert_ne!(root_by_inclusion(own, index, size, short), root, "{index}");
            }
        }
    }

    #[test]
    fn a_tree_that_was_rewritten_did_not_grow_from_the_one_before() {
        let leaves = leaves(21);
        let (before, now) = (tree(&leaves[..9]).root(9).unwrap(), tree(&leaves));
        let proof = now.consistency(9, 21).unwrap();
        let top = now.root(21).unwrap();
        assert!(is_consistent((9, before), (21, top), &proof));
        for changed in 0..9 {
            let mut leaves = leaves.clone();
            leaves[changed] = [0; 32];
            let now = tree(&leaves);
            let (top, proof) = (now.root(21).unwrap(), now.consistency(9, 21).unwrap());
            assert!(!is_consistent((9, before), (21, top), &proof), "{changed}");
        }
        assert!(!is_consistent((8, before), (21, top), &proof));
        assert!(!is_consistent((9, before), (21, top), &proof[1..]));
        assert!(!is_consistent((21, top), (9, before), &proof));
        assert!(!is_consistent((9, before), (9, top), &[]));
        assert!(!is_consistent((0, before), (9, top), &[]));
    }

    #[test]
    fn the_whole_tree_and_the_compact_one_agree() {
        let mut compact = CompactTree::default();
        let mut whole = WholeTree::default();
        assert_eq!(whole.root(0), Some(compact.root()));
        for leaf in leaves(70) {
            compact.push(leaf);
            whole.push(leaf);
            assert_eq!(whole.root(whole.size()), Some(compact.root()));
        }
    }

    #[test]
    fn the_published_proofs_of_eight_leaves() {
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
        let leaf = |input: &&str| leaf_hash(&hex::decode(input).unwrap());
        let whole = tree(&inputs.iter().map(leaf).collect::<Vec<_>>());
        let texts =
            |proof: Option<Vec<Sha256>>| proof.unwrap().iter().map(hex::encode).collect::<Vec<_>>();
        assert_eq!(
            texts(whole.inclusion(0, 8)),
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]
        );
        assert_eq!(
            texts(whole.consistency(6, 8)),
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        );
    }
}
