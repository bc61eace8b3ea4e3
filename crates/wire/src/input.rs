//! From a request to the input of its operation.

use std::fmt;

use crate::generated::operation::Operation;
use crate::generated::shapes::{
    ValidationException, ValidationExceptionField, ValidationExceptionReason,
};
use crate::json::{self, Members, Node};
use crate::output::Output;
use crate::percent::{Plus, decode};
use crate::reading::Reading;
use crate::route::Labels;

/// What of a request an input can be read from.
pub struct Request<'a> {
    /// The labels of [`crate::Route::Found`], as they were in the path.
    pub labels: &'a Labels<'a>,
    /// The query without its `?`, as it was sent; empty if there is none.
    pub query: &'a str,
    /// Looks a header up by its name, in any case.
    pub header: &'a dyn Fn(&str) -> Option<String>,
    /// The body, at most [`Operation::body_bytes_max`] bytes; empty if there is none.
    pub body: &'a [u8],
}

/// The input of an operation; implemented by the generated `Input` of each. `O` is the enum of its
/// family.
pub trait Input<O = Operation>: Sized {
    /// The operation.
    const OPERATION: O;
    /// Whether any member is read from the body; if not, the body is not looked at.
    const READS_BODY: bool;
    /// What the operation answers.
    type Output: Output<O>;

    #[doc(hidden)]
    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self>;
}

/// Why a request is not an input of its operation. Holds nothing that the client sent but the keys
/// of maps, and these only where they are valid.
#[derive(Debug, PartialEq, Eq)]
pub enum InputError {
    /// It cannot be read: not JSON, a wrong JSON type, a member given twice, a malformed URI.
    Malformed(String),
    /// It can be read, but breaks constraints: 1 to 20 of them.
    Invalid(Vec<FieldViolation>),
}

/// A constraint that a member breaks.
#[derive(Debug, PartialEq, Eq)]
pub struct FieldViolation {
    /// Where: `name`, `tags.team.member`, `urls.1.member`.
    pub path: String,
    /// What the member must be.
    pub message: String,
}

/// Reads and checks the input of an operation. Members that we do not know are ignored, because
/// clients may be newer than we are.
pub fn parse<I: Input>(request: &Request<'_>) -> Result<I, InputError> {
    read(request)
}

/// The same for any family.
pub(crate) fn read<O, I: Input<O>>(request: &Request<'_>) -> Result<I, InputError> {
    let mut source = Source::open(request, I::READS_BODY).map_err(InputError::Malformed)?;
    let mut reading = Reading::default();
    let input = I::read(&mut source, &mut reading);
    reading.finish(input)
}

impl InputError {
    /// The body of the `ValidationException` that answers it, with status 400.
    pub fn exception(&self) -> ValidationException {
        let (reason, field_list) = match self {
            Self::Malformed(_) => (ValidationExceptionReason::CannotParse, None),
            Self::Invalid(violations) => {
                let fields = violations.iter().map(|violation| ValidationExceptionField {
                    name: violation.path.clone(),
                    message: violation.message.clone(),
                });
                (
                    ValidationExceptionReason::FieldValidationFailed,
                    Some(fields.collect()),
                )
            }
        };
        ValidationException {
            message: self.to_string(),
            reason,
            field_list,
        }
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let violations = match self {
            Self::Malformed(reason) => return f.write_str(reason),
            Self::Invalid(violations) => violations,
        };
        let plural = if violations.len() == 1 { "" } else { "s" };
        write!(
            f,
            "{} validation error{plural} detected: ",
            violations.len()
        )?;
        for (index, violation) in violations.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{violation}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InputError {}

impl fmt::Display for FieldViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, message } = self;
        write!(
            f,
            "Value at '{path}' failed to satisfy constraint: {message}"
        )
    }
}

/// A request, taken apart and decoded, from which members are taken.
pub struct Source<'a> {
    body: Members,
    labels: Vec<(&'static str, String)>,
    query: Vec<(String, String)>,
    header: &'a dyn Fn(&str) -> Option<String>,
}

impl<'a> Source<'a> {
    fn open(request: &Request<'a>, reads_body: bool) -> Result<Self, String> {
        let body = if reads_body && !request.body.is_empty() {
            json::parse(request.body)?
        } else {
            Members::default()
        };
        let mut labels = Vec::new();
        for (name, raw) in request.labels.iter() {
            let text = decode(raw, Plus::Itself).map_err(|reason| format!("'{name}': {reason}"))?;
            labels.push((name, text));
        }
        let mut query = Vec::new();
        for pair in request.query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let text = |raw| decode(raw, Plus::Space).map_err(|reason| format!("query: {reason}"));
            query.push((text(name)?, text(value)?));
        }
        Ok(Self {
            body,
            labels,
            query,
            header: request.header,
        })
    }

    /// What was put together elsewhere: there is nothing but a body.
    pub(crate) fn of_members(body: Members) -> Self {
        Self {
            body,
            labels: Vec::new(),
            query: Vec::new(),
            header: &|_| None,
        }
    }

    pub(crate) fn body(&mut self, name: &str) -> Option<Node> {
        self.body.take(name)
    }

    pub(crate) fn label(&mut self, name: &str) -> Option<Node> {
        let index = self.labels.iter().position(|(label, _)| *label == name)?;
        Some(Node::Text(self.labels.swap_remove(index).1))
    }

    /// Every value of a repeated parameter.
    pub(crate) fn query_list(&mut self, name: &str) -> Option<Node> {
        let taken = self
            .query
            .extract_if(.., |(parameter, _)| parameter == name);
        let values: Vec<Node> = taken.map(|(_, value)| Node::Text(value)).collect();
        (!values.is_empty()).then_some(Node::List(values))
    }
}

/// Places that no operation of ours has a member in yet.
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "for operations that we do not have yet")
)]
impl Source<'_> {
    /// A parameter that is not a list; given twice it is one, and no reader takes it.
    pub(crate) fn query(&mut self, name: &str) -> Option<Node> {
        match self.query_list(name)? {
            Node::List(mut values) if values.len() == 1 => values.pop(),
            values => Some(values),
        }
    }

    pub(crate) fn header(&mut self, name: &str) -> Option<Node> {
        (self.header)(name).map(Node::Text)
    }
}

#[cfg(test)]
mod tests;
