//! Parameters and cells as PostgreSQL carries them: BIGINT, TEXT, BYTEA, and nothing else.

use std::error::Error as StdError;

use postgres::types::private::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::driver::{Cell, Value};

type Failed = Box<dyn StdError + Sync + Send>;

/// The parameters as the client takes them.
pub(super) fn all<'a>(values: &'a [Value<'_>]) -> Vec<&'a (dyn ToSql + Sync)> {
    values
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

impl ToSql for Value<'_> {
    fn to_sql(&self, to: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> {
        match self {
            Self::Int(value) if <i64 as ToSql>::accepts(to) => value.to_sql(to, out),
            Self::Text(text) if <&str as ToSql>::accepts(to) => text.to_sql(to, out),
            Self::Blob(bytes) if <&[u8] as ToSql>::accepts(to) => bytes.to_sql(to, out),
            Self::Null => Ok(IsNull::Yes),
            _ => Err(format!("a parameter of another type than {to}").into()),
        }
    }

    // The trait asks without showing the value; `to_sql` looks.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Cell {
    fn from_sql(from: &Type, raw: &'a [u8]) -> Result<Self, Failed> {
        match *from {
            Type::INT8 => i64::from_sql(from, raw).map(Self::Int),
            Type::TEXT => String::from_sql(from, raw).map(Self::Text),
            _ => Vec::<u8>::from_sql(from, raw).map(Self::Blob),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Self, Failed> {
        Ok(Self::Null)
    }

    fn accepts(from: &Type) -> bool {
        matches!(*from, Type::INT8 | Type::TEXT | Type::BYTEA)
    }
}
