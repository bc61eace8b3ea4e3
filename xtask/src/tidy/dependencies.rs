//! The dependency policy of `deny.toml`, without cargo-deny: which packages are banned, which
//! licences are accepted, and that everything comes from the one registry.
//!
//! `deny.toml` is the only list; what cargo-deny can do besides (advisories) needs the network and
//! is said to be not checked.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, bail};

use super::Findings;
use super::license::is_accepted;
use super::tree::Tree;
use crate::workspace::{self, Package};

const POLICY: &str = "deny.toml";
/// The name of the registry, as Cargo.lock writes the end of its address.
const REGISTRY: &str = "/crates.io-index";

/// The policy bans at least these, whatever else it says: one crypto library, and it is another.
const BANNED_ALWAYS: &[&str] = &["ring", "openssl", "openssl-sys", "native-tls", "rsa"];
/// Two versions of these would be two implementations of what we rely on, or a secret that one
/// version wipes and the other does not. (The hashes under the PostgreSQL driver are not ours to
/// choose and see no secret of ours but its SCRAM exchange.)
const ONE_VERSION: &[&str] = &[
    "aws-lc-rs",
    "aws-lc-sys",
    "jsonwebtoken",
    "rustls",
    "rustls-webpki",
    "subtle",
    "zeroize",
];

pub(super) fn check(tree: &Tree, findings: &mut Findings) -> anyhow::Result<()> {
    let policy = Policy::parse(&tree.file(POLICY).context("there is no deny.toml")?.text)?;
    for name in BANNED_ALWAYS
        .iter()
        .filter(|name| !policy.banned.iter().any(|other| other == *name))
    {
        findings.fail(
            POLICY,
            format!("`{name}` is no longer banned"),
            "ban it again",
        );
    }
    let packages = packages_in_use(&policy)?;
    for package in packages.iter().filter(|package| package.source.is_some()) {
        check_package(&policy, package, findings);
    }
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in &packages {
        versions
            .entry(&package.name)
            .or_default()
            .insert(&package.version);
    }
    for name in ONE_VERSION {
        let found = versions.get(name).map_or(0, BTreeSet::len);
        if found > 1 {
            findings.fail(
                "Cargo.lock",
                format!("{found} versions of `{name}`"),
                format!("bring them together: `cargo tree -i {name}` shows who wants which"),
            );
        }
    }
    let doubled = versions
        .values()
        .filter(|versions| versions.len() > 1)
        .count();
    findings.note(format!(
        "{} packages, {doubled} of them in two versions",
        packages.len()
    ));
    findings.note("advisories: not checked");
    Ok(())
}

/// What a build of anything here takes in, tests and tools included, on one of our platforms.
fn packages_in_use(policy: &Policy) -> anyhow::Result<Vec<Package>> {
    let graph = workspace::graph(&["--workspace", "--edges", "normal,build,dev"])?;
    let used: BTreeSet<(String, String)> = graph
        .into_iter()
        .map(|node| (node.name, node.version))
        .collect();
    let mut packages = workspace::resolved(&policy.platforms)?.packages;
    packages.retain(|package| used.contains(&(package.name.clone(), package.version.clone())));
    Ok(packages)
}

fn check_package(policy: &Policy, package: &Package, findings: &mut Findings) {
    let place = format!("{} {}", package.name, package.version);
    if policy.banned.contains(&package.name) {
        let remedy = format!(
            "find another: `cargo tree -i {}` shows who asks for it",
            package.name
        );
        findings.fail(&place, "is banned by deny.toml", remedy);
    }
    if !package
        .source
        .as_ref()
        .is_some_and(|source| source.ends_with(REGISTRY))
    {
        findings.fail(
            &place,
            "does not come from crates.io",
            "take a published version",
        );
    }
    let license = package.license.as_deref().unwrap_or_default();
    if is_accepted(license, &policy.licenses) != Some(true) {
        findings.fail(
            &place,
            format!("its licence `{license}` is not accepted"),
            "find another package, or accept the licence in deny.toml with a decision record",
        );
    }
}

/// What we read of `deny.toml`.
#[derive(Debug, PartialEq, Eq)]
struct Policy {
    platforms: Vec<String>,
    licenses: Vec<String>,
    banned: Vec<String>,
}

impl Policy {
    fn parse(text: &str) -> anyhow::Result<Self> {
        Ok(Self {
            platforms: list(text, "graph", "targets")?,
            licenses: list(text, "licenses", "allow")?,
            banned: list(text, "bans", "deny")?,
        })
    }
}

/// The items of `key = [`, one on each line, up to `]`: of each, the first quoted text.
fn list(text: &str, section: &str, key: &str) -> anyhow::Result<Vec<String>> {
    let mut lines = text
        .lines()
        .skip_while(|line| line.trim() != format!("[{section}]"))
        .skip(1);
    let start = format!("{key} = [");
    let before_next = lines.by_ref().take_while(|line| !line.starts_with('['));
    let mut items = before_next.skip_while(|line| line.trim() != start).skip(1);
    let mut found = Vec::new();
    for line in items.by_ref().take_while(|line| line.trim() != "]") {
        match line.split('"').nth(1) {
            Some(item) => found.push(item.to_owned()),
            None if line.trim().is_empty() || line.trim().starts_with('#') => {}
            None => bail!("{POLICY}: in `{key}`, `{line}` is not one item"),
        }
    }
    if found.is_empty() {
        bail!("{POLICY}: [{section}] has no `{start}` with one item a line");
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{Policy, list};

    const TEXT: &str = "\
[graph]
targets = [
    \"a\",
]
[licenses]
allow = [
    # why
    \"MIT\",
    \"ISC\",
]
[bans]
deny = [
    { crate = \"ring\", reason = \"one\" },
]
";

    #[test]
    fn the_policy_is_read_section_by_section() {
        let policy = Policy::parse(TEXT).unwrap();
        assert_eq!(policy.platforms, ["a"]);
        assert_eq!(policy.licenses, ["MIT", "ISC"]);
        assert_eq!(policy.banned, ["ring"]);
    }

    #[test]
    fn a_list_that_is_not_there_is_not_an_empty_one() {
        assert!(list(TEXT, "bans", "allow").is_err());
        assert!(list(TEXT, "graph", "deny").is_err());
        assert!(list("[bans]\ndeny = [\n  x\n]\n", "bans", "deny").is_err());
    }
}
