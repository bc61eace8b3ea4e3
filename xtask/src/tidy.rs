//! `cargo xtask tidy`: the rules of this repository that no compiler checks.
//!
//! Each rule is one file and one line of the table below. A failure says where, which rule, and
//! what to do. `tidy RULE…` runs some of them; `tidy --bless` rewrites the counts that a person
//! reviews.

mod arrows;
mod banned;
mod dependencies;
mod documents;
mod functions;
mod license;
mod sabotage;
mod sealed_columns;
mod secrets;
mod sizes;
mod token;
mod tree;

use std::fmt::Display;

use anyhow::bail;

use tree::Tree;

/// A rule: its name, and how it is checked.
struct Rule {
    name: &'static str,
    check: fn(&Tree, &mut Findings) -> anyhow::Result<()>,
}

/// The rule that stands alone in `cargo xtask ci`, because it needs the registry.
pub(crate) const DEPENDENCIES: &str = "dependencies";

#[rustfmt::skip]
const RULES: &[Rule] = &[
    Rule { name: "arrows", check: arrows::check },
    Rule { name: "reach", check: arrows::check_reach },
    Rule { name: "sizes", check: |tree, findings| { sizes::check(tree, findings); Ok(()) } },
    Rule { name: "sealed-columns", check: |tree, findings| { sealed_columns::check(tree, findings); Ok(()) } },
    Rule { name: "sabotage", check: sabotage::check },
    Rule { name: "secrets", check: secrets::check },
    Rule { name: "banned", check: |tree, findings| { banned::check(tree, findings); Ok(()) } },
    Rule { name: "documents", check: documents::check },
    Rule { name: DEPENDENCIES, check: dependencies::check },
];

/// Runs the rules that `args` name, or all.
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    let (options, names): (Vec<_>, Vec<_>) = args.iter().partition(|arg| arg.starts_with('-'));
    let tree = Tree::read()?;
    match options.as_slice() {
        [] => {}
        [option] if *option == "--bless" => return secrets::bless(&tree),
        _ => bail!("unknown option: cargo xtask tidy [--bless] [RULE…]"),
    }
    let mut failures = 0;
    for rule in selected(&names)? {
        let mut findings = Findings::default();
        (rule.check)(&tree, &mut findings)?;
        failures += findings.print(rule.name);
    }
    if failures > 0 {
        bail!("{failures} failed; each line above says what to do");
    }
    Ok(())
}

/// The names of all rules.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.name)
}

fn selected(wanted: &[&String]) -> anyhow::Result<Vec<&'static Rule>> {
    for name in wanted {
        if !names().any(|known| known == name.as_str()) {
            bail!(
                "there is no rule `{name}`; these exist: {}",
                names().collect::<Vec<_>>().join(" ")
            );
        }
    }
    let is_wanted =
        |rule: &&Rule| wanted.is_empty() || wanted.iter().any(|name| *name == rule.name);
    Ok(RULES.iter().filter(is_wanted).collect())
}

/// What one rule found.
#[derive(Default)]
struct Findings {
    failures: Vec<String>,
    notes: Vec<String>,
}

impl Findings {
    /// A breach of the rule at `place`, and what to do about it.
    fn fail(&mut self, place: impl Display, what: impl Display, remedy: impl Display) {
        self.failures.push(format!("{place}: {what}; {remedy}"));
    }

    /// A figure worth reading that fails nothing.
    fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    fn print(&self, rule: &str) -> usize {
        for note in &self.notes {
            println!("{rule}: {note}");
        }
        for failure in &self.failures {
            println!("{rule}: {failure}");
        }
        if self.failures.is_empty() {
            println!("{rule}: ok");
        }
        self.failures.len()
    }
}
