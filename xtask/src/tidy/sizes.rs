//! How long files and functions are. Tests and generated files are not counted.

use super::Findings;
use super::functions::functions;
use super::tree::Tree;

/// A file may not be longer.
const FILE_LINES_MAX: usize = 800;
/// A function may not be longer.
const FUNCTION_LINES_MAX: usize = 120;
/// A function should not be longer …
const FUNCTION_LINES_AIM: usize = 70;
/// … and at most this share of them is: 2 in 100.
const OVER_AIM_PERCENT_MAX: usize = 2;
/// So many of the longest are printed.
const WORST: usize = 10;

/// Lines, place, name; the longest come first.
type Sizes = Vec<(usize, String, String)>;

pub(super) fn check(tree: &Tree, findings: &mut Findings) {
    let (files, functions) = measure(tree);
    for (lines, path, _) in files.iter().filter(|size| size.0 > FILE_LINES_MAX) {
        let remedy = format!("split it by noun, at most {FILE_LINES_MAX} lines");
        findings.fail(path, format!("{lines} lines"), remedy);
    }
    for (lines, place, name) in functions.iter().filter(|size| size.0 > FUNCTION_LINES_MAX) {
        let remedy = format!("move straight-line code out, at most {FUNCTION_LINES_MAX} lines");
        findings.fail(place, format!("`{name}` has {lines} lines"), remedy);
    }
    let all = functions.len();
    let over_aim = functions
        .iter()
        .filter(|size| size.0 > FUNCTION_LINES_AIM)
        .count();
    let share = format!("{over_aim} of {all} functions have over {FUNCTION_LINES_AIM} lines");
    if is_over_share(over_aim, all) {
        let remedy = format!("shorten the longest, at most {OVER_AIM_PERCENT_MAX} % may");
        findings.fail("functions", &share, remedy);
    }
    findings.note(worst("longest files", &files));
    findings.note(worst("longest functions", &functions));
    findings.note(share);
}

/// The files and the functions of the product.
fn measure(tree: &Tree) -> (Sizes, Sizes) {
    let (mut files, mut all_functions) = (Sizes::new(), Sizes::new());
    for rust in tree
        .rust()
        .filter(|rust| !rust.is_all_test && !rust.file.is_generated())
    {
        let path = &rust.file.path;
        files.push((rust.product_lines(), path.clone(), String::new()));
        for function in functions(&rust.tokens) {
            if !rust.is_test(function.line) {
                let place = format!("{path}:{}", function.line);
                all_functions.push((function.lines, place, function.name));
            }
        }
    }
    files.sort_by(|a, b| b.cmp(a));
    all_functions.sort_by(|a, b| b.cmp(a));
    (files, all_functions)
}

fn is_over_share(over: usize, all: usize) -> bool {
    over * 100 > all * OVER_AIM_PERCENT_MAX
}

fn worst(title: &str, sizes: &Sizes) -> String {
    let lines = sizes
        .iter()
        .take(WORST)
        .map(|(lines, place, name)| format!("\n    {lines:>4} {place} {name}"));
    format!("{title}:{}", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::is_over_share;

    #[test]
    fn two_in_a_hundred_may_be_long() {
        assert!(!is_over_share(2, 100));
        assert!(is_over_share(3, 100));
        assert!(is_over_share(1, 49));
        assert!(!is_over_share(0, 0));
    }
}
