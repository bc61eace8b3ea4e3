//! Where this workspace is, and what cargo knows of it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use serde::Deserialize;

/// Makes the root of the workspace the current directory, so that all paths are relative to it.
///
/// Which checkout that is, cargo says when it runs us. What it said when it compiled us may be
/// another one: checkouts that share a target directory share this program too.
pub(crate) fn enter() -> anyhow::Result<()> {
    let package = variable("CARGO_MANIFEST_DIR").context("start it as `cargo xtask`")?;
    let root = Path::new(&package)
        .parent()
        .context("xtask has no parent")?;
    std::env::set_current_dir(root).with_context(|| format!("cannot enter {}", root.display()))
}

/// What `cargo metadata` says, as far as we read it.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) target_directory: PathBuf,
}

/// One package, ours or another's.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Where it came from; absent for a package of this workspace.
    pub(crate) source: Option<String>,
    pub(crate) license: Option<String>,
    pub(crate) manifest_path: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) features: std::collections::BTreeMap<String, Vec<String>>,
    pub(crate) targets: Vec<Target>,
}

/// A dependency as its manifest declares it.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `dev`, `build`, or absent for a normal one.
    pub(crate) kind: Option<String>,
    pub(crate) features: Vec<String>,
}

/// Something that a package builds.
#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    pub(crate) kind: Vec<String>,
    pub(crate) src_path: PathBuf,
}

/// The packages of this workspace.
pub(crate) fn members() -> anyhow::Result<Metadata> {
    metadata(["--no-deps"])
}

/// All packages that a build for one of `platforms` takes in, tests included.
pub(crate) fn resolved(platforms: &[String]) -> anyhow::Result<Metadata> {
    metadata(
        platforms
            .iter()
            .flat_map(|platform| ["--filter-platform", platform]),
    )
}

fn metadata<'a>(arguments: impl IntoIterator<Item = &'a str>) -> anyhow::Result<Metadata> {
    let fixed = ["metadata", "--format-version", "1", "--locked"];
    let json = cargo_output(fixed.into_iter().chain(arguments))?;
    serde_json::from_str(&json).context("`cargo metadata` has another form than expected")
}

/// A package in a graph that a build resolves to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) features: Vec<String>,
}

/// The graph of `cargo tree` with these arguments, on all platforms. Unlike the one of `cargo
/// metadata` it has no package that only a feature which nobody asked for would take in.
pub(crate) fn graph(arguments: &[&str]) -> anyhow::Result<Vec<Node>> {
    let fixed = [
        "tree", "--locked", "--target", "all", "--prefix", "none", "--format", "{p}|{f}",
    ];
    let text = cargo_output(fixed.into_iter().chain(arguments.iter().copied()))?;
    let nodes: Option<Vec<Node>> = text
        .lines()
        .filter(|line| !line.is_empty())
        .map(node)
        .collect();
    nodes.context("`cargo tree` has another form than expected")
}

/// `name v1.2.3 (path)|feature,feature (*)`
fn node(line: &str) -> Option<Node> {
    let (package, features) = line.trim_end_matches(" (*)").split_once('|')?;
    let mut words = package.split(' ');
    let name = words.next()?.to_owned();
    let version = words.next()?.strip_prefix('v')?.to_owned();
    let features = features
        .split(',')
        .filter(|feature| !feature.is_empty())
        .map(str::to_owned);
    Some(Node {
        name,
        version,
        features: features.collect(),
    })
}

fn cargo_output<'a>(arguments: impl IntoIterator<Item = &'a str>) -> anyhow::Result<String> {
    let mut command = cargo();
    command.args(arguments);
    let output = command.output().context("cannot run cargo")?;
    if !output.status.success() {
        bail!(
            "{command:?} failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    String::from_utf8(output.stdout).context("cargo printed something that is not UTF-8")
}

/// The cargo that runs us.
pub(crate) fn cargo() -> Command {
    Command::new(variable("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// An environment variable, if it is set to something.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place of xtask that reads the environment"
)]
pub(crate) fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Whether this program answers to `--version`.
pub(crate) fn has_program(program: impl AsRef<OsStr>, arguments: &[&str]) -> bool {
    let output = Command::new(program).args(arguments).output();
    output.is_ok_and(|output| output.status.success())
}

#[cfg(test)]
mod tests {
    use super::node;

    #[test]
    fn a_line_of_the_graph_is_a_package_and_its_features() {
        let found = node("procura-core v0.1.0 (a path)|sabotage,x (*)").unwrap();
        assert_eq!((&*found.name, &*found.version), ("procura-core", "0.1.0"));
        assert_eq!(found.features, ["sabotage", "x"]);
        assert_eq!(node("serde v1.0.0|").unwrap().features.len(), 0);
        assert_eq!(node("[build-dependencies]"), None);
    }
}
