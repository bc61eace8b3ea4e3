//! Which package may depend on which, and what the pure ones never reach.

use std::collections::BTreeSet;

use super::Findings;
use super::tree::Tree;
use crate::workspace::{self, Dependency, Package};

/// The product packages and what each may depend on. An eleventh needs a decision record.
#[rustfmt::skip]
const ARROWS: &[(&str, &[&str])] = &[
    ("procura-core", &[]),
    ("procura-protocol", &["procura-core"]),
    ("procura-wire", &[]),
    ("procura-authority", &["procura-core"]),
    ("procura-store", &["procura-core"]),
    ("procura-app", &["procura-core", "procura-protocol", "procura-authority", "procura-store"]),
    ("procura-server", &["procura-app", "procura-core", "procura-protocol", "procura-wire"]),
    ("procura-gateway", &["procura-app", "procura-core", "procura-protocol"]),
    ("procura-demo", &["procura-core", "procura-protocol"]),
    ("procura", &["procura-core", "procura-protocol", "procura-wire", "procura-authority", "procura-store",
                  "procura-app", "procura-server", "procura-gateway", "procura-demo"]),
];

/// Packages that no product package takes in, but for the tests of one.
const TESTKIT: &str = "procura-testkit";
const DEVELOPMENT: &[&str] = &[TESTKIT, "xtask"];

/// These do no I/O …
const PURE: &[&str] = &[
    "procura-core",
    "procura-protocol",
    "procura-authority",
    "procura-wire",
];
/// … and so reach none of these, nor of what is named after them.
const IMPURE: &[&str] = &["tokio", "rusqlite", "postgres", "axum", "reqwest", "hyper"];

pub(super) fn check(tree: &Tree, findings: &mut Findings) -> anyhow::Result<()> {
    let packages = workspace::members()?.packages;
    let found: BTreeSet<&str> = packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let expected: BTreeSet<&str> = ARROWS
        .iter()
        .map(|(name, _)| *name)
        .chain(DEVELOPMENT.iter().copied())
        .collect();
    for name in found.difference(&expected) {
        findings.fail(
            "Cargo.toml",
            format!("`{name}` is not in the picture"),
            DECIDE,
        );
    }
    for name in expected.difference(&found) {
        findings.fail(
            "Cargo.toml",
            format!("there is no package `{name}`"),
            DECIDE,
        );
    }
    for package in &packages {
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package.name) else {
            continue;
        };
        for dependency in package
            .dependencies
            .iter()
            .filter(|other| found.contains(&*other.name))
        {
            if !is_allowed(allowed, dependency) {
                findings.fail(
                    place(tree, package, &dependency.name),
                    format!("{} may not depend on {}", package.name, dependency.name),
                    "move the code to where both can reach it, or write a decision record",
                );
            }
        }
    }
    Ok(())
}

const DECIDE: &str = "write a decision record, then change the table in xtask/src/tidy/arrows.rs";

fn is_allowed(allowed: &[&str], dependency: &Dependency) -> bool {
    let is_for_tests = dependency.kind.as_deref() == Some("dev");
    allowed.contains(&&*dependency.name) || (is_for_tests && dependency.name == TESTKIT)
}

/// The line of a manifest that names a dependency.
fn place(tree: &Tree, package: &Package, dependency: &str) -> String {
    let folder = package
        .manifest_path
        .parent()
        .and_then(|folder| folder.file_name());
    let path = format!(
        "crates/{}/Cargo.toml",
        folder.unwrap_or_default().to_string_lossy()
    );
    let manifest = tree.file(&path).map_or("", |file| &file.text);
    let line = manifest
        .lines()
        .position(|line| line.starts_with(dependency))
        .map_or(1, |at| at + 1);
    format!("{path}:{line}")
}

/// What the pure packages reach, however far down.
pub(super) fn check_reach(_: &Tree, findings: &mut Findings) -> anyhow::Result<()> {
    for package in PURE {
        for node in workspace::graph(&["--package", package, "--edges", "normal"])? {
            let name = node.name;
            if is_impure(&name) {
                findings.fail(
                    package,
                    format!("reaches `{name}`"),
                    format!(
                        "take it out: `cargo tree -p {package} -e normal -i {name}` shows the way"
                    ),
                );
            }
        }
    }
    Ok(())
}

fn is_impure(name: &str) -> bool {
    IMPURE.iter().any(|impure| {
        name.strip_prefix(impure)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    })
}

#[cfg(test)]
mod tests {
    use super::{is_allowed, is_impure};
    use crate::workspace::Dependency;

    fn dependency(name: &str, kind: Option<&str>) -> Dependency {
        Dependency {
            name: name.to_owned(),
            kind: kind.map(str::to_owned),
            features: Vec::new(),
        }
    }

    #[test]
    fn the_testkit_is_for_tests_only() {
        assert!(is_allowed(&[], &dependency("procura-testkit", Some("dev"))));
        assert!(!is_allowed(&[], &dependency("procura-testkit", None)));
        assert!(!is_allowed(
            &[],
            &dependency("procura-testkit", Some("build"))
        ));
    }

    #[test]
    fn an_arrow_against_the_picture_is_refused_in_tests_too() {
        assert!(is_allowed(
            &["procura-core"],
            &dependency("procura-core", None)
        ));
        assert!(!is_allowed(
            &["procura-core"],
            &dependency("procura-app", Some("dev"))
        ));
    }

    #[test]
    fn a_family_of_packages_is_impure_as_a_whole() {
        assert!(is_impure("tokio") && is_impure("tokio-util") && is_impure("postgres-protocol"));
        assert!(!is_impure("hyperbole") && !is_impure("tracing"));
    }
}
