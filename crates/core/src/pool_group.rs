//! Groups of a pool's users: names that stand in the tokens of who is in them.

use std::fmt;
use std::str::FromStr;

use crate::pool_user::is_invisible;
use crate::time::Timestamp;
use crate::user_pool::PoolId;

/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 128;
/// How many groups a pool has.
pub const GROUPS_MAX: u64 = 1000;
/// How many groups a user is in.
const GROUPS_OF_USER_MAX: usize = 100;
/// How long the names of a user's groups are together, in bytes: each token of the user says them,
/// and what presents a token has bounds.
const NAMES_BYTES_MAX: usize = 2048;

/// The name of a group, unique in its pool. Two that differ by their case are two.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupName(String);

/// Why a text is no name of a group.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a group's name has 1 to 128 characters, none of them a space or a control character")]
pub struct InvalidGroupName;

impl GroupName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for GroupName {
    type Err = InvalidGroupName;

    fn from_str(text: &str) -> Result<Self, InvalidGroupName> {
        let fits = (1..=NAME_CHARS_MAX).contains(&text.chars().count());
        // SECURITY: applications decide by the name. What is not seen makes two names look like one;
        // held by `a_name_of_a_group_has_nothing_that_is_not_seen`.
        let is_seen = |c: char| !c.is_whitespace() && !c.is_control() && !is_invisible(c);
        if fits && text.chars().all(is_seen) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidGroupName)
        }
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolGroup {
    /// The pool whose users it has.
    pub pool: PoolId,
    /// Its name.
    pub name: GroupName,
    /// What people say of it.
    pub description: Option<String>,
    /// Which group comes first in a token: the lowest number, then those without one.
    pub precedence: Option<u32>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
    /// How often it was written.
    pub version: u64,
}

/// The names of a user's groups as tokens have them: by precedence, then by name.
pub fn names_in_order(mut groups: Vec<PoolGroup>) -> Vec<String> {
    let rank = |group: &PoolGroup| (group.precedence.is_none(), group.precedence);
    groups.sort_by(|a, b| (rank(a), &a.name).cmp(&(rank(b), &b.name)));
    groups.into_iter().map(|group| group.name.0).collect()
}

/// Whether a user who is in `groups` may be in one more.
pub fn has_room_for(groups: &[PoolGroup], another: &GroupName) -> bool {
    let names = groups.iter().map(|group| group.name.0.len());
    let bytes = names.fold(another.0.len(), usize::saturating_add);
    groups.len() < GROUPS_OF_USER_MAX && bytes <= NAMES_BYTES_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(name: &str, precedence: Option<u32>) -> PoolGroup {
        PoolGroup {
            pool: "eu-west-1_abcdefghijklmnop".parse().unwrap(),
            name: name.parse().unwrap(),
            description: None,
            precedence,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
            version: 1,
        }
    }

    #[test]
    fn a_name_of_a_group_has_nothing_that_is_not_seen() {
        for good in ["staff", "Ärzte", "a/b:c", "\"quoted\""] {
            assert!(good.parse::<GroupName>().is_ok(), "{good}");
        }
        let long = "a".repeat(129);
        for bad in ["", "a b", "a\u{200b}", "a\u{202e}b", "a\n", &long] {
            assert_eq!(bad.parse::<GroupName>(), Err(InvalidGroupName), "{bad:?}");
        }
    }

    #[test]
    fn groups_come_by_precedence_and_then_by_name() {
        let groups = [("d", None), ("c", Some(7)), ("b", Some(0)), ("a", Some(7))];
        let groups = groups.map(|(name, precedence)| group(name, precedence));
        assert_eq!(names_in_order(groups.to_vec()), ["b", "a", "c", "d"]);
    }

    #[test]
    fn a_user_has_room_for_so_many_names() {
        let name = |text: &str| text.parse::<GroupName>().unwrap();
        let hundred: Vec<PoolGroup> = (0..100).map(|n| group(&format!("g{n}"), None)).collect();
        assert!(has_room_for(&hundred[1..], &name("one")));
        assert!(!has_room_for(&hundred, &name("one")));
        let long: Vec<PoolGroup> = (10..26)
            .map(|n| group(&format!("{}{n}", "a".repeat(125)), None))
            .collect();
        assert!(has_room_for(&long, &name(&"b".repeat(16))));
        assert!(!has_room_for(&long, &name(&"b".repeat(17))));
    }
}
