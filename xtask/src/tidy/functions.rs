//! Where functions and test-only items begin and end.

use super::token::{Token, begins_with};

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: String,
    /// The line of `fn`.
    pub(super) line: usize,
    /// From the line of `fn` to that of the closing brace.
    pub(super) lines: usize,
}

/// The functions of a file, nested ones too.
pub(super) fn functions(tokens: &[Token]) -> Vec<Function> {
    let mut functions = Vec::new();
    let mut rest = tokens;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        // `fn(u8)` is a type: it has no name.
        let Some(name) = after.first().and_then(Token::word) else {
            continue;
        };
        if let Some(last) = first
            .is_word("fn")
            .then(|| end_of_item(after))
            .flatten()
            .filter(|end| end.has_body)
        {
            let lines = last.line + 1 - first.line;
            functions.push(Function {
                name: name.to_owned(),
                line: first.line,
                lines,
            });
        }
    }
    functions
}

/// The first and last lines of items under `#[cfg(test)]`.
pub(super) fn test_lines(tokens: &[Token]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut rest = tokens;
    while let Some((first, after)) = rest.split_first() {
        let is_test = begins_with(rest, "# [ cfg ( test ) ]")
            || begins_with(rest, "# [ cfg ( all ( test")
            || begins_with(rest, "# ! [ cfg ( test ) ]");
        rest = after;
        if let Some(end) = is_test.then(|| end_of_item(after)).flatten() {
            // The inner form speaks of the whole file.
            let is_whole = after.first().is_some_and(|token| token.is_mark('!'));
            found.push((first.line, if is_whole { usize::MAX } else { end.line }));
        }
    }
    found
}

struct End {
    line: usize,
    has_body: bool,
}

/// Where an item ends: at the brace that closes its first block, or at a semicolon before any.
fn end_of_item(tokens: &[Token]) -> Option<End> {
    let mut brackets = 0_usize;
    let mut braces = 0_usize;
    for token in tokens {
        if token.is_mark('(') || token.is_mark('[') {
            brackets += 1;
        } else if token.is_mark(')') || token.is_mark(']') {
            brackets = brackets.saturating_sub(1);
        } else if token.is_mark('{') {
            braces += 1;
        } else if token.is_mark('}') {
            braces = braces.checked_sub(1)?;
            // A brace inside brackets is a constant or a macro's argument, not the body.
            if braces == 0 && brackets == 0 {
                return Some(End {
                    line: token.line,
                    has_body: true,
                });
            }
        } else if token.is_mark(';') && braces == 0 && brackets == 0 {
            return Some(End {
                line: token.line,
                has_body: false,
            });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Function, functions, test_lines};
    use crate::tidy::token::tokens;

    fn found(source: &str) -> Vec<Function> {
        functions(&tokens(source))
    }

    fn function(name: &str, line: usize, lines: usize) -> Function {
        Function {
            name: name.to_owned(),
            line,
            lines,
        }
    }

    #[test]
    fn a_function_ends_at_its_own_brace() {
        let source = "fn a(x: [u8; 4]) {\n  if x { \"}\" }\n}\nfn b() {}\n";
        assert_eq!(found(source), [function("a", 1, 3), function("b", 4, 1)]);
    }

    #[test]
    fn declarations_and_function_types_have_no_body() {
        assert_eq!(
            found("trait T { fn a(&self) -> [u8; 2]; }\nstruct S { run: fn(u8) }"),
            []
        );
    }

    #[test]
    fn nested_functions_count_for_themselves_too() {
        let source = "fn a() {\n fn b() {\n }\n}\n";
        assert_eq!(found(source), [function("a", 1, 4), function("b", 2, 2)]);
    }

    #[test]
    fn test_items_reach_to_their_closing_brace() {
        let source = "fn a() {}\n#[cfg(test)]\nmod tests {\n fn t() {}\n}\nfn b() {}\n";
        assert_eq!(test_lines(&tokens(source)), [(2, 5)]);
        assert_eq!(
            test_lines(&tokens("#[cfg(test)]\nmod tests;\nfn b() {}")),
            [(1, 2)]
        );
        assert_eq!(
            test_lines(&tokens("#![cfg(test)]\nfn b() {}")),
            [(1, usize::MAX)]
        );
        assert_eq!(test_lines(&tokens("#[cfg(not(test))]\nfn b() {}")), []);
    }
}
