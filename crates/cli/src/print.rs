//! What people read: tables and JSON on stdout, errors on stderr.

use std::io::{self, Write as _};

use serde::Serialize;

use crate::arguments::Output;

/// Writes a line to stdout; a closed pipe (`| head`) is no error.
pub(crate) fn line(text: &str) -> io::Result<()> {
    match writeln!(io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Says what went wrong.
pub(crate) fn error(error: &anyhow::Error) {
    // There is nowhere left to complain to when stderr is closed.
    let _ = writeln!(io::stderr().lock(), "procura: {error:#}");
}

/// Says something beside the output.
pub(crate) fn remark(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// `rows` as JSON, or as a table under `headings`.
pub(crate) fn rows<T: Serialize>(
    output: Output,
    rows: &[T],
    headings: &[&str],
    cells: impl Fn(&T) -> Vec<String>,
) -> anyhow::Result<()> {
    if output == Output::Json {
        return Ok(line(&serde_json::to_string_pretty(rows)?)?);
    }
    for row in table(headings, rows.iter().map(cells)) {
        line(&row)?;
    }
    Ok(())
}

/// The lines of a table: one for the headings, and one for each of `rows`.
fn table(headings: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Vec<String> {
    let mut table: Vec<Vec<String>> = vec![headings.iter().map(ToString::to_string).collect()];
    table.extend(rows.map(|row| row.iter().map(|cell| escaped(cell)).collect()));
    let widths: Vec<usize> = (0..headings.len())
        .map(|column| {
            let lengths = table.iter().filter_map(|row| row.get(column));
            lengths.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let lines = table.iter().map(|row| {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        cells.join("  ").trim_end().to_owned()
    });
    lines.collect()
}

// SECURITY: a cell may hold what a caller chose; it must neither end its row, nor reorder it, nor
// talk to the terminal (test: a_cell_cannot_forge_a_row).
pub(crate) fn escaped(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    for char in cell.chars() {
        let is_separator = matches!(char, '\u{2028}' | '\u{2029}');
        let is_direction = matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if char.is_control() || is_separator || is_direction {
            text.extend(char.escape_default());
        } else {
            text.push(char);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn a_cell_cannot_forge_a_row() {
        let cells = [
            "plain é",
            "a\nallow  forged\r\t",
            "\u{1b}[2K\u{9b}\u{7f}",
            "\u{2028}\u{2029}\u{202a}\u{202e}\u{2066}\u{2069}",
        ];
        let rows = cells.iter().map(|cell| vec![(*cell).to_owned()]);
        assert_eq!(
            table(&["REASON"], rows),
            [
                "REASON",
                "plain é",
                r"a\nallow  forged\r\t",
                r"\u{1b}[2K\u{9b}\u{7f}",
                r"\u{2028}\u{2029}\u{202a}\u{202e}\u{2066}\u{2069}",
            ]
        );
    }
}
