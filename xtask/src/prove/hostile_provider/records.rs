//! What is on record when all is over.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::Named;
use super::scene::keeps_silent;
use crate::prove::server::Setup;

/// Each row has its record, and none repeats what it may not.
pub(super) fn check(setup: &Setup, folder: &Path, rows: &[Named]) -> anyhow::Result<()> {
    let file = folder.join("export");
    setup.run(&[
        "audit",
        "export",
        file.to_str().context("a path that is not text")?,
    ])?;
    let export = fs::read_to_string(&file)?;
    keeps_silent(&export).context("in a record")?;
    let records: Vec<Value> = export
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    for (name, row) in rows {
        if !has(&records, name, row.record)? {
            bail!("{name}, {}: no record says \"{}\"", row.name, row.record);
        }
    }
    Ok(())
}

/// Whether a record of the provider of this name says `text`.
fn has(records: &[Value], name: &str, text: &str) -> anyhow::Result<bool> {
    let resource = format!("oauth2-provider/{name}");
    let id = records
        .iter()
        .filter(|record| member(record, "resource") == resource)
        .find_map(|record| record.get("provider"));
    let id = id.with_context(|| format!("no record is of {resource}"))?;
    let mut own = records.iter().filter(|record| {
        record.get("provider") == Some(id) || member(record, "resource") == resource
    });
    Ok(own.any(|record| member(record, "reason").contains(text)))
}

fn member<'a>(record: &'a Value, name: &str) -> &'a str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}
