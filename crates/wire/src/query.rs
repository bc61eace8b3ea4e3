//! The protocol of forms and XML: `POST /` with a form that names the operation and its version and
//! has everything else, and an answer in XML.
//!
//! A form is a flat list of texts: `Action=CreateRole&Version=…&Tags.member.1.Key=…`. It is put
//! together to the tree that the readers of JSON bodies read; there, numbers and booleans are texts.

mod form;
mod xml;

use crate::input::{Input, InputError, Source};
use crate::output::Output;
use crate::reading::Reading;

pub use form::Form;
pub use xml::{answer, error};

/// What forms are.
pub const FORM: &str = "application/x-www-form-urlencoded";
/// What answers are.
pub const XML: &str = "text/xml";
/// The longest form, in bytes. Which operation it is is in the form, so that all have one limit.
pub const FORM_BYTES_MAX: usize = 64 * 1024;

/// A service that speaks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// Its name in the scope of a signature.
    pub name: &'static str,
    /// The one version that there is of it.
    pub version: &'static str,
    /// That of its XML.
    pub namespace: &'static str,
    /// The members of outputs that are times.
    pub(crate) timestamps: &'static [&'static str],
}

/// What a form names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route<O> {
    /// An operation that we have.
    Found(O),
    /// An operation of the service that we do not have.
    Absent {
        /// Its name in the model.
        name: &'static str,
        /// Why we do not have it, for people.
        reason: &'static str,
    },
    /// The service has no such operation, or no such version.
    Unknown,
}

/// An operation of the model that we do not have.
pub(crate) struct Absent {
    pub(crate) name: &'static str,
    pub(crate) reason: &'static str,
}

/// One row of an operation table; the rows are in the files of the operations.
pub(crate) struct Spec {
    pub(crate) name: &'static str,
    pub(crate) is_signed: bool,
    pub(crate) has_result: bool,
    pub(crate) errors: &'static [&'static str],
    pub(crate) is_read_only: bool,
}

pub(crate) fn route<O>(
    service: &Service,
    form: &Form,
    from_name: fn(&str) -> Option<O>,
    absent: &'static [Absent],
) -> Route<O> {
    if form.version() != service.version {
        return Route::Unknown;
    }
    let name = form.action();
    let absent = || absent.iter().find(|absent| absent.name == name);
    match (from_name(name), absent()) {
        (Some(operation), _) => Route::Found(operation),
        (None, Some(absent)) => Route::Absent {
            name: absent.name,
            reason: absent.reason,
        },
        (None, None) => Route::Unknown,
    }
}

pub(crate) fn status(name: &str, statuses: &[(&str, u16)]) -> Option<u16> {
    let found = statuses.iter().find(|(exception, _)| *exception == name);
    found.map(|(_, status)| *status)
}

/// Reads and checks the input of an operation, as [`crate::parse`] does.
pub fn parse<O, I: Input<O>>(form: Form) -> Result<I, InputError> {
    let mut source = Source::of_members(form.into_members());
    let mut reading = Reading::default();
    let input = I::read(&mut source, &mut reading);
    reading.finish(input)
}

/// The members of an output as XML; [`answer`] puts them in their place.
pub fn render<O, T: Output<O>>(service: &Service, output: &T) -> Result<String, serde_json::Error> {
    let value = serde_json::to_value(output)?;
    Ok(xml::members(&value, service.timestamps))
}

/// What the operations of each of these services can be asked.
macro_rules! operations {
    () => {
        impl Operation {
            /// The name in the model, which is also the name of the IAM action.
            pub fn name(self) -> &'static str {
                self.spec().name
            }

            /// The operation of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                let mut all = Self::ALL.iter().copied();
                all.find(|operation| operation.name() == name)
            }

            /// Whether an access key signs it; what nobody signs, a token in the form allows.
            pub fn is_signed(self) -> bool {
                self.spec().is_signed
            }

            /// Whether its answer has a place for a result.
            pub fn has_result(self) -> bool {
                self.spec().has_result
            }

            /// The errors that it declares.
            pub fn errors(self) -> &'static [&'static str] {
                self.spec().errors
            }

            /// Whether it neither changes anything nor reveals a credential. The model does not say;
            /// the generator has a table.
            pub fn is_read_only(self) -> bool {
                self.spec().is_read_only
            }
        }
    };
}

pub(crate) use operations;

#[cfg(test)]
mod tests;
