//! Which attributes a policy reads: every no names them with their values.

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{Entity, Policy, PolicySet};

/// (variable, attribute) pairs by policy, found once when the policies are loaded.
pub(crate) struct Attributes(BTreeMap<String, BTreeSet<(String, String)>>);

impl Attributes {
    pub(crate) fn read_by(policies: &PolicySet) -> Self {
        Self::of(policies.policies())
    }

    pub(crate) fn of<'a>(policies: impl Iterator<Item = &'a Policy>) -> Self {
        Self(
            policies
                .map(|policy| (policy.id().to_string(), reads(policy)))
                .collect(),
        )
    }

    /// Whether there is a policy of this id.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// The policy with what it read: `across-accounts (principal.account = …)`.
    pub(crate) fn shown(&self, id: &str, principal: &Entity, resource: &Entity) -> String {
        let shown = self
            .0
            .get(id)
            .into_iter()
            .flatten()
            .map(|(variable, attribute)| {
                let value = value(variable, attribute, principal, resource);
                format!("{variable}.{attribute} = {value}")
            });
        let shown: Vec<_> = shown.collect();
        if shown.is_empty() {
            id.to_owned()
        } else {
            format!("{id} ({})", shown.join(", "))
        }
    }

    /// What the policies `ids` read, with who asked, what that is in, and what was asked about.
    pub(crate) fn read<'a>(
        &self,
        ids: impl Iterator<Item = &'a str>,
        principal: &Entity,
        resource: &Entity,
    ) -> BTreeMap<String, String> {
        let (_, _, places) = principal.clone().into_inner();
        let places: BTreeSet<String> = places.iter().map(ToString::to_string).collect();
        let places: Vec<String> = places.into_iter().collect();
        let mut read = BTreeMap::from([
            ("principal".to_owned(), principal.uid().to_string()),
            ("principal in".to_owned(), places.join(", ")),
            ("resource".to_owned(), resource.uid().to_string()),
        ]);
        let named = ids.filter_map(|id| self.0.get(id)).flatten();
        read.extend(named.map(|(variable, attribute)| {
            let value = value(variable, attribute, principal, resource);
            (format!("{variable}.{attribute}"), value)
        }));
        read
    }

    /// What any policy could have read of both, with the values that there are.
    pub(crate) fn there(&self, principal: &Entity, resource: &Entity) -> BTreeMap<String, String> {
        let mut read = self.read(self.0.keys().map(String::as_str), principal, resource);
        read.retain(|_, value| value != ABSENT);
        read
    }
}

const ABSENT: &str = "absent";

fn value(variable: &str, attribute: &str, principal: &Entity, resource: &Entity) -> String {
    let of = if variable == "principal" {
        principal
    } else {
        resource
    };
    match of.attr(attribute) {
        Some(Ok(value)) => value.to_string(),
        Some(Err(_)) | None => ABSENT.to_owned(),
    }
}

/// Walks the JSON form of a policy, in which `principal.state` is
/// `{".": {"left": {"Var": "principal"}, "attr": "state"}}`.
fn reads(policy: &Policy) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let mut open: Vec<_> = policy.to_json().into_iter().collect();
    while let Some(node) = open.pop() {
        found.extend(node.get(".").and_then(|access| {
            let variable = access.get("left")?.get("Var")?.as_str()?;
            Some((
                variable.to_owned(),
                access.get("attr")?.as_str()?.to_owned(),
            ))
        }));
        open.extend(
            node.as_object()
                .into_iter()
                .flat_map(|map| map.values().cloned()),
        );
        open.extend(node.as_array().into_iter().flatten().cloned());
    }
    found.retain(|(variable, _)| matches!(variable.as_str(), "principal" | "resource"));
    found
}
