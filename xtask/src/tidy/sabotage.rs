//! The seeded defects are in no release.

use super::Findings;
use super::tree::Tree;
use crate::workspace;

const FEATURE: &str = "sabotage";

pub(super) fn check(_: &Tree, findings: &mut Findings) -> anyhow::Result<()> {
    let has_feature = |arguments: &[&str]| -> anyhow::Result<bool> {
        let graph = workspace::graph(arguments)?;
        Ok(graph
            .iter()
            .any(|node| node.features.iter().any(|feature| feature == FEATURE)))
    };
    let release = ["--package", "procura", "--edges", "normal,build"];
    if has_feature(&release)? {
        findings.fail(
            "crates/cli/Cargo.toml",
            "the release graph of `procura` has the feature `sabotage`",
            "take it out: `cargo tree -p procura -e features` shows who asks for it",
        );
    }
    // The positive control: when it is asked for, this rule must see it.
    let control = [release.as_slice(), &["--features", "procura-core/sabotage"]].concat();
    if !has_feature(&control)? {
        findings.fail(
            "xtask/src/tidy/sabotage.rs",
            "the feature is not seen even when it is asked for",
            "`cargo tree` prints features in another form now: follow it",
        );
    }
    for package in workspace::members()?.packages {
        let by_default = package
            .features
            .get("default")
            .is_some_and(|default| default.iter().any(|feature| feature.ends_with(FEATURE)));
        let by_dependency = package.dependencies.iter().any(|other| {
            other
                .features
                .iter()
                .any(|feature| feature.ends_with(FEATURE))
        });
        if by_default || by_dependency {
            findings.fail(
                package.name,
                "turns the feature `sabotage` on in its manifest",
                "leave that to the command line of `cargo xtask prove`",
            );
        }
    }
    Ok(())
}
