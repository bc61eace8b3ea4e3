//! What each table of a SQLite database takes on disk, its indexes included, and how many rows it
//! has: one line of JSON. For `cargo xtask bench`; the server may run meanwhile.

use std::error::Error;
use std::io::Write as _;

use rusqlite::{Connection, OpenFlags};
use serde_json::{Map, Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("table_bytes DATABASE")?;
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut statement = database.prepare(
        "SELECT tbl_name, sum(pgsize) FROM dbstat('main', 1) AS page \
         JOIN sqlite_schema ON sqlite_schema.name = page.name GROUP BY tbl_name",
    )?;
    let tables = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let tables: Vec<(String, i64)> = tables.collect::<Result<_, _>>()?;
    let mut all = Map::new();
    for (table, bytes) in tables {
        // The name is of the schema, not of a caller.
        let count = format!("SELECT count(*) FROM \"{table}\"");
        let rows: i64 = database.query_row(&count, [], |row| row.get(0))?;
        all.insert(table, json!({ "rows": rows, "bytes": bytes }));
    }
    writeln!(std::io::stdout(), "{}", Value::Object(all))?;
    Ok(())
}
