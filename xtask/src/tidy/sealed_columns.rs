//! Every sealed column is marked in both schemas and listed, with its subject, in the data model.
//!
//! In a migration: a column's line ends in `-- sealed: SUBJECT`. In `docs/data-model.md`, under the
//! heading "Sealed columns": a row `| table | column | SUBJECT | … |`, with or without backticks.
//! SUBJECT is `user`, `account` or `deployment`: whose key seals the value.

use std::collections::BTreeMap;

use super::Findings;
use super::tree::{SourceFile, Tree};

const ENGINES: &[&str] = &[
    "crates/store/migrations/sqlite",
    "crates/store/migrations/postgres",
];
const DATA_MODEL: &str = "docs/data-model.md";
const SUBJECTS: &[&str] = &["user", "account", "deployment"];

/// (table, column) → (subject, where it says so).
type Columns = BTreeMap<(String, String), (String, String)>;

pub(super) fn check(tree: &Tree, findings: &mut Findings) {
    let Some(data_model) = tree.file(DATA_MODEL) else {
        findings.fail(
            DATA_MODEL,
            "there is no such file",
            "list the sealed columns in it",
        );
        return;
    };
    let listed = listed(data_model);
    for (place, subject) in listed.values().map(|(subject, place)| (place, subject)) {
        check_subject(place, subject, findings);
    }
    for engine in ENGINES {
        let mut marked = Columns::new();
        for migration in tree.folder(engine).filter(|file| file.is_of("sql")) {
            read_marks(migration, &mut marked, findings);
        }
        if marked.is_empty() {
            findings.fail(
                engine,
                "no column is marked `-- sealed: SUBJECT`",
                "mark those that are",
            );
        }
        compare(engine, &marked, &listed, findings);
    }
    findings.note(format!("{} sealed columns", listed.len()));
}

fn compare(engine: &str, marked: &Columns, listed: &Columns, findings: &mut Findings) {
    for (column, (subject, place)) in marked {
        let name = format!("{}.{}", column.0, column.1);
        match listed.get(column) {
            None => findings.fail(
                place,
                format!("{name} is sealed"),
                format!("list it in {DATA_MODEL}"),
            ),
            Some((other, at)) if other != subject => findings.fail(
                place,
                format!("{name} is sealed to `{subject}`, and {at} says `{other}`"),
                "say the same in both",
            ),
            Some(_) => {}
        }
    }
    for (column, (_, place)) in listed
        .iter()
        .filter(|(column, _)| !marked.contains_key(*column))
    {
        findings.fail(
            place,
            format!("{}.{} is not marked in {engine}", column.0, column.1),
            "end its line there in `-- sealed: SUBJECT`, or take the row out",
        );
    }
}

fn check_subject(place: &str, subject: &str, findings: &mut Findings) {
    if !SUBJECTS.contains(&subject) {
        findings.fail(
            place,
            format!("`{subject}` is not a subject"),
            format!("one of {}", SUBJECTS.join(", ")),
        );
    }
}

/// The marked columns of a migration.
fn read_marks(migration: &SourceFile, marked: &mut Columns, findings: &mut Findings) {
    let mut table = None;
    for (line, number) in migration.text.lines().zip(1..) {
        let place = format!("{}:{number}", migration.path);
        let (statement, comment) = line.split_once("--").unwrap_or((line, ""));
        let words: Vec<&str> = statement
            .split_whitespace()
            .map(|word| word.trim_matches(QUOTES))
            .collect();
        let named = named_table(&words);
        table = named
            .as_ref()
            .map(|(table, _)| (*table).to_owned())
            .or(table);
        if let Some(subject) = comment.trim().strip_prefix("sealed:").map(str::trim) {
            check_subject(&place, subject, findings);
            let column = match named {
                Some((_, column)) => column,
                None => words.first().copied(),
            };
            let Some((table, column)) = table.clone().zip(column) else {
                findings.fail(
                    place,
                    "this mark belongs to no column",
                    "put it on the column's line",
                );
                continue;
            };
            marked.insert((table, column.to_owned()), (subject.to_owned(), place));
        }
        if statement.contains(';') {
            table = None;
        }
    }
}

const QUOTES: &[char] = &['"', '`', '(', ',', ';'];

/// The table that a line creates or alters, and the column that it adds.
fn named_table<'a>(words: &[&'a str]) -> Option<(&'a str, Option<&'a str>)> {
    let upper: Vec<String> = words.iter().map(|word| word.to_ascii_uppercase()).collect();
    let begins = |start: &[&str]| {
        upper
            .iter()
            .map(String::as_str)
            .take(start.len())
            .eq(start.iter().copied())
    };
    let word = |at: usize| words.get(at).copied();
    if begins(&["CREATE", "TABLE", "IF", "NOT", "EXISTS"]) {
        Some((word(5)?, None))
    } else if begins(&["CREATE", "TABLE"]) {
        Some((word(2)?, None))
    } else if begins(&["ALTER", "TABLE"]) {
        let added = upper
            .iter()
            .position(|word| word == "COLUMN")
            .and_then(|at| word(at + 1));
        Some((word(2)?, added))
    } else {
        None
    }
}

/// The rows of the table under "Sealed columns".
fn listed(data_model: &SourceFile) -> Columns {
    let mut columns = Columns::new();
    let mut is_inside = false;
    for (line, number) in data_model.text.lines().zip(1..) {
        if line.starts_with('#') {
            is_inside = line
                .trim_start_matches('#')
                .trim()
                .eq_ignore_ascii_case("sealed columns");
        }
        let cells: Vec<&str> = line
            .split('|')
            .map(|cell| cell.trim().trim_matches('`'))
            .collect();
        if let (true, ["", table, column, subject, ..]) = (is_inside, cells.as_slice())
            && *table != "table"
            && !table.starts_with(['-', ':'])
        {
            let place = format!("{DATA_MODEL}:{number}");
            columns.insert(
                ((*table).to_owned(), (*column).to_owned()),
                ((*subject).to_owned(), place),
            );
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::{Columns, compare, listed, read_marks};
    use crate::tidy::Findings;
    use crate::tidy::tree::SourceFile;

    const SCHEMA: &str = "\
CREATE TABLE api_key (
    id BLOB PRIMARY KEY, -- random
    secret BLOB NOT NULL, -- sealed: account
    name TEXT
);
ALTER TABLE connection ADD COLUMN refresh_token BYTEA; -- sealed: user
";

    fn marks(text: &str) -> (Columns, Findings) {
        let (mut columns, mut findings) = (Columns::new(), Findings::default());
        let file = SourceFile {
            path: "0001.sql".to_owned(),
            text: text.to_owned(),
        };
        read_marks(&file, &mut columns, &mut findings);
        (columns, findings)
    }

    fn table(rows: &str) -> Columns {
        let text = format!(
            "## Sealed columns\n\n| table | column | subject | what |\n|---|---|---|---|\n{rows}"
        );
        listed(&SourceFile {
            path: "docs/data-model.md".to_owned(),
            text,
        })
    }

    fn failures(schema: &str, rows: &str) -> usize {
        let (columns, mut findings) = marks(schema);
        compare("sqlite", &columns, &table(rows), &mut findings);
        findings.failures.len()
    }

    const ROWS: &str =
        "| `api_key` | `secret` | account | a |\n| connection | refresh_token | `user` | b |\n";

    #[test]
    fn marks_are_read_from_created_and_added_columns() {
        let (columns, findings) = marks(SCHEMA);
        let names: Vec<String> = columns.keys().map(|(a, b)| format!("{a}.{b}")).collect();
        assert_eq!(names, ["api_key.secret", "connection.refresh_token"]);
        assert!(findings.failures.is_empty());
    }

    #[test]
    fn both_lists_must_be_the_same() {
        assert_eq!(failures(SCHEMA, ROWS), 0);
        assert_eq!(failures(SCHEMA, ""), 2);
        assert_eq!(failures("", ROWS), 2);
        assert_eq!(failures(SCHEMA, &ROWS.replace("`user`", "account")), 1);
    }

    #[test]
    fn a_mark_outside_a_table_or_of_no_subject_fails() {
        assert_eq!(marks("-- sealed: user\n").1.failures.len(), 1);
        assert_eq!(
            marks("CREATE TABLE t (\n  c BLOB -- sealed: nobody\n);")
                .1
                .failures
                .len(),
            1
        );
    }
}
