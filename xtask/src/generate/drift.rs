//! `gen --drift`: what a newer model changes of the operations that we have. It gates nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context as _;
use serde_json::Value;

use super::source::{pinned, unpinned};
use super::tables::{FAMILIES, Family};

pub(super) fn report(newest: Option<&Path>) -> anyhow::Result<()> {
    let newest = newest.context("--drift needs --model-dir, the data of a newer botocore")?;
    let mut differences = 0;
    for family in FAMILIES {
        let services = family.services;
        let (pinned, newest) = (pinned(services, None)?, unpinned(services, newest)?);
        for ((service, pinned), newest) in services.iter().zip(pinned).zip(newest) {
            let pinned: Value = serde_json::from_slice(&pinned)?;
            let newest: Value = serde_json::from_slice(&newest)?;
            for line in compare(family, &pinned, &newest) {
                println!("{}: {line}", service.directory);
                differences += 1;
            }
        }
    }
    println!("drift: {differences} differences");
    Ok(())
}

/// One line for each difference: operations that came or went, and any trait of ours.
pub(super) fn compare(family: &Family, pinned: &Value, newest: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let (before, after) = (operations(pinned), operations(newest));
    lines.extend(
        after
            .difference(&before)
            .map(|name| format!("new operation {name}")),
    );
    lines.extend(
        before
            .difference(&after)
            .map(|name| format!("operation {name} is gone")),
    );
    let (before, after) = (facts(family, pinned), facts(family, newest));
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for key in keys {
        match (before.get(key), after.get(key)) {
            (Some(old), Some(new)) if old != new => lines.push(format!("{key}: {old} -> {new}")),
            (Some(old), None) => lines.push(format!("{key}: {old} -> gone")),
            (None, Some(new)) => lines.push(format!("{key}: new, {new}")),
            _ => {}
        }
    }
    lines
}

fn operations(model: &Value) -> BTreeSet<String> {
    let operations = model.get("operations").and_then(Value::as_object);
    operations
        .map(|operations| operations.keys().cloned().collect())
        .unwrap_or_default()
}

/// Every trait of our operations and of the shapes that they reach, by its path.
fn facts(family: &Family, model: &Value) -> BTreeMap<String, String> {
    let mut facts = BTreeMap::new();
    let mut shapes = Vec::new();
    let mut seen = BTreeSet::new();
    for name in family.implemented {
        if let Some(operation) = model.get("operations").and_then(|all| all.get(name)) {
            flatten(name, operation, &mut facts, &mut shapes);
        }
    }
    while let Some(name) = shapes.pop() {
        if seen.insert(name.clone())
            && let Some(shape) = model.get("shapes").and_then(|all| all.get(&name))
        {
            flatten(&name, shape, &mut facts, &mut shapes);
        }
    }
    facts
}

/// Documentation is left out. Lists are one fact; references to shapes are also followed.
fn flatten(
    path: &str,
    value: &Value,
    facts: &mut BTreeMap<String, String>,
    shapes: &mut Vec<String>,
) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if name == "documentation" && value.is_string() {
                    continue;
                }
                if name == "shape"
                    && let Some(shape) = value.as_str()
                {
                    shapes.push(shape.to_owned());
                }
                flatten(&format!("{path}.{name}"), value, facts, shapes);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for item in items {
                let name = item.get("shape").and_then(Value::as_str).unwrap_or("item");
                flatten(&format!("{path}.{name}"), item, facts, shapes);
            }
        }
        other => {
            facts.insert(path.to_owned(), other.to_string());
        }
    }
}
