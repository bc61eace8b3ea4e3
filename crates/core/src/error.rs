//! The one error of the domain: who is to blame, what the caller may read, what only we may read.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use crate::id::RecordId;

/// Whose fault it is. Closed: both wire mappings (AWS and OAuth) match on it exhaustively.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request cannot be understood or breaks a constraint.
    Caller,
    /// A token that was presented does not prove what it should (unreadable, expired, cut).
    Unproved,
    /// The caller is known and may not.
    Denied,
    /// The named thing does not exist, or the caller may not know that it does.
    NotFound,
    /// The state of the thing forbids it.
    Conflict,
    /// Too many, or busy: the same request may succeed later.
    Throttled,
    /// A provider failed.
    Upstream,
    /// Ours: a bug, or a store or disk that does not answer.
    Internal,
}

/// A failure. [`Error::public`] is the whole of what a caller may learn.
///
/// The internal part has no `Display`: it reaches a log through `Debug` and a wire never.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    public: Cow<'static, str>,
    field: Option<Cow<'static, str>>,
    record: Option<RecordId>,
    retry_after_s: Option<u32>,
    internal: Option<Internal>,
}

/// What only an operator may read.
enum Internal {
    Text(Cow<'static, str>),
    Source(Box<dyn StdError + Send + Sync>),
}

impl fmt::Debug for Internal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Source(source) => fmt::Debug::fmt(source, f),
        }
    }
}

impl Error {
    /// An error of `kind` with the text that the caller may read.
    pub fn new(kind: Kind, public: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            public: public.into(),
            field: None,
            record: None,
            retry_after_s: None,
            internal: None,
        }
    }

    /// A request that breaks the constraint of `field`.
    pub fn field(
        field: impl Into<Cow<'static, str>>,
        public: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            field: Some(field.into()),
            ..Self::new(Kind::Caller, public)
        }
    }

    /// This error, as one of `field`: what a caller does about it depends on which it was.
    pub fn of_field(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The named thing does not exist.
    pub fn not_found(public: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::NotFound, public)
    }

    /// The caller may not.
    pub fn denied(public: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Denied, public)
    }

    /// The state forbids it.
    pub fn conflict(public: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Conflict, public)
    }

    /// A failure of ours: the caller learns only that there was one.
    pub fn internal(internal: impl Into<Cow<'static, str>>) -> Self {
        Self {
            internal: Some(Internal::Text(internal.into())),
            ..Self::new(Kind::Internal, INTERNAL_TEXT)
        }
    }

    /// A failure of ours with its cause.
    pub fn internal_source(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            internal: Some(Internal::Source(source.into())),
            ..Self::new(Kind::Internal, INTERNAL_TEXT)
        }
    }

    /// A stored value that no version of us writes.
    pub fn inconsistent(table: &'static str, column: &'static str) -> Self {
        Self::internal(format!("inconsistent row: table {table}, column {column}"))
    }

    /// This error, with the record that was written of it.
    pub fn with_record(mut self, record: RecordId) -> Self {
        self.record = Some(record);
        self
    }

    /// This error, with after how many seconds the same may succeed.
    pub fn with_retry_after(mut self, seconds: Option<u32>) -> Self {
        self.retry_after_s = seconds;
        self
    }

    /// After how many seconds the same may succeed, where that is known.
    pub fn retry_after_s(&self) -> Option<u32> {
        self.retry_after_s
    }

    /// The record that was written of it, if one was.
    pub fn record(&self) -> Option<RecordId> {
        self.record
    }

    /// Who is to blame.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What happened inside, for the log and for nobody else.
    pub fn cause(&self) -> Option<&dyn fmt::Debug> {
        self.internal
            .as_ref()
            .map(|internal| internal as &dyn fmt::Debug)
    }

    /// What the caller may read.
    pub fn public(&self) -> &str {
        &self.public
    }

    /// The member of the request that is at fault, if one is.
    pub fn at_field(&self) -> Option<&str> {
        self.field.as_deref()
    }
}

const INTERNAL_TEXT: &str = "the request could not be completed; the failure has been logged \
                             under this request id";

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.public)
    }
}

impl StdError for Error {}
