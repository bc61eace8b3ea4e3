//! What the documents say of the code: crate docs, the crate list, the decision records.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context as _;

use super::Findings;
use super::tree::{SourceFile, Tree};
use crate::workspace::{self, Package};

const ARCHITECTURE: &str = "ARCHITECTURE.md";
const DECISIONS: &str = "docs/decisions";
const CRATE_DOC_LINES_MIN: usize = 3;

pub(super) fn check(tree: &Tree, findings: &mut Findings) -> anyhow::Result<()> {
    let packages = workspace::members()?.packages;
    for package in &packages {
        check_crate_doc(tree, package, findings)?;
    }
    check_crate_list(tree, &packages, findings);
    check_decisions(tree, findings);
    Ok(())
}

/// A crate opens with what it is, what it must never do, and where to start.
fn check_crate_doc(tree: &Tree, package: &Package, findings: &mut Findings) -> anyhow::Result<()> {
    let root = std::env::current_dir().context("the workspace is gone")?;
    let of_kind = |kind: &str| {
        package
            .targets
            .iter()
            .find(|target| target.kind.iter().any(|k| k == kind))
    };
    let Some(target) = of_kind("lib").or_else(|| of_kind("bin")) else {
        return Ok(());
    };
    let path: &Path = target
        .src_path
        .strip_prefix(&root)
        .unwrap_or(&target.src_path);
    let path = path.to_string_lossy();
    let text = tree.file(&path).map_or("", |file| &file.text);
    let lines = text
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .count();
    if lines < CRATE_DOC_LINES_MIN {
        findings.fail(
            format!("{path}:1"),
            format!("the crate doc has {lines} lines"),
            "open with what it is, what it must never do, and where to start",
        );
    }
    Ok(())
}

/// The code map names the packages that exist, and no others.
fn check_crate_list(tree: &Tree, packages: &[Package], findings: &mut Findings) {
    let Some(file) = tree.file(ARCHITECTURE) else {
        findings.fail(
            ARCHITECTURE,
            "there is no such file",
            "write it, with a section \"Code map\"",
        );
        return;
    };
    let named = packages_of_code_map(&file.text);
    let found: BTreeSet<&str> = packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    for name in found.difference(&named) {
        findings.fail(
            ARCHITECTURE,
            format!("the code map lacks `{name}`"),
            "say what it holds",
        );
    }
    for name in named.difference(&found) {
        findings.fail(
            ARCHITECTURE,
            format!("there is no package `{name}`"),
            "take it out of the code map",
        );
    }
}

/// The words in backticks under the heading "Code map" that look like packages of ours.
fn packages_of_code_map(text: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    let mut is_inside = false;
    for line in text.lines() {
        // A heading of the same rank ends the section, a smaller one does not.
        if let Some(heading) = line.strip_prefix("## ") {
            is_inside = heading.trim().eq_ignore_ascii_case("code map");
        }
        if is_inside {
            let quoted = line.split('`').skip(1).step_by(2);
            names.extend(quoted.filter(|word| {
                let is_ours =
                    *word == "procura" || *word == "xtask" || word.starts_with("procura-");
                is_ours && word.chars().all(|c| c.is_ascii_lowercase() || c == '-')
            }));
        }
    }
    names
}

/// Decision records have a status and are numbered without a gap.
fn check_decisions(tree: &Tree, findings: &mut Findings) {
    let mut numbers = Vec::new();
    for record in tree.folder(DECISIONS).filter(|file| file.is_of("md")) {
        match number(record) {
            Some(number) => numbers.push((number, &record.path)),
            None => findings.fail(&record.path, "has no number", "name it NNNN-title.md"),
        }
        if !record.text.lines().any(|line| {
            line.trim_start_matches(['*', '-', ' '])
                .starts_with("Status:")
        }) {
            findings.fail(
                &record.path,
                "has no line `Status: …`",
                "say accepted, or superseded by NNNN",
            );
        }
    }
    for ((number, path), expected) in numbers.iter().zip(1..) {
        if *number != expected {
            findings.fail(
                path,
                format!("is not number {expected:04}"),
                "number them without gap or repeat",
            );
            return;
        }
    }
}

fn number(record: &SourceFile) -> Option<u32> {
    let (_, name) = record.path.rsplit_once('/')?;
    let (number, _) = name.split_once('-')?;
    if number.len() == 4 {
        number.parse().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{number, packages_of_code_map};
    use crate::tidy::tree::SourceFile;

    #[test]
    fn the_code_map_is_one_section() {
        let text = "`procura-else`\n## Code map\n| `procura-core` | `id` |\n### x\n`xtask`\n## Then\n`procura-app`\n";
        assert!(
            packages_of_code_map(text)
                .into_iter()
                .eq(["procura-core", "xtask"])
        );
    }

    #[test]
    fn a_record_has_four_digits() {
        let record = |path: &str| SourceFile {
            path: path.to_owned(),
            text: String::new(),
        };
        assert_eq!(number(&record("docs/decisions/0012-a-b.md")), Some(12));
        assert_eq!(number(&record("docs/decisions/12-a.md")), None);
        assert_eq!(number(&record("docs/decisions/README.md")), None);
    }
}
