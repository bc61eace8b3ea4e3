//! Tags: up to 50 pairs of text on a resource.

use std::collections::BTreeMap;

use crate::error::Error;

/// How many tags a resource may have.
pub const TAGS_MAX: usize = 50;

/// The tags of a resource, in the order of their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(BTreeMap<String, String>);

impl Tags {
    /// These tags, if they are no more than [`TAGS_MAX`] and none is of AWS's own namespace.
    pub fn new(tags: BTreeMap<String, String>) -> Result<Self, Error> {
        if tags.len() > TAGS_MAX {
            return Err(Error::field(
                "tags",
                "a resource has at most 50 tags; remove some first",
            ));
        }
        if tags
            .keys()
            .any(|key| key.to_ascii_lowercase().starts_with("aws:"))
        {
            return Err(Error::field(
                "tags",
                "tag keys that begin with aws: are reserved",
            ));
        }
        Ok(Self(tags))
    }

    /// These tags and `added`, which win where a key stands in both.
    pub fn with(&self, added: BTreeMap<String, String>) -> Result<Self, Error> {
        let mut all = self.0.clone();
        all.extend(added);
        Self::new(all)
    }

    /// These tags without `keys`; a key that is not there is no error.
    pub fn without(&self, keys: &[String]) -> Self {
        Self(
            self.0
                .iter()
                .filter(|(key, _)| !keys.contains(key))
                .map(clone_pair)
                .collect(),
        )
    }

    /// The pairs.
    pub fn pairs(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}

fn clone_pair((key, value): (&String, &String)) -> (String, String) {
    (key.clone(), value.clone())
}
