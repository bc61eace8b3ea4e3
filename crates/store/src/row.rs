//! Reading a row, column by column, into the types of the domain. A value that no version of us
//! writes is [`Error::inconsistent`], with the place where it stands.

use std::collections::BTreeMap;
use std::str::FromStr;

use procura_core::digest::Sha256;
use procura_core::error::Error;
use procura_core::sealing::Sealed;
use procura_core::tag::Tags;
use procura_core::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::driver::{Cell, Value};

/// A row of a result; each call takes the next column of the query.
#[derive(Debug)]
pub(crate) struct Row {
    table: &'static str,
    cells: std::vec::IntoIter<Cell>,
}

impl Row {
    pub(crate) fn new(table: &'static str, cells: Vec<Cell>) -> Self {
        Self {
            table,
            cells: cells.into_iter(),
        }
    }

    fn inconsistent(&self, column: &'static str) -> Error {
        Error::inconsistent(self.table, column)
    }

    pub(crate) fn optional_int(&mut self, column: &'static str) -> Result<Option<i64>, Error> {
        match self.cells.next() {
            Some(Cell::Int(value)) => Ok(Some(value)),
            Some(Cell::Null) => Ok(None),
            _ => Err(self.inconsistent(column)),
        }
    }

    pub(crate) fn int(&mut self, column: &'static str) -> Result<i64, Error> {
        self.optional_int(column)?
            .ok_or_else(|| self.inconsistent(column))
    }

    pub(crate) fn optional_blob(&mut self, column: &'static str) -> Result<Option<Vec<u8>>, Error> {
        match self.cells.next() {
            Some(Cell::Blob(value)) => Ok(Some(value)),
            Some(Cell::Null) => Ok(None),
            _ => Err(self.inconsistent(column)),
        }
    }

    pub(crate) fn blob(&mut self, column: &'static str) -> Result<Vec<u8>, Error> {
        self.optional_blob(column)?
            .ok_or_else(|| self.inconsistent(column))
    }

    pub(crate) fn text(&mut self, column: &'static str) -> Result<String, Error> {
        match self.cells.next() {
            Some(Cell::Text(value)) => Ok(value),
            _ => Err(self.inconsistent(column)),
        }
    }

    pub(crate) fn optional_text(&mut self, column: &'static str) -> Result<Option<String>, Error> {
        match self.cells.next() {
            Some(Cell::Text(value)) => Ok(Some(value)),
            Some(Cell::Null) => Ok(None),
            _ => Err(self.inconsistent(column)),
        }
    }

    /// A count or a version: stored as `i64`, never negative.
    pub(crate) fn count(&mut self, column: &'static str) -> Result<u64, Error> {
        u64::try_from(self.int(column)?).map_err(|_| self.inconsistent(column))
    }

    pub(crate) fn timestamp(&mut self, column: &'static str) -> Result<Timestamp, Error> {
        self.int(column).map(Timestamp::from_millis)
    }

    pub(crate) fn optional_timestamp(
        &mut self,
        column: &'static str,
    ) -> Result<Option<Timestamp>, Error> {
        Ok(self.optional_int(column)?.map(Timestamp::from_millis))
    }

    pub(crate) fn hash(&mut self, column: &'static str) -> Result<Sha256, Error> {
        self.blob(column)?
            .try_into()
            .map_err(|_| self.inconsistent(column))
    }

    pub(crate) fn sealed<K>(&mut self, column: &'static str) -> Result<Sealed<K>, Error> {
        self.blob(column).map(Sealed::from_stored)
    }

    pub(crate) fn optional_sealed<K>(
        &mut self,
        column: &'static str,
    ) -> Result<Option<Sealed<K>>, Error> {
        Ok(self.optional_blob(column)?.map(Sealed::from_stored))
    }

    pub(crate) fn optional_hash(&mut self, column: &'static str) -> Result<Option<Sha256>, Error> {
        let bytes = self.optional_blob(column)?;
        bytes
            .map(|bytes| bytes.try_into().map_err(|_| self.inconsistent(column)))
            .transpose()
    }

    /// 0 or 1.
    pub(crate) fn flag(&mut self, column: &'static str) -> Result<bool, Error> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.inconsistent(column)),
        }
    }

    /// A text of a type with one spelling per value.
    pub(crate) fn parsed<T: FromStr>(&mut self, column: &'static str) -> Result<T, Error> {
        self.text(column)?
            .parse()
            .map_err(|_| self.inconsistent(column))
    }

    /// One of a closed set of words.
    pub(crate) fn word<T>(
        &mut self,
        column: &'static str,
        meaning: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Error> {
        meaning(&self.text(column)?).ok_or_else(|| self.inconsistent(column))
    }

    /// An id of 16 bytes.
    pub(crate) fn id<T>(
        &mut self,
        column: &'static str,
        from_slice: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<T, Error> {
        from_slice(&self.blob(column)?).ok_or_else(|| self.inconsistent(column))
    }

    /// An id that may be absent.
    pub(crate) fn optional_id<T>(
        &mut self,
        column: &'static str,
        from_slice: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let bytes = self.optional_blob(column)?;
        bytes
            .map(|b| from_slice(&b).ok_or_else(|| self.inconsistent(column)))
            .transpose()
    }

    /// JSON, in the very bytes that we write: a doubled key or another spelling is refused.
    pub(crate) fn json<T: Serialize + DeserializeOwned>(
        &mut self,
        column: &'static str,
    ) -> Result<T, Error> {
        let text = self.text(column)?;
        let value: T = serde_json::from_str(&text).map_err(|_| self.inconsistent(column))?;
        if json(&value)? == text {
            Ok(value)
        } else {
            Err(self.inconsistent(column))
        }
    }

    pub(crate) fn tags(&mut self, column: &'static str) -> Result<Tags, Error> {
        let pairs = self.json::<BTreeMap<String, String>>(column)?;
        Tags::new(pairs).map_err(|_| self.inconsistent(column))
    }
}

/// The JSON text that is stored for `value`.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(Error::internal_source)
}

/// A version, a sequence or a size as a parameter. More than `i64::MAX` cannot be counted.
pub(crate) fn count<'a>(value: u64) -> Result<Value<'a>, Error> {
    i64::try_from(value)
        .map(Value::Int)
        .map_err(|_| Error::internal("a count that does not fit the database"))
}

/// The version that a compare-and-set to `version` must find. There is none before 0, and -1 is
/// never stored.
pub(crate) fn before<'a>(version: u64) -> Result<Value<'a>, Error> {
    match version.checked_sub(1) {
        Some(stored) => count(stored),
        None => Ok(Value::Int(-1)),
    }
}

/// A moment as a parameter.
pub(crate) fn time<'a>(at: Timestamp) -> Value<'a> {
    Value::Int(at.millis())
}
