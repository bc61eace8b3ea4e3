//! Words that stand nowhere: silenced lints and tests, unfinished marks, paths of one machine.

use super::Findings;
use super::token::begins_with;
use super::tree::{SourceFile, Tree};

/// Patterns of Rust tokens, and what to do instead.
const CODE: &[(&str, &str)] = &[
    ("# [ ignore", "make the test run everywhere, or delete it"),
    (
        "# [ should_panic",
        "compare the value that the function returns",
    ),
    (
        "# [ allow (",
        "repair the cause, or say `#[expect(…, reason = \"…\")]`",
    ),
    (
        "# ! [ allow (",
        "repair the cause, or say `#![expect(…, reason = \"…\")]`",
    ),
    ("todo !", "write it, or leave it out"),
    ("unimplemented !", "write it, or leave it out"),
];

// In halves, so that this file does not find itself.
const UNFINISHED: &str = concat!("FIX", "ME");
const MACHINE_PATHS: &[&str] = &[
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/wo", "rk/"),
];

pub(super) fn check(tree: &Tree, findings: &mut Findings) {
    for rust in tree.rust() {
        for at in 0..rust.tokens.len() {
            let rest = rust.tokens.get(at..).unwrap_or_default();
            for (pattern, remedy) in CODE
                .iter()
                .filter(|(pattern, _)| begins_with(rest, pattern))
            {
                let line = rest.first().map_or(1, |token| token.line);
                let place = format!("{}:{line}", rust.file.path);
                findings.fail(
                    place,
                    format!("`{}` is not used here", pattern.replace(' ', "")),
                    remedy,
                );
            }
        }
    }
    for file in tree.files() {
        check_text(file, findings);
    }
}

fn check_text(file: &SourceFile, findings: &mut Findings) {
    for (line, number) in file.text.lines().zip(1..) {
        let place = format!("{}:{number}", file.path);
        if line.contains(UNFINISHED) {
            findings.fail(&place, format!("`{UNFINISHED}`"), "do it, or open an issue");
        }
        for path in MACHINE_PATHS
            .iter()
            .filter(|path| names_machine_path(line, path))
        {
            findings.fail(
                &place,
                format!("`{path}` is a path of one machine"),
                "say it relatively",
            );
        }
    }
}

/// Whether a path that begins at the root of a machine stands in the line. `a/home/b` does not.
fn names_machine_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        !before
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}' | '/' | '~'))
    })
}

#[cfg(test)]
mod tests {
    use super::names_machine_path;

    #[test]
    fn only_a_path_from_the_root_is_of_one_machine() {
        let path = super::MACHINE_PATHS[2];
        assert!(names_machine_path(&format!("see {path}main"), path));
        assert!(names_machine_path(&format!("\"{path}main\""), path));
        assert!(!names_machine_path(
            &format!("https://example.com{path}main"),
            path
        ));
        assert!(!names_machine_path(&format!("..{path}main"), path));
    }
}
