//! Where a secret is read in the clear, and where a permit is made.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use anyhow::Context as _;

use super::Findings;
use super::token::{Kind, Token};
use super::tree::Tree;

/// The reviewed number of reads of each file.
const ALLOWED: &str = "xtask/tidy/expose-secret.txt";

const HEADER: &str = "\
# How often each file reads a secret in the clear, tests aside. Each read is a place to review:
# a secret that is read may not be logged, compared, formatted or kept. `cargo xtask tidy --bless`
# rewrites this list; the reviewer reads its difference.
";

const PERMIT_MAKER: &str = "dangerous_from_decision";
/// The decision, and the definition.
const PERMIT_PLACES: &[&str] = &["crates/app/src/authorize.rs", "crates/core/src/permit.rs"];

pub(super) fn check(tree: &Tree, findings: &mut Findings) -> anyhow::Result<()> {
    let found = exposures(tree);
    let allowed = match tree.file(ALLOWED) {
        Some(file) => parse(&file.text)?,
        None => BTreeMap::new(),
    };
    for path in found
        .keys()
        .chain(allowed.keys().filter(|path| !found.contains_key(*path)))
    {
        let now = found.get(path).copied().unwrap_or(0);
        let reviewed = allowed.get(path).copied().unwrap_or(0);
        if now != reviewed {
            findings.fail(
                path,
                format!("reads a secret in the clear {now} times, reviewed are {reviewed}"),
                "review the reads, then `cargo xtask tidy --bless`",
            );
        }
    }
    findings.note(format!(
        "{} reads of a secret in the clear",
        found.values().sum::<usize>()
    ));

    for rust in tree
        .rust()
        .filter(|rust| !PERMIT_PLACES.contains(&&*rust.file.path))
    {
        for token in rust
            .tokens
            .iter()
            .filter(|token| token.is_word(PERMIT_MAKER))
        {
            // A test may hold a permit that no decision made: it is in no build that is used.
            if !rust.is_test(token.line) {
                findings.fail(
                    format!("{}:{}", rust.file.path, token.line),
                    "a permit is made outside the decision",
                    "call app::authorize and pass on what it returns",
                );
            }
        }
    }
    Ok(())
}

/// Rewrites the reviewed numbers.
pub(super) fn bless(tree: &Tree) -> anyhow::Result<()> {
    let mut text = HEADER.to_owned();
    for (path, count) in exposures(tree) {
        writeln!(text, "{path} {count}")?;
    }
    fs::write(ALLOWED, text).with_context(|| format!("cannot write {ALLOWED}"))?;
    println!("secrets: wrote {ALLOWED}; run `cargo xtask tidy` again");
    Ok(())
}

fn exposures(tree: &Tree) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for rust in tree.rust() {
        let reads = reads(&rust.tokens)
            .filter(|line| !rust.is_test(*line))
            .count();
        if reads > 0 {
            counts.insert(rust.file.path.clone(), reads);
        }
    }
    counts
}

/// The lines where `expose_secret` or `expose_secret_…` is named, but for its definition.
fn reads(tokens: &[Token]) -> impl Iterator<Item = usize> {
    let names = |token: &Token| matches!(&token.kind, Kind::Word(word) if word.starts_with("expose_secret"));
    let definitions = |before: &Token| before.is_word("fn");
    tokens.windows(2).filter_map(move |pair| match pair {
        [before, token] if names(token) && !definitions(before) => Some(token.line),
        _ => None,
    })
}

fn parse(text: &str) -> anyhow::Result<BTreeMap<String, usize>> {
    let mut counts = BTreeMap::new();
    for line in text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
    {
        let (path, count) = line
            .split_once(' ')
            .with_context(|| format!("{ALLOWED}: `{line}` is not a path and a number"))?;
        let count = count
            .parse()
            .with_context(|| format!("{ALLOWED}: `{line}`"))?;
        counts.insert(path.to_owned(), count);
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::{parse, reads};
    use crate::tidy::token::tokens;

    #[test]
    fn a_read_is_counted_and_a_definition_is_not() {
        let source =
            "fn expose_secret(&self) {}\nkey.expose_secret();\nf(Plain::expose_secret_text)";
        assert_eq!(reads(&tokens(source)).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(reads(&tokens("x; // key.expose_secret()")).count(), 0);
    }

    #[test]
    fn the_list_is_a_path_and_a_number() {
        let counts = parse("# why\n\na/b.rs 3\n").unwrap();
        assert_eq!(counts.get("a/b.rs"), Some(&3));
        assert!(parse("a/b.rs\n").is_err());
        assert!(parse("a/b.rs three\n").is_err());
    }
}
