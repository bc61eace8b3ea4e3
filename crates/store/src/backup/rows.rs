//! Rows of any table, as lines.

use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use procura_core::error::Error;
use serde_json::{Value as Json, json};

use super::catalog::Table;
use super::{BackupTable, damaged, write_line};
use crate::driver::{Cell, Value};
use crate::tx::Tx;

/// How many rows are held at once.
const PAGE: usize = 250;

/// Whether the table has a row.
pub(super) fn has_any(tx: &mut Tx<'_>, table: &Table) -> Result<bool, Error> {
    let sql = format!(
        "SELECT \"{}\" FROM \"{}\" LIMIT 1",
        first(table),
        table.name
    );
    Ok(!tx.session.dangerous_query(&sql, &[])?.is_empty())
}

fn first(table: &Table) -> &str {
    table.key.first().map_or("", String::as_str)
}

/// How many rows the table has.
pub(super) fn number(tx: &mut Tx<'_>, table: &Table) -> Result<u64, Error> {
    let sql = format!("SELECT COUNT(*) FROM \"{}\"", table.name);
    let cell = tx.session.dangerous_query(&sql, &[])?.pop();
    match cell.as_deref() {
        Some([Cell::Int(number)]) => u64::try_from(*number).map_err(Error::internal_source),
        _ => Err(Error::internal("a number of rows that is none")),
    }
}

/// Writes every row in the order of the primary key, page after page; how many they were.
pub(super) fn write(tx: &mut Tx<'_>, table: &Table, out: &mut dyn Write) -> Result<u64, Error> {
    let places: Vec<usize> = table
        .key
        .iter()
        .filter_map(|name| table.columns.iter().position(|column| column == name))
        .collect();
    let (columns, key) = (list(&table.columns), list(&table.key));
    let parameters: Vec<String> = (1..=places.len()).map(|n| format!("${n}")).collect();
    let head = format!("SELECT {columns} FROM \"{}\"", table.name);
    let tail = format!("ORDER BY {key} LIMIT {PAGE}");
    let from_start = format!("{head} {tail}");
    let from_last = format!("{head} WHERE ({key}) > ({}) {tail}", parameters.join(", "));
    let mut last: Option<Vec<Cell>> = None;
    let mut written = 0;
    loop {
        let page = match &last {
            None => tx.session.dangerous_query(&from_start, &[])?,
            Some(row) => {
                let after: Vec<Value<'_>> = places
                    .iter()
                    .filter_map(|at| row.get(*at))
                    .map(value)
                    .collect();
                tx.session.dangerous_query(&from_last, &after)?
            }
        };
        for row in &page {
            let cells: Vec<Json> = row.iter().map(to_json).collect();
            write_line(out, &Json::from(cells).to_string())?;
            written += 1;
        }
        let is_last = page.len() < PAGE;
        last = page.into_iter().last();
        if is_last {
            return Ok(written);
        }
    }
}

/// Reads as many rows as `table` says from `next`, and inserts them.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    table: &BackupTable,
    next: &mut dyn FnMut() -> Result<Option<Vec<u8>>, Error>,
) -> Result<(), Error> {
    let parameters: Vec<String> = (1..=table.columns.len()).map(|n| format!("${n}")).collect();
    let sql = format!(
        "INSERT INTO \"{}\" ({}) VALUES ({})",
        table.name,
        list(&table.columns),
        parameters.join(", ")
    );
    for _ in 0..table.rows {
        let line = next()?.ok_or_else(|| damaged("it ends within a table"))?;
        let cells: Option<Vec<Cell>> = serde_json::from_slice::<Vec<Json>>(&line)
            .ok()
            .and_then(|row| row.into_iter().map(from_json).collect());
        let cells = cells.ok_or_else(|| damaged("a row is not one"))?;
        if cells.len() != table.columns.len() {
            return Err(damaged("a row has not the columns of its table"));
        }
        let values: Vec<Value<'_>> = cells.iter().map(value).collect();
        tx.session.dangerous_execute(&sql, &values)?;
    }
    Ok(())
}

fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    quoted.join(", ")
}

fn value(cell: &Cell) -> Value<'_> {
    match cell {
        Cell::Int(number) => Value::Int(*number),
        Cell::Text(text) => Value::Text(text),
        Cell::Blob(bytes) => Value::Blob(bytes),
        Cell::Null => Value::Null,
    }
}

fn to_json(cell: &Cell) -> Json {
    match cell {
        Cell::Int(number) => Json::from(*number),
        Cell::Text(text) => Json::from(text.as_str()),
        Cell::Blob(bytes) => json!({ "b64": STANDARD.encode(bytes) }),
        Cell::Null => Json::Null,
    }
}

fn from_json(json: Json) -> Option<Cell> {
    match json {
        Json::Null => Some(Cell::Null),
        Json::Number(number) => number.as_i64().map(Cell::Int),
        Json::String(text) => Some(Cell::Text(text)),
        Json::Object(object) if object.len() == 1 => {
            let text = object.get("b64")?.as_str()?;
            STANDARD.decode(text).ok().map(Cell::Blob)
        }
        _ => None,
    }
}
