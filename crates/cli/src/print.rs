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
    let mut table: Vec<Vec<String>> = vec![headings.iter().map(ToString::to_string).collect()];
    table.extend(rows.iter().map(cells));
    let widths: Vec<usize> = (0..headings.len())
        .map(|column| {
            let lengths = table.iter().filter_map(|row| row.get(column));
            lengths.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    for row in &table {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        line(cells.join("  ").trim_end())?;
    }
    Ok(())
}
