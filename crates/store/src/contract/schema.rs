//! Both engines have the same schema: tables, columns, types, nullability, unique keys.

use std::collections::BTreeSet;

use crate::contract::database::Database;
use crate::store::{Engine, Store};

const SQLITE_COLUMNS: &str = "
    SELECT t.name || '.' || c.name || ' ' || lower(c.type)
           || CASE WHEN c.\"notnull\" THEN '' ELSE ' null' END
    FROM sqlite_schema t JOIN pragma_table_info(t.name) c
    WHERE t.type = 'table'";
const POSTGRES_COLUMNS: &str = "
    SELECT table_name || '.' || column_name || ' '
           || CASE data_type WHEN 'bigint' THEN 'integer' WHEN 'bytea' THEN 'blob'
                             ELSE data_type END
           || CASE is_nullable WHEN 'NO' THEN '' ELSE ' null' END
    FROM information_schema.columns WHERE table_schema = 'public'";

// The key of `meta` and of other tables with an integer key is the row id itself, which SQLite
// lists as no index.
const SQLITE_UNIQUE: &str = "
    SELECT t.name || ' (' || (SELECT group_concat(name, ', ') FROM pragma_index_info(i.name)) || ')'
    FROM sqlite_schema t JOIN pragma_index_list(t.name) i
    WHERE t.type = 'table' AND i.\"unique\"
    UNION
    SELECT t.name || ' (' || group_concat(c.name, ', ') || ')'
    FROM sqlite_schema t JOIN pragma_table_info(t.name) c
    WHERE t.type = 'table' AND c.pk > 0
      AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name) WHERE origin = 'pk')
    GROUP BY t.name";
const POSTGRES_UNIQUE: &str = "
    SELECT t.relname || ' (' || string_agg(a.attname, ', ' ORDER BY k.place) || ')'
    FROM pg_index i
    JOIN pg_class t ON t.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
    CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attribute, place)
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attribute
    WHERE i.indisunique GROUP BY t.relname, i.indexrelid";

#[test]
fn both_engines_have_the_same_schema() {
    let Some(postgres) = Database::create(Engine::Postgres) else {
        println!("not run: PostgreSQL absent");
        return;
    };
    let sqlite = Database::create(Engine::Sqlite).unwrap();
    Store::migrate(&postgres.config).unwrap();
    Store::migrate(&sqlite.config).unwrap();
    let set = |database: &Database, query| -> BTreeSet<String> {
        database.column(query).into_iter().collect()
    };
    let columns = set(&sqlite, SQLITE_COLUMNS);
    assert!(
        columns.contains("access_key.revoked_at integer null"),
        "{columns:?}"
    );
    assert_eq!(columns, set(&postgres, POSTGRES_COLUMNS));
    let unique = set(&sqlite, SQLITE_UNIQUE);
    assert!(unique.contains("audit_record (chain, seq)"), "{unique:?}");
    assert_eq!(unique, set(&postgres, POSTGRES_UNIQUE));
}
