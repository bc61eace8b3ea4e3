//! The texts that are compiled in.

/// The schema: every entity, attribute and request there is.
pub const SCHEMA: &str = include_str!("../policies/schema.cedarschema");

/// The policies that stand in front of every set of rules and that no set can undo.
pub const STRUCTURE: &str = include_str!("../policies/structure.cedar");

const ROLES: &str = include_str!("../policies/roles.cedar");
const BASELINE: &str = include_str!("../policies/baseline.cedar");
const STRICT: &str = include_str!("../policies/strict.cedar");

/// A compiled-in set of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rules {
    /// What a newcomer and an ordinary deployment start with.
    Baseline,
    /// Nothing is believed that is not proved, and nothing is granted that nobody granted.
    Strict,
}

impl Rules {
    /// Every set.
    pub const ALL: [Self; 2] = [Self::Baseline, Self::Strict];

    /// Its name, as configuration and records write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Strict => "strict",
        }
    }

    /// Its policies without [`STRUCTURE`]: what a deployment's own text starts from.
    pub fn text(self) -> String {
        let own = match self {
            Self::Baseline => BASELINE,
            Self::Strict => STRICT,
        };
        [ROLES, own].join("\n")
    }
}
