//! Which tables there are, and in which order they can be filled.

use std::collections::BTreeMap;

use procura_core::error::Error;

use crate::driver::{Sql, sql};
use crate::tx::Tx;

/// A table of the schema, without the list of migrations.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// The columns of its primary key, in their order.
    pub(super) key: Vec<String>,
}

const COLUMNS: Sql = sql! {
    sqlite: "SELECT m.name, c.name, c.pk FROM sqlite_schema m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> 'schema_migration'
             ORDER BY m.name, c.cid",
    postgres: "SELECT CAST(t.relname AS TEXT), CAST(a.attname AS TEXT),
                      CAST(COALESCE(array_position(CAST(i.indkey AS int2[]), a.attnum) + 1, 0)
                           AS BIGINT)
               FROM pg_class t
               JOIN pg_namespace n ON n.oid = t.relnamespace
               JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
               LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
               WHERE t.relkind = 'r' AND n.nspname = current_schema()
               AND t.relname <> 'schema_migration'
               ORDER BY CAST(t.relname AS TEXT) COLLATE \"C\", a.attnum",
};

const REFERENCES: Sql = sql! {
    sqlite: "SELECT DISTINCT m.name, f.\"table\" FROM sqlite_schema m
             JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY 1, 2",
    postgres: "SELECT DISTINCT CAST(a.relname AS TEXT), CAST(b.relname AS TEXT)
               FROM pg_constraint k JOIN pg_class a ON a.oid = k.conrelid
               JOIN pg_class b ON b.oid = k.confrelid
               JOIN pg_namespace n ON n.oid = k.connamespace
               WHERE k.contype = 'f' AND n.nspname = current_schema() ORDER BY 1, 2",
};

/// Every table, after those that it refers to; else by name.
pub(super) fn tables(tx: &mut Tx<'_>) -> Result<Vec<Table>, Error> {
    let mut waiting: BTreeMap<String, Table> = BTreeMap::new();
    let mut places: BTreeMap<String, Vec<(i64, String)>> = BTreeMap::new();
    for mut row in tx.session.rows("catalog", COLUMNS, &[])? {
        let (name, column) = (plain(row.text("table")?)?, plain(row.text("column")?)?);
        let place = row.int("key")?;
        if place > 0 {
            let key = places.entry(name.clone()).or_default();
            key.push((place, column.clone()));
        }
        let table = waiting.entry(name.clone()).or_insert_with(|| Table {
            name,
            columns: Vec::new(),
            key: Vec::new(),
        });
        table.columns.push(column);
    }
    for (name, mut key) in places {
        key.sort_unstable();
        if let Some(table) = waiting.get_mut(&name) {
            table.key = key.into_iter().map(|(_, column)| column).collect();
        }
    }
    if waiting.values().any(|table| table.key.is_empty()) {
        return Err(Error::internal("a table has no primary key"));
    }
    let mut references = Vec::new();
    for mut row in tx.session.rows("catalog", REFERENCES, &[])? {
        references.push((row.text("table")?, row.text("referred")?));
    }
    in_order(waiting, &references)
}

fn in_order(
    mut waiting: BTreeMap<String, Table>,
    references: &[(String, String)],
) -> Result<Vec<Table>, Error> {
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let waits = |name: &String| {
            let mut other = references
                .iter()
                .filter(|(from, to)| from == name && to != name);
            other.any(|(_, to)| waiting.contains_key(to))
        };
        let free = waiting.keys().find(|name| !waits(name)).cloned();
        let table = free.and_then(|name| waiting.remove(&name));
        ordered.push(table.ok_or_else(|| Error::internal("tables refer to each other in a ring"))?);
    }
    Ok(ordered)
}

/// A name that needs no care in a statement.
fn plain(name: String) -> Result<String, Error> {
    if name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    {
        Ok(name)
    } else {
        Err(Error::internal(
            "a table or column of a name that we do not give",
        ))
    }
}
