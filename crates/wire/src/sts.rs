//! Putting roles on: the shapes of the AWS Security Token Service.
//!
//! The protocol is that of forms and XML: see [`crate::query`]. Start at [`route`], then
//! [`crate::query::parse`] and [`crate::query::render`].

pub mod generated;

use crate::query::{self, Form, Route, Service};
pub(crate) use crate::query::{Absent, Spec};

pub use generated::operation::Operation;

/// The service, as its wire knows it.
pub static SERVICE: Service = Service {
    name: "sts",
    version: "2011-06-15",
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    timestamps: generated::timestamps::TIMESTAMPS,
};

/// Names the operation of a form.
pub fn route(form: &Form) -> Route<Operation> {
    let absent = generated::absent::ABSENT;
    query::route(&SERVICE, form, Operation::from_name, absent)
}

/// The status of an error that some operation declares.
pub fn exception_status(name: &str) -> Option<u16> {
    query::status(name, generated::exceptions::STATUSES)
}

query::operations!();
