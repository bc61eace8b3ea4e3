//! Generated files: formatted, compared with those that are checked in, written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

use super::tables::{FAMILIES, Family};

const NOTICE: &str =
    "// Generated from the public service model by `cargo xtask gen`; not edited by hand.\n\n";

/// Where the files go, below the workspace.
const TARGET: &str = "crates/wire/src";

/// The file that has the modules of a family, and with them all of its files.
fn root(family: &Family) -> String {
    format!("{}.rs", family.directory())
}

/// Contents by path below [`TARGET`].
#[derive(Default)]
pub(super) struct Files(BTreeMap<String, String>);

impl Files {
    /// Adds a file; its module documentation comes first, then the notice.
    pub(super) fn add(&mut self, path: &str, text: &str) {
        let end = text.find("\n\n").map_or(text.len(), |end| end + 2);
        let (documentation, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        self.0
            .insert(path.to_owned(), format!("{documentation}{NOTICE}{rest}"));
    }

    /// Formats every file as the workspace is formatted.
    pub(super) fn format(self) -> anyhow::Result<Self> {
        let scratch = std::env::temp_dir().join(format!("procura-gen-{}", std::process::id()));
        let formatted = self.format_in(&scratch);
        // What is left behind is in a temporary directory.
        let _ = fs::remove_dir_all(&scratch);
        formatted
    }

    /// Fails naming the files that differ from those that are checked in.
    pub(super) fn compare(&self) -> anyhow::Result<()> {
        let target = Path::new(TARGET);
        let mut differing = stale(target, &self.0)?;
        for (path, text) in &self.0 {
            if fs::read_to_string(target.join(path)).ok().as_ref() != Some(text) {
                differing.push(path.clone());
            }
        }
        if differing.is_empty() {
            println!("gen: {} files are as generated", self.0.len());
            return Ok(());
        }
        bail!(
            "not as generated, run `cargo xtask gen`: {}",
            differing.join(", ")
        )
    }

    /// Writes what differs and removes what is no longer generated.
    pub(super) fn write(&self) -> anyhow::Result<()> {
        let target = Path::new(TARGET);
        make_directories(target)?;
        let mut changed = 0;
        for path in stale(target, &self.0)? {
            fs::remove_file(target.join(&path)).with_context(|| format!("cannot remove {path}"))?;
            changed += 1;
        }
        for (path, text) in &self.0 {
            let file = target.join(path);
            if fs::read_to_string(&file).ok().as_ref() != Some(text) {
                fs::write(&file, text).with_context(|| format!("cannot write {path}"))?;
                changed += 1;
            }
        }
        println!("gen: {} files, {changed} changed", self.0.len());
        Ok(())
    }

    #[cfg(test)]
    pub(super) fn into_texts(self) -> Vec<(String, String)> {
        self.0.into_iter().collect()
    }

    fn format_in(self, scratch: &Path) -> anyhow::Result<Self> {
        make_directories(scratch)?;
        for (path, text) in &self.0 {
            fs::write(scratch.join(path), text)?;
        }
        // Modules are formatted with the file that names them.
        let output = Command::new("rustfmt")
            .args(["--edition", "2024", "--config-path"])
            .arg("rustfmt.toml")
            .args(FAMILIES.iter().map(|family| scratch.join(root(family))))
            .output()
            .context("cannot run rustfmt")?;
        if !output.status.success() {
            bail!("rustfmt: {}", String::from_utf8_lossy(&output.stderr));
        }
        let mut formatted = BTreeMap::new();
        for path in self.0.into_keys() {
            let text = fs::read_to_string(scratch.join(&path))?;
            formatted.insert(path, text);
        }
        Ok(Self(formatted))
    }
}

fn make_directories(below: &Path) -> anyhow::Result<()> {
    for family in FAMILIES {
        fs::create_dir_all(below.join(family.directory()))?;
    }
    Ok(())
}

/// Files that are checked in and no longer generated.
fn stale(target: &Path, generated: &BTreeMap<String, String>) -> anyhow::Result<Vec<String>> {
    let mut stale = Vec::new();
    for directory in FAMILIES.iter().map(|family| family.directory()) {
        let Ok(entries) = fs::read_dir(target.join(&directory)) else {
            continue;
        };
        for entry in entries {
            let path = format!("{directory}/{}", entry?.file_name().to_string_lossy());
            if !generated.contains_key(&path) {
                stale.push(path);
            }
        }
    }
    stale.sort();
    Ok(stale)
}
